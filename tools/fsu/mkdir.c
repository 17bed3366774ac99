// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_mkdir: make directories.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_mkdir_options[] = {
	{ 'm', "mode", FSU_ARG, "MODE", "permissions, octal or as for chmod" },
	{ 'p', "parents", FSU_NOARG, NULL, "make parents as needed; no error where it exists" },
	{ 'v', "verbose", FSU_NOARG, NULL, "say what is made" },
	FSU_OPTIONS_END
};

struct mkdir_options {
	const char *mode;
	bool parents, verbose;
	mode_t mask;
};

/* 0, or the errno.  The permissions are set apart: mkdir's are subject to a mask. */
static int make_one(struct ukfs *u, const char *path, const struct mkdir_options *o, bool last)
{
	mode_t mode = 0777 & ~o->mask;
	struct stat st;

	if (ukfs_mkdir(u, path, mode))
		return errno;
	if (o->verbose)
		printf("%s: created directory %s\n", fsu_progname, fsu_quote(path));
	if (ukfs_stat(u, path, &st))
		return errno;
	/* the parent may have passed set-group-ID on */
	mode |= st.st_mode & S_ISGID;
	if (!last)
		mode |= 0300;
	else if (o->mode)
		fsu_change_mode(o->mode, S_IFDIR | 0777 | (st.st_mode & S_ISGID), o->mask, &mode);
	if (mode != (st.st_mode & 07777) && ukfs_chmod(u, path, mode) && last && o->mode)
		return errno;
	return 0;
}

/* What exists is no error, if it is a directory. */
static int is_directory(struct ukfs *u, const char *path, int err)
{
	struct stat st;

	if (err != EEXIST || ukfs_stat(u, path, &st))
		return err;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

static int make(struct ukfs *u, const char *path, const struct mkdir_options *o)
{
	char *copy = fsu_strip(path);
	int err = 0;

	for (char *s = copy + 1; o->parents && !err && *copy && (s = strchr(s, '/')); s++) {
		*s = '\0';
		err = make_one(u, copy, o, false);
		err = is_directory(u, copy, err);
		if (err)
			fsu_perror_verb(err, "make directory", copy);
		*s = '/';
	}
	if (!err) {
		err = make_one(u, copy, o, true);
		if (o->parents)
			err = is_directory(u, copy, err);
		if (err)
			fsu_perror_verb(err, "make directory", copy);
	}
	free(copy);
	return err ? FSU_FAILED : FSU_OK;
}

int fsu_mkdir_run(struct fsu_line *line)
{
	struct mkdir_options o = { 0 };
	int code = FSU_OK;
	struct ukfs *u;
	mode_t mode;

	o.mask = fsu_umask();
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'm':
			o.mode = line->options[i].arg;
			if (!fsu_change_mode(o.mode, 0777, 0, &mode))
				return fsu_usage("-m needs a mode such as 755, not '%s'",
						 fsu_name(o.mode));
			break;
		case 'p': o.parents = true; break;
		case 'v': o.verbose = true; break;
		}
	}
	if (!line->noperands)
		return fsu_usage("the path of a directory in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++)
		if (make(u, line->operands[i], &o))
			code = FSU_FAILED;
	return code;
}
