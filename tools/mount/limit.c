// SPDX-License-Identifier: GPL-2.0-or-later
/* A limit of lines that are logged: a burst, then some in a second.  The others are counted. */
#include <stdint.h>
#include <time.h>

#include "mount.h"

#define LINE 1000ULL		/* credit that a line costs; a millisecond earns `per_second` */

static unsigned long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

bool limit_pass(struct log_limit *l, unsigned long *missed)
{
	const unsigned long long now = now_ms(), most = l->burst * LINE;

	*missed = 0;
	if (!l->burst)
		return true;
	l->credit = l->last ? l->credit + (now - l->last) * l->per_second : most;
	if (l->credit > most)
		l->credit = most;
	l->last = now;
	if (l->credit < LINE) {
		l->missed++;
		return false;
	}
	l->credit -= LINE;
	*missed = l->missed;
	l->missed = 0;
	return true;
}
