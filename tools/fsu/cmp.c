// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_cmp: compare two files of an image, of two images, or of an image and the host, byte by byte.
 */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

enum { KEY_WITH = 256 };

const struct fsu_option fsu_cmp_options[] = {
	{ 'b', "print-bytes", FSU_NOARG, NULL, "show the bytes that differ" },
	{ 'i', "ignore-initial", FSU_ARG, "SKIP", "skip so many bytes; SKIP1:SKIP2 for each file" },
	{ 'l', "verbose", FSU_NOARG, NULL, "show number and value of all bytes that differ" },
	{ 'n', "bytes", FSU_ARG, "LIMIT", "compare at most so many bytes" },
	{ 's', "quiet", FSU_NOARG, NULL, "print nothing" },
	{ 's', "silent", FSU_NOARG, NULL, NULL },
	{ KEY_WITH, "with", FSU_ARG, "IMAGE", "the second file is in this image" },
	FSU_OPTIONS_END
};

struct cmp {
	bool bytes, all, quiet;
	uint64_t skip[2], limit;
	const char *name[2], *with;
	FILE *f[2];
	int width;
};

/* A byte as cat -v shows it. */
static const char *byte_text(int c, char buf[8])
{
	char *out = buf;

	if (c >= 128) {
		out = stpcpy(out, "M-");
		c -= 128;
	}
	if (c < 32 || c == 127) {
		*out++ = '^';
		c ^= 64;
	}
	*out++ = c;
	*out = '\0';
	return buf;
}

static int trouble(int err, const char *name)
{
	fsu_perror(err, name);
	return FSU_USAGE;
}

static void tell_difference(const struct cmp *p, uint64_t byte, uint64_t line, int a, int b)
{
	char at[8], bt[8];

	byte_text(a, at);
	byte_text(b, bt);
	if (p->all && p->bytes)
		printf("%*" PRIu64 " %3o %-4s %3o %s\n", p->width, byte, a, at, b, bt);
	else if (p->all)
		printf("%*" PRIu64 " %3o %3o\n", p->width, byte, a, b);
	else if (p->bytes)
		printf("%s %s differ: byte %" PRIu64 ", line %" PRIu64 " is %3o %s %3o %s\n",
		       fsu_shown(p->name[0]), fsu_shown(p->name[1]), byte, line, a, at, b, bt);
	else	/* POSIX says "char", which is wrong where a character is more than a byte */
		printf("%s %s differ: %s %" PRIu64 ", line %" PRIu64 "\n", fsu_shown(p->name[0]),
		       fsu_shown(p->name[1]),
		       fsu_posix_locale(LC_MESSAGES) ? "char" : "byte", byte, line);
}

static void tell_end(const struct cmp *p, const char *name, uint64_t byte, uint64_t line, int last)
{
	if (p->quiet)
		return;
	fflush(stdout);
	if (!byte)
		fsu_message("EOF on %s which is empty", fsu_name(name));
	else if (p->all)
		fsu_message("EOF on %s after byte %" PRIu64, fsu_name(name), byte);
	else
		fsu_message("EOF on %s after byte %" PRIu64 ", %sline %" PRIu64, fsu_name(name),
			    byte, last == '\n' ? "" : "in ", last == '\n' ? line - 1 : line);
}

static int compare(struct cmp *p)
{
	uint64_t byte = 0, line = 1;
	int a, b, last = '\n', code = FSU_OK;

	errno = 0;
	while (byte < p->limit) {
		a = getc_unlocked(p->f[0]);
		b = getc_unlocked(p->f[1]);
		for (int i = 0; i < 2; i++)
			if (ferror(p->f[i]))
				return trouble(errno, p->name[i]);
		if (a == EOF && b == EOF)
			break;
		if (a == EOF || b == EOF) {
			tell_end(p, p->name[a != EOF], byte, line, last);
			return FSU_FAILED;
		}
		byte++;
		if (a != b) {
			code = FSU_FAILED;
			if (!p->quiet)
				tell_difference(p, byte, line, a, b);
			if (!p->all)
				break;
		}
		line += a == '\n';
		last = a;
	}
	return code;
}

static int skip(struct cmp *p)
{
	for (int i = 0; i < 2; i++)
		for (uint64_t n = p->skip[i]; n; n--)
			if (getc_unlocked(p->f[i]) == EOF)
				break;
	return compare(p);
}

static bool parse_skip(struct cmp *p, const char *arg)
{
	char *first = fsu_strndup(arg, strcspn(arg, ":"));
	const char *second = strchr(arg, ':');
	bool ok = fsu_parse_count(first, &p->skip[0]) &&
		  fsu_parse_count(second ? second + 1 : first, &p->skip[1]);

	free(first);
	return ok || !fsu_usage("-i needs a number of bytes or two with a colon, not '%s'",
				fsu_name(arg));
}

static bool parse(struct cmp *p, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'b': p->bytes = true; break;
		case 'i':
			if (!parse_skip(p, arg))
				return false;
			break;
		case 'l': p->all = true; break;
		case 'n':
			if (!fsu_parse_count(arg, &p->limit))
				return !fsu_usage("-n needs a number of bytes, not '%s'",
						  fsu_name(arg));
			break;
		case 's': p->quiet = true; break;
		default: p->with = arg;
		}
	}
	/* behind the files stand numbers of bytes to skip */
	if (line->noperands < 1 || line->noperands > 4)
		return !fsu_usage("the paths of two files are needed");
	for (int i = 2; i < line->noperands; i++)
		if (!fsu_parse_count(line->operands[i], &p->skip[i - 2]))
			return !fsu_usage("invalid number of bytes to skip '%s'",
					  fsu_name(line->operands[i]));
	if (p->all && p->quiet)
		return !fsu_usage("-l and -s exclude each other");
	return true;
}

/* The greatest number that -l may have to show says how wide its column is. */
static int number_width(const struct cmp *p, const off_t size[2])
{
	uint64_t n = p->limit;
	int width = 1;

	for (int i = 0; i < 2; i++)
		if (size[i] >= 0 && (uint64_t)size[i] < n)
			n = size[i];
	for (; n >= 10; n /= 10)
		width++;
	return width;
}

static int open_both(struct cmp *p, struct fsu_line *line)
{
	struct ukfs *u[2];
	off_t size[2];

	fsu_keep_host_paths(line->operands, line->noperands, false);
	if (p->with)
		fsu_keep_image(p->with);
	u[0] = u[1] = fsu_mount(line);
	if (u[0] && p->with)
		u[1] = fsu_mount_second(line, p->with);
	if (!u[0] || !u[1])
		return FSU_USAGE;
	for (int i = 0; i < 2; i++) {
		const char *path = i < line->noperands ? line->operands[i] : "-";

		p->name[i] = path = fsu_host_path(path, &u[i]);
		p->f[i] = fsu_fopen(u[i], path);
		if (!p->f[i])
			return trouble(errno, path);
		size[i] = -1;
		if (p->f[i] != stdin && fseeko(p->f[i], 0, SEEK_END) == 0) {
			size[i] = ftello(p->f[i]);
			size[i] = p->skip[i] < (uint64_t)size[i] ? size[i] - (off_t)p->skip[i] : 0;
			rewind(p->f[i]);
		}
	}
	p->width = number_width(p, size);
	/* what has another length differs: no need to read it where only that is asked */
	if (p->quiet && size[0] >= 0 && size[1] >= 0 && size[0] != size[1] &&
	    p->limit == UINT64_MAX)
		return FSU_FAILED;
	return skip(p);
}

int fsu_cmp_run(struct fsu_line *line)
{
	struct cmp p = { .limit = UINT64_MAX };
	int code;

	if (!parse(&p, line))
		return FSU_USAGE;
	code = open_both(&p, line);
	fsu_fclose(p.f[0]);
	fsu_fclose(p.f[1]);
	return code;
}
