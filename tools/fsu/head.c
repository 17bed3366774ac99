// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_head and fsu_tail: the first or last part of files.  "All but the last" and "the last" both
 * come from where the last lines begin, which is looked for from the end of the file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

#define BLOCK (64 << 10)

#define DIGITS(help) \
	{ '0', NULL, FSU_NOARG, NULL, help }, { '1', NULL, FSU_NOARG, NULL, help }, \
	{ '2', NULL, FSU_NOARG, NULL, help }, { '3', NULL, FSU_NOARG, NULL, help }, \
	{ '4', NULL, FSU_NOARG, NULL, help }, { '5', NULL, FSU_NOARG, NULL, help }, \
	{ '6', NULL, FSU_NOARG, NULL, help }, { '7', NULL, FSU_NOARG, NULL, help }, \
	{ '8', NULL, FSU_NOARG, NULL, help }, { '9', NULL, FSU_NOARG, NULL, help }
#define COMMON_OPTIONS \
	{ 'q', "quiet", FSU_NOARG, NULL, "no headings with the files' names" }, \
	{ 'q', "silent", FSU_NOARG, NULL, NULL }, \
	{ 'v', "verbose", FSU_NOARG, NULL, "headings for a single file, too" }, \
	{ 'z', "zero-terminated", FSU_NOARG, NULL, "lines end in NUL" }, \
	DIGITS(NULL), \
	FSU_OPTIONS_END

const struct fsu_option fsu_head_options[] = {
	{ 'c', "bytes", FSU_ARG, "N", "the first N bytes; -N: all but the last N" },
	{ 'n', "lines", FSU_ARG, "N", "the first N lines, default 10; -N: all but the last N" },
	COMMON_OPTIONS
};

const struct fsu_option fsu_tail_options[] = {
	{ 'c', "bytes", FSU_ARG, "N", "the last N bytes; +N: from byte N on" },
	{ 'f', "follow", FSU_OPTARG, NULL, NULL },
	{ 'F', NULL, FSU_NOARG, NULL, NULL },
	{ 'n', "lines", FSU_ARG, "N", "the last N lines, default 10; +N: from line N on" },
	COMMON_OPTIONS
};

struct part {
	struct ukfs *u;
	bool tail, bytes, other_end, quiet, verbose;
	char eol;
	uint64_t n;
	int code, shown;
};

/* Where the last n lines of a stream of this size begin; -1 after an error. */
static off_t last_lines(FILE *f, off_t size, uint64_t n, char eol)
{
	char *buf = fsu_malloc(BLOCK);
	off_t begin = size, found = n ? 0 : size;
	bool done = !n || !size;

	while (begin && !done) {
		size_t len = begin % BLOCK ? begin % BLOCK : BLOCK;

		begin -= len;
		if (fseeko(f, begin, SEEK_SET) || fread(buf, 1, len, f) != len) {
			found = -1;
			break;
		}
		for (size_t i = len; i-- && !done; ) {
			/* the end of the last line begins no other */
			if (buf[i] != eol || begin + (off_t)i == size - 1 || --n)
				continue;
			found = begin + i + 1;
			done = true;
		}
	}
	free(buf);
	return found;
}

/* Skip, or with `show' print, n lines. */
static void pass_lines(FILE *f, uint64_t n, char eol, bool show)
{
	int c = 0;

	while (n && (c = getc_unlocked(f)) != EOF) {
		if (show)
			putchar_unlocked(c);
		n -= c == eol;
	}
}

/* Where the last n bytes or lines begin; takes the place of *f with a stream that can seek. */
static off_t last_part(struct part *p, FILE **f)
{
	off_t size;

	*f = fsu_seekable(*f, &size);
	if (!*f)
		return -1;
	if (!p->bytes)
		return last_lines(*f, size, p->n, p->eol);
	return p->n > (uint64_t)size ? 0 : size - (off_t)p->n;
}

static int show_head(struct part *p, FILE **f)
{
	off_t end;

	if (p->other_end) {
		end = last_part(p, f);
		if (end < 0)
			return errno;
		rewind(*f);
		return fsu_copy_out(*f, end);
	}
	if (p->bytes)
		return fsu_copy_out(*f, p->n);
	errno = 0;
	pass_lines(*f, p->n, p->eol, true);
	return ferror(*f) ? errno : 0;
}

static int show_tail(struct part *p, FILE **f)
{
	off_t begin;

	if (!p->other_end) {
		begin = last_part(p, f);
		if (begin < 0 || fseeko(*f, begin, SEEK_SET))
			return errno;
	} else if (!p->bytes) {
		pass_lines(*f, p->n ? p->n - 1 : 0, p->eol, false);
	} else {
		*f = fsu_seekable(*f, &begin);
		if (!*f)
			return errno;
		if (p->n > (uint64_t)begin)
			return 0;
		if (p->n && fseeko(*f, p->n - 1, SEEK_SET))
			return errno;
	}
	return fsu_copy_out(*f, UINT64_MAX);
}

static void show_file(struct part *p, const char *path, bool heading)
{
	FILE *f = fsu_fopen(p->u, path);
	int err = errno;

	/* a directory is opened by head and tail, which show its name before they fail */
	if (heading && (f || err == EISDIR))
		printf("%s==> %s <==\n", p->shown++ ? "\n" : "", fsu_shown(fsu_input_name(path)));
	if (f)
		err = p->tail ? show_tail(p, &f) : show_head(p, &f);
	if (err) {
		fflush(stdout);
		fsu_perror(err, path);
		p->code = FSU_FAILED;
	}
	fsu_fclose(f);
}

static bool set_count(struct part *p, int key, const char *arg)
{
	p->bytes = key == 'c';
	p->other_end = *arg == (p->tail ? '+' : '-');
	if (*arg == '+' || *arg == '-')
		arg++;
	if (fsu_parse_count(arg, &p->n))
		return true;
	return !fsu_usage("-%c needs a number, not '%s'", key, fsu_name(arg));
}

static bool parse(struct part *p, const struct fsu_line *line)
{
	bool digits = false;

	for (int i = 0; i < line->noptions; i++) {
		int key = line->options[i].key;

		switch (key) {
		case 'c':
		case 'n':
			if (!set_count(p, key, line->options[i].arg))
				return false;
			break;
		case 'f':
		case 'F':
			return !fsu_usage("-%c: there is nothing to wait for, nobody else writes "
					  "the image meanwhile", key);
		case 'q': p->quiet = true; p->verbose = false; break;
		case 'v': p->verbose = true; p->quiet = false; break;
		case 'z': p->eol = '\0'; break;
		default:	/* -5 */
			p->n = digits ? p->n : 0;
			p->n = p->n < UINT64_MAX / 10 ? p->n * 10 + key - '0' : UINT64_MAX;
			digits = true;
			p->bytes = p->other_end = false;
		}
	}
	return true;
}

static int run(struct part *p, struct fsu_line *line)
{
	bool input = !line->noperands;

	if (!parse(p, line))
		return FSU_USAGE;
	for (int i = 0; i < line->noperands; i++)
		input |= strcmp(line->operands[i], "-") == 0;
	if (p->tail && input)
		fsu_keep_temporary();
	p->u = fsu_mount(line);
	if (!p->u)
		return FSU_FAILED;
	/* the last none of files are not even looked at */
	if (p->tail && !p->other_end && !p->n)
		return FSU_OK;
	if (!line->noperands)
		show_file(p, "-", p->verbose);
	for (int i = 0; i < line->noperands && !ferror(stdout); i++)
		show_file(p, line->operands[i], p->verbose || (line->noperands > 1 && !p->quiet));
	return p->code;
}

int fsu_head_run(struct fsu_line *line)
{
	struct part p = { .n = 10, .eol = '\n' };

	return run(&p, line);
}

int fsu_tail_run(struct fsu_line *line)
{
	struct part p = { .tail = true, .n = 10, .eol = '\n' };

	return run(&p, line);
}
