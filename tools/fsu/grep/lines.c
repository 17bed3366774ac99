// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One file's lines: select, count, print with what is in front of them and the lines around them.
 * A file with a NUL in its first block is binary: of it only that it matches is told.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "grep.h"

#define COLOR(o, which) ((o)->colors ? (o)->colors->which : NULL)

struct kept {
	char *text;
	size_t len, size;
	uint64_t number, offset;
};

struct search {
	const struct grep_options *o;
	struct matcher *m;
	const char *name;
	struct kept *ring;	/* the lines before, `before' of them at most */
	int64_t room;		/* in it: it grows with the lines that there are */
	uint64_t nkept;
	uint64_t number, offset, last_shown, selected;
	int64_t after;		/* context still to be shown */
	bool any_shown, binary;
	bool skip_empty;	/* empty lines are not selected */
};

static void put_mark(const struct search *s, char mark)
{
	grep_put(s->o, COLOR(s->o, separator), &mark, 1);
}

static void put_name(const struct search *s, char mark)
{
	const char *name = fsu_shown(s->name);

	grep_put(s->o, COLOR(s->o, name), name, strlen(name));
	if (s->o->null_names)
		putchar('\0');
	else
		put_mark(s, mark);
}

static void put_number(const struct search *s, const char *color, uint64_t n, char mark)
{
	char text[24];

	grep_put(s->o, color, text, sprintf(text, "%" PRIu64, n));
	put_mark(s, mark);
}

static void front(const struct search *s, uint64_t number, uint64_t offset, char mark)
{
	if (s->o->names)
		put_name(s, mark);
	if (s->o->number)
		put_number(s, COLOR(s->o, number), number, mark);
	if (s->o->offset)
		put_number(s, COLOR(s->o, offset), offset, mark);
}

/* A line with its matches in colour. */
static void put_matches(struct search *s, const char *line, size_t len, const char *color)
{
	size_t shown = 0, from = 0, start, end;

	while (from <= len && matcher_find(s->m, line, len, from, &start, &end)) {
		if (end > start) {
			fwrite(line + shown, 1, start - shown, stdout);
			grep_put(s->o, color, line + start, end - start);
			shown = end;
		}
		from = end > start ? end : end + 1;
	}
	fwrite(line + shown, 1, len - shown, stdout);
}

static void show_line(struct search *s, const char *line, size_t len, uint64_t number,
		      uint64_t offset, char mark)
{
	front(s, number, offset, mark);
	/* with -v it is the lines around that match */
	if (s->o->colors && (mark == ':') != s->o->invert)
		put_matches(s, line, len,
			    mark == ':' ? COLOR(s->o, match) : COLOR(s->o, context_match));
	else
		fwrite(line, 1, len, stdout);
	putchar(s->o->eol);
	s->last_shown = number;
}

static bool valid_text(const char *line, size_t len)
{
	mbstate_t state = { 0 };

	while (MB_CUR_MAX > 1 && len) {
		size_t n = (unsigned char)*line < 0x80 ? 1 : mbrlen(line, len, &state);

		if (n > len)
			return false;
		line += n ? n : 1;
		len -= n ? n : 1;
	}
	return true;
}

static void show_matches(struct search *s, const char *line, size_t len)
{
	size_t from = 0, start, end;

	while (from <= len && matcher_find(s->m, line, len, from, &start, &end)) {
		if (end == start) {
			from = end + 1;
			continue;
		}
		if (s->o->binary != GREP_TEXT && !valid_text(line + start, end - start)) {
			s->binary = true;
			return;
		}
		front(s, s->number, s->offset + start, ':');
		grep_put(s->o, COLOR(s->o, match), line + start, end - start);
		putchar(s->o->eol);
		from = end;
	}
	s->last_shown = s->number;
}

static void grow_ring(struct search *s)
{
	int64_t room = s->room ? s->room * 2 : 64;

	if (room > s->o->before)
		room = s->o->before;
	s->ring = fsu_realloc(s->ring, room * sizeof(*s->ring));
	memset(s->ring + s->room, 0, (room - s->room) * sizeof(*s->ring));
	s->room = room;
}

static void keep(struct search *s, const char *line, size_t len)
{
	struct kept *k;

	if (s->nkept == (uint64_t)s->room && s->room < s->o->before)
		grow_ring(s);
	k = &s->ring[s->nkept++ % s->o->before];
	if (len > k->size) {
		k->size = 2 * len;
		k->text = fsu_realloc(k->text, k->size);
	}
	memcpy(k->text, line, len);
	k->len = len;
	k->number = s->number;
	k->offset = s->offset;
}

static void show_group_begin(struct search *s)
{
	uint64_t n = s->nkept < (uint64_t)s->o->before ? s->nkept : (uint64_t)s->o->before;
	uint64_t first = s->number;

	while (n && s->ring[(s->nkept - n) % s->o->before].number <= s->last_shown)
		n--;
	if (n)
		first -= n;
	if ((s->o->before || s->o->after) && s->any_shown && s->o->separator &&
	    (!s->last_shown || first > s->last_shown + 1)) {
		grep_put(s->o, COLOR(s->o, separator), s->o->separator, strlen(s->o->separator));
		putchar('\n');
	}
	for (; n && !s->o->only; n--) {
		struct kept *k = &s->ring[(s->nkept - n) % s->o->before];

		show_line(s, k->text, k->len, k->number, k->offset, '-');
	}
}

/* False where nothing more of the file is wanted. */
static bool take_selected(struct search *s, const char *line, size_t len)
{
	const struct grep_options *o = s->o;

	s->selected++;
	if (o->quiet || o->list || o->list_others)
		return false;
	if (o->count)
		return (int64_t)s->selected != o->max;
	if (!s->binary && o->binary != GREP_TEXT &&
	    (memchr(line, o->eol ? '\0' : '\200', len) || (!o->only && !valid_text(line, len))))
		s->binary = true;
	if (s->binary) {
		s->any_shown = true;
		return false;
	}
	show_group_begin(s);
	if (!o->only)
		show_line(s, line, len, s->number, s->offset, ':');
	else if (!o->invert)
		show_matches(s, line, len);
	s->any_shown = true;
	s->after = o->after;
	return true;
}

static bool take_line(struct search *s, const char *line, size_t len)
{
	bool done = s->o->max >= 0 && (int64_t)s->selected >= s->o->max;
	size_t start, end;

	s->number++;
	if (!done && matcher_find(s->m, line, len, 0, &start, &end) != s->o->invert)
		return take_selected(s, line, len);
	if (s->after > 0) {
		s->after--;
		if (!s->o->only)
			show_line(s, line, len, s->number, s->offset, '-');
	} else if (done) {
		return false;
	} else if (s->o->before) {
		keep(s, line, len);
	}
	return true;
}

/* In a binary file a NUL ends a line, too. */
static bool take_lines(struct search *s, const char *line, size_t len)
{
	const char *nul = s->binary && s->o->eol ? memchr(line, '\0', len) : NULL;

	while (nul) {
		if (!take_line(s, line, nul - line))
			return false;
		len -= nul + 1 - line;
		line = nul + 1;
		nul = memchr(line, '\0', len);
	}
	return take_line(s, line, len);
}

/* Look at what is in the stream's buffer, which was filled for it. */
static bool looks_binary(const struct grep_options *o, FILE *f)
{
	char *block = fsu_malloc(32 << 10);
	size_t n = f == stdin ? 0 : fread(block, 1, 32 << 10, f);
	bool binary = memchr(block, o->eol ? '\0' : '\200', n);

	if (n)
		rewind(f);
	free(block);
	return binary;
}

/* The NULs of a binary file are so many empty lines. */
static void skip_nuls(struct search *s, FILE *f)
{
	int c;

	while ((c = getc_unlocked(f)) == '\0') {
		s->number++;
		s->offset++;
	}
	ungetc(c, f);
}

/* The next line without its end, as getdelim reads it; in a binary file a NUL ends it, so that a
 * file of zeros is not one line.  -1 at the end of the file, -EMSGSIZE where it is too long. */
static ssize_t next_line(struct search *s, FILE *f, char **line, size_t *size, bool *ended)
{
	const int eol = (unsigned char)s->o->eol, nul = s->binary ? 0 : eol;
	size_t len = 0;
	int c;

	if (s->binary && s->skip_empty)
		skip_nuls(s, f);
	do {
		if (len == *size) {
			if (len >= GREP_LINE_MAX)
				return -EMSGSIZE;
			*size = len ? 2 * len : 256;
			*line = fsu_realloc(*line, *size);
		}
		c = getc_unlocked(f);
		(*line)[len++] = c;
	} while (c != EOF && c != eol && c != nul);
	*ended = c != EOF;
	(*line)[--len] = '\0';
	return len || *ended ? (ssize_t)len : -1;
}

static void report(const struct search *s)
{
	const struct grep_options *o = s->o;

	if (o->count && !o->quiet) {
		if (o->names)
			put_name(s, ':');
		printf("%" PRIu64 "\n", s->selected);
	}
	if (!o->quiet && ((o->list && s->selected) || (o->list_others && !s->selected))) {
		const char *name = fsu_shown(s->name);

		grep_put(o, COLOR(o, name), name, strlen(name));
		putchar(o->null_names ? '\0' : '\n');
	}
	if (s->binary && s->selected && !o->quiet && !o->count && !o->list && !o->list_others) {
		fflush(stdout);
		fsu_message("%s: binary file matches", fsu_name(s->name));
	}
}

int grep_lines(const struct grep_options *o, struct matcher *m, FILE *f, const char *name)
{
	static bool any_shown;
	struct search s = { .o = o, .m = m, .name = name, .any_shown = any_shown };
	char *line = NULL;
	size_t size = 0, start, end;
	ssize_t len;
	bool ended;
	int err;

	if (o->max == 0)
		return 0;
	errno = 0;
	s.binary = o->binary != GREP_TEXT && looks_binary(o, f);
	if (s.binary && o->binary == GREP_WITHOUT_MATCH) {
		report(&s);
		return 0;
	}
	s.skip_empty = matcher_find(m, "", 0, 0, &start, &end) == o->invert;
	while ((len = next_line(&s, f, &line, &size, &ended)) >= 0) {
		bool more = take_lines(&s, line, len);

		s.offset += len + ended;
		if (!more || ferror(stdout))
			break;
	}
	err = ferror(f) ? errno : len < -1 ? -len : 0;
	report(&s);
	any_shown |= s.any_shown;
	for (int64_t i = 0; i < s.room; i++)
		free(s.ring[i].text);
	free(s.ring);
	free(line);
	return err ? -err : s.selected > 0;
}
