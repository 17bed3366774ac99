// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_find's actions, but for -printf and -ls (printf.c) and -exec (exec.c).
 */
#include <errno.h>
#include <string.h>

#include "find.h"

bool find_print(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f;
	fputs(e->path, stdout);
	putchar(n->key == '0' ? '\0' : '\n');
	return true;
}

static bool set_delete(struct find *f, struct node *n)
{
	(void)n;
	f->depth = f->writes = true;
	return true;
}

static bool delete(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)n;
	/* the start itself, where it is no name in a directory */
	if (strcmp(e->path, ".") == 0 || strcmp(e->path, "/") == 0)
		return true;
	if ((S_ISDIR(e->st.st_mode) ? ukfs_rmdir(f->u, e->path) : ukfs_remove(f->u, e->path)) == 0)
		return true;
	fsu_perror_verb(errno, "delete", e->path);
	f->code = FSU_FAILED;
	return false;
}

static bool prune(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)n, (void)e;
	f->prune = true;
	return true;
}

static bool quit(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)n, (void)e;
	f->quit = true;
	return true;
}

static bool set_ask(struct find *f, struct node *n)
{
	(void)f;
	n->ask = n->key == 'o';
	return !(n->ask && n->batch);
}

const struct find_word find_actions[] = {
	{ "-delete", 0, 0, set_delete, delete, true },
	{ "-exec", -1, 0, set_ask, find_exec, true },
	{ "-ls", 0, 0, NULL, find_ls, true },
	{ "-ok", -1, 'o', set_ask, find_exec, true },
	{ "-print", 0, 0, NULL, find_print, true },
	{ "-print0", 0, '0', NULL, find_print, true },
	{ "-printf", 1, 0, NULL, find_printf, true },
	{ "-prune", 0, 0, NULL, prune, false },
	{ "-quit", 0, 0, NULL, quit, false },
	{ NULL, 0, 0, NULL, NULL, false }
};
