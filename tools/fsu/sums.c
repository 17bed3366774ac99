// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_md5sum, fsu_sha1sum, fsu_sha224sum, fsu_sha256sum, fsu_sha384sum and fsu_sha512sum: print
 * checksums of files, and check those of a list.  The sums are nettle's.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>

#include "input.h"

enum { KEY_TAG = 256, KEY_IGNORE, KEY_QUIET, KEY_STATUS, KEY_STRICT };

#define SUM_OPTIONS { \
	{ 'b', "binary", FSU_NOARG, NULL, "a * before the name" }, \
	{ 'c', "check", FSU_NOARG, NULL, "the operands are lists of sums: check them" }, \
	{ KEY_IGNORE, "ignore-missing", FSU_NOARG, NULL, \
	  "with -c: no error for files that are not there" }, \
	{ KEY_QUIET, "quiet", FSU_NOARG, NULL, "with -c: no line for what is right" }, \
	{ KEY_STATUS, "status", FSU_NOARG, NULL, \
	  "with -c: print nothing, the exit status tells" }, \
	{ KEY_STRICT, "strict", FSU_NOARG, NULL, "with -c: a line that is no sum is an error" }, \
	{ KEY_TAG, "tag", FSU_NOARG, NULL, "print the name of the algorithm, too" }, \
	{ 't', "text", FSU_NOARG, NULL, "two spaces before the name, the default" }, \
	{ 'w', "warn", FSU_NOARG, NULL, "with -c: tell of lines that are no sums" }, \
	{ 'z', "zero", FSU_NOARG, NULL, "lines end in NUL, names as they are" }, \
	FSU_OPTIONS_END }

struct sum {
	const struct nettle_hash *hash;
	const char *tag;
	struct ukfs *u;
	bool binary, check, missing_ok, quiet, status, strict, tagged, warn, zero;
	char eol;
	int code;
};

/* What checking a list met. */
struct tally {
	unsigned long good, wrong, unread, malformed, lines;
};

/* ---- one file ---------------------------------------------------------------------------- */

static int digest_file(const struct sum *s, const char *path, char hex[2 * SHA512_DIGEST_SIZE + 1])
{
	uint8_t digest[SHA512_DIGEST_SIZE];
	void *ctx = fsu_malloc(s->hash->context_size);
	char *buf = fsu_malloc(128 << 10);
	FILE *f = fsu_fopen(s->u, path);
	int err = f ? 0 : errno;
	size_t n;

	s->hash->init(ctx);
	errno = 0;
	while (f && (n = fread(buf, 1, 128 << 10, f)) > 0)
		s->hash->update(ctx, n, (uint8_t *)buf);
	if (f && ferror(f))
		err = errno;
	fsu_fclose(f);
	s->hash->digest(ctx, s->hash->digest_size, digest);
	for (unsigned int i = 0; i < s->hash->digest_size; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	free(buf);
	free(ctx);
	return err;
}

/* A name whose line would not be one line: \n, \r and \\ in it, and a \ in front of the line. */
static void put_name(const char *name, bool escape)
{
	char *text = fsu_malloc(strlen(name) * 2 + 1), *out = text;

	for (; *name; name++) {
		const char *p = escape ? strchr("\n\r\\", *name) : NULL;

		if (p)
			*out++ = '\\';
		*out++ = !p ? *name : *p == '\n' ? 'n' : *p == '\r' ? 'r' : '\\';
	}
	*out = '\0';
	fputs(fsu_shown(text), stdout);
	free(text);
}

static void print_sum(struct sum *s, const char *path)
{
	char hex[2 * SHA512_DIGEST_SIZE + 1];
	bool escape = !s->zero && strpbrk(path, "\n\r\\");
	int err = digest_file(s, path, hex);

	if (err) {
		fflush(stdout);
		fsu_perror(err, path);
		s->code = FSU_FAILED;
		return;
	}
	if (escape)
		putchar('\\');
	if (s->tagged)
		printf("%s (", s->tag);
	else
		printf("%s %c", hex, s->binary ? '*' : ' ');
	put_name(path, escape);
	if (s->tagged)
		printf(") = %s", hex);
	putchar(s->eol);
}

/* ---- lists ------------------------------------------------------------------------------- */

static bool is_digest(const struct sum *s, const char *text)
{
	size_t len = 2 * s->hash->digest_size;

	return strspn(text, "0123456789abcdefABCDEF") >= len && !isalnum((unsigned char)text[len]);
}

static bool unescape(char *name)
{
	char *out = name;

	for (; *name; name++) {
		char c = *name;

		if (c == '\\') {
			c = *++name;
			if (c != 'n' && c != 'r' && c != '\\')
				return false;
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		*out++ = c;
	}
	*out = '\0';
	return true;
}

/* Take a line apart, in place: "HEX  NAME", "HEX *NAME" or "ALGORITHM (NAME) = HEX". */
static bool parse_line(const struct sum *s, char *line, char **hex, char **name)
{
	size_t len = 2 * s->hash->digest_size, tag = strlen(s->tag);
	bool escaped = *line == '\\';
	char *end;

	line += escaped;
	if (strncmp(line, s->tag, tag) == 0 && strncmp(line + tag, " (", 2) == 0) {
		*name = line + tag + 2;
		end = *name + strlen(*name);
		while (end > *name && strncmp(end, ") = ", 4))
			end--;
		*hex = end + 4;
		if (end == *name || !is_digest(s, *hex) || (*hex)[len])
			return false;
		*end = '\0';
	} else {
		line += strspn(line, " \t");
		*hex = line;
		if (!is_digest(s, line) || line[len] != ' ' || !line[len + 1])
			return false;
		line[len] = '\0';
		*name = line + len + 1;
		*name += **name == ' ' || **name == '*';
	}
	return **name && (!escaped || unescape(*name));
}

static void verdict(const struct sum *s, const char *name, const char *what)
{
	bool escape = strpbrk(name, "\n\r");

	if (s->status)
		return;
	if (escape)
		putchar('\\');
	put_name(name, escape);
	printf(": %s\n", what);
}

static void check_file(struct sum *s, struct tally *t, const char *hex, const char *name)
{
	char have[2 * SHA512_DIGEST_SIZE + 1];
	int err = digest_file(s, name, have);

	if (err == ENOENT && s->missing_ok)
		return;
	if (err) {
		fflush(stdout);
		fsu_perror(err, name);
		verdict(s, name, "FAILED open or read");
		t->unread++;
	} else if (strcasecmp(hex, have)) {
		verdict(s, name, "FAILED");
		t->wrong++;
	} else {
		if (!s->quiet)
			verdict(s, name, "OK");
		t->good++;
	}
}

static void warn_count(unsigned long n, const char *one, const char *many)
{
	if (n)
		fsu_message("WARNING: %lu %s", n, n == 1 ? one : many);
}

static void judge(struct sum *s, const struct tally *t, const char *list)
{
	const char *name = fsu_name(fsu_input_name(list));
	bool none_checked = s->missing_ok && !t->good && !t->wrong && !t->unread;

	fflush(stdout);
	if (t->lines == t->malformed) {
		fsu_message("%s: no properly formatted checksum lines found", name);
		s->code = FSU_FAILED;
		return;
	}
	if (!s->status) {
		warn_count(t->malformed, "line is improperly formatted",
			   "lines are improperly formatted");
		warn_count(t->unread, "listed file could not be read",
			   "listed files could not be read");
		warn_count(t->wrong, "computed checksum did NOT match",
			   "computed checksums did NOT match");
		if (none_checked)
			fsu_message("%s: no file was verified", name);
	}
	if (t->wrong || t->unread || none_checked || (s->strict && t->malformed))
		s->code = FSU_FAILED;
}

static void check_list(struct sum *s, const char *operand)
{
	struct ukfs *u = s->u;
	const char *list = fsu_host_path(operand, &u);
	FILE *f = fsu_fopen(u, list);
	char *line = NULL, *hex, *name;
	struct tally t = { 0 };
	unsigned long number = 0;
	size_t size = 0;
	ssize_t n;

	if (!f) {
		fsu_perror(errno, list);
		s->code = FSU_FAILED;
		return;
	}
	while ((n = getline(&line, &size, f)) > 0) {
		number++;
		if (*line == '#')
			continue;
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = '\0';
		t.lines++;
		if (parse_line(s, line, &hex, &name)) {
			check_file(s, &t, hex, name);
			continue;
		}
		t.malformed++;
		if (s->warn)
			fsu_message("%s: %lu: improperly formatted %s checksum line",
				    fsu_name(list), number, s->tag);
	}
	free(line);
	fsu_fclose(f);
	judge(s, &t, list);
}

/* ---- the commands ------------------------------------------------------------------------ */

static void parse(struct sum *s, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'b': s->binary = true; break;
		case 'c': s->check = true; break;
		case 't': s->binary = false; break;
		case 'w': s->warn = true; s->status = s->quiet = false; break;
		case 'z': s->zero = true; s->eol = '\0'; break;
		case KEY_IGNORE: s->missing_ok = true; break;
		case KEY_QUIET: s->quiet = true; s->status = s->warn = false; break;
		case KEY_STATUS: s->status = true; s->quiet = s->warn = false; break;
		case KEY_STRICT: s->strict = true; break;
		case KEY_TAG: s->tagged = s->binary = true; break;
		}
	}
}

static void take(struct sum *s, const char *path)
{
	if (s->check)
		check_list(s, path);
	else
		print_sum(s, path);
}

static int run(struct fsu_line *line, const struct nettle_hash *hash, const char *tag)
{
	struct sum s = { .hash = hash, .tag = tag, .eol = '\n' };

	parse(&s, line);
	if (s.check && s.tagged)
		return fsu_usage("--tag is for printing sums, not for checking them");
	if (!s.check && (s.missing_ok || s.quiet || s.status || s.strict || s.warn))
		return fsu_usage("--ignore-missing, --quiet, --status, --strict and -w need -c");
	if (s.check)
		fsu_keep_host_paths(line->operands, line->noperands, false);
	s.u = fsu_mount(line);
	if (!s.u)
		return FSU_FAILED;
	if (!line->noperands)
		take(&s, "-");
	for (int i = 0; i < line->noperands; i++)
		take(&s, line->operands[i]);
	return s.code;
}

#define SUM(name, tag) \
	const struct fsu_option fsu_##name##sum_options[] = SUM_OPTIONS; \
	int fsu_##name##sum_run(struct fsu_line *line) \
	{ \
		return run(line, &nettle_##name, tag); \
	}
SUM(md5, "MD5")
SUM(sha1, "SHA1")
SUM(sha224, "SHA224")
SUM(sha256, "SHA256")
SUM(sha384, "SHA384")
SUM(sha512, "SHA512")
