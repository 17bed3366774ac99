// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_truncate: give files a size.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_truncate_options[] = {
	{ 'c', "no-create", FSU_NOARG, NULL, "do not make files" },
	{ 'o', "io-blocks", FSU_NOARG, NULL, "SIZE is a number of I/O blocks" },
	{ 'r', "reference", FSU_ARG, "PATH", "the size of this file in the image" },
	{ 's', "size", FSU_ARG, "SIZE",
	  "the size; +, -, <, >, / or % before it: relative to what it is" },
	FSU_OPTIONS_END
};

struct truncate {
	bool no_create, blocks;
	const char *reference;
	char how;		/* '=': the size itself */
	bool sized;
	uint64_t size, base;
};

static bool take_size(struct truncate *t, const char *arg)
{
	const char *s = arg + strspn(arg, " ");

	t->sized = true;
	t->how = '=';
	if (*s && strchr("+-<>/%", *s))
		t->how = *s++;
	if (!fsu_parse_bytes(s, &t->size) || t->size > INT64_MAX)
		return !fsu_usage("-s needs a size such as 10M or +4096, not '%s'", fsu_name(arg));
	if (strchr("/%", t->how) && !t->size)
		return !fsu_usage("-s cannot round to multiples of 0");
	return true;
}

static bool parse(struct truncate *t, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'c': t->no_create = true; break;
		case 'o': t->blocks = true; break;
		case 'r': t->reference = arg; break;
		case 's':
			if (!take_size(t, arg))
				return false;
		}
	}
	if (!t->sized && !t->reference)
		return !fsu_usage("-s SIZE or -r PATH is needed");
	if (t->reference && t->sized && t->how == '=')
		return !fsu_usage("with -r, the size of -s must be relative");
	if (t->blocks && !t->sized)
		return !fsu_usage("-o needs -s");
	if (!line->noperands)
		return !fsu_usage("the path of a file in the image is missing");
	return true;
}

/* The size that the file gets, or -1 where it is out of range. */
static int64_t new_size(const struct truncate *t, const struct stat *st)
{
	uint64_t size = t->size, old = t->reference ? t->base : (uint64_t)st->st_size;
	__int128 result;

	if (t->blocks && __builtin_mul_overflow(size, (uint64_t)st->st_blksize, &size))
		return -1;
	switch (t->how) {
	case '+': result = (__int128)old + size; break;
	case '-': result = old > size ? old - size : 0; break;
	case '<': result = old < size ? old : size; break;
	case '>': result = old > size ? old : size; break;
	case '/': result = old / size * size; break;
	case '%': result = ((__int128)old + size - 1) / size * size; break;
	default: result = t->sized ? size : old;
	}
	return result > INT64_MAX ? -1 : (int64_t)result;
}

static int set_size(struct ukfs *u, const struct truncate *t, int fd)
{
	struct stat st;
	int64_t size;

	if (ukfs_fstat(u, fd, &st))
		return errno;
	size = new_size(t, &st);
	if (size < 0)
		return EFBIG;
	return ukfs_ftruncate(u, fd, size) ? errno : 0;
}

static int truncate_one(struct ukfs *u, const struct truncate *t, const char *path)
{
	int fd = ukfs_open(u, path, O_WRONLY | O_NONBLOCK | (t->no_create ? 0 : O_CREAT),
			   0666 & ~fsu_umask());
	int err;

	if (fd < 0) {
		if (t->no_create && errno == ENOENT)
			return FSU_OK;
		fsu_perror_verb(errno, "open", path);
		return FSU_FAILED;
	}
	err = set_size(u, t, fd);
	if (err)
		fsu_perror_verb(err, "truncate", path);
	ukfs_close(u, fd);
	return err ? FSU_FAILED : FSU_OK;
}

int fsu_truncate_run(struct fsu_line *line)
{
	struct truncate t = { 0 };
	int code = FSU_OK;
	struct ukfs *u;
	struct stat st;

	if (!parse(&t, line))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (t.reference && ukfs_stat(u, t.reference, &st)) {
		fsu_perror_verb(errno, "stat", t.reference);
		return FSU_FAILED;
	}
	if (t.reference)
		t.base = st.st_size;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++)
		if (truncate_one(u, &t, line->operands[i]))
			code = FSU_FAILED;
	return code;
}
