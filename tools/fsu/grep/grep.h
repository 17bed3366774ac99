/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of fsu_grep: grep.c knows options and files, match.c patterns, lines.c what is printed.
 */
#ifndef FSU_GREP_H
#define FSU_GREP_H

#include "../input.h"

enum grep_syntax { GREP_BASIC, GREP_EXTENDED, GREP_FIXED, GREP_PERL };
enum grep_binary { GREP_BINARY, GREP_TEXT, GREP_WITHOUT_MATCH };

struct grep_options {
	enum grep_syntax syntax;
	enum grep_binary binary;
	bool icase, words, whole_lines, invert;
	bool count, list, list_others, quiet, only, number, offset, names, no_errors, null_names;
	char eol;
	int64_t before, after, max;	/* max -1: no limit */
	const char *separator;		/* between groups of lines, NULL: none */
	const char *label;
	const struct grep_colors *colors;	/* NULL: none */
};

/* What stands between \33[ and m; empty: as it is. */
struct grep_colors {
	char match[32], context_match[32], name[32], number[32], offset[32], separator[32];
	bool no_clear;		/* do not clear to the end of the line */
};

struct matcher;

/* color.c: GREP_COLORS, as grep has it; text in a colour, where there are any. */
const struct grep_colors *grep_read_colors(void);
void grep_put(const struct grep_options *o, const char *color, const char *text, size_t len);

/* Patterns are separated by newlines.  NULL after a message. */
struct matcher *matcher_new(const char *patterns, size_t len, const struct grep_options *o);
void matcher_free(struct matcher *m);
/* The leftmost, longest match from `from' on. */
bool matcher_find(struct matcher *m, const char *line, size_t len, size_t from, size_t *start,
		  size_t *end);

#define GREP_LINE_MAX (128 << 20)

/* Search one file: 1 where a line was selected, 0, or a negative errno: EMSGSIZE for a line that is
 * longer than that. */
int grep_lines(const struct grep_options *o, struct matcher *m, FILE *f, const char *name);

#endif
