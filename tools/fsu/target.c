// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where cp, mv and ln put things, and what a path is without symbolic links.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

static bool is_directory(struct ukfs *u, const char *path, bool follow)
{
	struct stat st;

	return (follow ? ukfs_stat(u, path, &st) : ukfs_lstat(u, path, &st)) == 0 &&
	       S_ISDIR(st.st_mode);
}

bool fsu_target_usage(const struct fsu_target *t, const struct fsu_line *line, int least)
{
	int n = line->noperands;

	if (t->directory && t->plain)
		fsu_usage("-t and -T exclude each other");
	else if (n < (t->directory ? 1 : least))
		fsu_usage(n ? "the destination is missing" :
			      "the path of a file in the image is missing");
	else if (t->plain && n != 2)
		fsu_usage("-T needs a source and a destination");
	else
		return true;
	return false;
}

int fsu_find_target(struct ukfs *u, struct fsu_target *t, const struct fsu_line *line)
{
	const char *last = line->operands[line->noperands - 1];
	struct stat st;

	if (t->plain)
		return 1;
	if (t->directory) {
		if (is_directory(u, t->directory, true))
			return line->noperands;
		fsu_perror_verb(ukfs_stat(u, t->directory, &st) ? errno : ENOTDIR, "put into",
				t->directory);
		return -1;
	}
	if (is_directory(u, last, !t->no_follow)) {
		t->directory = last;
	} else if (line->noperands > 2) {
		fsu_perror_verb(ukfs_stat(u, last, &st) ? errno : ENOTDIR, "put into", last);
		return -1;
	}
	return line->noperands - 1;
}

char *fsu_target_path(const struct fsu_target *t, const struct fsu_line *line, const char *source)
{
	struct fsu_path path = { 0 };
	char *stripped;

	if (!t->directory)
		return fsu_strdup(line->operands[line->noperands - 1]);
	stripped = fsu_strip(source);
	fsu_path_set(&path, t->directory);
	fsu_path_push(&path, fsu_basename(stripped));
	free(stripped);
	return path.s;
}

bool fsu_target_made(struct fsu_target *t, const char *path)
{
	for (size_t i = 0; i < t->made.count; i++)
		if (strcmp(t->made.list[i].name, path) == 0)
			return true;
	return false;
}

/* ---- real paths -------------------------------------------------------------------------- */

#define MAX_LINKS 40

/* Replace `rest` by the link's text and what follows it. */
static char *put_link(struct ukfs *u, const char *link, const char *rest)
{
	size_t size = 65536, more = strlen(rest) + 2;
	char *text = fsu_malloc(size + more);
	ssize_t n = ukfs_readlink(u, link, text, size);

	if (n <= 0) {
		free(text);
		return NULL;
	}
	text[n] = '/';
	memcpy(text + n + 1, rest, more - 1);
	return text;
}

static void up(struct fsu_path *p)
{
	char *slash = strrchr(p->s, '/');

	fsu_path_cut(p, slash == p->s ? 1 : slash - p->s);
}

char *fsu_realpath(struct ukfs *u, const char *path)
{
	struct fsu_path real = { 0 };
	char *todo = fsu_strdup(path), *rest = todo, *text;
	int links = 0;

	fsu_path_set(&real, "/");
	while (*(rest += strspn(rest, "/"))) {
		char *name = rest;
		struct stat st;
		size_t cut;

		rest += strcspn(rest, "/");
		if (*rest)
			*rest++ = '\0';
		if (strcmp(name, "..") == 0)
			up(&real);
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		cut = fsu_path_push(&real, name);
		if (ukfs_lstat(u, real.s, &st) || !S_ISLNK(st.st_mode) || links++ == MAX_LINKS)
			continue;
		text = put_link(u, real.s, rest);
		if (!text)
			continue;
		free(todo);
		rest = todo = text;
		if (*text == '/')
			fsu_path_set(&real, "/");
		else
			fsu_path_cut(&real, cut);
	}
	free(todo);
	return real.s;
}
