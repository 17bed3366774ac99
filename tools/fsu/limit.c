// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * --max-cpu and --max-time.  A timer of the process sends a signal, whose handler ends it: that
 * works while the kernel's code runs in circles.  The kernel side's own threads block signals, the
 * program's do not.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "end.h"
#include "fsu.h"

bool fsu_limit_parse(const char *option, const char *arg, unsigned int *seconds)
{
	uint64_t n;

	if (!fsu_parse_number(arg, &n) || n < 1 || n > INT_MAX)
		return !fsu_usage("%s needs a number of seconds from 1 on, not '%s'", option,
				  fsu_name(arg));
	*seconds = n;
	return true;
}

static void on_limit(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == SI_TIMER)
		fsu_end(FSU_EXCEEDED, (const char *)info->si_value.sival_ptr, (const char *)NULL);
	/* somebody else sent it, such as the shell's own limit */
	signal(sig, SIG_DFL);
	kill(getpid(), sig);
}

static bool set_timer(clockid_t clock, int sig, unsigned int seconds, char *text)
{
	struct sigaction act = { .sa_sigaction = on_limit, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = sig,
				  .sigev_value.sival_ptr = text };
	struct itimerspec when = { .it_value.tv_sec = seconds };
	sigset_t set;
	timer_t timer;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return !sigaction(sig, &act, NULL) && !sigprocmask(SIG_UNBLOCK, &set, NULL) &&
	       !timer_create(clock, &event, &timer) && !timer_settime(timer, 0, &when, NULL);
}

void fsu_limits_start(const struct fsu_limits *limits)
{
	static char texts[2][80];
	const struct {
		clockid_t clock;
		int sig;
		unsigned int seconds;
		const char *text;
	} all[] = {
		{ CLOCK_PROCESS_CPUTIME_ID, SIGXCPU, limits->cpu,
		  "ended after %u s of processor time (--max-cpu)" },
		{ CLOCK_MONOTONIC, SIGALRM, limits->time, "ended after %u s (--max-time)" },
	};

	for (int i = 0; i < 2; i++) {
		if (!all[i].seconds)
			continue;
		snprintf(texts[i], sizeof(texts[i]), all[i].text, all[i].seconds);
		if (set_timer(all[i].clock, all[i].sig, all[i].seconds, texts[i]))
			continue;
		fsu_message("cannot set a limit of time: %s", strerror(errno));
		fsu_die(FSU_FAILED);
	}
}
