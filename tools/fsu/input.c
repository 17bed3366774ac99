// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Streams over files of an image (libc's own buffering on top of ukfs_pread), and what little else
 * is the same for an image's tree and the host's.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

#define BUFFER (128 << 10)

struct stream {
	struct ukfs *u;
	int fd;
	off_t off, size;
};

static ssize_t stream_read(void *cookie, char *buf, size_t size)
{
	struct stream *s = cookie;
	ssize_t n = ukfs_pread(s->u, s->fd, buf, size, s->off);

	if (n > 0)
		s->off += n;
	return n;
}

static int stream_seek(void *cookie, off64_t *off, int whence)
{
	struct stream *s = cookie;

	*off += whence == SEEK_CUR ? s->off : whence == SEEK_END ? s->size : 0;
	if (*off < 0) {
		errno = EINVAL;
		return -1;
	}
	s->off = *off;
	return 0;
}

static int stream_close(void *cookie)
{
	struct stream *s = cookie;

	ukfs_close(s->u, s->fd);
	free(s);
	return 0;
}

static int wrong_kind(const struct stat *st)
{
	return S_ISREG(st->st_mode) ? 0 : S_ISDIR(st->st_mode) ? EISDIR : ENXIO;
}

static FILE *open_image(struct ukfs *u, const char *path)
{
	static const cookie_io_functions_t functions = {
		.read = stream_read, .seek = stream_seek, .close = stream_close,
	};
	struct stream *s;
	struct stat st;
	FILE *f;
	int fd, err;

	/* not even opened: a device would not answer, and a FIFO would wait */
	if (ukfs_stat(u, path, &st))
		return NULL;
	err = wrong_kind(&st);
	fd = err ? -1 : ukfs_open(u, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0) {
		errno = err ? err : errno;
		return NULL;
	}
	s = fsu_malloc(sizeof(*s));
	*s = (struct stream){ .u = u, .fd = fd, .size = st.st_size };
	f = fopencookie(s, "r", functions);
	if (!f)
		stream_close(s);
	return f;
}

static FILE *open_host(const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;

	if (f && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(f);
		errno = EISDIR;
		return NULL;
	}
	return f;
}

FILE *fsu_fopen(struct ukfs *u, const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : u ? open_image(u, path) : open_host(path);

	if (f && f != stdin)
		setvbuf(f, NULL, _IOFBF, BUFFER);
	return f;
}

void fsu_fclose(FILE *f)
{
	if (f == stdin)
		clearerr(f);
	else if (f)
		fclose(f);
}

const char *fsu_input_name(const char *path)
{
	return strcmp(path, "-") ? path : "standard input";
}

static int copy(FILE *from, FILE *to, uint64_t limit)
{
	char *buf = fsu_malloc(BUFFER);
	size_t n = 1;

	errno = 0;
	while (limit && n && !ferror(to)) {
		n = fread(buf, 1, limit < BUFFER ? limit : BUFFER, from);
		limit -= n;
		fwrite(buf, 1, n, to);
	}
	free(buf);
	return ferror(from) ? errno : 0;
}

int fsu_copy_out(FILE *f, uint64_t limit)
{
	return copy(f, stdout, limit);
}

FILE *fsu_seekable(FILE *f, off_t *size)
{
	FILE *tmp = f;
	int err = 0;

	if (fseeko(f, 0, SEEK_END) && errno == ESPIPE) {
		tmp = tmpfile();
		err = tmp ? copy(f, tmp, UINT64_MAX) : errno;
		if (!err && (fflush(tmp) || fseeko(tmp, 0, SEEK_END)))
			err = errno;
		fsu_fclose(f);
	}
	if (err && tmp)
		fclose(tmp);
	errno = err;
	if (err)
		return NULL;
	*size = ftello(tmp);
	rewind(tmp);
	return tmp;
}

/* ---- trees ------------------------------------------------------------------------------- */

int fsu_tree_stat(struct ukfs *u, const char *path, bool follow, struct stat *st)
{
	int ret;

	if (u)
		ret = follow ? ukfs_stat(u, path, st) : ukfs_lstat(u, path, st);
	else
		ret = follow ? stat(path, st) : lstat(path, st);
	return ret ? errno : 0;
}

int fsu_tree_names(struct ukfs *u, const char *path, struct fsu_names *names)
{
	struct dirent *d;
	DIR *dir;
	int err;

	if (u)
		return fsu_read_names(u, path, names);
	memset(names, 0, sizeof(*names));
	dir = opendir(path);
	if (!dir)
		return errno;
	errno = 0;
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			fsu_names_add(names, d->d_name, d->d_ino, d->d_type);
	err = errno;
	closedir(dir);
	return err;
}

char *fsu_tree_readlink(struct ukfs *u, const char *path)
{
	size_t size = 256;
	char *buf = NULL;
	ssize_t n;

	do {
		size *= 2;
		buf = fsu_realloc(buf, size);
		n = u ? ukfs_readlink(u, path, buf, size) : readlink(path, buf, size);
	} while (n == (ssize_t)size);
	if (n < 0) {
		free(buf);
		return NULL;
	}
	buf[n] = '\0';
	return buf;
}

/* ---- arguments --------------------------------------------------------------------------- */

bool fsu_parse_count(const char *s, uint64_t *n)
{
	size_t digits = strspn(s, "0123456789");
	enum fsu_human human = FSU_HUMAN_NONE;
	char suffix[FSU_SUFFIX_MAX];
	uint64_t factor = 1;

	if (!digits)
		return false;
	*n = strtoull(s, NULL, 10);
	if (strcmp(s + digits, "b") == 0)
		factor = 512;
	else if (s[digits] && (!fsu_parse_block(s + digits, &factor, &human, suffix) || human))
		return false;
	if (__builtin_mul_overflow(*n, factor, n))
		*n = UINT64_MAX;
	return true;
}

bool fsu_glob_suffix(const char *glob, const char *path)
{
	for (; path; path = strchr(path, '/')) {
		path += strspn(path, "/");
		if (fnmatch(glob, path, 0) == 0)
			return true;
	}
	return false;
}

bool fsu_posix_locale(int category)
{
	const char *locale = setlocale(category, NULL);

	return !locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
}

const char *fsu_host_path(const char *path, struct ukfs **u)
{
	if (strncmp(path, "host:", 5))
		return path;
	*u = NULL;
	return path + 5;
}

void fsu_keep_host_paths(char **paths, int n, bool links)
{
	for (int i = 0; i < n; i++)
		if (strncmp(paths[i], "host:", 5) == 0)
			fsu_keep(links ? "/" : paths[i] + 5, UKFS_CONFINE_READ);
}
