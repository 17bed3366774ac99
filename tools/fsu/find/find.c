// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_find: walk trees of an image and evaluate an expression for each file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../programs.h"
#include "find.h"

/* find's own language, find/parse.c; none of it is for getopt */
const struct fsu_option fsu_find_options[] = { FSU_OPTIONS_END };

void find_fail(struct find *f, int err, const char *path)
{
	fflush(stdout);
	fsu_perror(err, path);
	f->code = FSU_FAILED;
}

char *find_basename(const char *path)
{
	char *plain = fsu_strip(path), *base = fsu_strdup(fsu_basename(plain));

	free(plain);
	return base;
}

static void evaluate(struct find *f, const struct fsu_entry *e)
{
	if (e->depth >= f->mindepth && !f->quit)
		f->expr->eval(f, f->expr, e);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct find *f = arg;
	bool below;

	(void)u;
	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (!e->depth)
		f->dev = e->st.st_dev;	/* of a directory, for -xdev */
	switch (e->visit) {
	case FSU_ERROR:
		find_fail(f, e->err, e->path);
		return 0;
	case FSU_OTHER:
		evaluate(f, e);
		break;
	case FSU_POST:
		if (f->depth)
			evaluate(f, e);
		break;
	case FSU_PRE:
		below = (f->maxdepth < 0 || e->depth < f->maxdepth) &&
			!(f->xdev && e->st.st_dev != f->dev);
		f->prune = false;
		if (!f->depth || !below)
			evaluate(f, e);
		if (!f->quit && (!below || (f->prune && !f->depth)))
			return FSU_WALK_SKIP;
		break;
	}
	return f->quit || ferror(stdout) ? FSU_WALK_STOP : 0;
}

/* What stands before the paths: -H, -L, -P. */
static int take_options(struct find *f, char **argv, int argc)
{
	int i = 0;

	for (; i < argc && argv[i][0] == '-' && argv[i][1] && !argv[i][2]; i++) {
		if (argv[i][1] == '-')
			return i + 1;
		if (argv[i][1] == 'H')
			f->follow = FSU_FOLLOW_START;
		else if (argv[i][1] == 'L')
			f->follow = FSU_FOLLOW_ALL;
		else if (argv[i][1] == 'P')
			f->follow = FSU_FOLLOW_NONE;
		else
			break;
	}
	return i;
}

static bool begins_expression(const char *arg)
{
	return (arg[0] == '-' && arg[1]) || strcmp(arg, "!") == 0 || strcmp(arg, "(") == 0 ||
	       strcmp(arg, ")") == 0 || strcmp(arg, ",") == 0;
}

/* What the expression needs of the host. */
static void find_keep(const struct find *f)
{
	for (const struct node *n = f->all; n; n = n->next) {
		if (n->file)
			fsu_keep_output(n->file);
		if (n->argv) {
			fsu_keep_temporary();
			fsu_keep_programs();
		}
		if (n->flags & FIND_NAMES)
			fsu_keep_names();
	}
}

int fsu_find_run(struct fsu_line *line)
{
	static char here[] = ".";
	struct find f = { .maxdepth = -1, .syntax = RE_SYNTAX_EMACS };
	char **argv = line->operands, *only[] = { here };
	int paths = take_options(&f, argv, line->noperands), expr = paths;

	clock_gettime(CLOCK_REALTIME, &f.now);
	while (expr < line->noperands && !begins_expression(argv[expr]))
		expr++;
	if (!find_parse(&f, argv + expr, line->noperands - expr)) {
		find_free(&f);
		return FSU_FAILED;
	}
	if (f.writes)
		line->read = false;
	find_keep(&f);
	f.u = fsu_mount(line);
	if (f.u && find_open_outputs(&f)) {
		int n = expr > paths ? expr - paths : 1;

		argv = expr > paths ? argv + paths : only;
		for (int i = 0; i < n && !f.quit; i++) {
			f.start = argv[i];
			fsu_walk_types(f.u, argv[i], f.follow, on_entry, &f);
		}
		for (struct node *n = f.all; n; n = n->next)
			find_exec_rest(&f, n);
		find_close_outputs(&f);
	}
	find_free(&f);
	return f.u ? f.code : FSU_FAILED;
}
