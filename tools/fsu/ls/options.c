// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of fsu_ls: GNU ls's, and those of the BSDs where the letter is free.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ls.h"

enum { KEY_AUTHOR = 256, KEY_BLOCK, KEY_COLOR, KEY_TYPE, KEY_FORMAT, KEY_FULL_TIME, KEY_DIRS_FIRST,
       KEY_HIDE, KEY_INDICATOR, KEY_QUOTING, KEY_SHOW_CONTROL, KEY_SI, KEY_SORT, KEY_TIME,
       KEY_TIME_STYLE, KEY_ZERO, KEY_DEREF_ARG_DIR, KEY_CLASSIFY };

const struct fsu_option fsu_ls_options[] = {
	{ 'a', "all", FSU_NOARG, NULL, "show names that begin with a dot" },
	{ 'A', "almost-all", FSU_NOARG, NULL, "the same without . and .." },
	{ KEY_AUTHOR, "author", FSU_NOARG, NULL, "with -l: the author, which is the owner" },
	{ 'b', "escape", FSU_NOARG, NULL, "C escapes for characters that cannot be shown" },
	{ KEY_BLOCK, "block-size", FSU_ARG, "SIZE", "unit of sizes: 1K, 1M, 512 ..." },
	{ 'B', "ignore-backups", FSU_NOARG, NULL, "leave out names that end in ~" },
	{ 'c', NULL, FSU_NOARG, NULL, "use the time of the inode's last change" },
	{ 'C', NULL, FSU_NOARG, NULL, "columns, sorted down" },
	{ KEY_COLOR, "color", FSU_OPTARG, "WHEN", "colours: always, auto, never" },
	{ 'd', "directory", FSU_NOARG, NULL, "list directories themselves, not their content" },
	{ 'f', NULL, FSU_NOARG, NULL, "do not sort, show all" },
	{ 'F', NULL, FSU_NOARG, NULL, "append one of */=@| to names" },
	{ KEY_CLASSIFY, "classify", FSU_OPTARG, "WHEN", "the same: always, auto, never" },
	{ KEY_TYPE, "file-type", FSU_NOARG, NULL, "the same without *" },
	{ KEY_FORMAT, "format", FSU_ARG, "WORD",
	  "across, commas, long, single-column, vertical, verbose" },
	{ KEY_FULL_TIME, "full-time", FSU_NOARG, NULL, "-l --time-style=full-iso" },
	{ 'g', NULL, FSU_NOARG, NULL, "-l without owners" },
	{ KEY_DIRS_FIRST, "group-directories-first", FSU_NOARG, NULL, "directories before files" },
	{ 'G', "no-group", FSU_NOARG, NULL, "with -l: no groups" },
	{ 'h', "human-readable", FSU_NOARG, NULL, "sizes like 1K, 234M, 2G" },
	{ KEY_SI, "si", FSU_NOARG, NULL, "the same with powers of 1000" },
	{ 'H', "dereference-command-line", FSU_NOARG, NULL, "follow links that are operands" },
	{ KEY_DEREF_ARG_DIR, "dereference-command-line-symlink-to-dir", FSU_NOARG, NULL,
	  "follow links that are operands and lead to directories" },
	{ KEY_HIDE, "hide", FSU_ARG, "PATTERN", "leave out names, unless -a or -A" },
	{ KEY_INDICATOR, "indicator-style", FSU_ARG, "WORD", "none, slash, file-type, classify" },
	{ 'i', "inode", FSU_NOARG, NULL, "show inode numbers" },
	{ 'I', "ignore", FSU_ARG, "PATTERN", "leave out names" },
	{ 'k', "kibibytes", FSU_NOARG, NULL, "blocks of 1024 bytes" },
	{ 'l', NULL, FSU_NOARG, NULL, "long listing" },
	{ 'L', "dereference", FSU_NOARG, NULL, "follow all links" },
	{ 'm', NULL, FSU_NOARG, NULL, "names with commas between" },
	{ 'M', NULL, FSU_NOARG, NULL, "with -l: commas in sizes, as 1,234,567" },
	{ 'n', "numeric-uid-gid", FSU_NOARG, NULL, "-l with numbers for users and groups" },
	{ 'N', "literal", FSU_NOARG, NULL, "names without quotes" },
	{ 'o', NULL, FSU_NOARG, NULL, "-l without groups" },
	{ 'p', NULL, FSU_NOARG, NULL, "append / to directories" },
	{ 'q', "hide-control-chars", FSU_NOARG, NULL, "? for characters that cannot be shown" },
	{ KEY_SHOW_CONTROL, "show-control-chars", FSU_NOARG, NULL, "show them as they are" },
	{ 'Q', "quote-name", FSU_NOARG, NULL, "names in double quotes" },
	{ KEY_QUOTING, "quoting-style", FSU_ARG, "WORD",
	  "literal, shell, shell-always, shell-escape, shell-escape-always, c, escape" },
	{ 'r', "reverse", FSU_NOARG, NULL, "reverse order" },
	{ 'R', "recursive", FSU_NOARG, NULL, "list subdirectories, too" },
	{ 's', "size", FSU_NOARG, NULL, "show allocated blocks" },
	{ 'S', NULL, FSU_NOARG, NULL, "largest first" },
	{ KEY_SORT, "sort", FSU_ARG, "WORD", "none, name, size, time, version, extension, width" },
	{ 't', NULL, FSU_NOARG, NULL, "newest first" },
	{ KEY_TIME, "time", FSU_ARG, "WORD", "atime, ctime, mtime or birth instead of mtime" },
	{ KEY_TIME_STYLE, "time-style", FSU_ARG, "STYLE",
	  "full-iso, long-iso, iso, locale, +FORMAT" },
	{ 'T', "tabsize", FSU_ARG, "COLS", "tab stops, 0: no tabs" },
	{ 'u', NULL, FSU_NOARG, NULL, "use the time of last access" },
	{ 'U', NULL, FSU_NOARG, NULL, "do not sort" },
	{ 'v', NULL, FSU_NOARG, NULL, "sort version numbers in names" },
	{ 'w', "width", FSU_ARG, "COLS", "width of the output, 0: no limit" },
	{ 'W', NULL, FSU_NOARG, NULL, "mark whiteouts: w in -l, % with -F" },
	{ 'x', NULL, FSU_NOARG, NULL, "columns, sorted across" },
	{ 'X', NULL, FSU_NOARG, NULL, "sort by extension" },
	{ 'Z', "context", FSU_NOARG, NULL, "show security contexts" },
	{ '1', NULL, FSU_NOARG, NULL, "one name a line" },
	{ KEY_ZERO, "zero", FSU_NOARG, NULL, "end lines with NUL, names as they are" },
	FSU_OPTIONS_END
};

struct word {
	const char *name;
	int value;
};

static const struct word whens[] = { { "always", 1 }, { "yes", 1 }, { "force", 1 }, { "never", 0 },
	{ "no", 0 }, { "none", 0 }, { "auto", 2 }, { "tty", 2 }, { "if-tty", 2 }, { NULL, 0 } };
static const struct word formats[] = { { "across", LS_ACROSS }, { "horizontal", LS_ACROSS },
	{ "commas", LS_COMMAS }, { "long", LS_LONG }, { "verbose", LS_LONG },
	{ "single-column", LS_ONE }, { "vertical", LS_COLUMNS }, { NULL, 0 } };
static const struct word indicators[] = { { "none", LS_INDICATOR_NONE },
	{ "slash", LS_INDICATOR_SLASH }, { "file-type", LS_INDICATOR_TYPE },
	{ "classify", LS_INDICATOR_ALL }, { NULL, 0 } };
static const struct word quotings[] = { { "literal", LS_LITERAL }, { "shell", LS_SHELL },
	{ "shell-always", LS_SHELL_ALWAYS }, { "shell-escape", LS_SHELL_ESCAPE },
	{ "shell-escape-always", LS_SHELL_ESCAPE_ALWAYS }, { "c", LS_C },
	{ "c-maybe", LS_C_MAYBE }, { "locale", LS_LOCALE }, { "clocale", LS_CLOCALE },
	{ "escape", LS_ESCAPE }, { NULL, 0 } };
static const struct word sorts[] = { { "none", LS_SORT_NONE }, { "name", LS_SORT_NAME },
	{ "size", LS_SORT_SIZE }, { "time", LS_SORT_TIME }, { "version", LS_SORT_VERSION },
	{ "extension", LS_SORT_EXTENSION }, { "width", LS_SORT_WIDTH }, { NULL, 0 } };
static const struct word times[] = { { "atime", LS_ATIME }, { "access", LS_ATIME },
	{ "use", LS_ATIME }, { "ctime", LS_CTIME }, { "status", LS_CTIME }, { "mtime", LS_MTIME },
	{ "modification", LS_MTIME }, { "birth", LS_BTIME }, { "creation", LS_BTIME },
	{ NULL, 0 } };

static int find_word(const struct word *w, const char *arg, const char *option)
{
	for (; w->name; w++)
		if (strcmp(w->name, arg) == 0)
			return w->value;
	fsu_usage("%s does not know the word '%s'", option, fsu_name(arg));
	return -1;
}

/* always, auto (a terminal), never; no argument means always. */
static int find_when(const char *arg, const char *option)
{
	int when = arg ? find_word(whens, arg, option) : 1;

	return when == 2 ? isatty(STDOUT_FILENO) : when;
}

static void add_pattern(const char ***list, const char *pattern)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	*list = fsu_realloc(*list, (n + 2) * sizeof(**list));
	(*list)[n] = pattern;
	(*list)[n + 1] = NULL;
}

static bool set_time_style(struct ls_options *o, const char *style)
{
	static const struct { const char *name, *old, *recent; } styles[] = {
		{ "full-iso", "%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S.%N %z" },
		{ "long-iso", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M" },
		{ "iso", "%Y-%m-%d ", "%m-%d %H:%M" },
		{ "locale", "%b %e  %Y", "%b %e %H:%M" },
	};
	char *newline;

	if (strncmp(style, "posix-", 6) == 0)
		style += 6;
	if (*style == '+') {
		free(o->time_owned);
		o->time_owned = fsu_strdup(style + 1);
		newline = strchr(o->time_owned, '\n');
		if (newline)
			*newline++ = '\0';
		o->time_format[0] = o->time_owned;
		o->time_format[1] = newline ? newline : o->time_owned;
		return true;
	}
	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (strcmp(styles[i].name, style) == 0) {
			o->time_format[0] = styles[i].old;
			o->time_format[1] = styles[i].recent;
			return true;
		}
	fsu_usage("--time-style must be full-iso, long-iso, iso, locale or +FORMAT, not '%s'",
		  fsu_name(style));
	return false;
}

static void set_format(struct ls_options *o, int format)
{
	o->format = format;
	o->format_given = true;
}

static bool set_number(const char *arg, const char *option, uint64_t *n)
{
	if (fsu_parse_number(arg, n) && *n <= INT32_MAX)
		return true;
	fsu_usage("%s needs a number, not '%s'", option, fsu_name(arg));
	return false;
}

/* Sets *target to the word's value; false where there is no such word. */
#define SET_WORD(target, value) \
	do { \
		int found = (value); \
		if (found < 0) \
			return false; \
		(target) = found; \
	} while (0)

static bool set_long_only(struct ls_options *o, int key, const char *arg)
{
	int format, when;

	switch (key) {
	case KEY_AUTHOR: o->author = true; break;
	case KEY_BLOCK:
		if (!fsu_parse_block(arg, &o->block, &o->human, o->suffix)) {
			fsu_usage("--block-size needs a size such as 1K, not '%s'", fsu_name(arg));
			return false;
		}
		o->file_block = o->block;
		o->file_human = o->human;
		break;
	case KEY_COLOR: SET_WORD(when, find_when(arg, "--color")); o->color = when; break;
	case KEY_CLASSIFY:
		SET_WORD(when, find_when(arg, "--classify"));
		if (when)
			o->indicator = LS_INDICATOR_ALL;
		break;
	case KEY_TYPE: o->indicator = LS_INDICATOR_TYPE; break;
	case KEY_FORMAT:
		SET_WORD(format, find_word(formats, arg, "--format"));
		set_format(o, format);
		break;
	case KEY_FULL_TIME: set_format(o, LS_LONG); return set_time_style(o, "full-iso");
	case KEY_DIRS_FIRST: o->dirs_first = true; break;
	case KEY_SI: o->human = o->file_human = FSU_HUMAN_1000; o->block = o->file_block = 1; break;
	case KEY_DEREF_ARG_DIR: o->deref = LS_DEREF_ARG_DIR; break;
	case KEY_HIDE: add_pattern(&o->hide, arg); break;
	case KEY_INDICATOR:
		SET_WORD(o->indicator, find_word(indicators, arg, "--indicator-style"));
		break;
	case KEY_SHOW_CONTROL: o->hide_control = false; break;
	case KEY_QUOTING:
		SET_WORD(o->quote, find_word(quotings, arg, "--quoting-style"));
		o->quote_given = true;
		break;
	case KEY_SORT:
		SET_WORD(o->sort, find_word(sorts, arg, "--sort"));
		o->sort_given = true;
		break;
	case KEY_TIME:
		SET_WORD(o->time, find_word(times, arg, "--time"));
		o->time_given = true;
		break;
	case KEY_TIME_STYLE: return set_time_style(o, arg);
	case KEY_ZERO:
		o->eol = '\0';
		if (o->format != LS_LONG)
			set_format(o, LS_ONE);
		o->color = o->hide_control = false;
		o->quote = LS_LITERAL;
		o->quote_given = true;
		break;
	}
	return true;
}

static void set_unsorted_all(struct ls_options *o)
{
	o->show = LS_SHOW_ALL;
	o->sort = LS_SORT_NONE;
	o->sort_given = true;
	if (o->format == LS_LONG)
		o->format_given = false;
	o->blocks = o->color = false;
}

static void set_quote(struct ls_options *o, enum ls_quote quote)
{
	o->quote = quote;
	o->quote_given = true;
}

static void set_sort(struct ls_options *o, enum ls_sort sort)
{
	o->sort = sort;
	o->sort_given = true;
}

static void set_time(struct ls_options *o, enum ls_time time)
{
	o->time = time;
	o->time_given = true;
}

static bool set_option(struct ls_options *o, int key, const char *arg)
{
	uint64_t n;

	switch (key) {
	case 'a': o->show = LS_SHOW_ALL; break;
	case 'A': o->show = LS_SHOW_ALMOST; break;
	case 'b': set_quote(o, LS_ESCAPE); break;
	case 'B': add_pattern(&o->ignore, "*~"); add_pattern(&o->ignore, ".*~"); break;
	case 'c': set_time(o, LS_CTIME); break;
	case 'C': set_format(o, LS_COLUMNS); break;
	case 'd': o->directory = true; break;
	case 'f': set_unsorted_all(o); break;
	case 'F': o->indicator = LS_INDICATOR_ALL; break;
	case 'g': set_format(o, LS_LONG); o->owner = false; break;
	case 'G': o->group = false; break;
	case 'h': o->human = o->file_human = FSU_HUMAN_1024; o->block = o->file_block = 1; break;
	case 'H': o->deref = LS_DEREF_ARG; break;
	case 'i': o->inode = true; break;
	case 'I': add_pattern(&o->ignore, arg); break;
	case 'k': o->kibibytes = true; break;
	case 'l': set_format(o, LS_LONG); break;
	case 'L': o->deref = LS_DEREF_ALWAYS; break;
	case 'm': set_format(o, LS_COMMAS); break;
	case 'M': o->commas_in_sizes = true; break;
	case 'n': set_format(o, LS_LONG); o->numeric = true; break;
	case 'N': set_quote(o, LS_LITERAL); break;
	case 'o': set_format(o, LS_LONG); o->group = false; break;
	case 'p': o->indicator = LS_INDICATOR_SLASH; break;
	case 'q': o->hide_control = true; break;
	case 'Q': set_quote(o, LS_C); break;
	case 'r': o->reverse = true; break;
	case 'R': o->recursive = true; break;
	case 's': o->blocks = true; break;
	case 'S': set_sort(o, LS_SORT_SIZE); break;
	case 't': set_sort(o, LS_SORT_TIME); break;
	case 'T': if (!set_number(arg, "-T", &n)) return false; o->tab = n; break;
	case 'u': set_time(o, LS_ATIME); break;
	case 'U': set_sort(o, LS_SORT_NONE); break;
	case 'v': set_sort(o, LS_SORT_VERSION); break;
	case 'w': if (!set_number(arg, "-w", &n)) return false; o->width = n; break;
	case 'W': o->whiteouts = true; break;
	case 'x': set_format(o, LS_ACROSS); break;
	case 'X': set_sort(o, LS_SORT_EXTENSION); break;
	case 'Z': o->context = true; break;
	case '1': if (o->format != LS_LONG) set_format(o, LS_ONE); break;
	default: return set_long_only(o, key, arg);
	}
	return true;
}

static int64_t screen_width(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize ws;
	uint64_t n;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col)
		return ws.ws_col;
	return env && fsu_parse_number(env, &n) && n <= INT32_MAX ? (int64_t)n : 80;
}

/* What the options leave open. */
static bool set_defaults(struct ls_options *o, bool tty)
{
	const char *style = getenv("TIME_STYLE");

	if (!o->format_given)
		o->format = tty ? LS_COLUMNS : LS_ONE;
	if (!o->sort_given && o->time_given && o->format != LS_LONG)
		o->sort = LS_SORT_TIME;
	if (!o->quote_given)
		o->quote = tty ? LS_SHELL_ESCAPE : LS_LITERAL;
	if (o->deref == LS_DEREF_UNSET)
		o->deref = o->directory || o->format == LS_LONG ||
			   o->indicator == LS_INDICATOR_ALL ?
			   LS_DEREF_NEVER : LS_DEREF_ARG_DIR;
	if (o->directory)
		o->recursive = false;
	if (o->width < 0)
		o->width = screen_width();
	if (o->color)
		o->color = ls_color_init();
	if (o->color)
		o->tab = 0;
	return o->time_format[0] || set_time_style(o, style && *style ? style : "locale");
}

int ls_parse(struct ls_options *o, const struct fsu_line *line)
{
	bool tty = isatty(STDOUT_FILENO);

	*o = (struct ls_options){ .owner = true, .group = true, .block = 1024, .file_block = 1,
				  .width = -1, .tab = 8, .eol = '\n', .hide_control = tty };
	for (int i = 0; i < line->noptions; i++)
		if (!set_option(o, line->options[i].key, line->options[i].arg))
			return FSU_USAGE;
	return set_defaults(o, tty) ? FSU_OK : FSU_USAGE;
}

void ls_options_free(struct ls_options *o)
{
	free(o->ignore);
	free(o->hide);
	free(o->time_owned);
}
