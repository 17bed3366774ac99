// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_chmod: change permissions.  A mode may begin with a dash: its letters are options that nobody
 * lists.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_PRESERVE_ROOT = 256, KEY_NO_PRESERVE_ROOT, KEY_REFERENCE };

#define MODE_LETTER(c) { c, NULL, FSU_OPTARG, NULL, NULL }

const struct fsu_option fsu_chmod_options[] = {
	{ 'c', "changes", FSU_NOARG, NULL, "say what is changed" },
	{ 'f', "silent", FSU_NOARG, NULL, "no messages about what cannot be changed" },
	{ 'f', "quiet", FSU_NOARG, NULL, NULL },
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" },
	{ 'v', "verbose", FSU_NOARG, NULL, "say what is changed and what is not" },
	{ KEY_NO_PRESERVE_ROOT, "no-preserve-root", FSU_NOARG, NULL,
	  "/ is nothing special (default)" },
	{ KEY_PRESERVE_ROOT, "preserve-root", FSU_NOARG, NULL, "refuse -R of /" },
	{ KEY_REFERENCE, "reference", FSU_ARG, "PATH", "the mode of this file in the image" },
	MODE_LETTER('r'), MODE_LETTER('w'), MODE_LETTER('x'), MODE_LETTER('X'), MODE_LETTER('s'),
	MODE_LETTER('t'), MODE_LETTER('u'), MODE_LETTER('g'), MODE_LETTER('o'), MODE_LETTER('a'),
	MODE_LETTER(','), MODE_LETTER('+'), MODE_LETTER('='), MODE_LETTER('0'), MODE_LETTER('1'),
	MODE_LETTER('2'), MODE_LETTER('3'), MODE_LETTER('4'), MODE_LETTER('5'), MODE_LETTER('6'),
	MODE_LETTER('7'),
	FSU_OPTIONS_END
};

struct chmod {
	char *mode;
	const char *reference;
	mode_t mask, same_as;
	bool recursive, silent, changes, verbose, preserve_root;
	bool dashed;		/* the mode was given as options */
	int code;
};

static void fail(struct chmod *c, int err, const char *verb, const char *path)
{
	if (!c->silent)
		fsu_perror_verb(err, verb, path);
	c->code = FSU_FAILED;
}

static void describe(const char *path, mode_t old, mode_t new, bool done)
{
	char from[11], to[11];

	old &= 07777;
	fsu_mode_string(from, old);
	fsu_mode_string(to, new);
	if (!done)
		printf("failed to change mode of %s from %04o (%s) to %04o (%s)\n",
		       fsu_quote(path), old, from + 1, new, to + 1);
	else if (old != new)
		printf("mode of %s changed from %04o (%s) to %04o (%s)\n", fsu_quote(path), old,
		       from + 1, new, to + 1);
	else
		printf("mode of %s retained as %04o (%s)\n", fsu_quote(path), new, to + 1);
}

/* "chmod -w" spares what the umask has: where that is not what it looks like, it is an error. */
static void check_surprise(struct chmod *c, const char *path, mode_t old, mode_t new)
{
	char is[11], expected[11];
	mode_t naive;

	if (!c->dashed || !fsu_change_mode(c->mode, old, 0, &naive) || !(new & ~naive))
		return;
	fsu_message("%s: new permissions are %s, not %s", fsu_name(path),
		    fsu_mode_string(is, new) + 1, fsu_mode_string(expected, naive) + 1);
	c->code = FSU_FAILED;
}

static void change(struct ukfs *u, struct chmod *c, const char *path, mode_t old)
{
	mode_t new = c->same_as;
	int err = 0;

	if (!c->reference)
		fsu_change_mode(c->mode, old, c->mask, &new);
	if (ukfs_chmod(u, path, new)) {
		err = errno;
		fail(c, err, "change permissions of", path);
	}
	if (c->verbose || (c->changes && !err && (old & 07777) != new))
		describe(path, old, new, !err);
	if (!err)
		check_surprise(c, path, old, new);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct chmod *c = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (e->visit == FSU_POST)
		return 0;
	if (e->visit == FSU_ERROR) {
		fail(c, e->err, e->st.st_mode ? "read directory" : "access", e->path);
		if (c->verbose && !e->st.st_mode)
			printf("%s could not be accessed\n", fsu_quote(e->path));
	} else if (!S_ISLNK(e->st.st_mode)) {
		change(u, c, e->path, e->st.st_mode);
	} else if (!e->depth) {
		if (!c->silent)
			fsu_message("cannot operate on dangling symlink %s", fsu_name(e->path));
		if (c->verbose)
			printf("%s could not be accessed\n", fsu_quote(e->path));
		c->code = FSU_FAILED;
	} else if (c->verbose) {
		printf("neither symbolic link %s nor referent has been changed\n",
		       fsu_quote(e->path));
	}
	return e->visit == FSU_PRE && !c->recursive ? FSU_WALK_SKIP : 0;
}

static void add_mode(struct chmod *c, const struct fsu_given *given)
{
	size_t old = c->mode ? strlen(c->mode) : 0;
	const char *arg = given->arg ? given->arg : "";

	c->mode = fsu_realloc(c->mode, old + strlen(arg) + 4);
	sprintf(c->mode + old, "%s-%c%s", old ? "," : "", given->key, arg);
	c->dashed = true;
}

static void take_options(struct chmod *c, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const struct fsu_given *given = &line->options[i];

		switch (given->key) {
		case 'c': c->changes = true; break;
		case 'f': c->silent = true; break;
		case 'R': c->recursive = true; break;
		case 'v': c->verbose = true; break;
		case KEY_PRESERVE_ROOT: c->preserve_root = true; break;
		case KEY_NO_PRESERVE_ROOT: c->preserve_root = false; break;
		case KEY_REFERENCE: c->reference = given->arg; break;
		default: add_mode(c, given);
		}
	}
}

/* The mode is an option or the first operand.  Returns how many operands are taken, or -1. */
static int find_mode(struct chmod *c, const struct fsu_line *line)
{
	int taken = 0;
	mode_t mode;

	if (c->reference) {
		if (c->mode)
			return fsu_usage("a mode and --reference exclude each other"), -1;
	} else if (!c->mode) {
		if (!line->noperands)
			return fsu_usage("the mode is missing"), -1;
		c->mode = fsu_strdup(line->operands[0]);
		taken = 1;
	}
	if (c->mode && !fsu_change_mode(c->mode, 0, 0, &mode))
		return fsu_usage("the mode must be like 755 or u+x,go-w, not '%s'",
				 fsu_name(c->mode)), -1;
	if (taken == line->noperands)
		return fsu_usage("the path of a file in the image is missing"), -1;
	return taken;
}

int fsu_chmod_run(struct fsu_line *line)
{
	struct chmod c = { .mask = fsu_umask() };
	struct ukfs *u = NULL;
	struct stat st;
	int first;

	take_options(&c, line);
	first = find_mode(&c, line);
	if (first < 0)
		c.code = FSU_USAGE;
	else if (!(u = fsu_mount(line)))
		c.code = FSU_FAILED;
	else if (c.reference && ukfs_stat(u, c.reference, &st))
		fsu_perror_verb(errno, "stat", c.reference), c.code = FSU_FAILED, u = NULL;
	else if (c.reference)
		c.same_as = st.st_mode & 07777;
	for (int i = first; u && i < line->noperands; i++) {
		if (c.recursive && c.preserve_root && fsu_is_root(u, line->operands[i]))
			c.code = FSU_FAILED;
		else
			fsu_walk_links(u, line->operands[i], FSU_FOLLOW_START, on_entry, &c);
	}
	free(c.mode);
	return c.code;
}
