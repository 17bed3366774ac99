// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_ln: hard and symbolic links.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_ln_options[] = {
	{ 'f', "force", FSU_NOARG, NULL, "replace what has the name already" },
	{ 'i', "interactive", FSU_NOARG, NULL, "ask whether to replace" },
	{ 'L', "logical", FSU_NOARG, NULL, "hard links to what symbolic links lead to" },
	{ 'n', "no-dereference", FSU_NOARG, NULL, "a link to a directory is no directory" },
	{ 'P', "physical", FSU_NOARG, NULL, "hard links to symbolic links themselves (default)" },
	{ 'r', "relative", FSU_NOARG, NULL, "with -s, a text relative to the link's place" },
	{ 's', "symbolic", FSU_NOARG, NULL, "symbolic links" },
	{ 't', "target-directory", FSU_ARG, "PATH", "make the links in this directory" },
	{ 'T', "no-target-directory", FSU_NOARG, NULL,
	  "the destination is the link, not a directory for it" },
	{ 'v', "verbose", FSU_NOARG, NULL, "name each link" },
	FSU_OPTIONS_END
};

struct ln {
	bool force, ask, logical, relative, symbolic, verbose;
	struct fsu_target target;
	int code;
};

static void fail(struct ln *ln, int err, const char *verb, const char *path)
{
	fsu_perror_verb(err, verb, path);
	ln->code = FSU_FAILED;
}

/* The way from the directory `dir` to `path`; both without links. */
static char *relative_text(const char *path, const char *dir)
{
	size_t common = 0, i = 0;
	struct fsu_path text = { 0 };

	/* whole components only */
	for (; path[i] && path[i] == dir[i]; i++)
		if (path[i] == '/')
			common = i + 1;
	if ((!path[i] && (!dir[i] || dir[i] == '/')) || (!dir[i] && path[i] == '/'))
		common = i;
	path += common;
	dir += common;
	path += strspn(path, "/");
	dir += strspn(dir, "/");
	fsu_path_set(&text, "");
	while (*dir) {
		fsu_path_push(&text, "..");
		dir += strcspn(dir, "/");
		dir += strspn(dir, "/");
	}
	if (*path)
		fsu_path_push(&text, path);
	if (!text.len)
		fsu_path_set(&text, ".");
	return text.s;
}

static char *make_relative(struct ukfs *u, const char *source, const char *link)
{
	char *dir = fsu_strip(link), *real_source, *real_dir, *text, *slash;

	slash = strrchr(dir, '/');
	if (!slash)
		strcpy(dir, ".");
	else
		slash[slash == dir] = '\0';
	real_source = fsu_realpath(u, source);
	real_dir = fsu_realpath(u, dir);
	text = relative_text(real_source, real_dir);
	free(real_source);
	free(real_dir);
	free(dir);
	return text;
}

static int make(struct ukfs *u, const struct ln *ln, const char *source, const char *link)
{
	char *real;
	int res;

	if (ln->symbolic)
		return ukfs_symlink(u, source, link);
	if (!ln->logical)
		return ukfs_link(u, source, link);
	real = fsu_realpath(u, source);
	res = ukfs_link(u, real, link);
	free(real);
	return res;
}

/* Under another name first, then renamed over the old: the name always leads to something. */
static int replace(struct ukfs *u, const struct ln *ln, const char *source, const char *link)
{
	char *other = fsu_malloc(strlen(link) + 16);
	const char *slash = strrchr(link, '/');
	int dir = slash ? slash + 1 - link : 0, n = 0, res;

	do {
		sprintf(other, "%.*sCu%06d", dir, link, n);
		res = make(u, ln, source, other);
	} while (res && errno == EEXIST && ++n < 1000000);
	if (!res) {
		res = ukfs_rename(u, other, link);
		/* two names of one file: rename leaves both */
		if (res || !ln->symbolic) {
			int err = errno;

			ukfs_remove(u, other);
			errno = err;
		}
	}
	free(other);
	return res;
}

static bool same_entry(struct ukfs *u, const char *a, const char *b)
{
	char *one = fsu_realpath(u, a), *two = fsu_realpath(u, b);
	bool same = strcmp(one, two) == 0;

	free(one);
	free(two);
	return same;
}

/* Whether what has the name already may be replaced; false after a message or a no. */
static bool may_replace(struct ukfs *u, struct ln *ln, const char *source, const char *link,
			const struct stat *old)
{
	struct stat st;

	if (S_ISDIR(old->st_mode)) {
		fsu_message("%s: cannot overwrite directory", fsu_name(link));
		ln->code = FSU_FAILED;
		return false;
	}
	if (!ln->symbolic && ukfs_stat(u, source, &st) == 0 && st.st_ino == old->st_ino &&
	    st.st_dev == old->st_dev && same_entry(u, source, link)) {
		fsu_message("%s and %s are the same file", fsu_quote(source), fsu_quote(link));
		ln->code = FSU_FAILED;
		return false;
	}
	return !ln->ask || fsu_ask("replace", link);
}

static void link_one(struct ukfs *u, struct ln *ln, const char *source, const char *link)
{
	char *text = NULL;
	struct stat st;
	int res;

	if (!ln->symbolic) {
		if (ln->logical ? ukfs_stat(u, source, &st) : ukfs_lstat(u, source, &st)) {
			fail(ln, errno, "access", source);
			return;
		}
		if (S_ISDIR(st.st_mode)) {
			fsu_message("%s: hard link not allowed for directory", fsu_name(source));
			ln->code = FSU_FAILED;
			return;
		}
	} else if (ln->relative) {
		source = text = make_relative(u, source, link);
	}
	if ((ln->force || ln->ask) && ukfs_lstat(u, link, &st) == 0) {
		if (!may_replace(u, ln, source, link, &st)) {
			free(text);
			return;
		}
		res = replace(u, ln, source, link);
	} else {
		res = make(u, ln, source, link);
	}
	if (res)
		fail(ln, errno, ln->symbolic ? "create symbolic link" : "create hard link", link);
	else if (ln->verbose)
		printf("%s %c> %s\n", fsu_quote(link), ln->symbolic ? '-' : '=', fsu_quote(source));
	free(text);
}

static bool parse(struct ln *ln, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'f': ln->force = true; ln->ask = false; break;
		case 'i': ln->ask = true; ln->force = false; break;
		case 'L': ln->logical = true; break;
		case 'P': ln->logical = false; break;
		case 'n': ln->target.no_follow = true; break;
		case 'r': ln->relative = true; break;
		case 's': ln->symbolic = true; break;
		case 't': ln->target.directory = line->options[i].arg; break;
		case 'T': ln->target.plain = true; break;
		case 'v': ln->verbose = true; break;
		}
	}
	if (ln->relative && !ln->symbolic)
		return !fsu_usage("-r needs -s");
	return fsu_target_usage(&ln->target, line, 1);
}

int fsu_ln_run(struct fsu_line *line)
{
	struct ln ln = { 0 };
	struct ukfs *u;
	int n;

	if (!parse(&ln, line))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	/* one name alone: a link to it in the current directory, the root */
	if (line->noperands == 1 && !ln.target.directory)
		ln.target.directory = ".";
	n = fsu_find_target(u, &ln.target, line);
	if (n < 0)
		return FSU_FAILED;
	for (int i = 0; i < n && !fsu_interrupted(); i++) {
		char *link = fsu_target_path(&ln.target, line, line->operands[i]);

		if (fsu_target_made(&ln.target, link) && ln.force) {
			fsu_message("will not overwrite just-created %s with %s", fsu_quote(link),
				    fsu_quote(line->operands[i]));
			ln.code = FSU_FAILED;
		} else {
			link_one(u, &ln, line->operands[i], link);
			if (n > 1)
				fsu_names_add(&ln.target.made, link, 0, 0);
		}
		free(link);
	}
	fsu_names_free(&ln.target.made);
	return ln.code;
}
