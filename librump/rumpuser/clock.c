// SPDX-License-Identifier: GPL-2.0-or-later
/* Time and randomness. */
#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "internal.h"

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
	ssize_t n;

	while (len) {
		n = getrandom(p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		p += n;
		len -= n;
	}
	return 0;
}
