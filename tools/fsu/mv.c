// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_mv: rename files and directories.  Everything is in one file system, so nothing is ever
 * copied.
 */
#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_EXCHANGE = 256, KEY_STRIP };

const struct fsu_option fsu_mv_options[] = {
	{ KEY_EXCHANGE, "exchange", FSU_NOARG, NULL, "exchange source and destination" },
	{ 'f', "force", FSU_NOARG, NULL, "never ask (default)" },
	{ 'i', "interactive", FSU_NOARG, NULL, "ask before something is replaced" },
	{ 'n', "no-clobber", FSU_NOARG, NULL, "replace nothing" },
	{ KEY_STRIP, "strip-trailing-slashes", FSU_NOARG, NULL,
	  "take slashes off the end of sources" },
	{ 't', "target-directory", FSU_ARG, "PATH", "move into this directory" },
	{ 'T', "no-target-directory", FSU_NOARG, NULL,
	  "the destination is the new name, not a directory for it" },
	{ 'u', "update", FSU_NOARG, NULL, "replace only what is older" },
	{ 'v', "verbose", FSU_NOARG, NULL, "name each file" },
	FSU_OPTIONS_END
};

struct mv {
	bool ask, keep, update, verbose, exchange, strip;
	struct fsu_target target;
	int code;
};

static bool complain(struct mv *mv)
{
	mv->code = FSU_FAILED;
	return false;
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* Whether to go on where something has the name already. */
static bool may_replace(struct mv *mv, const char *from, const char *to,
			const struct stat *st, const struct stat *old)
{
	if (mv->keep)
		return false;
	if (st->st_ino == old->st_ino && st->st_dev == old->st_dev) {
		fsu_message("%s and %s are the same file", fsu_quote(from), fsu_quote(to));
		return complain(mv);
	}
	if (mv->update && !S_ISDIR(st->st_mode) && !is_newer(&st->st_mtim, &old->st_mtim))
		return false;
	if (fsu_target_made(&mv->target, to)) {
		fsu_message("will not overwrite just-created %s with %s", fsu_quote(to),
			    fsu_quote(from));
		return complain(mv);
	}
	if (S_ISDIR(st->st_mode) && !S_ISDIR(old->st_mode)) {
		fsu_message("cannot overwrite non-directory %s with directory %s", fsu_quote(to),
			    fsu_quote(from));
		return complain(mv);
	}
	if (!S_ISDIR(st->st_mode) && S_ISDIR(old->st_mode)) {
		fsu_message("cannot overwrite directory %s with non-directory", fsu_quote(to));
		return complain(mv);
	}
	if (mv->ask && !fsu_ask("overwrite", to))
		return false;
	return true;
}

static void move(struct ukfs *u, struct mv *mv, const char *from, const char *to)
{
	struct stat st, old;

	if (ukfs_lstat(u, from, &st)) {
		fsu_perror_verb(errno, "stat", from);
		mv->code = FSU_FAILED;
		return;
	}
	if (!mv->exchange && ukfs_lstat(u, to, &old) == 0 && !may_replace(mv, from, to, &st, &old))
		return;
	if (ukfs_renameat2(u, from, to, mv->exchange ? RENAME_EXCHANGE : 0) == 0) {
		if (mv->verbose)
			printf(mv->exchange ? "exchanged %s <-> %s\n" : "renamed %s -> %s\n",
			       fsu_quote(from), fsu_quote(to));
		return;
	}
	mv->code = FSU_FAILED;
	if (errno == EINVAL && S_ISDIR(st.st_mode) && !mv->exchange)
		fsu_message("cannot move %s to a subdirectory of itself, %s", fsu_quote(from),
			    fsu_quote(to));
	else if (errno == EXDEV)
		fsu_message("cannot move %s to %s: they are in different subvolumes; copy it and "
			    "remove it then", fsu_quote(from), fsu_quote(to));
	else
		fsu_message("cannot move %s to %s: %s", fsu_quote(from), fsu_quote(to),
			    strerror(errno));
}

static bool parse(struct mv *mv, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case KEY_EXCHANGE: mv->exchange = true; break;
		case KEY_STRIP: mv->strip = true; break;
		case 'f': mv->ask = mv->keep = false; break;
		case 'i': mv->ask = true; mv->keep = false; break;
		case 'n': mv->keep = true; mv->ask = false; break;
		case 't': mv->target.directory = line->options[i].arg; break;
		case 'T': mv->target.plain = true; break;
		case 'u': mv->update = true; break;
		case 'v': mv->verbose = true; break;
		}
	}
	return fsu_target_usage(&mv->target, line, 2);
}

int fsu_mv_run(struct fsu_line *line)
{
	struct mv mv = { 0 };
	struct ukfs *u;
	int n;

	if (!parse(&mv, line))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	n = fsu_find_target(u, &mv.target, line);
	if (n < 0)
		return FSU_FAILED;
	for (int i = 0; i < n && !fsu_interrupted(); i++) {
		char *from = mv.strip ? fsu_strip(line->operands[i]) :
					fsu_strdup(line->operands[i]);
		char *to = fsu_target_path(&mv.target, line, from);

		move(u, &mv, from, to);
		if (n > 1)
			fsu_names_add(&mv.target.made, to, 0, 0);
		free(from);
		free(to);
	}
	fsu_names_free(&mv.target.made);
	return mv.code;
}
