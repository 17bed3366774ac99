// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makefs -P reads what a disk has.  Names with special characters of a shell are libc's to look up
 * on the host.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/trees.h"

/* ---- what makefs does when the text is read ---------------------------------------------- */

bool image_begin(struct image *i)
{
	if (!i->o->partitions)
		abort();
	return false;
}

bool image_finish(struct image *i, bool good)
{
	(void)i;
	(void)good;
	abort();
}

int run_makefs(struct words *w, unsigned int partition, uint64_t before)
{
	(void)w;
	(void)partition;
	(void)before;
	abort();
}

bool table_write(const struct table *t, const struct options *o)
{
	(void)t;
	(void)o;
	abort();
}

uint64_t disk_align(uint64_t at)
{
	(void)at;
	abort();
}

bool disk_resize(int fd, uint64_t end, bool gpt)
{
	(void)fd;
	(void)end;
	(void)gpt;
	abort();
}

void program_path(void)
{
}

/* A limit was reached; none is set. */
void fsu_end(int code, ...)
{
	(void)code;
	abort();
}

/* ---- the copier's options ---------------------------------------------------------------- */

void copy_init(struct copy *c)
{
	*c = (struct copy){ .root = true };
}

bool copy_option(struct copy *c, const struct fsu_given *given)
{
	return c->root && (!given->arg || *given->arg);
}

/* ---- the text ---------------------------------------------------------------------------- */

static bool is_special(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (data[i] && strchr("*?[~", data[i]))
			return true;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options o = { 0 };
	char name[32];
	int fd;

	if (is_special(data, size))
		return 0;
	fd = memfd_create("fuzz", 0);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	o.partitions = name;
	if (make_disk(&o, "image") == FSU_OK)
		abort();
	close(fd);
	return 0;
}
