// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Colours from LS_COLORS, as dircolors(1) writes it: "di=01;34:*.tar=01;31:".  What the variable
 * does not name has the usual default.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ls.h"

enum { LEFT, RIGHT, END, RESET, NORM, FILE_, DIR_, LINK, FIFO, SOCK, BLK, CHR, MISSING, ORPHAN,
       EXEC, DOOR, SETUID, SETGID, STICKY, OTHER_WRITABLE, STICKY_OTHER_WRITABLE, CAP,
       MULTIHARDLINK, CLR_TO_EOL, NKINDS };

static struct { const char *key; const char *color; } kinds[NKINDS] = {
	{ "lc", "\033[" }, { "rc", "m" }, { "ec", NULL }, { "rs", "0" }, { "no", NULL },
	{ "fi", NULL }, { "di", "01;34" }, { "ln", "01;36" }, { "pi", "33" }, { "so", "01;35" },
	{ "bd", "01;33" }, { "cd", "01;33" }, { "mi", NULL }, { "or", NULL }, { "ex", "01;32" },
	{ "do", "01;35" }, { "su", "37;41" }, { "sg", "30;43" }, { "st", "37;44" },
	{ "ow", "34;42" }, { "tw", "30;42" }, { "ca", NULL }, { "mh", NULL }, { "cl", "\033[K" },
};

static struct suffix {
	struct suffix *next;
	const char *text, *color;
} *suffixes;

static bool link_as_target, used;

static bool colored(int kind)
{
	const char *c = kinds[kind].color;

	return c && *c && strcmp(c, "0") && strcmp(c, "00");
}

/* Undo \e, \033 and ^[ in place. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'e') {
			*out++ = '\033';
			s += 2;
		} else if (s[0] == '\\' && s[1] >= '0' && s[1] <= '7') {
			*out++ = strtoul(s + 1, &s, 8);
		} else if (s[0] == '^' && s[1] >= '@') {
			*out++ = s[1] & 037;
			s += 2;
		} else {
			if (s[0] == '\\' && s[1])
				s++;
			*out++ = *s++;
		}
	}
	*out = '\0';
}

static void set_color(const char *key, char *value)
{
	unescape(value);
	if (*key == '*') {
		struct suffix *new = fsu_malloc(sizeof(*new));

		*new = (struct suffix){ suffixes, key + 1, value };
		suffixes = new;
		return;
	}
	for (int i = 0; i < NKINDS; i++)
		if (strcmp(kinds[i].key, key) == 0)
			kinds[i].color = value;
}

/* Without LS_COLORS, which dircolors makes for the terminal, the terminal has to be known. */
static bool terminal_has_colors(void)
{
	static const char *const known[] = {
		"Eterm", "ansi", "*color*", "con[0-9]*x[0-9]*", "cons25", "console", "cygwin",
		"*direct*", "dtterm", "gnome", "hurd", "jfbterm", "konsole", "kterm", "linux",
		"linux-c", "mlterm", "putty", "rxvt*", "screen*", "st", "terminator", "tmux*",
		"vt100", "vt220", "xterm*",
	};
	const char *colorterm = getenv("COLORTERM"), *term = getenv("TERM");

	if (colorterm && *colorterm)
		return true;
	for (size_t i = 0; term && i < sizeof(known) / sizeof(known[0]); i++)
		if (fnmatch(known[i], term, 0) == 0)
			return true;
	return false;
}

bool ls_color_init(void)
{
	const char *env = getenv("LS_COLORS");
	char *copy, *save = NULL;

	if (env && *env) {
		copy = fsu_strdup(env);	/* kept: the table points into it */
		for (char *s = strtok_r(copy, ":", &save); s; s = strtok_r(NULL, ":", &save)) {
			char *value = strchr(s, '=');

			if (!value)
				continue;
			*value++ = '\0';
			set_color(s, value);
		}
	}
	if ((!env || !*env) && !terminal_has_colors())
		return false;
	link_as_target = kinds[LINK].color && strcmp(kinds[LINK].color, "target") == 0;
	return true;
}

bool ls_color_follows_links(const struct ls_options *o)
{
	return o->color && (colored(ORPHAN) || (colored(EXEC) && link_as_target) ||
			    (colored(MISSING) && o->format == LS_LONG));
}

static int regular_kind(const struct ls_file *f, mode_t mode)
{
	if ((mode & S_ISUID) && colored(SETUID))
		return SETUID;
	if ((mode & S_ISGID) && colored(SETGID))
		return SETGID;
	if (colored(CAP) && f->has_capability)
		return CAP;
	if ((mode & 0111) && colored(EXEC))
		return EXEC;
	if (f->st.st_nlink > 1 && colored(MULTIHARDLINK))
		return MULTIHARDLINK;
	return FILE_;
}

static int directory_kind(mode_t mode)
{
	if ((mode & S_ISVTX) && (mode & S_IWOTH) && colored(STICKY_OTHER_WRITABLE))
		return STICKY_OTHER_WRITABLE;
	if ((mode & S_IWOTH) && colored(OTHER_WRITABLE))
		return OTHER_WRITABLE;
	if ((mode & S_ISVTX) && colored(STICKY))
		return STICKY;
	return DIR_;
}

static int mode_kind(const struct ls_file *f, mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return regular_kind(f, mode);
	case S_IFDIR: return directory_kind(mode);
	case S_IFLNK: return LINK;
	case S_IFIFO: return FIFO;
	case S_IFSOCK: return SOCK;
	case S_IFBLK: return BLK;
	case S_IFCHR: return CHR;
	default: return ORPHAN;
	}
}

static const struct suffix *find_suffix(const char *name)
{
	size_t len = strlen(name);

	for (const struct suffix *s = suffixes; s; s = s->next) {
		size_t n = strlen(s->text);

		if (n <= len && strncasecmp(name + len - n, s->text, n) == 0)
			return s;
	}
	return NULL;
}

const char *ls_color_of(const struct ls_file *f, bool target)
{
	const struct suffix *suffix;
	mode_t mode = f->st.st_mode;
	bool link_ok = f->target_ok;
	int kind;

	if (target || (link_as_target && f->target_ok))
		mode = f->target_ok ? f->target_mode : 0;
	if (target && !f->target_ok && colored(MISSING))
		kind = MISSING;
	else if (!f->stat_ok)
		kind = mode_kind(f, DTTOIF(f->type));
	else
		kind = mode_kind(f, mode);
	if (kind == FILE_) {
		suffix = find_suffix(target ? f->target : f->name);
		if (suffix)
			return suffix->color;
	}
	if (kind == LINK && !link_ok && (link_as_target || colored(ORPHAN)))
		kind = ORPHAN;
	return kinds[kind].color;
}

static void indicator(const char *s)
{
	if (s)
		fputs(s, stdout);
}

static void reset(void)
{
	used = true;
	if (kinds[END].color) {
		indicator(kinds[END].color);
	} else {
		indicator(kinds[LEFT].color);
		indicator(kinds[RESET].color);
		indicator(kinds[RIGHT].color);
	}
}

void ls_color_begin(const char *color)
{
	if (!color)
		return;
	if (!used)
		reset();
	indicator(kinds[LEFT].color);
	indicator(color);
	indicator(kinds[RIGHT].color);
}

/* A name that crosses the end of a line may leave a coloured background behind it. */
void ls_color_end(int start, int length, int64_t line)
{
	reset();
	if (line && start / line != (start + length - 1) / line)
		indicator(kinds[CLR_TO_EOL].color);
}
