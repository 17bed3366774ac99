// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names as they are shown: literally, with C escapes, or quoted so that a shell reads them back.
 * "Printable" is the locale's word, so names are walked by characters, not bytes.
 */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "ls.h"

struct text {
	char *s;
	size_t len, size;
};

/* One character of a name: its bytes, whether it can be shown, its columns. */
struct character {
	size_t bytes;
	bool printable;
	int columns;
};

static void add(struct text *t, const char *s, size_t n)
{
	if (t->len + n + 1 > t->size) {
		t->size = (t->len + n + 1) * 2;
		t->s = fsu_realloc(t->s, t->size);
	}
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

static void add_char(struct text *t, char c)
{
	add(t, &c, 1);
}

static struct character next_character(const char *s, size_t left, mbstate_t *state)
{
	unsigned char c = *s;
	wchar_t wide;
	size_t n;

	if (c < 0x80)
		return (struct character){ 1, c >= 32 && c < 127, c >= 32 && c < 127 };
	n = mbrtowc(&wide, s, left, state);
	if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
		memset(state, 0, sizeof(*state));
		return (struct character){ 1, false, 0 };
	}
	if (!iswprint(wide))
		return (struct character){ n, false, 0 };
	return (struct character){ n, true, wcwidth(wide) > 0 ? wcwidth(wide) : 0 };
}

static int columns_of(const char *s)
{
	size_t left = strlen(s);
	mbstate_t state = { 0 };
	int columns = 0;

	while (left) {
		struct character c = next_character(s, left, &state);

		columns += c.columns;
		s += c.bytes;
		left -= c.bytes;
	}
	return columns;
}

static void add_escape(struct text *t, unsigned char c)
{
	static const char from[] = "\a\b\f\n\r\t\v", to[] = "abfnrtv";
	const char *p = c ? strchr(from, c) : NULL;
	char octal[5];

	if (p) {
		add_char(t, '\\');
		add_char(t, to[p - from]);
	} else {
		snprintf(octal, sizeof(octal), "\\%03o", c);
		add(t, octal, 4);
	}
}

/* C and escape style: `special` are printable characters that get a backslash. */
static void quote_c(struct text *t, const char *s, const char *special)
{
	size_t left = strlen(s);
	mbstate_t state = { 0 };

	while (left) {
		struct character c = next_character(s, left, &state);

		if (!c.printable) {
			for (size_t i = 0; i < c.bytes; i++)
				add_escape(t, s[i]);
		} else {
			if (c.bytes == 1 && strchr(special, *s))
				add_char(t, '\\');
			add(t, s, c.bytes);
		}
		s += c.bytes;
		left -= c.bytes;
	}
}

struct shell_needs {
	bool quotes;		/* something a shell would not take as it is */
	bool single;		/* a single quote */
	bool plain;		/* otherwise only what means the same inside double quotes */
};

static struct shell_needs shell_needs(const char *name, const char *extra, bool escapes)
{
	struct shell_needs needs = { !*name, false, true };
	size_t left = strlen(name);
	mbstate_t state = { 0 };

	for (const char *s = name; left; ) {
		struct character c = next_character(s, left, &state);
		bool first = s == name, alone = first && left == 1;

		if (!c.printable) {
			needs.quotes |= escapes || strchr("\n\r\t", *s);
			needs.plain = false;
		} else if (*s == '\'') {
			needs.quotes = needs.single = true;
		} else if (c.bytes == 1 && strchr("!\"$&()*;<=>[^`|?\\", *s)) {
			needs.quotes = true;
			needs.plain = false;
		} else if (c.bytes == 1 && (*s == ' ' || (strchr("#~", *s) && first) ||
					    (strchr("{}", *s) && alone))) {
			needs.quotes = true;
		} else if (c.bytes == 1 && strchr("#~{}", *s)) {
			needs.plain = false;
		}
		if (c.bytes == 1 && strchr(extra, *s)) {
			needs.quotes = true;
			needs.plain = false;
		}
		s += c.bytes;
		left -= c.bytes;
	}
	return needs;
}

/* 'it'\''s', and with escapes 'a'$'\n''b'. */
static void quote_single(struct text *t, const char *s, bool escapes)
{
	size_t left = strlen(s);
	mbstate_t state = { 0 };
	bool dollar = false;

	add_char(t, '\'');
	while (left) {
		struct character c = next_character(s, left, &state);

		if (escapes && !c.printable) {
			if (!dollar)
				add(t, "'$'", 3);
			dollar = true;
			for (size_t i = 0; i < c.bytes; i++)
				add_escape(t, s[i]);
		} else if (*s == '\'') {
			add(t, "'\\''", 4);
			dollar = false;
		} else {
			if (dollar)
				add(t, "''", 2);
			dollar = false;
			add(t, s, c.bytes);
		}
		s += c.bytes;
		left -= c.bytes;
	}
	add_char(t, '\'');
}

static void quote_shell(struct text *t, const struct ls_options *o, const char *s,
			const char *extra)
{
	bool escapes = o->quote == LS_SHELL_ESCAPE || o->quote == LS_SHELL_ESCAPE_ALWAYS;
	bool always = o->quote == LS_SHELL_ALWAYS || o->quote == LS_SHELL_ESCAPE_ALWAYS;
	struct shell_needs needs = shell_needs(s, extra, escapes);

	if (!always && !needs.quotes) {
		add(t, s, strlen(s));
	} else if (needs.single && needs.plain) {
		add_char(t, '"');
		add(t, s, strlen(s));
		add_char(t, '"');
	} else {
		quote_single(t, s, escapes);
	}
}

static void replace_unprintable(struct text *t)
{
	struct text out = { 0 };
	size_t left = t->len;
	mbstate_t state = { 0 };

	add(&out, "", 0);
	for (const char *s = t->s; left; ) {
		struct character c = next_character(s, left, &state);

		if (c.printable)
			add(&out, s, c.bytes);
		else
			add_char(&out, '?');
		s += c.bytes;
		left -= c.bytes;
	}
	free(t->s);
	*t = out;
}

static bool is_plain(const char *name, const char *special)
{
	struct text t = { 0 };
	bool plain;

	add(&t, "", 0);
	quote_c(&t, name, special);
	plain = strcmp(t.s, name) == 0;
	free(t.s);
	return plain;
}

/* C escapes between marks, which are the locale's where they may be. */
static void quote_marks(struct text *t, int quote, const char *name, char *special)
{
	bool curved = (quote == LS_LOCALE || quote == LS_CLOCALE) &&
		      strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	const char *open = curved ? "\342\200\230" : quote == LS_LOCALE ? "'" : "\"";
	const char *close = curved ? "\342\200\231" : open, *end;

	if (!curved)
		strcat(special, open);
	if (quote == LS_C_MAYBE && is_plain(name, special)) {
		add(t, name, strlen(name));
		return;
	}
	strcat(special, "\\");
	add(t, open, strlen(open));
	while (curved && (end = strstr(name, close))) {
		char *part = fsu_strndup(name, end - name);

		quote_c(t, part, special);
		add_char(t, '\\');
		add(t, close, strlen(close));
		name = end + strlen(close);
		free(part);
	}
	quote_c(t, name, special);
	add(t, close, strlen(close));
}

char *ls_quote(const struct ls_options *o, const char *name, bool header, int *width)
{
	static const char *const marks[] = { "", "", "*=>@|", "=>@|" };
	/* what -F adds behind a name is quoted inside one, so that it is not taken for it */
	const char *mark = marks[o->indicator == LS_INDICATOR_ALL ? 2 :
				 o->indicator == LS_INDICATOR_TYPE ? 3 : 0];
	struct text t = { 0 };
	char special[16];

	add(&t, "", 0);
	strcpy(special, header ? ":" : mark);
	switch (o->quote) {
	case LS_LITERAL:
		add(&t, name, strlen(name));
		break;
	case LS_C:
	case LS_C_MAYBE:
	case LS_LOCALE:
	case LS_CLOCALE:
		quote_marks(&t, o->quote, name, special);
		break;
	case LS_ESCAPE:
		strcat(special, header ? "\\" : "\\ ");
		quote_c(&t, name, special);
		break;
	default:
		quote_shell(&t, o, name, special);
	}
	if (o->hide_control && (o->quote == LS_LITERAL || o->quote == LS_SHELL ||
				o->quote == LS_SHELL_ALWAYS))
		replace_unprintable(&t);
	if (width)
		*width = columns_of(t.s);
	return t.s;
}
