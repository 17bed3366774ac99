// SPDX-License-Identifier: GPL-2.0-or-later
/* Parking of threads on a word of memory. */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../internal.h"

int rumpuser_futex_wait(unsigned int *word, unsigned int value, long long ns)
{
	KEEP_ERRNO;
	struct timespec ts, *timeout = NULL;

	if (ns >= 0) {
		ts = rumpuser_deadline(ns);
		timeout = &ts;
	}
	for (;;) {
		if (!syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value, timeout, NULL,
			     FUTEX_BITSET_MATCH_ANY) || errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			return errno;
	}
}

void rumpuser_futex_wake(unsigned int *word, unsigned int count)
{
	KEEP_ERRNO;
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count > INT_MAX ? INT_MAX : count);
}
