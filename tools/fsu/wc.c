// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_wc: lines, words, characters and bytes of files.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "input.h"

const struct fsu_option fsu_wc_options[] = {
	{ 'c', "bytes", FSU_NOARG, NULL, "count bytes" },
	{ 'l', "lines", FSU_NOARG, NULL, "count lines" },
	{ 'L', "max-line-length", FSU_NOARG, NULL, "columns of the longest line" },
	{ 'm', "chars", FSU_NOARG, NULL, "count characters" },
	{ 'w', "words", FSU_NOARG, NULL, "count words" },
	FSU_OPTIONS_END
};

enum { LINES, WORDS, CHARS, BYTES, LENGTH, NCOUNTS };

struct wc {
	bool show[NCOUNTS];
	int width;
	uint64_t total[NCOUNTS];
	int code;
};

/* One file's state: the counts, and where in a line and word it is. */
struct state {
	uint64_t n[NCOUNTS];
	uint64_t column;
	bool in_word;
};

static void end_line(struct state *s)
{
	if (s->column > s->n[LENGTH])
		s->n[LENGTH] = s->column;
	s->column = 0;
}

static void take_char(struct state *s, wint_t c)
{
	int width;

	s->n[CHARS]++;
	if (c == '\n' || c == '\r' || c == '\f') {
		s->n[LINES] += c == '\n';
		end_line(s);
	} else if (c == '\t') {
		s->column += 8 - s->column % 8;
	} else if (c != '\v') {
		if (!iswprint(c))
			return;
		width = wcwidth(c);
		s->column += width > 0 ? width : 0;
		/* wc takes spaces that do not break for spaces, iswspace does not */
		if (!iswspace(c) && c != 0xa0 && c != 0x2007 && c != 0x202f && c != 0x2060) {
			s->in_word = true;
			return;
		}
	}
	s->n[WORDS] += s->in_word;
	s->in_word = false;
}

/* The characters of a piece; returns how many bytes at its end are the begin of one more. */
static size_t take(struct state *s, const char *p, size_t len)
{
	while (len) {
		mbstate_t shift = { 0 };
		unsigned char c = *p;
		wchar_t wide = c;
		size_t n = 1;

		if (c >= 0x80) {
			n = mbrtowc(&wide, p, len, &shift);
			if (n == (size_t)-2)
				return len;
			if (n == (size_t)-1) {
				/* in a locale of single bytes each of them is a character */
				s->n[CHARS] += MB_CUR_MAX == 1;
				p++;
				len--;
				continue;
			}
		}
		take_char(s, wide);
		p += n;
		len -= n;
	}
	return 0;
}

static int count(FILE *f, struct state *s)
{
	char *buf = fsu_malloc((64 << 10) + MB_LEN_MAX);
	size_t rest = 0, n;

	errno = 0;
	while ((n = fread(buf + rest, 1, 64 << 10, f)) > 0) {
		s->n[BYTES] += n;
		n += rest;
		rest = take(s, buf, n);
		if (rest > MB_LEN_MAX)
			rest = 0;
		memmove(buf, buf + n - rest, rest);
	}
	end_line(s);
	s->n[WORDS] += s->in_word;
	free(buf);
	return ferror(f) ? errno : 0;
}

static void show(const struct wc *wc, const uint64_t *n, const char *name)
{
	const char *space = "";

	for (int i = 0; i < NCOUNTS; i++) {
		if (!wc->show[i])
			continue;
		printf("%s%*" PRIu64, space, wc->width, n[i]);
		space = " ";
	}
	if (name)
		printf(" %s", strchr(name, '\n') ? fsu_quote(name) : fsu_shown(name));
	putchar('\n');
}

/* Bytes alone need not be read where the file says how many there are. */
static bool count_bytes_only(const struct wc *wc, struct ukfs *u, const char *path, struct state *s)
{
	struct stat st;

	for (int i = 0; i < NCOUNTS; i++)
		if (wc->show[i] != (i == BYTES))
			return false;
	if (!path || strcmp(path, "-") == 0 || fsu_tree_stat(u, path, true, &st) ||
	    !S_ISREG(st.st_mode))
		return false;
	s->n[BYTES] = st.st_size;
	return true;
}

/* Without operands standard input is counted, which then has no name. */
static void count_file(struct wc *wc, struct ukfs *u, const char *path)
{
	struct state s = { 0 };
	FILE *f = fsu_fopen(u, path ? path : "-");
	int err = !f ? errno : count_bytes_only(wc, u, path, &s) ? 0 : count(f, &s);

	if (err) {
		fflush(stdout);
		fsu_perror(err, path ? path : "standard input");
		wc->code = FSU_FAILED;
	}
	if (f || err == EISDIR)
		show(wc, s.n, path);
	fsu_fclose(f);
	for (int i = 0; i < NCOUNTS; i++)
		wc->total[i] = i != LENGTH ? wc->total[i] + s.n[i] :
			       s.n[i] > wc->total[i] ? s.n[i] : wc->total[i];
}

/* wc's columns are as wide as the number of all bytes of the files, before they are read. */
static int find_width(const struct wc *wc, struct ukfs *u, const struct fsu_line *line)
{
	int width = 1, least = 1, shown = 0;
	uint64_t size = 0;
	struct stat st;

	for (int i = 0; i < NCOUNTS; i++)
		shown += wc->show[i];
	if (line->noperands == 1 && shown == 1)
		return 1;
	if (!line->noperands)
		return shown == 1 ? 1 : 7;
	for (int i = 0; i < line->noperands; i++) {
		const char *path = line->operands[i];
		int err = strcmp(path, "-") == 0 ? fstat(0, &st) :
						   fsu_tree_stat(u, path, true, &st);

		if (!err && S_ISREG(st.st_mode))
			size += st.st_size;
		else if (!err)
			least = 7;
	}
	for (; size >= 10; size /= 10)
		width++;
	return width > least ? width : least;
}

int fsu_wc_run(struct fsu_line *line)
{
	static const char keys[] = "lwmcL";
	struct wc wc = { 0 };
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++)
		wc.show[strchr(keys, line->options[i].key) - keys] = true;
	if (!line->noptions)
		wc.show[LINES] = wc.show[WORDS] = wc.show[BYTES] = true;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	wc.width = find_width(&wc, u, line);
	if (!line->noperands)
		count_file(&wc, u, NULL);
	for (int i = 0; i < line->noperands; i++)
		count_file(&wc, u, line->operands[i]);
	if (line->noperands > 1)
		show(&wc, wc.total, "total");
	return wc.code;
}
