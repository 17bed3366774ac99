// SPDX-License-Identifier: GPL-2.0-or-later
/* Time and randomness. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define NSEC_PER_SEC 1000000000LL

#define RANDOM_MAX 256	/* bytes that getentropy gives at once */

/* The date that is always today, for images that are the same each time they are made; there is no
 * chance then either. */
static bool fixed_date(unsigned long long *ns)
{
	KEEP_ERRNO;
	const char *value = rumpuser_env("RUMP_EPOCH");
	char *end;

	if (!value || !*value)
		return false;
	*ns = strtoull(value, &end, 10) * 1000000000ULL;
	return !*end;
}

unsigned long long rumpuser_clock(int clock)
{
	unsigned long long date;
	struct timespec ts;

	if (clock == RUMPUSER_CLOCK_REALTIME && fixed_date(&date))
		return date;
	clock_gettime(clock == RUMPUSER_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int rumpuser_random(void *buf, unsigned long len)
{
	KEEP_ERRNO;
	unsigned long long date;
	char *p = buf;
	unsigned long n;

	if (fixed_date(&date)) {
		memset(buf, 0, len);
		return 0;
	}
	for (; len; p += n, len -= n) {
		n = len < RANDOM_MAX ? len : RANDOM_MAX;
		if (getentropy(p, n))
			return errno;
	}
	return 0;
}

/* It is absolute, so that an interrupted wait goes on with what is left of it. */
struct timespec rumpuser_deadline(long long ns)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += ns / NSEC_PER_SEC;
	ts.tv_nsec += ns % NSEC_PER_SEC;
	if (ts.tv_nsec >= NSEC_PER_SEC) {
		ts.tv_nsec -= NSEC_PER_SEC;
		ts.tv_sec++;
	}
	return ts;
}
