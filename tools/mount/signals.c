// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The signals that end a server, taken by a thread of their own; all others have them blocked.  It
 * ends the process, too, if the server does not within its time.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <rump/p2k.h>

#include "mount.h"

static sigset_t ending;
static const struct mount_options *options;
static volatile long *written;		/* the monitor looks whether it changes */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct p2k *serving;		/* under lock */
static bool told;			/* under lock */

void signals_block(void)
{
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
}

static void *wait_signal(void *arg)
{
	struct ending e;
	int sig;

	(void)arg;
	sigwait(&ending, &sig);
	pthread_mutex_lock(&lock);
	told = true;
	if (serving)
		p2k_stop(serving);
	pthread_mutex_unlock(&lock);
	ending_begin(&e, options->stop, ending_written());
	while (!ending_is_over(&e, *written = ending_written()))
		sleep(1);
	complain(options, "%s: the server was told to end, and has not within the time that "
		 "stop=%d gives it: what it has not written is lost", options->image,
		 options->stop);
	_exit(EXIT_ENDLESS);
}

int signals_start(const struct mount_options *o, volatile long *shared)
{
	pthread_t thread;
	int err;

	options = o;
	written = shared;
	err = pthread_create(&thread, NULL, wait_signal, NULL);
	if (err)
		complain(o, "no thread for signals: %s", strerror(err));
	return err ? -1 : 0;
}

void signals_serve(struct p2k *p)
{
	pthread_mutex_lock(&lock);
	serving = p;
	if (p && told)
		p2k_stop(p);
	pthread_mutex_unlock(&lock);
}
