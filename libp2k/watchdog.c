// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The watch over requests that do not end: a damaged image can lead a driver round in a circle.
 *
 * Each worker has a timer on its own processor time.  The timer's signal comes to the worker itself
 * while it computes, and never to a worker that waits, so an idle server is not woken.  A worker
 * that is found in the same request CHECKS times, one after another, is taken to be in it for ever.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#ifndef sigev_notify_thread_id	/* glibc has the member only */
#define sigev_notify_thread_id _sigev_un._tid
#endif
#define CHECKS 8		/* of the time that a request may take */

static void check(struct worker *w)
{
	if (!w->serving || w->serving != w->seen) {
		w->seen = w->serving;
		w->checks = 0;
	} else if (++w->checks >= CHECKS) {
		w->p->args.endless(p2k_request_name(w->in));
	}
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)sig;
	(void)context;
	if (info->si_code == SI_TIMER)		/* anybody may send the signal */
		check(info->si_value.sival_ptr);
	errno = saved;
}

void p2k_watchdog_init(struct p2k *p)
{
	const struct sigaction sa = { .sa_sigaction = on_signal,
				      .sa_flags = SA_SIGINFO | SA_RESTART };

	if (p->args.max_cpu && p->args.endless)
		sigaction(P2K_CPU_SIGNAL, &sa, NULL);
}

static int start(struct worker *w)
{
	const unsigned long long ns = w->p->args.max_cpu * 1000000000ULL / CHECKS;
	const struct timespec each = { ns / 1000000000, ns % 1000000000 };
	const struct itimerspec times = { each, each };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = P2K_CPU_SIGNAL,
				  .sigev_value.sival_ptr = w };
	sigset_t set;

	event.sigev_notify_thread_id = gettid();
	if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &w->timer))
		return -1;
	w->watched = true;
	sigemptyset(&set);
	sigaddset(&set, P2K_CPU_SIGNAL);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return timer_settime(w->timer, 0, &times, NULL);
}

void p2k_watchdog_start(struct worker *w)
{
	const struct p2k_args *args = &w->p->args;
	char line[128];

	if (!args->max_cpu || !args->endless || !start(w) || !args->log)
		return;
	snprintf(line, sizeof(line), "requests of a thread are not watched: no timer: %s",
		 strerror(errno));
	args->log(line);
}

void p2k_watchdog_end(struct worker *w)
{
	if (w->watched)
		timer_delete(w->timer);
	w->watched = false;
}
