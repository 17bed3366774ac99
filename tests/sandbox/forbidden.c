// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a server that has been taken over would try.  Each attempt is made in the thread that
 * entered the sandbox and in one that is older than it; "NAME: refused" is said where both got
 * EPERM (or what the table says).
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "attempts.h"
#include "boxed.h"
#include "ukfstest.h"

static const struct attempt *chosen;
static sem_t go, gone;
static bool older_refused;

static bool refused(const struct attempt *a)
{
	long res = syscall(a->call, a->arg[0], a->arg[1], a->arg[2], a->arg[3], a->arg[4],
			   a->arg[5]);
	int expected = a->expected ? a->expected : EPERM;

	if (res == -1 && errno == expected)
		return true;
	dprintf(STDOUT_FILENO, "%s: %s\n", a->name, res == -1 ? strerror(errno) : "succeeded");
	return false;
}

static void *older(void *arg)
{
	(void)arg;
	sem_wait(&go);
	older_refused = refused(chosen);
	sem_post(&gone);
	return NULL;
}

void forbidden_start_thread(void)
{
	pthread_t thread;

	if (sem_init(&go, 0, 0) || sem_init(&gone, 0, 0) ||
	    pthread_create(&thread, NULL, older, NULL))
		die("no thread");
}

static void attempt(const struct attempt *a)
{
	bool newer_refused;

	chosen = a;
	sem_post(&go);
	sem_wait(&gone);
	newer_refused = refused(a);
	if (older_refused && newer_refused)
		dprintf(STDOUT_FILENO, "%s: refused\n", a->name);
}

/* NULL: the names of all, for the test to go through. */
void forbidden_try(const char *name)
{
	unsigned int i;

	for (i = 0; i < ATTEMPTS; i++)
		if (!strcmp(attempts[i].name, name))
			break;
	if (i == ATTEMPTS)
		die("no attempt is named %s", name);
	attempt(&attempts[i]);
}

void forbidden_list(void)
{
	unsigned int i;

	for (i = 0; i < ATTEMPTS; i++)
		puts(attempts[i].name);
}
