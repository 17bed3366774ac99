// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The end of a server whose driver computes for ever.  The message and the end come from a signal
 * handler in the thread that computes, which may hold any lock: there is write(2) and _exit(2).
 *
 * What work on a file system takes grows with it: zeros that are written, bitmaps that are read.
 */
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mount.h"

#ifndef sigev_notify_thread_id	/* glibc has the member only */
#define sigev_notify_thread_id _sigev_un._tid
#endif
#define SECONDS_PER_GIB 4
#define PHASE_SIGNAL SIGPROF
#define MAX_FRAMES 32

/* Whose processor time is counted. */
enum whose { ONE_THREAD, ALL_THREADS, TIMERS };
static const unsigned int factor[TIMERS] = { 1, 10 };	/* writing uses all processors */

static unsigned int seconds;
static char begin[400], end[TIMERS][160];	/* of the message */
static const char *volatile phase;
static struct { timer_t id; bool made; } timers[TIMERS];

unsigned int watchdog_seconds(void)
{
	return seconds;
}

static size_t append(char *text, size_t used, size_t size, const char *more)
{
	while (*more && used + 1 < size)
		text[used++] = *more++;
	return used;
}

static void give_up(const char *what, enum whose whose)
{
	void *frame[MAX_FRAMES];
	char text[sizeof(begin) + sizeof(end[0]) + 64];
	size_t n = append(text, 0, sizeof(text), begin);

	n = append(text, n, sizeof(text), what);
	n = append(text, n, sizeof(text), end[whose]);
	if (write(STDERR_FILENO, text, n) >= 0)	/* where it is, as of a crash */
		backtrace_symbols_fd(frame, backtrace(frame, MAX_FRAMES), STDERR_FILENO);
	_exit(EXIT_ENDLESS);
}

void watchdog_request(const char *name)
{
	char what[48];

	what[append(what, append(what, 0, sizeof(what), "a request "), sizeof(what), name)] = '\0';
	give_up(what, ONE_THREAD);
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (info->si_code == SI_TIMER && phase)
		give_up(phase, info->si_value.sival_int);
}

void watchdog_init(const struct mount_options *o, unsigned long long bytes)
{
	const struct sigaction sa = { .sa_sigaction = on_signal,
				      .sa_flags = SA_SIGINFO | SA_RESTART };

	if (!o->watchdog)
		return;
	backtrace((void *[1]){ NULL }, 1);	/* loads the unwinder */
	seconds = o->watchdog + (bytes >> 30) * SECONDS_PER_GIB;
	snprintf(begin, sizeof(begin), "%s: %.300s: the driver did not end ", o->program,
		 o->image);
	for (int i = 0; i < TIMERS; i++)
		snprintf(end[i], sizeof(end[i]), " within %u s of processor time: the server is "
			 "ended; watchdog=SECONDS allows more, or 0 any\n", seconds * factor[i]);
	sigaction(PHASE_SIGNAL, &sa, NULL);
}

/* Its signal comes to the calling thread. */
static int start_timer(enum whose whose)
{
	static const clockid_t clock[TIMERS] = { CLOCK_THREAD_CPUTIME_ID,
						 CLOCK_PROCESS_CPUTIME_ID };
	const struct itimerspec once = { .it_value.tv_sec = seconds * factor[whose] };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = PHASE_SIGNAL,
				  .sigev_value.sival_int = whose };

	event.sigev_notify_thread_id = gettid();
	if (timer_create(clock[whose], &event, &timers[whose].id))
		return -1;
	timers[whose].made = true;
	return timer_settime(timers[whose].id, 0, &once, NULL);
}

static void stop_timer(enum whose whose)
{
	if (timers[whose].made)
		timer_delete(timers[whose].id);
	timers[whose].made = false;
}

void watchdog_phase(const struct mount_options *o, const char *what)
{
	phase = what;
	for (int i = 0; i < TIMERS && seconds; i++) {
		stop_timer(i);
		if (what && start_timer(i))
			complain(o, "%s is not watched: no timer: %s", what, strerror(errno));
	}
}
