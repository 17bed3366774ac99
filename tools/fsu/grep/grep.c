// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_grep: search files of an image for patterns.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grep.h"

enum { KEY_BINARY = 256, KEY_EXCLUDE, KEY_INCLUDE, KEY_EXCLUDE_DIR, KEY_LABEL, KEY_SEPARATOR,
       KEY_NO_SEPARATOR, KEY_NO_ICASE, KEY_COLOR };

const struct fsu_option fsu_grep_options[] = {
	{ 'a', "text", FSU_NOARG, NULL, "binary files are text" },
	{ 'A', "after-context", FSU_ARG, "N", "show N lines behind each that matches" },
	{ 'b', "byte-offset", FSU_NOARG, NULL, "show the offset in the file" },
	{ 'B', "before-context", FSU_ARG, "N", "show N lines before each that matches" },
	{ KEY_BINARY, "binary-files", FSU_ARG, "TYPE", "binary, text or without-match" },
	{ KEY_COLOR, "color", FSU_OPTARG, "WHEN", "colours: always, auto, never" },
	{ KEY_COLOR, "colour", FSU_OPTARG, NULL, NULL },
	{ 'c', "count", FSU_NOARG, NULL, "show only how many lines match" },
	{ 'C', "context", FSU_ARG, "N", "show N lines before and behind; -N is the same" },
	{ 'e', "regexp", FSU_ARG, "PATTERN", "a pattern; may be repeated" },
	{ 'E', "extended-regexp", FSU_NOARG, NULL, "patterns are extended regular expressions" },
	{ KEY_EXCLUDE, "exclude", FSU_ARG, "GLOB", "leave out files with such a name" },
	{ KEY_EXCLUDE_DIR, "exclude-dir", FSU_ARG, "GLOB",
	  "leave out directories with such a name" },
	{ 'f', "file", FSU_ARG, "FILE", "patterns from this file of the host, one a line" },
	{ 'F', "fixed-strings", FSU_NOARG, NULL, "patterns are strings" },
	{ 'G', "basic-regexp", FSU_NOARG, NULL,
	  "patterns are basic regular expressions, the default" },
	{ KEY_SEPARATOR, "group-separator", FSU_ARG, "TEXT",
	  "text between groups of lines instead of --" },
	{ KEY_NO_SEPARATOR, "no-group-separator", FSU_NOARG, NULL,
	  "nothing between groups of lines" },
	{ 'h', "no-filename", FSU_NOARG, NULL, "no names of files in front" },
	{ 'H', "with-filename", FSU_NOARG, NULL, "names of files in front" },
	{ 'i', "ignore-case", FSU_NOARG, NULL, "case does not matter" },
	{ KEY_NO_ICASE, "no-ignore-case", FSU_NOARG, NULL, "case matters, the default" },
	{ KEY_INCLUDE, "include", FSU_ARG, "GLOB", "only files with such a name" },
	{ 'I', NULL, FSU_NOARG, NULL, "--binary-files=without-match" },
	{ 'l', "files-with-matches", FSU_NOARG, NULL, "only names of files that match" },
	{ 'L', "files-without-match", FSU_NOARG, NULL, "only names of files that do not match" },
	{ KEY_LABEL, "label", FSU_ARG, "NAME", "the name of standard input" },
	{ 'm', "max-count", FSU_ARG, "N", "stop in a file after N lines" },
	{ 'n', "line-number", FSU_NOARG, NULL, "show numbers of lines" },
	{ 'o', "only-matching", FSU_NOARG, NULL, "show only what matches, each on a line" },
	{ 'P', "perl-regexp", FSU_NOARG, NULL, "the pattern is a Perl regular expression" },
	{ 'q', "quiet", FSU_NOARG, NULL, "print nothing, stop at the first match" },
	{ 'q', "silent", FSU_NOARG, NULL, NULL },
	{ 'r', "recursive", FSU_NOARG, NULL, "search directories; follow links that are operands" },
	{ 'R', "dereference-recursive", FSU_NOARG, NULL, "search directories; follow all links" },
	{ 's', "no-messages", FSU_NOARG, NULL, "no message for files that cannot be read" },
	{ 'v', "invert-match", FSU_NOARG, NULL, "lines that do not match" },
	{ 'w', "word-regexp", FSU_NOARG, NULL, "matches are whole words" },
	{ 'x', "line-regexp", FSU_NOARG, NULL, "matches are whole lines" },
	{ 'y', NULL, FSU_NOARG, NULL, NULL },
	{ 'z', "null-data", FSU_NOARG, NULL, "lines end in NUL" },
	{ 'Z', "null", FSU_NOARG, NULL, "NUL behind names of files" },
	{ '0', NULL, FSU_NOARG, NULL, NULL }, { '1', NULL, FSU_NOARG, NULL, NULL },
	{ '2', NULL, FSU_NOARG, NULL, NULL }, { '3', NULL, FSU_NOARG, NULL, NULL },
	{ '4', NULL, FSU_NOARG, NULL, NULL }, { '5', NULL, FSU_NOARG, NULL, NULL },
	{ '6', NULL, FSU_NOARG, NULL, NULL }, { '7', NULL, FSU_NOARG, NULL, NULL },
	{ '8', NULL, FSU_NOARG, NULL, NULL }, { '9', NULL, FSU_NOARG, NULL, NULL },
	FSU_OPTIONS_END
};

struct grep {
	struct grep_options o;
	struct matcher *m;
	struct ukfs *u;
	const struct fsu_line *line;
	char *patterns;
	size_t len;
	bool have_patterns, recursive, follow, names_given, some_globs, single;
	bool selected, error, done;
	bool omit_dot, syntax_given, conflict;
};

/* ---- files ------------------------------------------------------------------------------- */

static void fail(struct grep *g, int err, const char *path)
{
	g->error = true;
	if (g->o.no_errors)
		return;
	fflush(stdout);
	if (err == EMSGSIZE)
		fsu_message("%s: a line is longer than %d MiB", fsu_name(path),
			    GREP_LINE_MAX >> 20);
	else
		fsu_perror(err, path);
}

static void search_file(struct grep *g, const char *path)
{
	FILE *f = fsu_fopen(g->u, path);
	int ret;

	if (!f) {
		fail(g, errno, path);
		return;
	}
	if (f == stdin)
		path = g->o.label ? g->o.label : "(standard input)";
	ret = grep_lines(&g->o, g->m, f, path);
	fsu_fclose(f);
	if (ret < 0)
		fail(g, -ret, path);
	g->selected |= ret > 0;
	g->done = g->o.quiet && ret > 0;
}

/* An operand's glob may match any part of its path that ends it, a file's in a tree its name. */
static bool glob_matches(const char *glob, const char *path, bool operand)
{
	if (!operand)
		return fnmatch(glob, fsu_basename(path), 0) == 0;
	return fsu_glob_suffix(glob, path);
}

/* The last --include or --exclude that matches decides; where none does, the first. */
static bool left_out(struct grep *g, const char *path, bool operand, bool dir)
{
	bool out = false, first = true;

	for (int i = 0; g->some_globs && i < g->line->noptions; i++) {
		const struct fsu_given *o = &g->line->options[i];

		if (dir ? o->key != KEY_EXCLUDE_DIR :
			  o->key != KEY_EXCLUDE && o->key != KEY_INCLUDE)
			continue;
		if (first)
			out = o->key == KEY_INCLUDE;
		first = false;
		if (glob_matches(o->arg, path, operand))
			out = o->key != KEY_INCLUDE;
	}
	return out;
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct grep *g = arg;
	const char *path = e->path;

	(void)u;
	if (g->omit_dot && path[0] == '.' && path[1] == '/')
		path += 2;
	if (e->visit == FSU_ERROR)
		fail(g, e->err, path);
	else if (e->visit == FSU_PRE && (e->depth || !g->omit_dot) &&
		 left_out(g, path, e->depth == 0, true))
		return FSU_WALK_SKIP;
	else if (e->visit == FSU_OTHER && S_ISLNK(e->type) && (g->follow || !e->depth))
		fail(g, ENOENT, path);
	else if (e->visit == FSU_OTHER && (S_ISREG(e->type) || !e->depth) &&
		 !left_out(g, path, e->depth == 0, false))
		search_file(g, path);
	return g->done || ferror(stdout) ? FSU_WALK_STOP : 0;
}

static void search_operand(struct grep *g, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || !g->recursive) {
		if (strcmp(path, "-") == 0 || !left_out(g, path, true, false))
			search_file(g, path);
		return;
	}
	if (!g->names_given && g->single &&
	    fsu_tree_stat(g->u, path, true, &st) == 0 && S_ISDIR(st.st_mode))
		g->o.names = true;
	fsu_walk_types(g->u, path, g->follow ? FSU_FOLLOW_ALL : FSU_FOLLOW_START, on_entry, g);
}

/* ---- options ----------------------------------------------------------------------------- */

static void add_patterns(struct grep *g, const char *text, size_t len)
{
	if (g->have_patterns)
		g->len++;
	g->patterns = fsu_realloc(g->patterns, g->len + len + 1);
	if (g->have_patterns)
		g->patterns[g->len - 1] = '\n';
	memcpy(g->patterns + g->len, text, len);
	g->len += len;
	g->patterns[g->len] = '\0';
	g->have_patterns = true;
}

/* An empty file has no pattern at all, which is not an empty pattern. */
static bool read_patterns(struct grep *g, const char *path)
{
	FILE *f = fsu_fopen(NULL, path);
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f) {
		fsu_perror(errno, path);
		return false;
	}
	while ((n = getline(&line, &size, f)) > 0)
		add_patterns(g, line, n - (line[n - 1] == '\n'));
	free(line);
	fsu_fclose(f);
	return true;
}

static bool set_number(int64_t *n, int key, const char *arg)
{
	uint64_t value;

	if (!fsu_parse_count(arg, &value))
		return !fsu_usage("-%c needs a number, not '%s'", key, fsu_name(arg));
	*n = value > INT32_MAX ? INT32_MAX : value;
	return true;
}

static bool set_binary(struct grep *g, const char *arg)
{
	static const char *const words[] = { "binary", "text", "without-match" };

	for (size_t i = 0; i < 3; i++)
		if (strcmp(arg, words[i]) == 0) {
			g->o.binary = i;
			return true;
		}
	return !fsu_usage("--binary-files must be binary, text or without-match, not '%s'",
			  fsu_name(arg));
}

static bool set_color(struct grep *g, const char *when)
{
	bool always = when &&
		      (!strcmp(when, "always") || !strcmp(when, "yes") || !strcmp(when, "force"));
	bool never = when &&
		     (!strcmp(when, "never") || !strcmp(when, "no") || !strcmp(when, "none"));
	const char *term = getenv("TERM");

	if (when && !always && !never && strcmp(when, "auto") && strcmp(when, "tty") &&
	    strcmp(when, "if-tty"))
		return !fsu_usage("--color must be always, auto or never, not '%s'",
				  fsu_name(when));
	if (always || (!never && isatty(STDOUT_FILENO) && term && strcmp(term, "dumb")))
		g->o.colors = grep_read_colors();
	else
		g->o.colors = NULL;
	return true;
}

static bool set_argument(struct grep *g, int key, const char *arg)
{
	switch (key) {
	case 'A': return set_number(&g->o.after, key, arg);
	case 'B': return set_number(&g->o.before, key, arg);
	case 'C': return set_number(&g->o.before, key, arg) && set_number(&g->o.after, key, arg);
	case 'm': return *arg == '-' || set_number(&g->o.max, key, arg);
	case 'e': add_patterns(g, arg, strlen(arg)); return true;
	case 'f': return read_patterns(g, arg);
	case KEY_BINARY: return set_binary(g, arg);
	case KEY_LABEL: g->o.label = arg; return true;
	case KEY_COLOR: return set_color(g, arg);
	case KEY_SEPARATOR: g->o.separator = arg; return true;
	default: g->some_globs = true; return true;
	}
}

/* The last one counts, but Perl's is another language. */
static bool set_syntax(struct grep *g, enum grep_syntax syntax)
{
	g->conflict |= g->syntax_given && (syntax == GREP_PERL) != (g->o.syntax == GREP_PERL);
	g->syntax_given = true;
	g->o.syntax = syntax;
	return true;
}

static bool set_flag(struct grep *g, int key)
{
	struct grep_options *o = &g->o;

	switch (key) {
	case 'a': o->binary = GREP_TEXT; break;
	case 'b': o->offset = true; break;
	case 'c': o->count = true; break;
	case 'E': return set_syntax(g, GREP_EXTENDED);
	case 'F': return set_syntax(g, GREP_FIXED);
	case 'G': return set_syntax(g, GREP_BASIC);
	case 'P': return set_syntax(g, GREP_PERL);
	case 'h': o->names = false; g->names_given = true; break;
	case 'H': o->names = g->names_given = true; break;
	case 'y':
	case 'i': o->icase = true; break;
	case KEY_NO_ICASE: o->icase = false; break;
	case 'I': o->binary = GREP_WITHOUT_MATCH; break;
	case 'l': o->list = true; o->list_others = false; break;
	case 'L': o->list_others = true; o->list = false; break;
	case 'n': o->number = true; break;
	case 'o': o->only = true; break;
	case 'q': o->quiet = true; break;
	case 'r': g->recursive = true; g->follow = false; break;
	case 'R': g->recursive = g->follow = true; break;
	case 's': o->no_errors = true; break;
	case 'v': o->invert = true; break;
	case 'w': o->words = true; break;
	case 'x': o->whole_lines = true; break;
	case 'z': o->eol = '\0'; break;
	case 'Z': o->null_names = true; break;
	case KEY_NO_SEPARATOR: o->separator = NULL; break;
	default: return false;
	}
	return true;
}

static bool parse(struct grep *g)
{
	int64_t digits = -1;

	for (int i = 0; i < g->line->noptions; i++) {
		const struct fsu_given *o = &g->line->options[i];

		if (o->key >= '0' && o->key <= '9') {
			digits = (digits < 0 ? 0 : digits * 10) + o->key - '0';
			g->o.before = g->o.after = digits = digits > 1000000 ? 1000000 : digits;
		} else if (!set_flag(g, o->key) && !set_argument(g, o->key, o->arg)) {
			return false;
		}
	}
	if (g->conflict)
		return !fsu_usage("-P and -E, -F, -G exclude each other");
	/* -l and -L show names alone, once */
	if (g->o.list || g->o.list_others)
		g->o.count = false;
	return true;
}

static int search_all(struct grep *g, int first)
{
	static char here[] = ".", input[] = "-";
	char *none[] = { g->recursive ? here : input, NULL };
	bool some = first < g->line->noperands;
	char **operands = some ? g->line->operands + first : none;

	g->omit_dot = !some;
	g->single = g->line->noperands - first <= 1;
	if (!g->names_given)
		g->o.names = !g->single;
	for (; *operands && !g->done && !ferror(stdout); operands++)
		search_operand(g, *operands);
	if (g->error && !(g->o.quiet && g->selected))
		return 2;
	return g->selected ? 0 : 1;
}

int fsu_grep_run(struct fsu_line *line)
{
	struct grep g = { .line = line, .o = { .eol = '\n', .max = -1, .separator = "--" } };
	bool given = false;
	int code = 2, first;

	for (int i = 0; i < line->noptions; i++)
		given |= line->options[i].key == 'e' || line->options[i].key == 'f';
	first = !given;
	if (!parse(&g))
		goto out;
	if (line->noperands < first) {
		fsu_usage("the pattern is missing");
		goto out;
	}
	if (first)
		add_patterns(&g, line->operands[0], strlen(line->operands[0]));
	/* an empty pattern is in every line: no need to look at any */
	if ((g.o.max == 0 || (g.o.invert && !g.o.words && !g.o.whole_lines && g.have_patterns &&
			      strspn(g.patterns, "\n") == g.len)) && !g.o.list_others) {
		code = 1;
		goto out;
	}
	g.m = matcher_new(g.patterns, g.len, &g.o);
	if (g.m)
		g.u = fsu_mount(line);
	if (g.u)
		code = search_all(&g, first);
out:
	matcher_free(g.m);
	free(g.patterns);
	return code;
}
