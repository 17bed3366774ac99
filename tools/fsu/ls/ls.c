// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_ls: list directories of an image as ls lists those of a mounted one.  Operands that are no
 * directories come first as one list, then each directory; with -R a directory's subdirectories
 * follow it.  Exit codes are ls's: 1 for a trouble inside, 2 for one with an operand.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ls.h"

struct ls_pending {
	struct ls_pending *next;
	char *path;
	bool arg;
	int depth;		/* below the operand; with -L directories can contain themselves */
	dev_t dev;
	ino_t ino;
	struct ls_pending *parent;	/* while listed; kept until its subtree is done */
	int users;
};

void ls_fail(struct ls *ls, int err, const char *verb, const char *path, bool serious)
{
	fflush(stdout);
	fsu_perror_verb(err, verb, path);
	if (serious)
		ls->status = 2;
	else if (!ls->status)
		ls->status = 1;
}

static struct ls_pending *new_pending(const char *path, bool arg, struct ls_pending *parent)
{
	struct ls_pending *p = fsu_malloc(sizeof(*p));

	*p = (struct ls_pending){
		.path = fsu_strdup(path), .arg = arg, .parent = parent, .users = 1,
	};
	if (parent) {
		parent->users++;
		p->depth = parent->depth + 1;
	}
	return p;
}

static void put_pending(struct ls_pending *p)
{
	while (p && --p->users == 0) {
		struct ls_pending *parent = p->parent;

		free(p->path);
		free(p);
		p = parent;
	}
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Put the directories among the sorted files in front of the pending list, in their order; those
 * that are operands are not shown as files then. */
static void take_directories(struct ls *ls, struct ls_pending *parent)
{
	struct ls_pending *head = NULL, **tail = &head;
	size_t kept = 0;

	for (size_t i = 0; i < ls->shown; i++) {
		struct ls_file *f = ls->sorted[i];
		bool dir = f->stat_ok ? S_ISDIR(f->st.st_mode) : f->type == DT_DIR;
		struct fsu_path path = { 0 };

		if (!dir || (parent && is_dots(f->name))) {
			ls->sorted[kept++] = f;
			continue;
		}
		if (parent) {
			ls->sorted[kept++] = f;
			fsu_path_set(&path, parent->path);
			fsu_path_push(&path, f->name);
		} else {
			fsu_path_set(&path, f->name);
		}
		*tail = new_pending(path.s, !parent, parent);
		tail = &(*tail)->next;
		fsu_path_free(&path);
	}
	ls->shown = kept;
	*tail = ls->pending;
	ls->pending = head;
}

static void print_files(struct ls *ls)
{
	if (ls->o.format == LS_LONG)
		ls_print_long(ls);
	else
		ls_print_columns(ls);
}

static void print_header(struct ls *ls, const char *path)
{
	char *text;

	if (!ls->first)
		putchar('\n');
	ls->first = false;
	if (!ls->print_header)
		return;
	text = ls_quote(&ls->o, path, true, NULL);
	fputs(text, stdout);
	fputs(":\n", stdout);
	free(text);
}

/* With -RL a link can lead to a directory above. */
static bool lists_itself(struct ls *ls, struct ls_pending *p)
{
	struct stat st;

	if (!ls->o.recursive || ukfs_stat(ls->u, p->path, &st))
		return false;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	for (struct ls_pending *up = p->parent; up; up = up->parent)
		if (up->dev == p->dev && up->ino == p->ino) {
			fflush(stdout);
			fsu_message("%s: not listing already-listed directory", fsu_name(p->path));
			ls->status = 2;
			return true;
		}
	return false;
}

static void read_directory(struct ls *ls, struct ukfs_dir *dir, const char *path)
{
	struct ukfs_dirent *d;

	errno = 0;
	while ((d = ukfs_readdir(dir))) {
		if (ls_wanted(&ls->o, d->d_name))
			ls_gather(ls, path, d->d_name, d->d_type, d->d_ino, false);
		errno = 0;
	}
	if (errno)
		ls_fail(ls, errno, "read directory", path, false);
	ukfs_closedir(dir);
}

static void list_directory(struct ls *ls, struct ls_pending *p)
{
	struct ukfs_dir *dir = ukfs_opendir(ls->u, p->path);

	if (!dir) {
		ls_fail(ls, errno, "open directory", p->path, p->arg);
		return;
	}
	if (lists_itself(ls, p)) {
		ukfs_closedir(dir);
		return;
	}
	ls_forget(ls);
	if (ls->print_header || !ls->first)
		print_header(ls, p->path);
	ls->first = false;
	read_directory(ls, dir, p->path);
	ls_sort(ls);
	if (ls->o.format == LS_LONG || ls->o.blocks)
		ls_print_total(ls);
	if (ls->o.recursive)
		take_directories(ls, p);
	print_files(ls);
}

static void list_operands(struct ls *ls, struct fsu_line *line)
{
	static char root[] = "/", here[] = ".";
	char cwd[2];
	/* a shell may have gone elsewhere: where the name of that does not even fit */
	bool inside = !ukfs_getcwd(ls->u, cwd, sizeof(cwd));
	char *only[] = { inside ? here : root, NULL };
	char **operands = line->noperands ? line->operands : only;
	int n = line->noperands ? line->noperands : 1;

	for (int i = 0; i < n; i++)
		ls_gather(ls, NULL, operands[i], DT_UNKNOWN, 0, true);
	ls_sort(ls);
	if (!ls->o.directory)
		take_directories(ls, NULL);
	ls->print_header = ls->o.recursive || n > 1;
	if (ls->shown) {
		ls->print_header = true;
		print_files(ls);
		ls->first = false;
	}
}

int fsu_ls_run(struct fsu_line *line)
{
	struct ls ls = { .first = true };
	struct ls_pending *p;

	if (ls_parse(&ls.o, line))
		return FSU_USAGE;
	if (ls.o.format == LS_LONG && !ls.o.numeric)
		fsu_keep_names();
	ls.u = fsu_mount(line);
	if (!ls.u)
		return FSU_FAILED;
	clock_gettime(CLOCK_REALTIME, &ls.now);
	list_operands(&ls, line);
	while ((p = ls.pending)) {
		ls.pending = p->next;
		if (!ferror(stdout))
			list_directory(&ls, p);
		put_pending(p);
	}
	ls_forget(&ls);
	free(ls.files);
	free(ls.sorted);
	ls_options_free(&ls.o);
	if (!fsu_flush())
		ls.status = 2;
	return ls.status;
}
