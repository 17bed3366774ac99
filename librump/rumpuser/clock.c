// SPDX-License-Identifier: GPL-2.0-or-later
/* Time and randomness. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define RANDOM_MAX 256	/* bytes that getentropy gives at once */

unsigned long long rumpuser_clock(int clock)
{
	struct timespec ts;

	clock_gettime(clock == RUMPUSER_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int rumpuser_random(void *buf, unsigned long len)
{
	KEEP_ERRNO;
	char *p = buf;
	unsigned long n;

	for (; len; p += n, len -= n) {
		n = len < RANDOM_MAX ? len : RANDOM_MAX;
		if (getentropy(p, n))
			return errno;
	}
	return 0;
}
