// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_tree: directories drawn as trees, in the layout of the tree command.
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "ls/ls.h"

enum { KEY_DIRS = 256, KEY_FILES, KEY_INODES, KEY_NOREPORT };

const struct fsu_option fsu_tree_options[] = {
	{ 'a', NULL, FSU_NOARG, NULL, "show names that begin with a dot" },
	{ 'd', NULL, FSU_NOARG, NULL, "show only directories" },
	{ KEY_DIRS, "dirsfirst", FSU_NOARG, NULL, "directories before files" },
	{ 'D', NULL, FSU_NOARG, NULL, "show the time of the last change" },
	{ 'f', NULL, FSU_NOARG, NULL, "show whole paths" },
	{ KEY_FILES, "filesfirst", FSU_NOARG, NULL, "files before directories" },
	{ 'F', NULL, FSU_NOARG, NULL, "append one of */=| to names" },
	{ 'g', NULL, FSU_NOARG, NULL, "show groups" },
	{ 'h', NULL, FSU_NOARG, NULL, "show sizes like 1.0K, 234M, 2.0G" },
	{ 'i', NULL, FSU_NOARG, NULL, "no lines" },
	{ KEY_INODES, "inodes", FSU_NOARG, NULL, "show inode numbers" },
	{ 'I', NULL, FSU_ARG, "PATTERN", "leave out names; several with | between" },
	{ 'L', NULL, FSU_ARG, "N", "at most N levels" },
	{ 'n', NULL, FSU_NOARG, NULL, "no colours, which there are none of" },
	{ 'N', NULL, FSU_NOARG, NULL, "names as they are" },
	{ KEY_NOREPORT, "noreport", FSU_NOARG, NULL, "no line about how much it was" },
	{ 'p', NULL, FSU_NOARG, NULL, "show permissions" },
	{ 'P', NULL, FSU_ARG, "PATTERN", "only files with such names; several with | between" },
	{ 'Q', NULL, FSU_NOARG, NULL, "names in double quotes" },
	{ 'r', NULL, FSU_NOARG, NULL, "reverse order" },
	{ 's', NULL, FSU_NOARG, NULL, "show sizes" },
	{ 't', NULL, FSU_NOARG, NULL, "oldest first" },
	{ 'u', NULL, FSU_NOARG, NULL, "show owners" },
	{ 'U', NULL, FSU_NOARG, NULL, "do not sort" },
	{ 'x', NULL, FSU_NOARG, NULL, "stay on one file system" },
	FSU_OPTIONS_END
};

#define MAX_DEPTH 4096

struct entry {
	char *name, *target;
	struct stat st, target_st;
	bool dir;		/* a directory, or a link to one */
};

struct tree {
	struct ukfs *u;
	bool all, dirs, dirs_first, files_first, time, paths, marks, group, human, plain,
	     inodes, raw, no_report, mode, quotes, reverse, sizes, by_time, owner, unsorted, one_fs,
	     utf8;
	const char **only, **without;
	int64_t levels;
	time_t now;
	dev_t dev;
	struct fsu_path path, front;
	uint64_t ndirs, nfiles;
	int code;
};

/* ---- one line ---------------------------------------------------------------------------- */

static void put_size(const struct tree *t, uint64_t size)
{
	uint64_t n = size;
	int unit = size < 1024 ? 0 : 1;

	if (!t->human) {
		printf("%11" PRIu64, size);
		return;
	}
	for (; n >= 1024 * 1024; n /= 1024)
		unit++;
	if (!unit)
		printf("%4" PRIu64, n);
	else
		printf(n / 1024 >= 10 ? "%3.0f%c" : "%3.1f%c", (float)n / 1024, "BKMGTPEZY"[unit]);
}

static void put_time(const struct tree *t, time_t when)
{
	bool recent = when <= t->now && when + 6 * 31 * 86400 >= t->now;
	char buf[64] = "?";
	struct tm tm;

	if (localtime_r(&when, &tm))
		strftime(buf, sizeof(buf), recent ? "%b %e %R" : "%b %e  %Y", &tm);
	fputs(buf, stdout);
}

static void put_owner(const char *name, unsigned int id)
{
	if (name)
		printf("%-8.32s", name);
	else
		printf("%-8u", id);
}

static void put_facts(const struct tree *t, const struct stat *st)
{
	char mode[11], before = '[';
	bool wanted[] = { t->inodes, t->mode, t->owner, t->group, t->sizes, t->time };

	for (int i = 0; i < 6; i++) {
		if (!wanted[i])
			continue;
		putchar(before);
		before = ' ';
		switch (i) {
		case 0: printf("%7ju", (uintmax_t)st->st_ino); break;
		case 1: fputs(fsu_mode_string(mode, st->st_mode), stdout); break;
		case 2: put_owner(fsu_user(st->st_uid), st->st_uid); break;
		case 3: put_owner(fsu_group(st->st_gid), st->st_gid); break;
		case 4: put_size(t, st->st_size); break;
		case 5: put_time(t, st->st_mtime); break;
		}
	}
	if (before == ' ')
		fputs("]  ", stdout);
}

static void put_name(const struct tree *t, const char *name)
{
	struct ls_options quoting = { .quote = t->quotes ? LS_C : LS_ESCAPE };
	char *text = t->raw && !t->quotes ? fsu_strdup(name) :
					    ls_quote(&quoting, name, false, NULL);

	fputs(fsu_shown(text), stdout);
	free(text);
}

static void put_mark(const struct tree *t, mode_t mode)
{
	char mark = S_ISDIR(mode) ? '/' : S_ISSOCK(mode) ? '=' : S_ISFIFO(mode) ? '|' :
		    S_ISREG(mode) && (mode & 0111) ? '*' : 0;

	if (t->marks && mark)
		putchar(mark);
}

static void put_entry(const struct tree *t, const struct entry *e)
{
	put_facts(t, &e->st);
	put_name(t, t->paths ? t->path.s : e->name);
	if (!e->target) {
		put_mark(t, e->st.st_mode);
	} else {
		fputs(" -> ", stdout);
		put_name(t, e->target);
		put_mark(t, e->target_st.st_mode);
	}
	putchar('\n');
}

/* ---- directories ------------------------------------------------------------------------- */

static bool matches(const char **patterns, const char *name)
{
	for (; patterns && *patterns; patterns++) {
		char *all = fsu_strdup(*patterns), *rest = all, *one;
		bool yes = false;

		while (!yes && (one = strsep(&rest, "|")))
			yes = fnmatch(one, name, FNM_PERIOD) == 0;
		free(all);
		if (yes)
			return true;
	}
	return false;
}

static void fail(struct tree *t, int err, const char *path)
{
	fflush(stdout);
	fsu_perror(err, path);
	t->code = FSU_USAGE;
}

/* False where the name is not shown. */
static bool examine(struct tree *t, const char *name, struct entry *e)
{
	size_t cut;
	int err;

	if ((*name == '.' && !t->all) || matches(t->without, name))
		return false;
	*e = (struct entry){ .name = NULL };
	cut = fsu_path_push(&t->path, name);
	err = fsu_tree_stat(t->u, t->path.s, false, &e->st);
	if (err)
		fail(t, err, t->path.s);
	if (!err && S_ISLNK(e->st.st_mode)) {
		e->target = fsu_tree_readlink(t->u, t->path.s);
		fsu_tree_stat(t->u, t->path.s, true, &e->target_st);
	}
	fsu_path_cut(&t->path, cut);
	e->dir = S_ISDIR(e->st.st_mode) || S_ISDIR(e->target_st.st_mode);
	if (err || (t->dirs && !e->dir) ||
	    (t->only && !S_ISDIR(e->st.st_mode) && !matches(t->only, name))) {
		free(e->target);
		return false;
	}
	e->name = fsu_strdup(name);
	return true;
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct entry *x = a, *y = b;
	const struct tree *t = arg;
	int order = 0;

	if ((t->dirs_first || t->files_first) && x->dir != y->dir)
		return x->dir == t->dirs_first ? -1 : 1;
	if (t->by_time && x->st.st_mtime != y->st.st_mtime)
		order = x->st.st_mtime < y->st.st_mtime ? -1 : 1;
	if (!order)
		order = strcoll(x->name, y->name);
	return t->reverse ? -order : order;
}

static void show_below(struct tree *t, int depth);

static void show_entry(struct tree *t, const struct entry *e, bool last, int depth)
{
	static const char *const ascii[] = { "|-- ", "`-- ", "|   ", "    " };
	static const char *const lines[] = { "\u251c\u2500\u2500 ", "\u2514\u2500\u2500 ",
					     "\u2502\u00a0\u00a0 ", "    " };
	const char *const *pieces = t->utf8 ? lines : ascii;
	size_t cut = fsu_path_push(&t->path, e->name), front = t->front.len;
	char *longer;

	if (!t->plain)
		printf("%s%s", t->front.s, pieces[last]);
	put_entry(t, e);
	*(e->dir ? &t->ndirs : &t->nfiles) += 1;
	if (S_ISDIR(e->st.st_mode) && (!t->levels || depth < t->levels) &&
	    !(t->one_fs && e->st.st_dev != t->dev)) {
		longer = fsu_malloc(front + 16);
		sprintf(longer, "%s%s", t->front.s, pieces[2 + last]);
		fsu_path_set(&t->front, longer);
		free(longer);
		show_below(t, depth + 1);
		fsu_path_cut(&t->front, front);
	}
	fsu_path_cut(&t->path, cut);
}

/* What is in the directory that the path names, at this depth. */
static void show_below(struct tree *t, int depth)
{
	struct fsu_names names;
	struct entry *list;
	size_t count = 0;
	int err = depth > MAX_DEPTH ? ELOOP : fsu_read_names(t->u, t->path.s, &names);

	if (err)
		fail(t, err, t->path.s);
	if (depth > MAX_DEPTH)
		return;
	list = fsu_malloc(names.count * sizeof(*list));
	for (size_t i = 0; i < names.count; i++)
		count += examine(t, names.list[i].name, &list[count]);
	fsu_names_free(&names);
	if (!t->unsorted)
		qsort_r(list, count, sizeof(*list), compare, t);
	for (size_t i = 0; i < count && !ferror(stdout); i++) {
		show_entry(t, &list[i], i + 1 == count, depth);
		free(list[i].name);
		free(list[i].target);
	}
	free(list);
}

static void show_operand(struct tree *t, const char *path)
{
	struct entry e = { .name = (char *)path };
	int err = fsu_tree_stat(t->u, path, true, &e.st);

	fsu_path_set(&t->path, path);
	fsu_path_set(&t->front, "");
	t->dev = e.st.st_dev;
	if (!err && S_ISDIR(e.st.st_mode)) {
		put_entry(t, &e);
		t->ndirs++;
		show_below(t, 1);
		return;
	}
	if (!err) {
		put_facts(t, &e.st);
		t->nfiles++;
	}
	put_name(t, path);
	fputs("  [error opening dir]\n", stdout);
	if (err)
		t->code = FSU_USAGE;
}

static bool set(struct tree *t, int key, const char *arg)
{
	uint64_t n;

	switch (key) {
	case 'a': t->all = true; break;
	case 'd': t->dirs = true; break;
	case 'D': t->time = true; break;
	case 'f': t->paths = true; break;
	case 'F': t->marks = true; break;
	case 'g': t->group = true; break;
	case 'h': t->human = t->sizes = true; break;
	case 'i': t->plain = true; break;
	case 'L':
		if (!fsu_parse_number(arg, &n) || !n || n > INT32_MAX)
			return !fsu_usage("-L needs a number from 1 on, not '%s'", fsu_name(arg));
		t->levels = n;
		break;
	case 'N': t->raw = true; break;
	case 'p': t->mode = true; break;
	case 'Q': t->quotes = true; break;
	case 'r': t->reverse = true; break;
	case 's': t->sizes = true; break;
	case 't': t->by_time = true; break;
	case 'u': t->owner = true; break;
	case 'U': t->unsorted = true; break;
	case 'x': t->one_fs = true; break;
	case KEY_DIRS: t->dirs_first = true; break;
	case KEY_FILES: t->files_first = true; break;
	case KEY_INODES: t->inodes = true; break;
	case KEY_NOREPORT: t->no_report = true; break;
	}
	return true;
}

/* The arguments of all options with this key, or NULL. */
static const char **arguments(const struct fsu_line *line, int key)
{
	const char **list = fsu_malloc((line->noptions + 1) * sizeof(*list));
	int n = 0;

	for (int i = 0; i < line->noptions; i++)
		if (line->options[i].key == key)
			list[n++] = line->options[i].arg;
	list[n] = NULL;
	if (n)
		return list;
	free(list);
	return NULL;
}

int fsu_tree_run(struct fsu_line *line)
{
	static char here[] = ".", *only[] = { here, NULL };
	char **operands = line->noperands ? line->operands : only;
	struct tree t = { .now = time(NULL) };

	for (int i = 0; i < line->noptions; i++)
		if (!set(&t, line->options[i].key, line->options[i].arg))
			return FSU_USAGE;
	t.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (t.owner || t.group)
		fsu_keep_names();
	t.u = fsu_mount(line);
	if (!t.u)
		return FSU_FAILED;
	t.only = arguments(line, 'P');
	t.without = arguments(line, 'I');
	for (; *operands && !ferror(stdout); operands++)
		show_operand(&t, *operands);
	if (!t.no_report) {
		printf("\n%" PRIu64 " director%s", t.ndirs, t.ndirs == 1 ? "y" : "ies");
		if (!t.dirs)
			printf(", %" PRIu64 " file%s", t.nfiles, t.nfiles == 1 ? "" : "s");
		putchar('\n');
	}
	free(t.only);
	free(t.without);
	fsu_path_free(&t.path);
	fsu_path_free(&t.front);
	return t.code;
}
