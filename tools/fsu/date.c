// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dates as people write them after touch -d: "2026-03-01 12:00:00.5 +0100", "3 Feb 2020", "@86400",
 * "yesterday", "2 hours ago", and sums of those.  Absolute parts replace those of the base,
 * relative ones are added to the result; a date without a time of day means its midnight.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fsu.h"

struct date {
	struct tm tm;
	long nsec;
	bool has_date, has_time, has_zone, has_epoch, has_year;
	long zone;			/* seconds east */
	int64_t epoch;
	long long months, days, seconds;	/* to add */
	long long last_months, last_days, last_seconds;	/* the latest of those: "ago" turns it */
};

static const char *const month_names[] = { "january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december" };
static const char *const day_names[] = { "sunday", "monday", "tuesday", "wednesday", "thursday",
	"friday", "saturday" };

/* The index of the name that `word` is or, with three letters, begins. */
static int find_name(const char *const *names, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (strcasecmp(names[i], word) == 0 ||
		    (strlen(word) == 3 && strncasecmp(names[i], word, 3) == 0))
			return i;
	return -1;
}

static bool add_relative(struct date *d, long long n, const char *unit)
{
	static const struct { const char *name; int months, days, seconds; } units[] = {
		{ "year", 12, 0, 0 }, { "month", 1, 0, 0 }, { "fortnight", 0, 14, 0 },
		{ "week", 0, 7, 0 }, { "day", 0, 1, 0 }, { "hour", 0, 0, 3600 },
		{ "minute", 0, 0, 60 }, { "min", 0, 0, 60 }, { "second", 0, 0, 1 },
		{ "sec", 0, 0, 1 },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t len = strlen(units[i].name);

		if (strncasecmp(unit, units[i].name, len) ||
		    (unit[len] && strcasecmp(unit + len, "s")))
			continue;
		d->last_months = n * units[i].months;
		d->last_days = n * units[i].days;
		d->last_seconds = n * units[i].seconds;
		return !__builtin_add_overflow(d->months, d->last_months, &d->months) &&
		       !__builtin_add_overflow(d->days, d->last_days, &d->days) &&
		       !__builtin_add_overflow(d->seconds, d->last_seconds, &d->seconds);
	}
	return false;
}

static void turn_back(struct date *d)
{
	d->months -= 2 * d->last_months;
	d->days -= 2 * d->last_days;
	d->seconds -= 2 * d->last_seconds;
}

/* ".5": nanoseconds; what is below them is cut off. */
static const char *take_fraction(const char *s, long *nsec)
{
	long unit = 100000000;

	*nsec = 0;
	if ((*s != '.' && *s != ',') || !isdigit((unsigned char)s[1]))
		return s;
	for (s++; isdigit((unsigned char)*s); s++, unit /= 10)
		*nsec += (*s - '0') * unit;
	return s;
}

/* "+01:00", "+0100", "+1" */
static const char *take_zone(struct date *d, const char *s)
{
	int sign = *s == '-' ? -1 : 1, hours, minutes = 0, n = 0;
	size_t digits;

	s += 1 + strspn(s + 1, " ");
	digits = strspn(s, "0123456789");
	if (sscanf(s, "%2d:%2d%n", &hours, &minutes, &n) == 2 && n) {
		s += n;
	} else {
		int value = digits && digits < 5 ? atoi(s) : 10000;

		hours = digits > 2 ? value / 100 : value;
		minutes = digits > 2 ? value % 100 : 0;
		s += digits;
	}
	d->zone = sign * (hours * 3600L + minutes * 60);
	d->has_zone = true;
	return hours <= 24 && minutes < 60 ? s : NULL;
}

/* "12:30", "12:30:15.5pm+01" */
static const char *take_time(struct date *d, const char *s)
{
	int hour, minute, second = 0, n = 0, more = 0;

	if (d->has_time || sscanf(s, "%2d:%2d%n", &hour, &minute, &n) != 2 || !n)
		return NULL;
	s += n;
	d->nsec = 0;
	if (sscanf(s, ":%2d%n", &second, &more) == 1 && more)
		s = take_fraction(s + more, &d->nsec);
	n = strspn(s, " ");
	if (strncasecmp(s + n, "am", 2) == 0 || strncasecmp(s + n, "pm", 2) == 0) {
		if (hour < 1 || hour > 12)
			return NULL;
		hour = hour % 12 + (tolower((unsigned char)s[n]) == 'p' ? 12 : 0);
		s += n + 2;
	}
	if (hour > 23 || minute > 59 || second > 60)
		return NULL;
	d->tm.tm_hour = hour;
	d->tm.tm_min = minute;
	d->tm.tm_sec = second;
	d->has_time = true;
	return *s == '+' || *s == '-' ? take_zone(d, s) : s;
}

static bool set_date(struct date *d, int year, int month, int day)
{
	if (d->has_date || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	d->tm.tm_year = year - 1900;
	d->tm.tm_mon = month - 1;
	d->tm.tm_mday = day;
	d->has_date = true;
	return true;
}

/* Two digits are of 1969 to 2068. */
static int full_year(int year, size_t digits)
{
	return digits > 2 ? year : year < 69 ? 2000 + year : 1900 + year;
}

static const char *take_numeric_date(struct date *d, const char *s)
{
	size_t first = strspn(s, "0123456789");
	int a, b, c, n = 0;

	if (s[first] == '-' && sscanf(s, "%d-%2d-%2d%n", &a, &b, &c, &n) == 3 && n) {
		d->has_year = true;
		if (!set_date(d, full_year(a, first), b, c))
			return NULL;
		s += n;
		return (*s == 'T' || *s == 't') && isdigit((unsigned char)s[1]) ? s + 1 : s;
	}
	if (s[first] == '/' && sscanf(s, "%d/%d/%d%n", &a, &b, &c, &n) == 3 && n) {
		const char *year = strrchr(s, '/') + 1;

		d->has_year = true;
		if (first == 4)
			return set_date(d, a, b, c) ? s + n : NULL;
		return set_date(d, full_year(c, strspn(year, "0123456789")), a, b) ? s + n : NULL;
	}
	return NULL;
}

static size_t word_length(const char *s)
{
	size_t n = 0;

	while (isalpha((unsigned char)s[n]))
		n++;
	return n;
}

/* The word at s in lower case letters, "" where it is none or too long. */
static const char *take_word(const char *s, char word[16])
{
	size_t n = word_length(s);

	snprintf(word, 16, "%.*s", n < 16 ? (int)n : 0, s);
	return s + n;
}

/* "Feb 3 2020", "Feb 3, 2020": what follows the month's name. */
static const char *take_month(struct date *d, const char *s, int month, int day)
{
	size_t digits;

	s += strspn(s, " -");
	digits = strspn(s, "0123456789");
	if (!day) {
		day = atoi(s);
		s += digits;
		if (!digits || *s == ':')
			return NULL;
		s += strspn(s, ", ");
		digits = strspn(s, "0123456789");
	}
	if (!set_date(d, d->tm.tm_year + 1900, month + 1, day))
		return NULL;
	if (!digits || s[digits] == ':')
		return s;
	d->tm.tm_year = full_year(atoi(s), digits) - 1900;
	d->has_year = true;
	return s + digits;
}

/* A number that begins neither a date nor a time: of units, of a day, or a year. */
static const char *take_number(struct date *d, const char *s)
{
	char word[16], *end;
	bool sign = *s == '+' || *s == '-', minus = *s == '-';
	const char *after;
	long long n;
	int month;

	s += sign ? 1 + strspn(s + 1, " ") : 0;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno || !isdigit((unsigned char)*s))
		return NULL;
	n = minus ? -n : n;
	after = take_word(end + strspn(end, " -"), word);
	month = find_name(month_names, 12, word);
	if (month >= 0 && !sign && n > 0)
		return take_month(d, after, month, n);
	if (*word && add_relative(d, n, word))
		return after;
	if (d->has_date && !d->has_year && end - s == 4) {
		d->tm.tm_year = n - 1900;
		d->has_year = true;
		return end;
	}
	return NULL;
}

static const char *take_epoch(struct date *d, const char *s)
{
	bool minus = *s == '-';
	char *end;

	errno = 0;
	d->epoch = strtoll(s, &end, 10);
	if (errno || end == s)
		return NULL;
	s = take_fraction(end, &d->nsec);
	if (minus && d->nsec) {
		d->epoch--;
		d->nsec = 1000000000 - d->nsec;
	}
	d->has_epoch = true;
	return *s ? NULL : s;
}

/* The next such day, today included. */
static void move_to_day(struct date *d, int wday)
{
	d->days += (wday - d->tm.tm_wday + 7) % 7;
	d->has_date = true;
}

static const char *take_name(struct date *d, const char *s)
{
	const char *after;
	char word[16], unit[16];
	int n;

	after = take_word(s, word);
	n = strcasecmp(word, "next") == 0 ? 1 : strcasecmp(word, "last") == 0 ? -1 : 0;
	if (n || strcasecmp(word, "this") == 0) {
		after = take_word(after + strspn(after, " "), unit);
		return add_relative(d, n, unit) ? after : NULL;
	}
	if (strcasecmp(word, "ago") == 0)
		return turn_back(d), after;
	if (strcasecmp(word, "now") == 0 || strcasecmp(word, "today") == 0)
		return after;
	if (strcasecmp(word, "yesterday") == 0 || strcasecmp(word, "tomorrow") == 0)
		return d->days += tolower((unsigned char)*word) == 't' ? 1 : -1, after;
	if (strcasecmp(word, "z") == 0 || strcasecmp(word, "utc") == 0 ||
	    strcasecmp(word, "gmt") == 0) {
		d->zone = 0;
		d->has_zone = true;
		return *after == '+' || *after == '-' ? take_zone(d, after) : after;
	}
	n = find_name(month_names, 12, word);
	if (n >= 0)
		return take_month(d, after, n, 0);
	n = find_name(day_names, 7, word);
	if (n >= 0) {
		/* in front of a date it says nothing new */
		if (!*(after += strspn(after, " ,")))
			move_to_day(d, n);
		return after;
	}
	return add_relative(d, 1, word) ? after : NULL;
}

static const char *take_part(struct date *d, const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if (*s == '@')
		return take_epoch(d, s + 1);
	if (digits && s[digits] == ':')
		return take_time(d, s);
	if (digits && (s[digits] == '-' || s[digits] == '/') &&
	    isdigit((unsigned char)s[digits + 1]))
		return take_numeric_date(d, s);
	if (digits == 8 && !d->has_date) {
		int n = atoi(s);

		d->has_year = true;
		return set_date(d, n / 10000, n / 100 % 100, n % 100) ? s + 8 : NULL;
	}
	if ((*s == '+' || *s == '-') && d->has_time && !d->has_zone)
		return take_zone(d, s);
	if (isalpha((unsigned char)*s))
		return take_name(d, s);
	return take_number(d, s);
}

static bool finish(struct date *d, struct timespec *ts)
{
	time_t sec;

	if (d->has_epoch) {
		*ts = (struct timespec){ d->epoch, d->nsec };
		return true;
	}
	if (d->has_date && !d->has_time)
		d->tm.tm_hour = d->tm.tm_min = d->tm.tm_sec = d->nsec = 0;
	if (d->months > 1000000 || d->months < -1000000 || d->days > 100000000 ||
	    d->days < -100000000)
		return false;
	/* 31 February is no day, before something is added to it */
	if (d->has_date) {
		struct tm check = d->tm;

		check.tm_isdst = -1;
		check.tm_hour = 12;
		timegm(&check);
		if (check.tm_mday != d->tm.tm_mday)
			return false;
	}
	d->tm.tm_mon += d->months;
	d->tm.tm_mday += d->days;
	d->tm.tm_isdst = -1;
	sec = d->has_zone ? timegm(&d->tm) - d->zone : mktime(&d->tm);
	if (__builtin_add_overflow(sec, d->seconds, &sec))
		return false;
	*ts = (struct timespec){ sec, d->nsec };
	return true;
}

bool fsu_parse_date(const char *s, const struct timespec *base, struct timespec *ts)
{
	struct date d = { .nsec = base->tv_nsec };
	time_t sec = base->tv_sec;

	if (!localtime_r(&sec, &d.tm))
		return false;
	while (*(s += strspn(s, " \t\n,"))) {
		if (d.has_epoch || !(s = take_part(&d, s)))
			return false;
	}
	return finish(&d, ts);
}
