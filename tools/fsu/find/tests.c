// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_find's options and tests.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "../input.h"
#include "find.h"

/* ---- options ----------------------------------------------------------------------------- */

static bool set_option(struct find *f, struct node *n)
{
	switch (n->key) {
	case 'd': f->depth = true; break;
	case 'x': f->xdev = true; break;
	case 'L': f->follow = FSU_FOLLOW_ALL; break;
	}
	return true;
}

static bool set_depth(struct find *f, struct node *n)
{
	uint64_t value;

	if (!fsu_parse_number(n->arg, &value) || value > INT32_MAX)
		return false;
	*(n->key == '<' ? &f->mindepth : &f->maxdepth) = value;
	return true;
}

static bool set_daystart(struct find *f, struct node *n)
{
	struct tm tm;

	(void)n;
	localtime_r(&f->now.tv_sec, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday++;
	tm.tm_isdst = -1;
	f->now.tv_sec = mktime(&tm);
	f->now.tv_nsec = 0;
	return true;
}

static bool set_syntax(struct find *f, struct node *n)
{
	static const struct { const char *name; reg_syntax_t syntax; } syntaxes[] = {
		{ "findutils-default", RE_SYNTAX_EMACS }, { "emacs", RE_SYNTAX_EMACS },
		{ "ed", RE_SYNTAX_ED }, { "sed", RE_SYNTAX_SED }, { "grep", RE_SYNTAX_GREP },
		{ "egrep", RE_SYNTAX_EGREP }, { "awk", RE_SYNTAX_AWK },
		{ "gnu-awk", RE_SYNTAX_GNU_AWK },
		{ "posix-awk", RE_SYNTAX_POSIX_AWK }, { "posix-egrep", RE_SYNTAX_POSIX_EGREP },
		{ "posix-basic", RE_SYNTAX_POSIX_BASIC },
		{ "posix-extended", RE_SYNTAX_POSIX_EXTENDED },
		{ "posix-minimal-basic", RE_SYNTAX_POSIX_MINIMAL_BASIC },
	};

	for (size_t i = 0; i < sizeof(syntaxes) / sizeof(syntaxes[0]); i++)
		if (strcmp(n->arg, syntaxes[i].name) == 0) {
			f->syntax = syntaxes[i].syntax;
			return true;
		}
	return false;
}

/* ---- numbers ----------------------------------------------------------------------------- */

static const char *take_sign(struct node *n)
{
	n->compare = *n->arg == '+' ? MORE : *n->arg == '-' ? LESS : IS;
	return n->arg + (n->compare != IS);
}

static bool parse_number(struct find *f, struct node *n)
{
	const char *s = take_sign(n);
	char *end;

	(void)f;
	n->number = strtod(s, &end);
	return isdigit((unsigned char)*s) && !*end;
}

static bool compares(const struct node *n, double value)
{
	return n->compare == IS ? value == n->number : n->compare == MORE ? value > n->number :
	       value < n->number;
}

static bool parse_size(struct find *f, struct node *n)
{
	static const struct { char c; uint64_t unit; } units[] = {
		{ 'b', 512 }, { 'c', 1 }, { 'w', 2 }, { 'k', 1 << 10 }, { 'M', 1 << 20 },
		{ 'G', 1 << 30 },
		{ 0, 512 },
	};
	const char *s = take_sign(n);
	char *end;

	(void)f;
	n->number = strtoull(s, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == units[i].c)
			n->unit = units[i].unit;
	return isdigit((unsigned char)*s) && n->unit && (!*end || !end[1]);
}

static bool test_size(struct find *f, struct node *n, const struct fsu_entry *e)
{
	uint64_t units = e->st.st_size / n->unit + (e->st.st_size % n->unit != 0);

	(void)f;
	return compares(n, units);
}

static bool test_number(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f;
	return compares(n, n->key == 'i' ? e->st.st_ino : n->key == 'l' ? e->st.st_nlink :
			   n->key == 'u' ? e->st.st_uid : e->st.st_gid);
}

/* ---- times ------------------------------------------------------------------------------- */

static struct timespec file_time(const struct stat *st, char which)
{
	return which == 'a' || which == 'A' ? st->st_atim :
	       which == 'c' || which == 'C' ? st->st_ctim :
					      st->st_mtim;
}

/* Days are whole ones: a file is one day old for a day.  A minute is the one that ends with it. */
static bool test_time(struct find *f, struct node *n, const struct fsu_entry *e)
{
	struct timespec t = file_time(&e->st, n->key);
	double age = (double)(f->now.tv_sec - t.tv_sec) + (f->now.tv_nsec - t.tv_nsec) * 1e-9;
	bool minutes = isupper((unsigned char)n->key);
	double unit = minutes ? 60 : 86400, begin = (n->number - minutes) * unit;

	if (n->compare == LESS)
		return age < n->number * unit;
	if (n->compare == MORE)
		return age > begin + unit;
	return age >= begin && age < begin + unit;
}

static bool newer(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

/* The file's path is looked up when the image is mounted: at the first use. */
static bool have_reference(struct find *f, struct node *n)
{
	bool follow = f->follow != FSU_FOLLOW_NONE;

	if (n->unit)
		return n->unit == 1;
	n->unit = fsu_tree_stat(f->u, n->arg, follow, &n->st) == 0 ||
		  (follow && fsu_tree_stat(f->u, n->arg, false, &n->st) == 0) ? 1 : 2;
	if (n->unit == 1)
		return true;
	find_fail(f, errno, n->arg);
	f->quit = true;
	return false;
}

/* struct stat has no time of birth; a format without one has no file that is newer. */
static bool time_of(struct find *f, const char *path, const struct stat *st, char which,
		    struct timespec *t)
{
	struct statx x;

	if (which != 'B') {
		*t = file_time(st, which);
		return true;
	}
	if (ukfs_statx(f->u, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &x) ||
	    !(x.stx_mask & STATX_BTIME))
		return false;
	*t = (struct timespec){ x.stx_btime.tv_sec, x.stx_btime.tv_nsec };
	return true;
}

static bool test_newer(struct find *f, struct node *n, const struct fsu_entry *e)
{
	struct timespec t;

	if (n->mode != 't' &&
	    (!have_reference(f, n) || !time_of(f, n->arg, &n->st, n->mode, &n->time)))
		return false;
	return time_of(f, e->path, &e->st, n->key, &t) && newer(t, n->time);
}

static bool set_newer(struct find *f, struct node *n)
{
	(void)f;
	n->mode = 'm';
	return true;
}

/* -newerXY: time X of the file, time Y of the other; t: its argument is a date. */
static bool set_newer_xy(struct find *f, struct node *n)
{
	n->key = n->name[6];
	n->mode = n->name[7];
	if (!strchr("aBcm", n->key) || !strchr("aBcmt", n->mode))
		return false;
	return n->mode != 't' || fsu_parse_date(n->arg, &f->now, &n->time);
}

static bool test_samefile(struct find *f, struct node *n, const struct fsu_entry *e)
{
	return have_reference(f, n) && n->st.st_ino == e->st.st_ino && n->st.st_dev == e->st.st_dev;
}

/* ---- names ------------------------------------------------------------------------------- */

static bool test_name(struct find *f, struct node *n, const struct fsu_entry *e)
{
	/* only an operand can end in slashes */
	char *base = e->depth ? NULL : find_basename(e->path);
	bool yes = fnmatch(n->arg, base ? base : e->name, n->key == 'i' ? FNM_CASEFOLD : 0) == 0;

	(void)f;
	free(base);
	return yes;
}

static bool test_path(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f;
	return fnmatch(n->arg, e->path, n->key == 'i' ? FNM_CASEFOLD : 0) == 0;
}

static bool test_lname(struct find *f, struct node *n, const struct fsu_entry *e)
{
	char *target = S_ISLNK(e->type) ? fsu_tree_readlink(f->u, e->path) : NULL;
	bool yes = target && fnmatch(n->arg, target, n->key == 'i' ? FNM_CASEFOLD : 0) == 0;

	free(target);
	return yes;
}

static bool parse_regex(struct find *f, struct node *n)
{
	re_set_syntax(f->syntax | (n->key == 'i' ? RE_ICASE : 0));
	return !re_compile_pattern(n->arg, strlen(n->arg), &n->re);
}

static bool test_regex(struct find *f, struct node *n, const struct fsu_entry *e)
{
	int len = strlen(e->path);

	(void)f;
	return re_match(&n->re, e->path, len, 0, NULL) == len;
}

/* ---- kinds ------------------------------------------------------------------------------- */

static char type_letter(mode_t mode)
{
	char text[11];

	fsu_mode_string(text, mode);
	return *text == '-' ? 'f' : *text;
}

static bool parse_type(struct find *f, struct node *n)
{
	(void)f;
	for (const char *s = n->arg; ; s += 2) {
		if (!*s || !strchr("bcdpflsD", *s) || (s[1] && s[1] != ','))
			return false;
		if (!s[1])
			return true;
	}
}

static bool test_type(struct find *f, struct node *n, const struct fsu_entry *e)
{
	struct stat st = { .st_mode = e->type };
	int err = 0;

	/* -xtype: of a link what it leads to, or with -L the link itself */
	if (n->key == 'x' && f->follow == FSU_FOLLOW_ALL)
		fsu_tree_stat(f->u, e->path, false, &st);
	else if (n->key == 'x' && S_ISLNK(st.st_mode))
		err = fsu_tree_stat(f->u, e->path, true, &st);
	if (err && err != ENOENT && err != ENOTDIR) {
		find_fail(f, err, e->path);
		return false;
	}
	return strchr(n->arg, type_letter(err ? e->type : st.st_mode));
}

static bool parse_perm(struct find *f, struct node *n)
{
	const char *s = n->arg;

	(void)f;
	n->key = *s == '-' || *s == '/' ? *s : '=';
	return fsu_change_mode(s + (n->key != '='), 0, 0, &n->mode);
}

static bool test_perm(struct find *f, struct node *n, const struct fsu_entry *e)
{
	mode_t mode = e->st.st_mode & 07777;

	(void)f;
	return n->key == '-' ? (mode & n->mode) == n->mode :
	       n->key == '/' ? !n->mode || (mode & n->mode) : mode == n->mode;
}

static bool parse_owner(struct find *f, struct node *n)
{
	char text[strlen(n->arg) + 2];
	uid_t uid;
	gid_t gid;

	(void)f;
	sprintf(text, "%s%s", n->key == 'u' ? "" : ":", n->arg);
	if (strchr(n->arg, ':') || !fsu_parse_owner(text, &uid, &gid))
		return false;
	n->number = n->key == 'u' ? uid : gid;
	return true;
}

static bool test_noowner(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f;
	return n->key == 'u' ? !fsu_user(e->st.st_uid) : !fsu_group(e->st.st_gid);
}

static bool test_empty(struct find *f, struct node *n, const struct fsu_entry *e)
{
	struct fsu_names names;
	bool empty;
	int err;

	(void)n;
	if (S_ISREG(e->type))
		return e->st.st_size == 0;
	if (!S_ISDIR(e->type))
		return false;
	err = fsu_read_names(f->u, e->path, &names);
	empty = !err && !names.count;
	if (err)
		find_fail(f, err, e->path);
	fsu_names_free(&names);
	return empty;
}

static bool test_fstype(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)e;
	return strcmp(n->arg, ukfs_fstype(f->u)) == 0;
}

static bool test_constant(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f, (void)e;
	return n->key == 't';
}

const struct find_word find_tests[] = {
	{ "-daystart", 0, 0, set_daystart, NULL, 0 },
	{ "-depth", 0, 'd', set_option, NULL, 0 },
	{ "-d", 0, 'd', set_option, NULL, 0 },
	{ "-follow", 0, 'L', set_option, NULL, 0 },
	{ "-ignore_readdir_race", 0, 0, NULL, NULL, 0 },
	{ "-noignore_readdir_race", 0, 0, NULL, NULL, 0 },
	{ "-maxdepth", 1, '>', set_depth, NULL, 0 },
	{ "-mindepth", 1, '<', set_depth, NULL, 0 },
	{ "-mount", 0, 'x', set_option, NULL, 0 },
	{ "-noleaf", 0, 0, NULL, NULL, 0 },
	{ "-nowarn", 0, 0, NULL, NULL, 0 },
	{ "-regextype", 1, 0, set_syntax, NULL, 0 },
	{ "-warn", 0, 0, NULL, NULL, 0 },
	{ "-xdev", 0, 'x', set_option, NULL, 0 },
	{ "-amin", 1, 'A', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-anewer", 1, 'a', set_newer, test_newer, FIND_STAT },
	{ "-atime", 1, 'a', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-cmin", 1, 'C', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-cnewer", 1, 'c', set_newer, test_newer, FIND_STAT },
	{ "-ctime", 1, 'c', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-empty", 0, 0, NULL, test_empty, FIND_STAT },
	{ "-false", 0, 'f', NULL, test_constant, FIND_PURE },
	{ "-fstype", 1, 0, NULL, test_fstype, FIND_PURE },
	{ "-gid", 1, 'g', parse_number, test_number, FIND_STAT | FIND_PURE },
	{ "-group", 1, 'g', parse_owner, test_number, FIND_STAT | FIND_PURE },
	{ "-ilname", 1, 'i', NULL, test_lname, 0 },
	{ "-iname", 1, 'i', NULL, test_name, FIND_PURE },
	{ "-inum", 1, 'i', parse_number, test_number, FIND_STAT | FIND_PURE },
	{ "-ipath", 1, 'i', NULL, test_path, FIND_PURE },
	{ "-iregex", 1, 'i', parse_regex, test_regex, FIND_PURE },
	{ "-iwholename", 1, 'i', NULL, test_path, FIND_PURE },
	{ "-links", 1, 'l', parse_number, test_number, FIND_STAT | FIND_PURE },
	{ "-lname", 1, 0, NULL, test_lname, 0 },
	{ "-mmin", 1, 'M', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-mtime", 1, 'm', parse_number, test_time, FIND_STAT | FIND_PURE },
	{ "-name", 1, 0, NULL, test_name, FIND_PURE },
	{ "-newer", 1, 'm', set_newer, test_newer, FIND_STAT },
	{ "-newerXY", 1, 0, set_newer_xy, test_newer, FIND_STAT },
	{ "-nogroup", 0, 'g', NULL, test_noowner, FIND_STAT | FIND_PURE | FIND_NAMES },
	{ "-nouser", 0, 'u', NULL, test_noowner, FIND_STAT | FIND_PURE | FIND_NAMES },
	{ "-path", 1, 0, NULL, test_path, FIND_PURE },
	{ "-perm", 1, 0, parse_perm, test_perm, FIND_STAT | FIND_PURE },
	{ "-regex", 1, 0, parse_regex, test_regex, FIND_PURE },
	{ "-samefile", 1, 0, NULL, test_samefile, FIND_STAT },
	{ "-size", 1, 0, parse_size, test_size, FIND_STAT | FIND_PURE },
	{ "-true", 0, 't', NULL, test_constant, FIND_PURE },
	{ "-type", 1, 0, parse_type, test_type, FIND_PURE },
	{ "-uid", 1, 'u', parse_number, test_number, FIND_STAT | FIND_PURE },
	{ "-user", 1, 'u', parse_owner, test_number, FIND_STAT | FIND_PURE },
	{ "-wholename", 1, 0, NULL, test_path, FIND_PURE },
	{ "-xtype", 1, 'x', parse_type, test_type, 0 },
	{ NULL, 0, 0, NULL, NULL, 0 }
};
