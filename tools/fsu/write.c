// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_write: standard input to a file of the image, on the medium when the command ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsu.h"

#define CHUNK (1 << 20)

enum { KEY_OFFSET = 256 };

const struct fsu_option fsu_write_options[] = {
	{ 'a', "append", FSU_NOARG, NULL, "write behind what the file has" },
	{ 'm', "mode", FSU_ARG, "MODE", "the file's permissions, octal or as for chmod" },
	{ KEY_OFFSET, "offset", FSU_ARG, "N", "write from byte N on and keep the rest" },
	FSU_OPTIONS_END
};

struct write_options {
	bool append, in_place;
	const char *mode;
	uint64_t offset;
};

static bool parse(struct write_options *o, const struct fsu_line *line)
{
	mode_t mode;

	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'a':
			o->append = true;
			break;
		case 'm':
			o->mode = arg;
			if (!fsu_change_mode(arg, 0, 0, &mode))
				return !fsu_usage("-m needs a mode such as 644, not '%s'",
						  fsu_name(arg));
			break;
		default:
			o->in_place = true;
			if (!fsu_parse_number(arg, &o->offset) || o->offset > INT64_MAX)
				return !fsu_usage("--offset needs a number of bytes, not '%s'",
						  fsu_name(arg));
		}
	}
	if (o->append && o->in_place)
		return !fsu_usage("--append and --offset exclude each other");
	return true;
}

/* A chunk of standard input, as full as it gets: 0 at the end, -1 with errno (EINTR: asked to
 * stop).  poll is what a signal interrupts; a plain read would be restarted. */
static ssize_t read_input(char *buf)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	size_t have = 0;

	while (have < CHUNK) {
		ssize_t n;

		if (fsu_interrupted() || (poll(&p, 1, -1) < 0 && errno == EINTR)) {
			errno = EINTR;
			return -1;
		}
		n = read(STDIN_FILENO, buf + have, CHUNK - have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += n;
	}
	return have;
}

static int write_chunk(struct ukfs *u, int fd, const char *buf, size_t len, off_t off)
{
	while (len) {
		ssize_t n = ukfs_pwrite(u, fd, buf, len, off);

		if (n < 0)
			return -1;
		buf += n;
		len -= n;
		off += n;
	}
	return 0;
}

static int copy_input(struct ukfs *u, int fd, const char *path, off_t off)
{
	char *buf = fsu_malloc(CHUNK);
	int code = FSU_OK;
	ssize_t n;

	while ((n = read_input(buf)) > 0) {
		if (write_chunk(u, fd, buf, n, off)) {
			fsu_perror_verb(errno, "write", path);
			code = FSU_FAILED;
			break;
		}
		off += n;
	}
	if (n < 0) {
		if (errno == EINTR)
			fsu_message("interrupted: %s is incomplete", fsu_name(path));
		else
			fsu_message("cannot read standard input: %s", strerror(errno));
		code = FSU_FAILED;
	}
	free(buf);
	return code;
}

/* The permissions asked for, or what the umask leaves of 0666 for a new file. */
static int set_mode(struct ukfs *u, int fd, const struct write_options *o, bool created)
{
	struct stat st;
	mode_t mode;

	if (ukfs_fstat(u, fd, &st))
		return -1;
	mode = created ? 0666 & ~fsu_umask() : st.st_mode & 07777;
	if (o->mode)
		fsu_change_mode(o->mode, mode, 0, &mode);
	if (mode == (st.st_mode & 07777) || ukfs_fchmod(u, fd, mode) == 0)
		return 0;
	/* file systems without permissions: an error only where the user asked for some */
	return o->mode ? -1 : 0;
}

int fsu_write_run(struct fsu_line *line)
{
	struct write_options o = { 0 };
	int fd, code = FSU_FAILED;
	const char *path;
	bool created = true;
	struct ukfs *u;
	struct stat st;

	if (!parse(&o, line))
		return FSU_USAGE;
	if (line->noperands != 1)
		return fsu_usage("exactly one path in the image is needed");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	path = line->operands[0];
	fd = ukfs_open(u, path, O_WRONLY | O_CREAT | O_EXCL, 0666);
	if (fd < 0 && errno == EEXIST) {
		created = false;
		fd = ukfs_open(u, path, O_WRONLY | O_CREAT | O_NONBLOCK |
			       (o.append || o.in_place ? 0 : O_TRUNC), 0666);
	}
	if (fd < 0) {
		fsu_perror_verb(errno, "write", path);
		return FSU_FAILED;
	}
	if (set_mode(u, fd, &o, created) || ukfs_fstat(u, fd, &st)) {
		fsu_perror_verb(errno, "set the permissions of", path);
	} else if (!S_ISREG(st.st_mode)) {
		fsu_message("%s: not a regular file", fsu_name(path));
	} else {
		code = copy_input(u, fd, path, o.append ? st.st_size : (off_t)o.offset);
		/* EINVAL: the driver knows no fsync; the release at the end writes everything */
		if (ukfs_ffsync(u, fd) && errno != EINVAL) {
			fsu_perror_verb(errno, "write", path);
			code = FSU_FAILED;
		}
	}
	ukfs_close(u, fd);
	return code;
}
