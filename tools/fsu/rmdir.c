// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_rmdir: remove empty directories, with -p their parents, too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_IGNORE = 256 };

const struct fsu_option fsu_rmdir_options[] = {
	{ KEY_IGNORE, "ignore-fail-on-non-empty", FSU_NOARG, NULL,
	  "a directory that is not empty is no error" },
	{ 'p', "parents", FSU_NOARG, NULL, "remove the parents that the path names, too" },
	{ 'v', "verbose", FSU_NOARG, NULL, "name each directory" },
	FSU_OPTIONS_END
};

struct rmdir {
	bool ignore, parents, verbose;
};

/* Returns whether to go on with the parent. */
static bool remove_one(struct ukfs *u, const struct rmdir *o, const char *path, int *code)
{
	if (o->verbose)
		printf("%s: removing directory, %s\n", fsu_progname, fsu_quote(path));
	if (ukfs_rmdir(u, path) == 0)
		return true;
	if (!o->ignore || (errno != ENOTEMPTY && errno != EEXIST)) {
		fsu_perror_verb(errno, "remove directory", path);
		*code = FSU_FAILED;
	}
	return false;
}

static void remove_path(struct ukfs *u, const struct rmdir *o, const char *operand, int *code)
{
	char *path = fsu_strdup(operand), *slash;
	bool more = remove_one(u, o, path, code);

	while (more && o->parents) {
		char *stripped = fsu_strip(path);

		strcpy(path, stripped);
		free(stripped);
		slash = strrchr(path, '/');
		if (!slash)
			break;
		while (slash > path && *slash == '/')
			*slash-- = '\0';
		more = remove_one(u, o, path, code);
	}
	free(path);
}

int fsu_rmdir_run(struct fsu_line *line)
{
	struct rmdir o = { 0 };
	int code = FSU_OK;
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case KEY_IGNORE: o.ignore = true; break;
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
		remove_path(u, &o, line->operands[i], &code);
	return code;
}
