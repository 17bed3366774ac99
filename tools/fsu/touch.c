// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_touch: set the times of files, and make those that are missing.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_TIME = 256 };

const struct fsu_option fsu_touch_options[] = {
	{ 'a', NULL, FSU_NOARG, NULL, "only the time of the last access" },
	{ 'c', "no-create", FSU_NOARG, NULL, "do not make files" },
	{ 'd', "date", FSU_ARG, "DATE", "this time instead of now" },
	{ 'f', NULL, FSU_NOARG, NULL, "ignored" },
	{ 'h', "no-dereference", FSU_NOARG, NULL, "symbolic links themselves" },
	{ 'm', NULL, FSU_NOARG, NULL, "only the time of the last modification" },
	{ 'r', "reference", FSU_ARG, "PATH", "the times of this file in the image" },
	{ 't', NULL, FSU_ARG, "STAMP", "[[CC]YY]MMDDhhmm[.ss] instead of now" },
	{ KEY_TIME, "time", FSU_ARG, "WHICH", "access, atime, use: as -a; modify, mtime: as -m" },
	FSU_OPTIONS_END
};

struct touch {
	bool access, modify, no_create, links;
	const char *date, *reference, *stamp;
	struct timespec times[2];
};

static bool two_digits(const char **s, int *n)
{
	if (!isdigit((unsigned char)(*s)[0]) || !isdigit((unsigned char)(*s)[1]))
		return false;
	*n = ((*s)[0] - '0') * 10 + (*s)[1] - '0';
	*s += 2;
	return true;
}

static bool parse_stamp(const char *s, struct timespec *ts)
{
	size_t digits = strspn(s, "0123456789");
	time_t now = time(NULL);
	int century = 0, year = 0;
	struct tm tm = { 0 }, check;

	if (!localtime_r(&now, &tm))
		return false;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	if (digits == 12 && two_digits(&s, &century))
		tm.tm_year = century * 100 - 1900;
	if (digits >= 10 && two_digits(&s, &year))
		tm.tm_year = digits == 12 ? tm.tm_year + year : year < 69 ? year + 100 : year;
	if ((digits != 8 && digits != 10 && digits != 12) || !two_digits(&s, &tm.tm_mon) ||
	    !two_digits(&s, &tm.tm_mday) || !two_digits(&s, &tm.tm_hour) ||
	    !two_digits(&s, &tm.tm_min))
		return false;
	if (*s == '.') {
		s++;
		if (!two_digits(&s, &tm.tm_sec))
			return false;
	}
	tm.tm_mon--;
	check = tm;
	ts->tv_sec = mktime(&tm);
	ts->tv_nsec = 0;
	return !*s && check.tm_mon == tm.tm_mon && check.tm_mday == tm.tm_mday &&
	       check.tm_min == tm.tm_min && (check.tm_sec == tm.tm_sec || check.tm_sec == 60);
}

static bool take_time_word(struct touch *t, const char *arg)
{
	static const char *const words[] = { "access", "atime", "use", "modify", "mtime" };

	for (int i = 0; i < 5; i++) {
		if (strcmp(arg, words[i]))
			continue;
		*(i < 3 ? &t->access : &t->modify) = true;
		return true;
	}
	fsu_usage("--time must be access, atime, use, modify or mtime, not '%s'", fsu_name(arg));
	return false;
}

static bool parse(struct touch *t, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'a': t->access = true; break;
		case 'c': t->no_create = true; break;
		case 'd': t->date = arg; break;
		case 'h': t->links = true; break;
		case 'm': t->modify = true; break;
		case 'r': t->reference = arg; break;
		case 't': t->stamp = arg; break;
		case KEY_TIME:
			if (!take_time_word(t, arg))
				return false;
		}
	}
	if (!t->access && !t->modify)
		t->access = t->modify = true;
	if (t->stamp && (t->date || t->reference))
		return !fsu_usage("-t excludes -d and -r");
	if (!line->noperands)
		return !fsu_usage("the path of a file in the image is missing");
	return true;
}

/* The times that are known before the image is opened; false after a message. */
static bool find_times(struct touch *t)
{
	struct timespec now;

	if (t->stamp && !parse_stamp(t->stamp, &t->times[0]))
		return !fsu_usage("-t needs [[CC]YY]MMDDhhmm[.ss], not '%s'", fsu_name(t->stamp));
	clock_gettime(CLOCK_REALTIME, &now);
	if (t->date && !fsu_parse_date(t->date, &now, &t->times[0]))
		return !fsu_usage("-d: '%s' is no date such as '2026-03-01 12:00' or '2 hours ago'",
				  fsu_name(t->date));
	if (!t->stamp && !t->date)
		t->times[0] = (struct timespec){ .tv_nsec = UTIME_NOW };
	t->times[1] = t->times[0];
	return true;
}

/* Those of another file; a date is relative to them. */
static bool take_reference(struct ukfs *u, struct touch *t)
{
	struct stat st;

	if (t->links ? ukfs_lstat(u, t->reference, &st) : ukfs_stat(u, t->reference, &st)) {
		fsu_perror_verb(errno, "stat", t->reference);
		return false;
	}
	t->times[0] = st.st_atim;
	t->times[1] = st.st_mtim;
	return !t->date || (fsu_parse_date(t->date, &st.st_atim, &t->times[0]) &&
			    fsu_parse_date(t->date, &st.st_mtim, &t->times[1]));
}

static int touch(struct ukfs *u, const struct touch *t, const char *path)
{
	int fd;

	if (t->links)
		return ukfs_lutimens(u, path, t->times);
	if (ukfs_utimens(u, path, t->times) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	if (t->no_create)
		return 0;
	fd = ukfs_open(u, path, O_WRONLY | O_CREAT | O_NONBLOCK, 0666 & ~fsu_umask());
	if (fd < 0)
		return -1;
	if (ukfs_futimens(u, fd, t->times)) {
		int err = errno;

		ukfs_close(u, fd);
		errno = err;
		return -1;
	}
	return ukfs_close(u, fd);
}

int fsu_touch_run(struct fsu_line *line)
{
	struct touch t = { 0 };
	int code = FSU_OK;
	struct ukfs *u;

	if (!parse(&t, line) || !find_times(&t))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u || (t.reference && !take_reference(u, &t)))
		return FSU_FAILED;
	if (!t.access)
		t.times[0].tv_nsec = UTIME_OMIT;
	if (!t.modify)
		t.times[1].tv_nsec = UTIME_OMIT;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++) {
		if (touch(u, &t, line->operands[i])) {
			fsu_perror_verb(errno, "touch", line->operands[i]);
			code = FSU_FAILED;
		}
	}
	return code;
}
