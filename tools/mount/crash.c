// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A crash of the server ends like a panic of the kernel side: with message and backtrace in the
 * log.  Core files are not for a process that may have another user's data.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rumpuser.h>

#include "mount.h"

/* What follows is not made for a handler;
 * but nothing comes after it, and a second crash ends it. */
static void crashed(int sig, siginfo_t *info, void *context)
{
	char text[128];

	(void)context;
	if (info->si_code > 0)
		snprintf(text, sizeof(text), "%s, address %p", strsignal(sig), info->si_addr);
	else
		snprintf(text, sizeof(text), "%s, sent by process %d", strsignal(sig),
			 (int)info->si_pid);
	rumpuser_panic(text);
}

void crash_log(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	const struct sigaction sa = { .sa_sigaction = crashed,
				      .sa_flags = SA_SIGINFO | SA_RESETHAND };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &sa, NULL);
}
