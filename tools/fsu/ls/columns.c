// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names one a line, in columns, across, or with commas between; and the parts of a line that the
 * long listing prints alike.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ls.h"

#define MIN_COLUMN 3		/* a character and two spaces */

bool ls_aligns_quotes(const struct ls_options *o)
{
	return (o->quote == LS_SHELL || o->quote == LS_SHELL_ESCAPE || o->quote == LS_C_MAYBE) &&
	       (o->format == LS_LONG ||
		((o->format == LS_COLUMNS || o->format == LS_ACROSS) && o->width));
}

char ls_indicator(const struct ls_options *o, mode_t mode, unsigned char type, bool stat_ok)
{
	mode_t kind = stat_ok ? mode & S_IFMT : (mode_t)DTTOIF(type);

	if (o->indicator == LS_INDICATOR_NONE)
		return 0;
	if (kind == S_IFDIR)
		return '/';
	if (o->indicator == LS_INDICATOR_SLASH)
		return 0;
	if (stat_ok && S_ISREG(mode))
		return o->indicator == LS_INDICATOR_ALL && (mode & 0111) ? '*' : 0;
	return kind == S_IFLNK ? '@' : kind == S_IFIFO ? '|' : kind == S_IFSOCK ? '=' : 0;
}

static char mark_of(struct ls *ls, const struct ls_file *f)
{
	if (ls->o.whiteouts && f->stat_ok && S_ISCHR(f->st.st_mode) && !f->st.st_rdev &&
	    ls->o.indicator == LS_INDICATOR_ALL)
		return '%';
	return ls_indicator(&ls->o, f->st.st_mode, f->type, f->stat_ok);
}

int ls_print_text(struct ls *ls, const struct ls_file *f, bool target, int column)
{
	const char *color = ls->o.color ? ls_color_of(f, target) : NULL;
	int width, pad = 0;
	char *text = ls_quote(&ls->o, target ? f->target : f->name, false, &width);

	if (!target && ls->some_quoted && !f->quoted) {
		putchar(' ');
		pad = 1;
	}
	ls_color_begin(color);
	fputs(text, stdout);
	if (color)
		ls_color_end(column, strlen(text) + pad, ls->o.width);
	free(text);
	return width + pad;
}

int ls_print_name(struct ls *ls, const struct ls_file *f, int column)
{
	char mark = mark_of(ls, f);
	int n = ls_print_text(ls, f, false, column);

	if (mark)
		putchar(mark);
	return n + !!mark;
}

static const char *blocks_text(struct ls *ls, const struct ls_file *f, char buf[FSU_HUMAN_MAX])
{
	if (!f->stat_ok)
		return "?";
	fsu_size(buf, (uint64_t)f->st.st_blocks * 512, ls->o.block, ls->o.human);
	return strcat(buf, ls->o.suffix);
}

static const char *inode_text(const struct ls_file *f, char buf[FSU_HUMAN_MAX])
{
	if (!f->st.st_ino)
		return "?";
	sprintf(buf, "%ju", (uintmax_t)f->st.st_ino);
	return buf;
}

void ls_front_widths(struct ls *ls, int widths[3])
{
	char buf[FSU_HUMAN_MAX];

	memset(widths, 0, 3 * sizeof(*widths));
	for (size_t i = 0; i < ls->count; i++) {
		struct ls_file *f = &ls->files[i];
		int inode = ls->o.inode ? strlen(inode_text(f, buf)) : 0;
		int blocks = ls->o.blocks ? strlen(blocks_text(ls, f, buf)) : 0;
		int context = ls->o.context ? (f->context ? strlen(f->context) : 1) : 0;

		widths[0] = inode > widths[0] ? inode : widths[0];
		widths[1] = blocks > widths[1] ? blocks : widths[1];
		widths[2] = context > widths[2] ? context : widths[2];
	}
}

int ls_print_front(struct ls *ls, const struct ls_file *f, const int widths[3])
{
	char buf[FSU_HUMAN_MAX];
	int n = 0;

	if (ls->o.inode)
		n += printf("%*s ", widths[0], inode_text(f, buf));
	if (ls->o.blocks)
		n += printf("%*s ", widths[1], blocks_text(ls, f, buf));
	if (ls->o.context && ls->o.format != LS_LONG)
		n += printf("%*s ", widths[2], f->context ? f->context : "?");
	return n;
}

int ls_name_width(struct ls *ls, const struct ls_file *f)
{
	int width;

	free(ls_quote(&ls->o, f->name, false, &width));
	return width + (ls->some_quoted && !f->quoted) + !!mark_of(ls, f);
}

/* ---- columns ----------------------------------------------------------------------------- */

struct layout {
	size_t columns, rows;
	int *widths;		/* of each column, the gap included */
};

static int total_width(struct ls *ls, const struct ls_file *f, const int *front)
{
	return f->width + (ls->o.inode ? front[0] + 1 : 0) + (ls->o.blocks ? front[1] + 1 : 0) +
	       (ls->o.context ? front[2] + 1 : 0);
}

/* Whether the files fit in so many columns; the widths are filled in. */
static bool fits(struct ls *ls, struct layout *l, size_t columns, const int *front)
{
	int64_t sum = 0;

	l->columns = columns;
	l->rows = (ls->shown + columns - 1) / columns;
	for (size_t c = 0; c < columns; c++)
		l->widths[c] = MIN_COLUMN;
	for (size_t i = 0; i < ls->shown; i++) {
		size_t c = ls->o.format == LS_COLUMNS ? i / l->rows : i % columns;
		int width = total_width(ls, ls->sorted[i], front) + (c + 1 == columns ? 0 : 2);

		if (width > l->widths[c])
			l->widths[c] = width;
	}
	for (size_t c = 0; c < columns; c++)
		sum += l->widths[c];
	return sum < ls->o.width;
}

/* The most columns that fit.  Names have a least width, so the line bounds the search. */
static struct layout find_layout(struct ls *ls, const int *front)
{
	size_t most = ls->o.width / MIN_COLUMN + (ls->o.width % MIN_COLUMN != 0);
	struct layout l = { 0 };

	if (most > ls->shown)
		most = ls->shown;
	if (most < 1)
		most = 1;
	l.widths = fsu_malloc(most * sizeof(*l.widths));
	while (most > 1 && !fits(ls, &l, most, front))
		most--;
	if (most == 1)
		fits(ls, &l, 1, front);
	return l;
}

static void indent(struct ls *ls, int from, int to)
{
	unsigned int tab = ls->o.tab;

	while (from < to) {
		if (tab && to / tab > (from + 1) / tab) {
			putchar('\t');
			from += tab - from % tab;
		} else {
			putchar(' ');
			from++;
		}
	}
}

static void print_table(struct ls *ls)
{
	bool down = ls->o.format == LS_COLUMNS;
	struct layout l;
	int front[3];

	ls_front_widths(ls, front);
	l = find_layout(ls, front);
	for (size_t row = 0; row < l.rows; row++) {
		int at = 0, pos = 0;

		for (size_t c = 0; c < l.columns; c++) {
			size_t i = down ? c * l.rows + row : row * l.columns + c;

			if (i >= ls->shown)
				break;
			indent(ls, at, pos);
			at = pos + ls_print_front(ls, ls->sorted[i], front);
			at += ls_print_name(ls, ls->sorted[i], at);
			pos += l.widths[c];
		}
		putchar(ls->o.eol);
	}
	free(l.widths);
}

/* "a, b, c", or with spaces alone where lines have no end. */
static void print_separated(struct ls *ls, char separator)
{
	static const int no_widths[3];
	int64_t pos = 0;
	int front[3];

	ls_front_widths(ls, front);
	for (size_t i = 0; i < ls->shown; i++) {
		struct ls_file *f = ls->sorted[i];
		char buf[FSU_HUMAN_MAX];
		int len = f->width + (ls->o.inode ? (int)strlen(inode_text(f, buf)) + 1 : 0) +
			  (ls->o.blocks ? (int)strlen(blocks_text(ls, f, buf)) + 1 : 0) +
			  (ls->o.context ? (f->context ? (int)strlen(f->context) : 1) + 1 : 0);

		if (!ls->o.width)
			len = 0;
		if (i) {
			bool same = !ls->o.width || pos + len + 2 < ls->o.width;

			putchar(separator);
			putchar(same ? ' ' : ls->o.eol);
			pos = same ? pos + 2 : 0;
		}
		ls_print_front(ls, f, no_widths);
		ls_print_name(ls, f, pos);
		pos += len;
	}
	putchar(ls->o.eol);
}

static void print_lines(struct ls *ls)
{
	int front[3];

	ls_front_widths(ls, front);
	for (size_t i = 0; i < ls->shown; i++) {
		int at = ls_print_front(ls, ls->sorted[i], front);

		ls_print_name(ls, ls->sorted[i], at);
		putchar(ls->o.eol);
	}
}

static void print_spaced(struct ls *ls)
{
	int front[3];

	ls_front_widths(ls, front);
	for (size_t i = 0; i < ls->shown; i++) {
		if (i)
			fputs("  ", stdout);
		ls_print_front(ls, ls->sorted[i], front);
		ls_print_name(ls, ls->sorted[i], 0);
	}
	putchar(ls->o.eol);
}

void ls_print_columns(struct ls *ls)
{
	if (ls->o.format == LS_ONE)
		print_lines(ls);
	else if (!ls->shown)
		return;
	else if (ls->o.format == LS_COMMAS)
		print_separated(ls, ',');
	else if (!ls->o.width)
		print_spaced(ls);
	else
		print_table(ls);
}
