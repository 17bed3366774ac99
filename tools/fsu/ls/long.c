// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The long listing.  A first pass measures each field over all files, a second prints.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "ls.h"

enum { NLINK, OWNER, GROUP, AUTHOR, SIZE, MAJOR, MINOR, NFIELDS };

static void widen(int *width, int n)
{
	if (n > *width)
		*width = n;
}

static int number_width(uint64_t n)
{
	int width = 1;

	while (n >= 10) {
		n /= 10;
		width++;
	}
	return width;
}

static const char *size_text(struct ls *ls, const struct ls_file *f, char buf[FSU_HUMAN_MAX + 16])
{
	char plain[FSU_HUMAN_MAX], *out = buf;
	size_t len;

	fsu_size(plain, f->st.st_size, ls->o.file_block, ls->o.file_human);
	strcat(plain, ls->o.suffix);
	if (!ls->o.commas_in_sizes || ls->o.file_human)
		return strcpy(buf, plain);
	len = strlen(plain);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*out++ = ',';
		*out++ = plain[i];
	}
	*out = '\0';
	return buf;
}

static bool is_device(const struct ls_file *f)
{
	return S_ISCHR(f->st.st_mode) || S_ISBLK(f->st.st_mode);
}

static int id_width(const char *name, unsigned int id)
{
	return name ? (int)strlen(name) : number_width(id);
}

static const char *owner_name(const struct ls *ls, unsigned int id, bool group)
{
	if (ls->o.numeric)
		return NULL;
	return group ? fsu_group(id) : fsu_user(id);
}

static void measure(struct ls *ls, const struct ls_file *f, int *w)
{
	char buf[FSU_HUMAN_MAX + 16];

	if (!f->stat_ok) {
		for (int i = 0; i <= SIZE; i++)
			widen(&w[i], 1);
		return;
	}
	widen(&w[NLINK], number_width(f->st.st_nlink));
	widen(&w[OWNER], id_width(owner_name(ls, f->st.st_uid, false), f->st.st_uid));
	widen(&w[GROUP], id_width(owner_name(ls, f->st.st_gid, true), f->st.st_gid));
	w[AUTHOR] = w[OWNER];
	if (is_device(f)) {
		widen(&w[MAJOR], number_width(major(f->st.st_rdev)));
		widen(&w[MINOR], number_width(minor(f->st.st_rdev)));
		widen(&w[SIZE], w[MAJOR] + 2 + w[MINOR]);
	} else {
		widen(&w[SIZE], strlen(size_text(ls, f, buf)));
	}
}

static void print_id(const struct ls *ls, const struct ls_file *f, unsigned int id, bool group,
		    int width)
{
	const char *name = f->stat_ok ? owner_name(ls, id, group) : "?";

	if (name)
		printf("%-*s ", width, name);
	else
		printf("%*u ", width, id);
}

static int print_size(struct ls *ls, const struct ls_file *f, const int *w)
{
	char buf[FSU_HUMAN_MAX + 16];

	if (f->stat_ok && is_device(f))
		return printf("%*u, %*u ", w[SIZE] - w[MINOR] - 2, major(f->st.st_rdev), w[MINOR],
			      minor(f->st.st_rdev));
	return printf("%*s ", w[SIZE], f->stat_ok ? size_text(ls, f, buf) : "?");
}

static bool is_recent(const struct ls *ls, struct timespec t)
{
	struct timespec now = ls->now;
	time_t half_year = now.tv_sec - 31556952 / 2;

	return (t.tv_sec > half_year || (t.tv_sec == half_year && t.tv_nsec > now.tv_nsec)) &&
	       (t.tv_sec < now.tv_sec || (t.tv_sec == now.tv_sec && t.tv_nsec < now.tv_nsec));
}

static int time_width(struct ls *ls)
{
	struct tm tm = { .tm_mday = 1, .tm_year = 70 };
	char buf[256];

	return fsu_strftime(buf, sizeof(buf), ls->o.time_format[0], &tm, 0);
}

static int print_time(struct ls *ls, const struct ls_file *f)
{
	struct timespec t = ls_file_time(&ls->o, f);
	static struct { time_t minute; struct tm tm; bool set; } cache;
	char buf[1100];

	if (!f->stat_ok || (ls->o.time == LS_BTIME && t.tv_nsec < 0))
		return printf("%*s ", time_width(ls), "?");
	/* the broken-down time changes with the minute: time zones' offsets are whole minutes now,
	 * and the seconds are set here */
	if (!cache.set || cache.minute != t.tv_sec / 60 || t.tv_sec < 0) {
		if (!localtime_r(&t.tv_sec, &cache.tm))
			return printf("%*lld ", time_width(ls), (long long)t.tv_sec);
		cache.minute = t.tv_sec / 60;
		cache.set = cache.tm.tm_sec == (int)(t.tv_sec % 60);
	} else {
		cache.tm.tm_sec = t.tv_sec % 60;
	}
	fsu_strftime(buf, sizeof(buf), ls->o.time_format[is_recent(ls, t)], &cache.tm, t.tv_nsec);
	return printf("%s ", buf);
}

static int print_mode(struct ls *ls, const struct ls_file *f)
{
	char mode[11];

	fsu_mode_string(mode, f->stat_ok ? f->st.st_mode : 0);
	if (!f->stat_ok) {
		memset(mode + 1, '?', 9);
		mode[0] = f->type == DT_LNK ? 'l' : f->type == DT_DIR ? 'd' :
			  f->type == DT_REG ? '-' : f->type == DT_CHR ? 'c' :
			  f->type == DT_BLK ? 'b' : f->type == DT_FIFO ? 'p' :
			  f->type == DT_SOCK ? 's' : '?';
	} else if (ls->o.whiteouts && S_ISCHR(f->st.st_mode) && !f->st.st_rdev) {
		mode[0] = 'w';
	}
	fputs(mode, stdout);
	if (!ls->some_acl)
		return 10;
	putchar(!f->stat_ok ? '?' : f->has_acl ? '+' : f->has_context ? '.' : ' ');
	return 11;
}

static void print_target(struct ls *ls, const struct ls_file *f, int column)
{
	char mark;

	fputs(" -> ", stdout);
	ls_print_text(ls, f, true, column + 4);
	mark = f->target_ok && ls->o.indicator >= LS_INDICATOR_TYPE ?
	       ls_indicator(&ls->o, f->target_mode, DT_UNKNOWN, true) : 0;
	if (mark)
		putchar(mark);
}

static void print_one(struct ls *ls, const struct ls_file *f, const int *w, const int *front)
{
	int column = ls_print_front(ls, f, front);
	char mark;

	column += print_mode(ls, f);
	if (f->stat_ok)
		column += printf(" %*ju ", w[NLINK], (uintmax_t)f->st.st_nlink);
	else
		column += printf(" %*s ", w[NLINK], "?");
	/* coreutils counts the column, which matters for colours alone, from behind the owner on */
	if (ls->o.owner || ls->o.group || ls->o.author || ls->o.context)
		column = 0;
	if (ls->o.owner)
		print_id(ls, f, f->st.st_uid, false, w[OWNER]);
	if (ls->o.group)
		print_id(ls, f, f->st.st_gid, true, w[GROUP]);
	if (ls->o.author)
		print_id(ls, f, f->st.st_uid, false, w[AUTHOR]);
	if (ls->o.context)
		printf("%-*s ", front[2], f->context ? f->context : "?");
	column += print_size(ls, f, w);
	column += print_time(ls, f);
	column += ls_print_text(ls, f, false, column);
	if (f->target) {
		print_target(ls, f, column);
	} else if (f->type != DT_LNK) {
		mark = ls_indicator(&ls->o, f->st.st_mode, f->type, f->stat_ok);
		if (mark)
			putchar(mark);
	}
	putchar(ls->o.eol);
}

void ls_print_long(struct ls *ls)
{
	int widths[NFIELDS] = { 0 }, front[3];

	ls_front_widths(ls, front);
	/* operands that are directories count for the widths, too */
	for (size_t i = 0; i < ls->count; i++)
		measure(ls, &ls->files[i], widths);
	for (size_t i = 0; i < ls->shown; i++)
		print_one(ls, ls->sorted[i], widths, front);
}

void ls_print_total(struct ls *ls)
{
	char buf[FSU_HUMAN_MAX];
	uint64_t blocks = 0;

	for (size_t i = 0; i < ls->shown; i++)
		if (ls->sorted[i]->stat_ok)
			blocks += ls->sorted[i]->st.st_blocks;
	printf("total %s%s%c", fsu_size(buf, blocks * 512, ls->o.block, ls->o.human), ls->o.suffix,
	       ls->o.eol);
}
