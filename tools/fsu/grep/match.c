// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Patterns: libc's regular expressions in grep's dialects; a fixed string is looked for as such
 * where case counts.  Perl's come from a library that only they need.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <langinfo.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "../perl/perl.h"
#include "grep.h"

struct pattern {
	struct re_pattern_buffer re;
	char *text;		/* a fixed string, else NULL */
	size_t len;
};

struct matcher {
	const struct grep_options *o;
	struct pattern *patterns;
	size_t count;
	struct re_registers regs;
	const struct fsu_perl_ops *perl;
	struct fsu_perl *perl_pattern;
};

/* Words and whole lines are part of the pattern. */
static bool compile_perl(struct matcher *m, const char *text, size_t len)
{
	const char *before = m->o->whole_lines ? "^(?:" : m->o->words ? "(?<!\\w)(?:" : "";
	const char *behind = m->o->whole_lines ? ")$" : m->o->words ? ")(?!\\w)" : "";
	void *lib = dlopen("libfsu_perl.so", RTLD_NOW);
	size_t size = strlen(before) + len + strlen(behind);
	char error[256], *whole = fsu_malloc(size + 1);

	m->perl = lib ? dlsym(lib, "fsu_perl_ops") : NULL;
	memcpy(stpcpy(whole, before), text, len);
	strcpy(whole + strlen(before) + len, behind);
	if (!m->perl)
		fsu_message("%s; the library belongs beside libukfs.so", dlerror());
	else if (memchr(text, '\n', len))
		fsu_message("-P takes a single pattern");
	else
		m->perl_pattern = m->perl->compile(whole, size, m->o->icase,
						   strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
						   error, sizeof(error));
	if (m->perl && !memchr(text, '\n', len) && !m->perl_pattern)
		fsu_message("%s: %s", fsu_name(text), error);
	free(whole);
	return m->perl_pattern;
}

static bool compile(struct matcher *m, const char *text, size_t len)
{
	struct pattern *p;
	const char *error;
	char *quoted, *q;

	m->patterns = fsu_realloc(m->patterns, (m->count + 1) * sizeof(*m->patterns));
	p = &m->patterns[m->count];
	memset(p, 0, sizeof(*p));
	if (m->o->syntax == GREP_FIXED && !m->o->icase) {
		p->text = fsu_strndup(text, len);
		p->len = len;
		m->count++;
		return true;
	}
	re_set_syntax((m->o->syntax == GREP_EXTENDED ? RE_SYNTAX_EGREP : RE_SYNTAX_GREP) |
		      RE_HAT_LISTS_NOT_NEWLINE | (m->o->icase ? RE_ICASE : 0));
	q = quoted = fsu_malloc(2 * len + 1);
	for (size_t i = 0; i < len; i++) {
		if (m->o->syntax == GREP_FIXED && strchr("\\.[*^$", text[i]))
			*q++ = '\\';
		*q++ = text[i];
	}
	p->re.fastmap = fsu_malloc(256);
	error = re_compile_pattern(quoted, q - quoted, &p->re);
	p->re.newline_anchor = m->o->eol == '\0';
	free(quoted);
	if (error) {
		fsu_message("%s: %s", fsu_name(text), error);
		free(p->re.fastmap);
		return false;
	}
	m->count++;
	return true;
}

struct matcher *matcher_new(const char *patterns, size_t len, const struct grep_options *o)
{
	struct matcher *m = fsu_malloc(sizeof(*m));
	const char *end = patterns ? patterns + len : NULL;

	*m = (struct matcher){ .o = o };
	if (patterns && o->syntax == GREP_PERL) {
		if (compile_perl(m, patterns, len))
			return m;
		matcher_free(m);
		return NULL;
	}
	/* no pattern at all, from an empty file, matches nothing */
	while (patterns && patterns <= end) {
		const char *eol = memchr(patterns, '\n', end - patterns);

		eol = eol ? eol : end;
		if (!compile(m, patterns, eol - patterns)) {
			matcher_free(m);
			return NULL;
		}
		patterns = eol + 1;
	}
	return m;
}

void matcher_free(struct matcher *m)
{
	for (size_t i = 0; m && i < m->count; i++) {
		free(m->patterns[i].text);
		if (!m->patterns[i].text)
			regfree(&m->patterns[i].re);
	}
	if (m) {
		if (m->perl)
			m->perl->free(m->perl_pattern);
		free(m->regs.start);
		free(m->regs.end);
		free(m->patterns);
	}
	free(m);
}

/* The leftmost match that begins at `from' or behind; its end, longest, goes to *end. */
static ssize_t search(struct matcher *m, struct pattern *p, const char *line, size_t len,
		      size_t from, size_t *end)
{
	const char *found;
	ssize_t start;

	if (p->text) {
		found = memmem(line + from, len - from, p->text, p->len);
		*end = found ? found - line + p->len : 0;
		return found ? found - line : -1;
	}
	start = re_search(&p->re, line, len, from, len - from, &m->regs);
	if (start >= 0)
		*end = m->regs.end[0];
	return start;
}

/* The longest match that begins at `start' and ends before `end', or -1. */
static ssize_t shorter(struct matcher *m, struct pattern *p, const char *line, size_t start,
		       size_t end)
{
	ssize_t len;

	if (p->text || end <= start + 1)
		return -1;
	p->re.not_eol = 1;
	len = re_match(&p->re, line, end - 1, start, &m->regs);
	p->re.not_eol = 0;
	return len > 0 ? (ssize_t)start + len : -1;
}

static bool is_word(wint_t c)
{
	return c == '_' || iswalnum(c);
}

static bool word_before(const char *line, size_t at)
{
	size_t from = at > 8 ? at - 8 : 0;
	wchar_t c = 0;

	if (!at)
		return false;
	if (MB_CUR_MAX == 1 || !((unsigned char)line[at - 1] & 0x80))
		return line[at - 1] == '_' || isalnum((unsigned char)line[at - 1]);
	for (size_t i = at - 1; ; i--) {
		mbstate_t state = { 0 };

		if (mbrtowc(&c, line + i, at - i, &state) == at - i)
			return is_word(c);
		if (i == from)
			return false;
	}
}

static bool word_behind(const char *line, size_t len, size_t at)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n = at < len ? mbrtowc(&c, line + at, len - at, &state) : 0;

	return n && n <= len && is_word(c);
}

static bool find(struct matcher *m, struct pattern *p, const char *line, size_t len, size_t from,
		 size_t *start, size_t *end)
{
	ssize_t s, e;

	for (; from <= len; from = s + 1) {
		s = search(m, p, line, len, from, end);
		if (s < 0)
			return false;
		*start = s;
		if (m->o->whole_lines)
			return s == 0 && *end == len;
		if (!m->o->words)
			return true;
		for (e = *end; e >= 0; e = shorter(m, p, line, s, e))
			if (!word_before(line, s) && !word_behind(line, len, e)) {
				*end = e;
				return true;
			}
	}
	return false;
}

bool matcher_find(struct matcher *m, const char *line, size_t len, size_t from, size_t *start,
		  size_t *end)
{
	bool found = false;
	size_t s, e;

	if (m->perl)
		return m->perl->find(m->perl_pattern, line, len, from, start, end) > 0;
	for (size_t i = 0; i < m->count; i++) {
		if (!find(m, &m->patterns[i], line, len, from, &s, &e))
			continue;
		if (!found || s < *start || (s == *start && e > *end)) {
			*start = s;
			*end = e;
		}
		found = true;
	}
	return found;
}
