// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_readlink and fsu_realpath: what a link says, and where a path leads when all links are
 * followed.  The path is taken apart here, because its last parts need not exist.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

enum { KEY_TO = 256, KEY_BASE };

const struct fsu_option fsu_readlink_options[] = {
	{ 'e', "canonicalize-existing", FSU_NOARG, NULL,
	  "follow all links; everything has to exist" },
	{ 'f', "canonicalize", FSU_NOARG, NULL, "follow all links; all but the last has to exist" },
	{ 'm', "canonicalize-missing", FSU_NOARG, NULL, "follow all links; nothing has to exist" },
	{ 'n', "no-newline", FSU_NOARG, NULL, "no newline behind a single line" },
	{ 'q', "quiet", FSU_NOARG, NULL, "no messages, the default" },
	{ 's', "silent", FSU_NOARG, NULL, "the same" },
	{ 'v', "verbose", FSU_NOARG, NULL, "messages for what fails" },
	{ 'z', "zero", FSU_NOARG, NULL, "lines end in NUL" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_realpath_options[] = {
	{ 'e', "canonicalize-existing", FSU_NOARG, NULL, "everything has to exist" },
	{ 'L', "logical", FSU_NOARG, NULL, "follow dots before links" },
	{ 'm', "canonicalize-missing", FSU_NOARG, NULL, "nothing has to exist" },
	{ 'P', "physical", FSU_NOARG, NULL, "follow links as they are met, the default" },
	{ 'q', "quiet", FSU_NOARG, NULL, "no messages" },
	{ KEY_BASE, "relative-base", FSU_ARG, "DIR",
	  "show paths from here, but only what is below" },
	{ KEY_TO, "relative-to", FSU_ARG, "DIR", "show the path from this directory" },
	{ 's', "no-symlinks", FSU_NOARG, NULL, "do not follow links" },
	{ 's', "strip", FSU_NOARG, NULL, NULL },
	{ 'z', "zero", FSU_NOARG, NULL, "lines end in NUL" },
	FSU_OPTIONS_END
};

enum must { ALL_BUT_LAST, EVERYTHING, NOTHING };

#define MAX_LINKS 40

/* Put a link's target in front of what is left of a path. */
static char *with_target(char *target, const char *rest)
{
	char *joined = fsu_malloc(strlen(target) + strlen(rest) + 2);

	sprintf(joined, "%s%s%s", target, *rest ? "/" : "", rest);
	free(target);
	return joined;
}

static void cut_last(struct fsu_path *out)
{
	char *slash = strrchr(out->s, '/');

	fsu_path_cut(out, slash == out->s ? 1 : slash - out->s);
}

/* What is left of a path is nothing but slashes, or begins with a dot:
 * what it is left of is a directory. */
static bool needs_directory(const char *left)
{
	while (*left == '/') {
		left += strspn(left, "/");
		if (!*left)
			return true;
		if (*left++ != '.')
			return false;
		if (!*left || (*left == '.' && (!left[1] || left[1] == '/')))
			return true;
	}
	return false;
}

/* A component where links are not followed:
 * it is looked at where something of it has to be true. */
static int step_plain(struct ukfs *u, struct fsu_path *out, const char *name, const char *left,
		      enum must must)
{
	bool directory = needs_directory(left);
	struct stat st;
	int err;

	fsu_path_push(out, name);
	if (must == NOTHING || (*left && !directory))
		return 0;
	err = fsu_tree_stat(u, out->s, true, &st);
	if (err == ENOENT && must == ALL_BUT_LAST && !left[strspn(left, "/")])
		return 0;
	return !err && directory && !S_ISDIR(st.st_mode) ? ENOTDIR : err;
}

/* One component that is no dot: 0 or an errno; `*rest' is replaced where it is a link. */
static int step(struct ukfs *u, struct fsu_path *out, const char *name, char **rest,
		const char *left, enum must must, int *followed)
{
	size_t before = fsu_path_push(out, name);
	struct stat st;
	char *target;
	int err;

	err = fsu_tree_stat(u, out->s, false, &st);
	if (err == ENOENT && must == ALL_BUT_LAST && !left[strspn(left, "/")])
		return 0;
	if (err)
		return must == NOTHING ? 0 : err;
	if (!S_ISLNK(st.st_mode))
		return *left && !S_ISDIR(st.st_mode) && must != NOTHING ? ENOTDIR : 0;
	if (++*followed > MAX_LINKS)
		return must == NOTHING ? 0 : ELOOP;
	target = fsu_tree_readlink(u, out->s);
	if (!target)
		return errno;
	fsu_path_cut(out, *target == '/' ? 1 : before);
	*rest = with_target(target, left);
	return 0;
}

/* The path without links and dots, from the root.  0 or an errno. */
static int resolve(struct ukfs *u, const char *path, enum must must, bool links,
		   struct fsu_path *out)
{
	char *text = fsu_strdup(path), *at = text, *cwd = NULL;
	int err = *path ? 0 : ENOENT, followed = 0;

	fsu_path_set(out, "/");
	if (*path != '/' && (cwd = ukfs_getcwd(u, NULL, 0)))
		fsu_path_set(out, cwd);
	free(cwd);
	while (!err && *(at += strspn(at, "/"))) {
		char *name = fsu_strndup(at, strcspn(at, "/")), *rest = NULL;

		at += strlen(name);
		if (strcmp(name, "..") == 0)
			cut_last(out);
		else if (strcmp(name, "."))
			err = links ? step(u, out, name, &rest, at, must, &followed) :
				      step_plain(u, out, name, at, must);
		if (rest) {
			free(text);
			at = text = rest;
		}
		free(name);
	}
	free(text);
	return err;
}

/* The way from one directory to a path, both without links. */
static void print_relative(const char *from, const char *to)
{
	size_t same = 0, i = 0;
	bool any = false;

	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i;
	if ((!from[i] && (!to[i] || to[i] == '/')) || (!to[i] && from[i] == '/'))
		same = i;
	if (strcmp(from, "/") == 0)
		same = 0;
	for (from += same; *(from += strspn(from, "/")); from += strcspn(from, "/")) {
		fputs(any ? "/.." : "..", stdout);
		any = true;
	}
	to += same;
	to += strspn(to, "/");
	if (*to)
		printf("%s%s", any ? "/" : "", fsu_shown(to));
	else if (!any)
		putchar('.');
}

static void complain(int err, const char *path, bool verbose)
{
	fflush(stdout);
	if (verbose)
		fsu_perror(err, path);
}

struct realpath {
	struct ukfs *u;
	enum must must;
	bool links, logical, verbose;
	char eol;
	const char *to, *base;		/* as given */
	struct fsu_path from;		/* paths are shown from here ... */
	struct fsu_path within;		/* ... where they are below this;
					   "" where there is no such limit */
};

/* -L: dots go first, by the names alone, then links. */
static int canonical(const struct realpath *r, const char *path, struct fsu_path *out)
{
	int err = resolve(r->u, path, r->must, r->links && !r->logical, out);
	char *plain;

	if (err || !r->logical)
		return err;
	plain = fsu_strdup(out->s);
	err = resolve(r->u, plain, r->must, true, out);
	free(plain);
	return err;
}

static bool is_below(const char *dir, const char *path)
{
	size_t len = strcmp(dir, "/") ? strlen(dir) : 0;

	return strncmp(dir, path, len) == 0 && (!path[len] || path[len] == '/');
}

static bool find_directory(const struct realpath *r, const char *path, struct fsu_path *out)
{
	int err = canonical(r, path, out);
	struct stat st;

	if (!err && r->must == EVERYTHING && fsu_tree_stat(r->u, out->s, true, &st) == 0 &&
	    !S_ISDIR(st.st_mode))
		err = ENOTDIR;
	if (err)
		complain(err, path, true);
	return !err;
}

/* Where paths are shown from; without a directory it stays "". */
static bool find_directories(struct realpath *r)
{
	const char *from = r->to ? r->to : r->base;

	fsu_path_set(&r->from, "");
	fsu_path_set(&r->within, "");
	if (from && !find_directory(r, from, &r->from))
		return false;
	if (r->base && !find_directory(r, r->base, &r->within))
		return false;
	if (r->base && !is_below(r->within.s, r->from.s))
		fsu_path_cut(&r->from, 0);
	return true;
}

static int show_path(const struct realpath *r, const char *path)
{
	struct fsu_path out = { 0 };
	int err = canonical(r, path, &out);

	if (err) {
		complain(err, path, r->verbose);
	} else {
		if (*r->from.s && is_below(r->within.s, out.s))
			print_relative(r->from.s, out.s);
		else
			fputs(fsu_shown(out.s), stdout);
		putchar(r->eol);
	}
	fsu_path_free(&out);
	return err ? FSU_FAILED : FSU_OK;
}

int fsu_realpath_run(struct fsu_line *line)
{
	struct realpath r = { .must = ALL_BUT_LAST, .links = true, .verbose = true, .eol = '\n' };
	int code = FSU_OK;

	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'e': r.must = EVERYTHING; break;
		case 'L': r.links = r.logical = true; break;
		case 'm': r.must = NOTHING; break;
		case 'q': r.verbose = false; break;
		case 's': r.links = r.logical = false; break;
		case 'P': r.links = true; r.logical = false; break;
		case 'z': r.eol = '\0'; break;
		case KEY_TO: r.to = arg; break;
		case KEY_BASE: r.base = arg; break;
		}
	}
	if (!line->noperands)
		return fsu_usage("a path in the image is missing");
	r.u = fsu_mount(line);
	if (!r.u)
		return FSU_FAILED;
	if (!find_directories(&r))
		code = FSU_FAILED;
	else
		for (int i = 0; i < line->noperands; i++)
			code |= show_path(&r, line->operands[i]);
	fsu_path_free(&r.from);
	fsu_path_free(&r.within);
	return code;
}

int fsu_readlink_run(struct fsu_line *line)
{
	bool resolved = false, verbose = false, newline = true;
	enum must must = ALL_BUT_LAST;
	struct fsu_path out = { 0 };
	int code = FSU_OK;
	struct ukfs *u;
	char eol = '\n';

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'e': resolved = true; must = EVERYTHING; break;
		case 'f': resolved = true; must = ALL_BUT_LAST; break;
		case 'm': resolved = true; must = NOTHING; break;
		case 'n': newline = false; break;
		case 'q':
		case 's': verbose = false; break;
		case 'v': verbose = true; break;
		case 'z': eol = '\0'; break;
		}
	}
	if (!line->noperands)
		return fsu_usage("a path in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands; i++) {
		const char *path = line->operands[i];
		char *target = resolved ? NULL : fsu_tree_readlink(u, path);
		int err = resolved ? resolve(u, path, must, true, &out) : target ? 0 : errno;

		if (err) {
			complain(err, path, verbose);
			code = FSU_FAILED;
			continue;
		}
		fputs(fsu_shown(resolved ? out.s : target), stdout);
		if (newline || line->noperands > 1)
			putchar(eol);
		free(target);
	}
	fsu_path_free(&out);
	return code;
}
