// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_cat: files of the image to standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsu.h"

#define CHUNK (1 << 20)

const struct fsu_option fsu_cat_options[] = {
	{ 'u', NULL, FSU_NOARG, NULL, "ignored: output is never held back" },
	FSU_OPTIONS_END
};

/* All of it to standard output, or the errno. */
static int write_all(const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		buf += n;
		len -= n;
	}
	return 0;
}

/* FSU_OK, FSU_FAILED, or -1 where no further output makes sense. */
static int cat_file(struct ukfs *u, const char *path, char *buf)
{
	int fd = ukfs_open(u, path, O_RDONLY | O_NONBLOCK), code = FSU_OK, err;
	struct stat st;
	off_t off = 0;
	ssize_t n;

	if (fd < 0 || ukfs_fstat(u, fd, &st)) {
		fsu_perror(errno, path);
		code = FSU_FAILED;
	} else if (!S_ISREG(st.st_mode)) {
		fsu_message("%s: %s", fsu_name(path), S_ISDIR(st.st_mode) ? strerror(EISDIR) :
			    "not a regular file");
		code = FSU_FAILED;
	}
	while (code == FSU_OK && (n = ukfs_pread(u, fd, buf, CHUNK, off)) != 0) {
		if (n < 0) {
			fsu_perror(errno, path);
			code = FSU_FAILED;
			break;
		}
		err = write_all(buf, n);
		if (err) {
			fsu_message("cannot write to standard output: %s", strerror(err));
			code = -1;
		}
		off += n;
	}
	if (fd >= 0)
		ukfs_close(u, fd);
	return code;
}

int fsu_cat_run(struct fsu_line *line)
{
	int code = FSU_OK;
	struct ukfs *u;
	char *buf;

	if (!line->noperands)
		return fsu_usage("the path of a file in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	buf = fsu_malloc(CHUNK);
	for (int i = 0; i < line->noperands; i++) {
		int ret = cat_file(u, line->operands[i], buf);

		if (ret)
			code = FSU_FAILED;
		if (ret < 0)
			break;
	}
	free(buf);
	return code;
}
