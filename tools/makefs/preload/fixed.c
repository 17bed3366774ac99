// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What programs that make file systems find in place of the clock and of chance, where an image
 * shall be the same each time: preloaded into them by makefs.  The clock stands at
 * SOURCE_DATE_EPOCH; random numbers, of which identifiers are made, begin with it and are the same
 * ones in each run.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t epoch(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");

	return s ? atoll(s) : 0;
}

time_t time(time_t *t)
{
	if (t)
		*t = epoch();
	return epoch();
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	*tv = (struct timeval){ .tv_sec = epoch() };
	return 0;
}

/* Who measures how long something takes needs a clock that goes. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
		return syscall(SYS_clock_gettime, clock, ts);
	*ts = (struct timespec){ .tv_sec = epoch() };
	return 0;
}

/* splitmix64: any two of its numbers differ */
ssize_t getrandom(void *buf, size_t size, unsigned int flags)
{
	static uint64_t state;
	uint8_t *to = buf;

	(void)flags;
	if (!state)
		state = epoch();
	for (size_t n = 0; n < size; n += sizeof(uint64_t)) {
		uint64_t z = state += 0x9e3779b97f4a7c15;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
		z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
		z ^= z >> 31;
		memcpy(to + n, &z, size - n < sizeof(z) ? size - n : sizeof(z));
	}
	return size;
}

int getentropy(void *buf, size_t size)
{
	return getrandom(buf, size, 0) < 0;
}

/* libuuid makes its numbers of these, too. */
pid_t getpid(void)
{
	return 1;
}

pid_t getppid(void)
{
	return 1;
}
