// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How long a server may go on that was told to end: as long as it writes to its image, because what
 * it has not written is lost, but not for ever; a little while, if it writes nothing.  The server
 * applies that to itself, and the monitor to a server that cannot.
 */
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>

#include "mount.h"

#define WRITING 20		/* times as long while it writes */

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* A number that the server changes and the monitor sees. */
volatile long *ending_share(void)
{
	void *p = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

long ending_written(void)
{
	struct rusage used;

	return getrusage(RUSAGE_SELF, &used) ? 0 : used.ru_oublock;
}

void ending_begin(struct ending *e, int seconds, long written)
{
	*e = (struct ending){ .seconds = seconds, .begin = now(), .changed = now(),
			      .written = written };
}

bool ending_is_over(struct ending *e, long written)
{
	const long long t = now();

	if (written != e->written)
		e->changed = t;
	e->written = written;
	return e->seconds && (t - e->changed > e->seconds ||
			      t - e->begin > (long long)e->seconds * WRITING);
}
