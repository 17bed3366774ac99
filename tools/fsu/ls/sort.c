// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of a listing.  Every order falls back to the name, so it is total and reproducible.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ls.h"

typedef int (*compare_fn)(const struct ls_file *a, const struct ls_file *b);

static const struct ls_options *opt;	/* for the comparison functions */
static compare_fn compare;

struct timespec ls_file_time(const struct ls_options *o, const struct ls_file *f)
{
	switch (o->time) {
	case LS_ATIME: return f->st.st_atim;
	case LS_CTIME: return f->st.st_ctim;
	case LS_BTIME: return f->btime;
	default: return f->st.st_mtim;
	}
}

static int by_name(const struct ls_file *a, const struct ls_file *b)
{
	int diff = strcoll(a->name, b->name);

	return diff ? diff : strcmp(a->name, b->name);
}

static int by_time(const struct ls_file *a, const struct ls_file *b)
{
	struct timespec x = ls_file_time(opt, a), y = ls_file_time(opt, b);

	if (x.tv_sec != y.tv_sec)
		return x.tv_sec < y.tv_sec ? 1 : -1;
	if (x.tv_nsec != y.tv_nsec)
		return x.tv_nsec < y.tv_nsec ? 1 : -1;
	return by_name(a, b);
}

static int by_size(const struct ls_file *a, const struct ls_file *b)
{
	if (a->st.st_size != b->st.st_size)
		return a->st.st_size < b->st.st_size ? 1 : -1;
	return by_name(a, b);
}

static int by_extension(const struct ls_file *a, const struct ls_file *b)
{
	const char *x = strrchr(a->name, '.'), *y = strrchr(b->name, '.');
	int diff = strcoll(x ? x : "", y ? y : "");

	return diff ? diff : by_name(a, b);
}

static int by_width(const struct ls_file *a, const struct ls_file *b)
{
	return a->width != b->width ? a->width - b->width : by_name(a, b);
}

/* ---- versions ---------------------------------------------------------------------------- */

/* The length without a suffix like ".tar.gz": dots followed by a letter or '~', then letters,
 * digits and '~'. */
static size_t stem(const char *s, size_t len)
{
	size_t end = len;

	for (size_t i = len; i > 1; ) {
		size_t start = i;

		while (start > 0 && (isalnum((unsigned char)s[start - 1]) || s[start - 1] == '~'))
			start--;
		if (start == i || start < 2 || s[start - 1] != '.' ||
		    isdigit((unsigned char)s[start]))
			break;
		end = start - 1;
		i = end;
	}
	return end;
}

/* Debian's order of non-digits: '~' before the end, the end before letters, those before others. */
static int version_order(const char *s, size_t pos, size_t len)
{
	unsigned char c = pos < len ? s[pos] : 0;

	if (pos >= len)
		return -1;
	if (isdigit(c))
		return 0;
	if (isalpha(c))
		return c;
	return c == '~' ? -2 : c + 256;
}

static int version_compare(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t i = 0, j = 0;

	while (i < alen || j < blen) {
		int first = 0;

		while ((i < alen && !isdigit((unsigned char)a[i])) ||
		       (j < blen && !isdigit((unsigned char)b[j]))) {
			int x = version_order(a, i, alen), y = version_order(b, j, blen);

			if (x != y)
				return x - y;
			i++;
			j++;
		}
		while (i < alen && a[i] == '0')
			i++;
		while (j < blen && b[j] == '0')
			j++;
		for (; i < alen && j < blen && isdigit((unsigned char)a[i]) &&
		       isdigit((unsigned char)b[j]); i++, j++)
			if (!first)
				first = a[i] - b[j];
		if (i < alen && isdigit((unsigned char)a[i]))
			return 1;
		if (j < blen && isdigit((unsigned char)b[j]))
			return -1;
		if (first)
			return first;
	}
	return 0;
}

/* ".", "..", then hidden names, then the others */
static int version_rank(const char *s)
{
	if (s[0] != '.')
		return 3;
	if (!s[1])
		return 0;
	return s[1] == '.' && !s[2] ? 1 : 2;
}

static int by_version(const struct ls_file *a, const struct ls_file *b)
{
	int x = version_rank(a->name), y = version_rank(b->name), diff;
	const char *s = a->name + (x == 2), *t = b->name + (y == 2);
	size_t slen = strlen(s), tlen = strlen(t), sstem = stem(s, slen), tstem = stem(t, tlen);

	if (x != y || x < 2)
		return x - y;
	diff = version_compare(s, sstem, t, tstem);
	if (!diff)
		diff = version_compare(s, slen, t, tlen);
	return diff ? diff : strcmp(a->name, b->name);
}

/* ---- sorting ----------------------------------------------------------------------------- */

static bool is_dir(const struct ls_file *f)
{
	return f->stat_ok ? S_ISDIR(S_ISLNK(f->st.st_mode) && f->target_ok ? f->target_mode :
				    f->st.st_mode) : f->type == DT_DIR;
}

static int compare_files(const void *a, const void *b)
{
	const struct ls_file *x = *(struct ls_file *const *)a, *y = *(struct ls_file *const *)b;
	int diff;

	if (opt->dirs_first && is_dir(x) != is_dir(y))
		return is_dir(x) ? -1 : 1;
	diff = compare(x, y);
	return opt->reverse ? -diff : diff;
}

void ls_sort(struct ls *ls)
{
	static const compare_fn functions[] = {
		[LS_SORT_NAME] = by_name, [LS_SORT_TIME] = by_time, [LS_SORT_SIZE] = by_size,
		[LS_SORT_EXTENSION] = by_extension, [LS_SORT_VERSION] = by_version,
		[LS_SORT_WIDTH] = by_width,
	};

	ls->sorted = fsu_realloc(ls->sorted, ls->count * sizeof(*ls->sorted));
	for (size_t i = 0; i < ls->count; i++) {
		ls->sorted[i] = &ls->files[i];
		if ((ls->o.format != LS_ONE && ls->o.format != LS_LONG) ||
		    ls->o.sort == LS_SORT_WIDTH)
			ls->files[i].width = ls_name_width(ls, &ls->files[i]);
	}
	ls->shown = ls->count;
	if (ls->o.sort == LS_SORT_NONE)
		return;
	opt = &ls->o;
	compare = functions[ls->o.sort];
	qsort(ls->sorted, ls->count, sizeof(*ls->sorted), compare_files);
}
