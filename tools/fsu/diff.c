// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_diff: differences between files and trees of an image, of two images, or of an image and the
 * host.  What is compared with what is decided here; the lines of two files that differ are the
 * host's diff's work, which gets their content and knows every format.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff.h"
#include "input.h"
#include "ls/ls.h"
#include "programs.h"

#define TEXT_LIMIT (128 << 20)	/* both files, twice, fit into a GiB */

static int trouble(int err, const char *path)
{
	fflush(stdout);
	fsu_perror(err, path);
	return TROUBLE;
}

static const char *kind(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG: return st->st_size ? "regular file" : "regular empty file";
	case S_IFDIR: return "directory";
	case S_IFLNK: return "symbolic link";
	case S_IFCHR: return "character special file";
	case S_IFBLK: return "block special file";
	case S_IFIFO: return "fifo";
	default: return "socket";
	}
}

/* ---- two files --------------------------------------------------------------------------- */

static struct content open_file(const struct file *file)
{
	struct content c = { NULL, 0 };

	if (!file->missing) {
		c.f = fsu_fopen(file->u, file->path);
		c.err = c.f ? 0 : errno;
	}
	return c;
}

/* Files of two lengths differ; one of /proc has none. */
static bool lengths_differ(const struct file f[2])
{
	for (int i = 0; i < 2; i++)
		if (f[i].missing || !S_ISREG(f[i].st.st_mode) || !f[i].st.st_size)
			return false;
	return f[0].st.st_size != f[1].st.st_size;
}

/* What the first block says: diff takes what has a NUL in it for binary. */
static int compare_bytes(struct content c[2], const struct file f[2], bool *binary)
{
	enum { BLOCK = 64 << 10 };
	char *a = fsu_malloc(2 * BLOCK), *b = a + BLOCK;
	int result = SAME;
	bool first = true;
	size_t n, m;

	do {
		n = diff_take(&c[0], a, BLOCK);
		m = diff_take(&c[1], b, BLOCK);
		if (first)
			*binary = memchr(a, 0, n < 4096 ? n : 4096) ||
				  memchr(b, 0, m < 4096 ? m : 4096);
		first = false;
		if (n != m || memcmp(a, b, n) || lengths_differ(f))
			result = DIFFERENT;
	} while (n && result == SAME);
	free(a);
	for (int i = 0; i < 2; i++) {
		if (c[i].f && ferror(c[i].f))
			c[i].err = EIO;
		if (c[i].f && result != SAME)
			rewind(c[i].f);
	}
	return result;
}

static int different_kinds(const struct diff *d, const struct file f[2])
{
	printf("File %s is a %s while file %s is a %s\n", diff_shown(d, f, 0), kind(&f[0].st),
	       diff_shown(d, f, 1), kind(&f[1].st));
	return DIFFERENT;
}

static int only_in(const struct file *file)
{
	const char *name = fsu_basename(file->path);

	char *dir = fsu_strndup(file->path, name > file->path ? name - file->path - 1 : 0);

	printf("Only in %s: %s\n", fsu_shown(dir), fsu_shown(name));
	free(dir);
	return DIFFERENT;
}

static int compare_files(const struct diff *d, const struct file f[2], bool in_tree)
{
	struct content c[2] = { open_file(&f[0]), open_file(&f[1]) };
	bool binary = false;
	int result = TROUBLE;

	if (!c[0].err && !c[1].err)
		result = compare_bytes(c, f, &binary);
	for (int i = 0; i < 2; i++)
		if (c[i].err)
			result = trouble(c[i].err, f[i].path);
	if (result == DIFFERENT && binary && !d->text && !d->brief) {
		printf("Binary files %s and %s differ\n", diff_shown(d, f, 0), diff_shown(d, f, 1));
	} else if (result == DIFFERENT && (!d->brief || (d->ignores && !binary))) {
		result = diff_lines(d, c, f, in_tree && !d->brief);
	} else if (result == SAME && d->side_by_side && !d->brief) {
		for (int i = 0; i < 2; i++)
			if (c[i].f)
				rewind(c[i].f);
		result = diff_lines(d, c, f, in_tree);
	}
	if (result == DIFFERENT && d->brief)
		printf("Files %s and %s differ\n", diff_shown(d, f, 0), diff_shown(d, f, 1));
	if (result == SAME && d->same)
		printf("Files %s and %s are identical\n", diff_shown(d, f, 0), diff_shown(d, f, 1));
	fsu_fclose(c[0].f);
	fsu_fclose(c[1].f);
	return result;
}

static int compare_links(const struct diff *d, const struct file f[2])
{
	char *a = fsu_tree_readlink(f[0].u, f[0].path), *b = fsu_tree_readlink(f[1].u, f[1].path);
	bool differ = !a || !b || strcmp(a, b);

	if (differ)
		printf("Symbolic links %s and %s differ\n", fsu_shown(f[0].path),
		       fsu_shown(f[1].path));
	else if (d->same)
		printf("Files %s and %s are identical\n", fsu_shown(f[0].path),
		       fsu_shown(f[1].path));
	free(a);
	free(b);
	return differ ? DIFFERENT : SAME;
}

/* ---- trees ------------------------------------------------------------------------------- */

static int compare(const struct diff *d, struct file f[2], int depth);

static int by_name(const void *a, const void *b)
{
	const struct fsu_name_entry *x = a, *y = b;

	return strcoll(x->name, y->name);
}

static bool left_out(const struct diff *d, const char *name)
{
	for (int i = 0; i < d->line->noptions; i++)
		if (d->line->options[i].key == 'x' &&
		    fnmatch(d->line->options[i].arg, name, 0) == 0)
			return true;
	return false;
}

static int compare_name(const struct diff *d, const struct file dirs[2], const char *name,
			const bool have[2], int depth)
{
	struct fsu_path paths[2] = { { 0 }, { 0 } };
	struct file f[2] = { dirs[0], dirs[1] };
	int result;

	if (left_out(d, name))
		return SAME;
	if ((!have[0] && !d->new_files && !d->new_first) || (!have[1] && !d->new_files)) {
		printf("Only in %s: %s\n", fsu_shown(dirs[!have[0]].path), fsu_shown(name));
		return DIFFERENT;
	}
	for (int i = 0; i < 2; i++) {
		fsu_path_set(&paths[i], dirs[i].path);
		fsu_path_push(&paths[i], name);
		f[i].path = paths[i].s;
		f[i].missing = !have[i];
		f[i].up = &dirs[i];
	}
	result = compare(d, f, depth + 1);
	fsu_path_free(&paths[0]);
	fsu_path_free(&paths[1]);
	return result;
}

static int compare_directories(const struct diff *d, const struct file f[2], int depth)
{
	struct fsu_names names[2] = { { 0 }, { 0 } };
	size_t at[2] = { 0, 0 };
	int result = SAME, ret;

	for (int i = 0; i < 2; i++) {
		int err = f[i].missing ? 0 : fsu_tree_names(f[i].u, f[i].path, &names[i]);

		if (err)
			result = trouble(err, f[i].path);
		if (names[i].count)
			qsort(names[i].list, names[i].count, sizeof(*names[i].list), by_name);
	}
	while (at[0] < names[0].count || at[1] < names[1].count) {
		bool end[2] = { at[0] == names[0].count, at[1] == names[1].count };
		int order = end[0] ? 1 : end[1] ? -1 :
			    strcoll(names[0].list[at[0]].name, names[1].list[at[1]].name);
		bool have[2] = { order <= 0, order >= 0 };
		int from = !have[0];

		ret = compare_name(d, f, names[from].list[at[from]].name, have, depth);
		result = ret > result ? ret : result;
		at[0] += have[0];
		at[1] += have[1];
	}
	fsu_names_free(&names[0]);
	fsu_names_free(&names[1]);
	return result;
}

static int look(const struct diff *d, struct file *file)
{
	if (file->missing)
		return 0;
	if (strcmp(file->path, "-") == 0)
		return fstat(STDIN_FILENO, &file->st) ? errno : 0;
	return fsu_tree_stat(file->u, file->path, !d->no_dereference, &file->st);
}

/* A link led back to where it was met. */
static bool is_loop(const struct file *file)
{
	for (const struct file *f = file->up; f && !file->missing; f = f->up)
		if (f->st.st_ino == file->st.st_ino && f->st.st_dev == file->st.st_dev)
			return true;
	return false;
}

static bool same_inode(const struct file f[2])
{
	return f[0].u == f[1].u && f[0].st.st_ino == f[1].st.st_ino &&
	       f[0].st.st_dev == f[1].st.st_dev;
}

/* f's paths name a pair of which one may be missing. */
static int compare(const struct diff *d, struct file f[2], int depth)
{
	int result = SAME;
	mode_t type[2];

	for (int i = 0; i < 2; i++) {
		int err = look(d, &f[i]);

		if (err == ENOENT && !depth && (d->new_files || (d->new_first && !i)))
			f[i].missing = true;
		else if (err)
			result = trouble(err, f[i].path);
	}
	if (!depth && f[0].missing && f[1].missing)
		return trouble(ENOENT, f[0].path);
	if (result != SAME)
		return result;
	if (!f[0].missing && !f[1].missing && same_inode(f) &&
	    !d->side_by_side && (S_ISDIR(f[0].st.st_mode) || !d->same))
		return SAME;
	for (int i = 0; i < 2; i++)
		type[i] = f[f[i].missing ? !i : i].st.st_mode & S_IFMT;
	if (type[0] != type[1]) {
		return different_kinds(d, f);
	}
	if (S_ISDIR(type[0])) {
		if (depth && !d->recursive) {
			printf("Common subdirectories: %s and %s\n", fsu_shown(f[0].path),
			       fsu_shown(f[1].path));
			return SAME;
		}
		for (int i = 0; i < 2; i++)
			if (is_loop(&f[i]))
				return trouble(ELOOP, f[i].path);
		return compare_directories(d, f, depth);
	}
	if (S_ISLNK(type[0]))
		return compare_links(d, f);
	/* a device that is missing is not an empty one */
	if (!S_ISREG(type[0]) && (f[0].missing || f[1].missing))
		return only_in(&f[f[0].missing]);
	if (!S_ISREG(type[0]) && depth && !same_inode(f))
		return different_kinds(d, f);
	return compare_files(d, f, depth > 0);
}

/* A file and a directory: the file of that name in it. */
static int compare_operands(const struct diff *d, struct file f[2])
{
	struct fsu_path path = { 0 };
	int result, dir = -1, err = 0;

	for (int i = 0; i < 2; i++)
		if (look(d, &f[i]) == 0 && S_ISDIR(f[i].st.st_mode))
			dir = dir < 0 ? i : 2;
	if (dir == 0 || dir == 1) {
		fsu_path_set(&path, f[dir].path);
		fsu_path_push(&path, fsu_basename(f[!dir].path));
		f[dir].path = path.s;
		err = look(d, &f[dir]);
	}
	result = err ? trouble(err, path.s) : compare(d, f, 0);
	fsu_path_free(&path);
	return result;
}

/* ---- options ----------------------------------------------------------------------------- */

/* An option for the host's diff. */
static void add_argument(struct diff *d, int key, const char *arg)
{
	static const char *const names[] = {
		[KEY_NORMAL] = "--normal", [KEY_STRIP] = "--strip-trailing-cr",
		[KEY_COLOR] = "--color", [KEY_SUPPRESS] = "--suppress-common-lines",
		[KEY_CONTEXT] = "--context", [KEY_UNIFIED] = "--unified",
	};
	const char *more = arg ? arg : "";
	char *text;

	if ((key >= 256 ? asprintf(&text, "%s%s%s", names[key], arg ? "=" : "", more) :
	     asprintf(&text, "-%c%s", key, more)) < 0)
		fsu_die(TROUBLE);
	d->argv[d->argc++] = text;
}

static void set(struct diff *d, int key, const char *arg)
{
	switch (key) {
	case 'N': d->new_files = true; return;
	case 'P': d->new_first = true; return;
	case 'q': d->brief = true; return;
	case 'r': d->recursive = true; return;
	case 's': d->same = true; return;
	case 'x':
	case KEY_LIMIT:
	case KEY_WITH: return;
	case KEY_LABEL: d->labels[d->labels[0] != NULL] = arg; return;
	case KEY_NO_DEREFERENCE: d->no_dereference = true; return;
	case 'a': d->text = true; break;
	case 'y': d->side_by_side = true; break;
	}
	/* -p alone asks for context, too */
	d->context |= key == 'c' || key == 'C' || key == KEY_CONTEXT || key == 'p';
	d->unified |= key == 'u' || key == 'U' || key == KEY_UNIFIED;
	d->ignores |= key == KEY_STRIP || (key < 256 && strchr("bBEiIwZ", key));
	add_argument(d, key, arg);
}

static char *switches(const struct fsu_line *line)
{
	static const struct ls_options quoting = { .quote = LS_SHELL };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		fsu_die(TROUBLE);
	for (int i = 0, n = 0; i < line->nargs; i++) {
		char *arg = line->args[i], *quoted;

		if (n < line->noperands && arg == line->operands[n]) {
			n++;
			continue;
		}
		quoted = ls_quote(&quoting, arg, false, NULL);
		fprintf(out, " %s", quoted);
		free(quoted);
	}
	fclose(out);
	return text;
}

int fsu_diff_run(struct fsu_line *line)
{
	struct diff d = { .line = line, .limit = TEXT_LIMIT };
	struct file f[2] = { { 0 }, { 0 } };
	const char *with = NULL;
	int result = TROUBLE;

	if (line->noperands != 2)
		return fsu_usage("two paths are needed");
	d.argv = fsu_malloc((line->noptions + 1) * sizeof(char *));
	d.argv[d.argc++] = fsu_strdup("diff");
	for (int i = 0; i < line->noptions; i++) {
		int key = line->options[i].key;
		const char *arg = line->options[i].arg;

		if (key == KEY_LIMIT && !fsu_parse_bytes(arg, &d.limit))
			return fsu_usage("--text-limit needs a size, not '%s'", fsu_name(arg));
		set(&d, key, arg);
		if (key == KEY_WITH)
			with = arg;
	}
	d.switches = switches(line);
	fsu_keep_host_paths(line->operands, line->noperands, !d.no_dereference);
	if (with)
		fsu_keep_image(with);
	fsu_keep_programs();
	f[0].u = f[1].u = fsu_mount(line);
	if (f[0].u && with)
		f[1].u = fsu_mount_second(line, with);
	if (f[0].u && f[1].u) {
		for (int i = 0; i < 2; i++)
			f[i].path = fsu_host_path(line->operands[i], &f[i].u);
		result = compare_operands(&d, f);
	}
	for (int i = 0; i < d.argc; i++)
		free(d.argv[i]);
	free(d.argv);
	free(d.switches);
	return result;
}
