// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_rm: remove files, and with -r trees.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_rm_options[] = {
	{ 'd', "dir", FSU_NOARG, NULL, "remove empty directories, too" },
	{ 'f', "force", FSU_NOARG, NULL, "no error for what does not exist, never ask" },
	{ 'i', "interactive", FSU_NOARG, NULL, "ask before each removal" },
	{ 'r', "recursive", FSU_NOARG, NULL, "remove directories and their content" },
	{ 'R', NULL, FSU_NOARG, NULL, "the same" },
	{ 'v', "verbose", FSU_NOARG, NULL, "say what is removed" },
	FSU_OPTIONS_END
};

struct rm {
	bool dirs, force, ask, recursive, verbose;
	int code;
};

static void fail(struct rm *rm, int err, const char *path)
{
	fsu_perror_verb(err, "remove", path);
	rm->code = FSU_FAILED;
}

static bool agreed(struct rm *rm, const char *question, const char *path)
{
	char answer[64];

	if (!rm->ask)
		return true;
	fprintf(stderr, "%s: %s '%s'? ", fsu_progname, question, fsu_name(path));
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

static void removed(struct rm *rm, const char *what, const char *path)
{
	if (rm->verbose)
		printf("removed %s'%s'\n", what, path);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct rm *rm = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	switch (e->visit) {
	case FSU_PRE:
		return agreed(rm, "descend into directory", e->path) ? 0 : FSU_WALK_SKIP;
	case FSU_POST:
		if (!agreed(rm, "remove directory", e->path))
			break;
		if (ukfs_rmdir(u, e->path))
			fail(rm, errno, e->path);
		else
			removed(rm, "directory ", e->path);
		break;
	case FSU_OTHER:
		if (!agreed(rm, "remove", e->path))
			break;
		if (ukfs_remove(u, e->path))
			fail(rm, errno, e->path);
		else
			removed(rm, "", e->path);
		break;
	case FSU_ERROR:
		fail(rm, e->err, e->path);
		break;
	}
	return 0;
}

/* "/" and what ends in "." or ".." is refused: it is never what was meant. */
static bool refused(struct rm *rm, const char *path)
{
	const char *base = fsu_basename(path);

	if (strcmp(path, "/") && strcmp(base, ".") && strcmp(base, ".."))
		return false;
	fsu_message("refusing to remove %s", fsu_name(path));
	rm->code = FSU_FAILED;
	return true;
}

static void remove_operand(struct ukfs *u, struct rm *rm, const char *operand)
{
	char *path = fsu_strip(operand);
	struct stat st;

	if (refused(rm, path)) {
		;
	} else if (ukfs_lstat(u, path, &st)) {
		if (!rm->force || (errno != ENOENT && errno != ENOTDIR))
			fail(rm, errno, path);
	} else if (!S_ISDIR(st.st_mode) || rm->recursive) {
		fsu_walk(u, path, on_entry, rm);
	} else if (!rm->dirs) {
		fail(rm, EISDIR, path);
	} else if (agreed(rm, "remove directory", path)) {
		if (ukfs_rmdir(u, path))
			fail(rm, errno, path);
		else
			removed(rm, "directory ", path);
	}
	free(path);
}

int fsu_rm_run(struct fsu_line *line)
{
	struct rm rm = { 0 };
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'd': rm.dirs = true; break;
		case 'f': rm.force = true; rm.ask = false; break;
		case 'i': rm.ask = true; rm.force = false; break;
		case 'r':
		case 'R': rm.recursive = true; break;
		case 'v': rm.verbose = true; break;
		}
	}
	if (!line->noperands && !rm.force)
		return fsu_usage("the path of a file in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++)
		remove_operand(u, &rm, line->operands[i]);
	return rm.code;
}
