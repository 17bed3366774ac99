// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -printf's directives and -ls's lines.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "../input.h"
#include "../ls/ls.h"
#include "find.h"

#define FLAGS "-+ #0123456789."	/* between % and the directive's letter */

/* A time as %t shows it ("Sun Nov 22 04:00:00.1234567890 2026") or as %T and a letter. */
static char *time_text(struct timespec t, char letter)
{
	char format[32], buf[256];
	struct tm tm;

	if (!localtime_r(&t.tv_sec, &tm)) {
		snprintf(buf, sizeof(buf), "%lld.%09ld0", (long long)t.tv_sec, t.tv_nsec);
		return fsu_strdup(buf);
	}
	switch (letter) {
	case 0: strcpy(format, "%a %b %e %T.%N0 %Y"); break;
	case '@': snprintf(buf, sizeof(buf), "%lld.%09ld0", (long long)t.tv_sec, t.tv_nsec); break;
	case '+': strcpy(format, "%F+%T.%N0"); break;
	case 'S': strcpy(format, "%S.%N0"); break;
	case 'T': strcpy(format, "%T.%N0"); break;
	case 'X': strcpy(format, "%T.%N0"); break;
	default: sprintf(format, "%%%c", letter);
	}
	if (letter != '@' && !fsu_strftime(buf, sizeof(buf), format, &tm, t.tv_nsec))
		buf[0] = '\0';
	return fsu_strdup(buf);
}

static char *number_text(const char *format, uint64_t n)
{
	char buf[32];

	/* cppcheck-suppress wrongPrintfScanfArgNum ; the format is the caller's */
	snprintf(buf, sizeof(buf), format, n);
	return fsu_strdup(buf);
}

static char *owner_text(const char *name, unsigned int id)
{
	return name ? fsu_strdup(name) : number_text("%" PRIu64, id);
}

static char *directory_text(const char *path)
{
	char *plain = fsu_strip(path), *slash = strrchr(plain, '/');

	if (!slash)
		strcpy(plain, ".");
	else
		*slash = '\0';
	return plain;
}

/* The last component, with the slashes behind it. */
static const char *name_of(const char *path)
{
	char *plain = fsu_strip(path);
	size_t at = fsu_basename(plain) - plain;

	free(plain);
	return path + at;
}

/* The path below the start. */
static const char *below(const struct find *f, const char *path)
{
	size_t len = strlen(f->start);

	path += strlen(path) < len ? strlen(path) : len;
	return *path == '/' ? path + 1 : path;
}

static char type_letter(mode_t mode)
{
	char text[11];

	fsu_mode_string(text, mode);
	return *text == '-' ? 'f' : *text;
}

static char *type_text(const struct find *f, const struct fsu_entry *e, bool follow)
{
	struct stat st = { .st_mode = e->type };
	char text[2] = "";

	if (follow && S_ISLNK(e->type)) {
		int err = fsu_tree_stat(f->u, e->path, true, &st);

		/* N: leads nowhere, L: in a circle */
		text[0] = err == ELOOP ? 'L' : err == ENOENT ||
			err == ENOTDIR ? 'N' : err ? '?' : 0;
		if (text[0] == '?')
			fsu_perror(err, e->path);
	}
	if (!text[0])
		text[0] = type_letter(st.st_mode);
	return fsu_strdup(text);
}

static double sparseness(const struct stat *st)
{
	return st->st_size ? 512.0 * st->st_blocks / st->st_size : st->st_blocks ? 1e9 : 1.0;
}

/* The text of a directive; `*s' stands behind its letter and may move on. */
static char *directive(const struct find *f, const struct fsu_entry *e, char letter, const char **s)
{
	const struct stat *st = &e->st;
	char mode[11], *target, buf[32];

	switch (letter) {
	case 'p': return fsu_strdup(e->path);
	case 'f': return fsu_strdup(name_of(e->path));
	case 'h': return directory_text(e->path);
	case 'H': return fsu_strdup(f->start);
	case 'P': return fsu_strdup(below(f, e->path));
	case 'F': return fsu_strdup(ukfs_fstype(f->u));
	case 's': return number_text("%" PRIu64, st->st_size);
	case 'b': return number_text("%" PRIu64, st->st_blocks);
	case 'k': return number_text("%" PRIu64, (st->st_blocks + 1) / 2);
	case 'm': return number_text("%" PRIo64, st->st_mode & 07777);
	case 'M': return fsu_strdup(fsu_mode_string(mode, st->st_mode));
	case 'u': return owner_text(fsu_user(st->st_uid), st->st_uid);
	case 'g': return owner_text(fsu_group(st->st_gid), st->st_gid);
	case 'U': return number_text("%" PRIu64, st->st_uid);
	case 'G': return number_text("%" PRIu64, st->st_gid);
	case 'i': return number_text("%" PRIu64, st->st_ino);
	case 'n': return number_text("%" PRIu64, st->st_nlink);
	case 'd': return number_text("%" PRIu64, e->depth);
	case 'D': return number_text("%" PRIu64, st->st_dev);
	case 'y': return type_text(f, e, false);
	case 'Y': return type_text(f, e, true);
	case 'S':
		snprintf(buf, sizeof(buf), "%g", sparseness(st));
		return fsu_strdup(buf);
	case 'l':
		target = S_ISLNK(e->type) ? fsu_tree_readlink(f->u, e->path) : NULL;
		return target ? target : fsu_strdup("");
	case 'a': return time_text(st->st_atim, 0);
	case 'c': return time_text(st->st_ctim, 0);
	case 't': return time_text(st->st_mtim, 0);
	case 'A': return time_text(st->st_atim, **s ? *(*s)++ : 0);
	case 'C': return time_text(st->st_ctim, **s ? *(*s)++ : 0);
	case 'T': return time_text(st->st_mtim, **s ? *(*s)++ : 0);
	default: return NULL;
	}
}

/* printf's flags, width and precision; mode and depth are numbers, all else is text, sizes too. */
static const char *put_directive(FILE *out, const struct find *f, const struct fsu_entry *e,
				 const char *s)
{
	size_t len = strspn(s, FLAGS);
	char spec[64], *text;
	const char *next = s + len + 1;

	if (!s[len]) {
		putc('%', out);
		return s;
	}
	if (s[len] == '%' && !len) {
		putc('%', out);
		return next;
	}
	text = directive(f, e, s[len], &next);
	if (!text || len > 40) {
		fprintf(out, "%%%.*s", (int)len + 1, s);
	} else if (*s == '0' && strchr("md", s[len])) {
		for (int pad = atoi(s) - (int)strlen(text); pad > 0; pad--)
			putc('0', out);
		fputs(text, out);
	} else {
		snprintf(spec, sizeof(spec), "%%%.*ss", (int)len, s);
		/* # is for octal numbers: a leading 0 */
		if (*s == '#') {
			snprintf(spec, sizeof(spec), "%%%.*ss", (int)len - 1, s + 1);
			fputs(strcmp(text, "0") ? "0" : "", out);
		}
		fprintf(out, spec, fsu_shown_on(out, text));
	}
	free(text);
	return next;
}

static const char *put_escape(FILE *out, const char *s)
{
	static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
	const char *p = *s ? strchr(from, *s) : NULL;
	int value = 0;

	if (p) {
		putc(to[p - from], out);
		return s + 1;
	}
	if (*s == 'c')
		return "";
	if (*s >= '0' && *s <= '7') {
		for (int i = 0; i < 3 && *s >= '0' && *s <= '7'; i++)
			value = value * 8 + *s++ - '0';
		putc(value, out);
		return s;
	}
	putc('\\', out);
	return s;
}

bool find_set_printf(struct find *f, struct node *n)
{
	(void)f;
	for (const char *s = n->arg; (s = strchr(s, '%')); s += *s != '\0') {
		s += 1 + strspn(s + 1, FLAGS);
		if (*s && strchr("aAbcCDgGikmMnsStTuU", *s))
			n->flags |= FIND_STAT;
	}
	return true;
}

bool find_printf(struct find *f, struct node *n, const struct fsu_entry *e)
{
	for (const char *s = n->arg; *s; ) {
		char c = *s++;

		if (c == '%')
			s = put_directive(n->out, f, e, s);
		else if (c == '\\')
			s = put_escape(n->out, s);
		else
			putc(c, n->out);
	}
	return true;
}

/* ---- -ls --------------------------------------------------------------------------------- */

/* Columns grow with what was shown, and stay so. */
static void put_column(FILE *out, int *width, const char *text, bool left)
{
	int len = strlen(text);

	if (len > *width)
		*width = len;
	fprintf(out, left ? "%-*s " : "%*s ", *width, text);
}

/* find counts the space behind a number, too, but not for groups. */
static void put_owner(FILE *out, int *width, const char *name, unsigned int id)
{
	int len;

	if (name) {
		put_column(out, width, name, true);
		return;
	}
	len = fprintf(out, "%-8u ", id);
	if (len > *width)
		*width = len;
}

static void put_device(FILE *out, int widths[2], dev_t dev)
{
	unsigned int numbers[2] = { major(dev), minor(dev) };

	for (int i = 0; i < 2; i++) {
		int len = snprintf(NULL, 0, "%u", numbers[i]);

		if (len > widths[i])
			widths[i] = len;
	}
	fprintf(out, "%*u, %*u ", widths[0], numbers[0], widths[1], numbers[1]);
}

/* find's own way to quote, whatever the locale. */
static void put_name(FILE *out, const char *name)
{
	static const char from[] = "\n\b\r\t\f \"\\", to[] = "nbrtf \"\\";

	for (; *name; name++) {
		const char *p = strchr(from, *name);
		unsigned char c = *name;

		if (p)
			fprintf(out, "\\%c", to[p - from]);
		else if (c > ' ' && c < 0177)
			putc(c, out);
		else
			fprintf(out, "\\%03o", c);
	}
}

static void put_ls_time(FILE *out, const struct find *f, struct timespec t)
{
	time_t half_year = 31556952 / 2;
	bool recent = t.tv_sec >= f->now.tv_sec - half_year && t.tv_sec <= f->now.tv_sec;
	char buf[64];
	struct tm tm;

	if (!localtime_r(&t.tv_sec, &tm))
		snprintf(buf, sizeof(buf), "%lld", (long long)t.tv_sec);
	else
		strftime(buf, sizeof(buf), recent ? "%b %e %H:%M" : "%b %e  %Y", &tm);
	fprintf(out, "%s ", buf);
}

bool find_ls(struct find *f, struct node *n, const struct fsu_entry *e)
{
	static int widths[] = { 9, 6, 3, 8, 8, 8, 3, 3 };
	const struct stat *st = &e->st;
	char *texts[] = {
		number_text("%" PRIu64, st->st_ino),
		number_text("%" PRIu64, (st->st_blocks + 1) / 2),
		number_text("%" PRIu64, st->st_nlink), number_text("%" PRIu64, st->st_size),
		fsu_tree_readlink(f->u, e->path), owner_text(fsu_group(st->st_gid), st->st_gid),
	};
	FILE *out = n->out;
	char mode[11];

	put_column(out, &widths[0], texts[0], false);
	put_column(out, &widths[1], texts[1], false);
	fprintf(out, "%s ", fsu_mode_string(mode, st->st_mode));
	put_column(out, &widths[2], texts[2], false);
	put_owner(out, &widths[3], fsu_user(st->st_uid), st->st_uid);
	put_column(out, &widths[4], texts[5], true);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		put_device(out, &widths[6], st->st_rdev);
	else
		put_column(out, &widths[5], texts[3], false);
	put_ls_time(out, f, st->st_mtim);
	put_name(out, e->path);
	if (S_ISLNK(st->st_mode) && texts[4]) {
		fputs(" -> ", out);
		put_name(out, texts[4]);
	}
	putc('\n', out);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]);
	return true;
}
