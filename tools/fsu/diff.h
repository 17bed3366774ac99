/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of fsu_diff share: the options, the two sides of a comparison, the host's diff.
 */
#ifndef FSU_DIFF_H
#define FSU_DIFF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fsu.h"

/* The keys of those options that have no letter. */
enum { KEY_WITH = 256, KEY_LABEL, KEY_NORMAL, KEY_NO_DEREFERENCE, KEY_STRIP, KEY_SUPPRESS,
       KEY_COLOR, KEY_CONTEXT, KEY_UNIFIED, KEY_LIMIT };

enum { SAME, DIFFERENT, TROUBLE };

/* One side of a comparison. */
struct file {
	struct ukfs *u;
	const char *path;
	struct stat st;
	bool missing;
	const struct file *up;	/* the directory that it was met in */
};

struct diff {
	const struct fsu_line *line;
	bool recursive, brief, new_files, new_first, same, text, no_dereference, ignores;
	bool side_by_side, context, unified;
	const char *labels[2];
	char *switches;		/* as given, for the line above each pair of files in a tree */
	char **argv;		/* of the host's diff, up to its labels */
	int argc;
	uint64_t limit;		/* bytes of a file whose lines are compared */
};

struct content {
	FILE *f;		/* NULL: empty */
	int err;
};

/* The next bytes of it. */
size_t diff_take(const struct content *c, char *buf, size_t size);
/* What the user calls a side. */
const char *diff_shown(const struct diff *d, const struct file f[2], int side);
/* Have the host's diff compare the lines; `heading': the line of diff -r goes in front. */
int diff_lines(const struct diff *d, struct content c[2], const struct file f[2], bool heading);

#endif
