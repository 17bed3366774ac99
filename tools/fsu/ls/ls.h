/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of fsu_ls: options.c says what is wanted, gather.c collects a directory, sort.c orders
 * it, long.c and columns.c print it with the names of quote.c and the colours of color.c.
 */
#ifndef FSU_LS_H
#define FSU_LS_H

#include "../fsu.h"

enum ls_format { LS_ONE, LS_LONG, LS_COLUMNS, LS_ACROSS, LS_COMMAS };
enum ls_sort { LS_SORT_NAME, LS_SORT_TIME, LS_SORT_SIZE, LS_SORT_EXTENSION, LS_SORT_VERSION,
	       LS_SORT_WIDTH, LS_SORT_NONE };
enum ls_time { LS_MTIME, LS_ATIME, LS_CTIME, LS_BTIME };
enum ls_indicator { LS_INDICATOR_NONE, LS_INDICATOR_SLASH, LS_INDICATOR_TYPE, LS_INDICATOR_ALL };
enum ls_deref { LS_DEREF_UNSET, LS_DEREF_NEVER, LS_DEREF_ARG_DIR, LS_DEREF_ARG, LS_DEREF_ALWAYS };
enum ls_quote { LS_LITERAL, LS_SHELL, LS_SHELL_ALWAYS, LS_SHELL_ESCAPE, LS_SHELL_ESCAPE_ALWAYS,
		LS_C, LS_C_MAYBE, LS_LOCALE, LS_CLOCALE, LS_ESCAPE };
enum ls_show { LS_SHOW_DEFAULT, LS_SHOW_ALMOST, LS_SHOW_ALL };

struct ls_options {
	enum ls_format format;
	enum ls_sort sort;
	enum ls_time time;
	enum ls_indicator indicator;
	enum ls_deref deref;
	enum ls_quote quote;
	enum ls_show show;
	bool format_given, sort_given, time_given, quote_given;
	bool owner, group, author, numeric, inode, blocks, context, commas_in_sizes, whiteouts;
	bool recursive, directory, reverse, dirs_first, hide_control, kibibytes, color;
	uint64_t block, file_block;
	enum fsu_human human, file_human;
	char suffix[FSU_SUFFIX_MAX];	/* behind sizes, from --block-size=K */
	int64_t width;		/* 0: no limit */
	unsigned int tab;
	bool tab_given;
	char eol;
	const char *time_format[2];	/* old, recent */
	char *time_owned;
	const char **ignore, **hide;	/* NULL-terminated, or NULL */
};

struct ls_file {
	char *name;
	char *target;
	char *context;
	struct stat st;
	struct timespec btime;
	mode_t target_mode;
	unsigned char type;		/* DT_* */
	bool stat_ok, target_ok, has_acl, has_context, has_capability, quoted, arg;
	int width;			/* columns on the screen */
};

struct ls {
	struct ukfs *u;
	struct ls_options o;
	struct ls_file *files;
	struct ls_file **sorted;
	size_t count, size, shown;	/* files collected, room for, in `sorted' */
	struct ls_pending *pending;
	struct timespec now;
	bool some_quoted, some_acl, no_xattrs;
	bool print_header, first;
	int status;
};

/* options.c; FSU_OK, or FSU_USAGE after a message */
int ls_parse(struct ls_options *o, const struct fsu_line *line);
void ls_options_free(struct ls_options *o);

/* gather.c: false where there is no such file (told, status set) */
bool ls_gather(struct ls *ls, const char *path, const char *name, unsigned char type, uint64_t ino,
	       bool arg);
void ls_forget(struct ls *ls);
bool ls_wanted(const struct ls_options *o, const char *name);
/* Whether the type has to be known, beyond what the directory says. */
bool ls_needs_stat(const struct ls_options *o);
void ls_fail(struct ls *ls, int err, const char *verb, const char *path, bool serious);

/* sort.c: fills ls->sorted */
void ls_sort(struct ls *ls);
struct timespec ls_file_time(const struct ls_options *o, const struct ls_file *f);

/* long.c and columns.c: print ls->sorted */
void ls_print_long(struct ls *ls);
void ls_print_columns(struct ls *ls);
void ls_print_total(struct ls *ls);
/* Inode and blocks in front of a name, at these widths; returns the columns written. */
int ls_print_front(struct ls *ls, const struct ls_file *f, const int widths[3]);
/* The widths of inode, blocks and context over all files. */
void ls_front_widths(struct ls *ls, int widths[3]);
/* The name with padding, quotes, colour and indicator; returns the columns written. */
int ls_print_name(struct ls *ls, const struct ls_file *f, int column);
int ls_print_text(struct ls *ls, const struct ls_file *f, bool target, int column);
char ls_indicator(const struct ls_options *o, mode_t mode, unsigned char type, bool stat_ok);
int ls_name_width(struct ls *ls, const struct ls_file *f);
/* Whether names are padded so that those without quotes line up with those with. */
bool ls_aligns_quotes(const struct ls_options *o);

/* quote.c: malloc'd text; *width gets its columns. */
char *ls_quote(const struct ls_options *o, const char *name, bool header, int *width);

/* color.c */
/* Read LS_COLORS; false: no colours on this terminal. */
bool ls_color_init(void);
/* The colour of a file (or of a link's target), NULL: none. */
const char *ls_color_of(const struct ls_file *f, bool target);
bool ls_color_follows_links(const struct ls_options *o);
void ls_color_begin(const char *color);
void ls_color_end(int start, int length, int64_t line);

#endif
