// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a server that an image has taken over sends to the monitor: messages on the channel, of any
 * length, and lines on standard error.  Input: LENGTH MESSAGE, twice; the rest is lines.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rump/rumpuser.h>
#include <rump/ukfs.h>

#include "../../tools/mount/mount.h"

static const char *const types[] = { "ext4", "vfat", "a_type_whose_name_is_quite_long", NULL };

const char *const *ukfs_types(void)
{
	return types;
}

void rumpuser_set_kernel(const char *version)
{
	(void)version;
}

/* Whether the mount's options get a type of the list, and only in the first report. */
static void check(enum report_kind kind, bool first, const struct report *report)
{
	bool known = false;

	if (kind == REPORT_NONE || kind == REPORT_WRONG)
		return;
	for (int i = 0; types[i]; i++)
		known |= !strcmp(types[i], report->type);
	if (first ? kind != REPORT_MOUNTED || !known : kind != REPORT_USABLE || report->type[0])
		abort();
}

static void messages(const struct mount_options *o, const uint8_t **data, size_t *size)
{
	struct report report;
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel))
		abort();
	for (int i = 0; i < 2 && *size; i++) {
		size_t len = **data < *size - 1 ? **data : *size - 1;

		if (send(channel[1], *data + 1, len, 0) != (ssize_t)len)
			abort();
		check(report_read(o, channel[0], !i, &report), !i, &report);
		*data += 1 + len;
		*size -= 1 + len;
	}
	close(channel[0]);
	close(channel[1]);
}

static void lines(const struct mount_options *o, const uint8_t *data, size_t size)
{
	struct lines l;
	int fds[2];

	if (size > 4096 || pipe(fds) || write(fds[1], data, size) != (ssize_t)size)
		return;
	close(fds[1]);
	lines_init(&l, o, fds[0]);
	while (lines_read(&l))
		;
	lines_end(&l, "the end");
	close(fds[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mount_options o = { .program = "rump_fs" };

	messages(&o, &data, &size);
	lines(&o, data, size);
	return 0;
}
