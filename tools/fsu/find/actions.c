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
	fputs(fsu_shown_on(n->out, e->path), n->out);
	putc(n->key == '0' ? '\0' : '\n', n->out);
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
	if ((S_ISDIR(e->type) ? ukfs_rmdir(f->u, e->path) : ukfs_remove(f->u, e->path)) == 0)
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

static bool set_exec(struct find *f, struct node *n)
{
	(void)f;
	n->ask = n->key == 'o' || n->key == 'O';
	n->inside = n->key == 'd' || n->key == 'O';
	return !(n->ask && n->batch);
}

const struct find_word find_actions[] = {
	{ "-delete", 0, 0, set_delete, delete, FIND_ACTS },
	{ "-exec", -1, 0, set_exec, find_exec, FIND_ACTS },
	{ "-execdir", -1, 'd', set_exec, find_exec, FIND_ACTS },
	{ "-fls", 0, 0, NULL, find_ls, FIND_ACTS | FIND_STAT | FIND_FILE | FIND_NAMES },
	{ "-fprint", 0, 0, NULL, find_print, FIND_ACTS | FIND_FILE },
	{ "-fprint0", 0, '0', NULL, find_print, FIND_ACTS | FIND_FILE },
	{ "-fprintf", 1, 0, find_set_printf, find_printf, FIND_ACTS | FIND_FILE | FIND_NAMES },
	{ "-ls", 0, 0, NULL, find_ls, FIND_ACTS | FIND_STAT | FIND_NAMES },
	{ "-ok", -1, 'o', set_exec, find_exec, FIND_ACTS },
	{ "-okdir", -1, 'O', set_exec, find_exec, FIND_ACTS },
	{ "-print", 0, 0, NULL, find_print, FIND_ACTS },
	{ "-print0", 0, '0', NULL, find_print, FIND_ACTS },
	{ "-printf", 1, 0, find_set_printf, find_printf, FIND_ACTS | FIND_NAMES },
	{ "-prune", 0, 0, NULL, prune, 0 },
	{ "-quit", 0, 0, NULL, quit, 0 },
	{ NULL, 0, 0, NULL, NULL, 0 }
};
