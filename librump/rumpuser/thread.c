// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Host threads.  Those of the kernel side take no signals: handlers of the application run in the
 * application's threads only.  They end by a jump back into their first function, because
 * pthread_exit would load the unwinder.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define STACK_SIZE (256UL * 1024)
#define STACK_MAX (64UL * 1024 * 1024)
#define GUARD_SIZE (16 * 1024)

struct start {
	void (*fn)(void *);
	void *arg;
	char name[16];	/* the host kernel's limit */
	struct start *next;
};

/*
 * Used ones, for the next thread.  A thread that frees what another allocated would be given an
 * allocator arena of its own by libc, which costs more than the thread.
 */
static struct start *spare;
static pthread_mutex_t spare_lock = PTHREAD_MUTEX_INITIALIZER;

static struct start *start_get(void)
{
	struct start *s;

	pthread_mutex_lock(&spare_lock);
	s = spare;
	if (s)
		spare = s->next;
	pthread_mutex_unlock(&spare_lock);
	return s ? s : malloc(sizeof(*s));
}

static void start_put(struct start *s)
{
	pthread_mutex_lock(&spare_lock);
	s->next = spare;
	spare = s;
	pthread_mutex_unlock(&spare_lock);
}

static pthread_key_t task_key;
static pthread_attr_t attr;
sigset_t rumpuser_kernel_mask;
static __thread jmp_buf *bottom;	/* of a thread that rumpuser_thread_create made */

static void task_end(void *task)
{
	rumpuser_up.thread_exit(task);
}

int rumpuser_thread_init(void)
{
	/* Blocking these could only hide where a thread has crashed. */
	static const int synchronous[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };
	unsigned int i;
	int err;

	sigfillset(&rumpuser_kernel_mask);
	for (i = 0; i < sizeof(synchronous) / sizeof(synchronous[0]); i++)
		sigdelset(&rumpuser_kernel_mask, synchronous[i]);
	err = pthread_attr_init(&attr);
	if (!err)
		err = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	if (!err)
		err = pthread_attr_setguardsize(&attr, GUARD_SIZE);
	return err ? err : pthread_key_create(&task_key, task_end);
}

static void *thread_main(void *p)
{
	struct start start = *(struct start *)p;
	jmp_buf env;

	start_put(p);
	rumpuser_thread_name(start.name);
	bottom = &env;
	if (!setjmp(env))
		start.fn(start.arg);
	return NULL;
}

/* The thread-local variables of the application, which share the stack, may need more of it. */
static int create(struct start *start)
{
	pthread_attr_t roomy = attr;
	unsigned long size = STACK_SIZE;
	pthread_t thread;
	int err;

	do {
		pthread_attr_setstacksize(&roomy, size + GUARD_SIZE);
		err = pthread_create(&thread, &roomy, thread_main, start);
		size *= 4;
	} while (err == EINVAL && size <= STACK_MAX);
	return err;
}

int rumpuser_thread_create(void (*fn)(void *), void *arg, const char *name)
{
	KEEP_ERRNO;
	struct start *start = start_get();
	sigset_t saved;
	int err;

	if (!start)
		return ENOMEM;
	*start = (struct start){ .fn = fn, .arg = arg };
	strncpy(start->name, name, sizeof(start->name) - 1);
	pthread_sigmask(SIG_SETMASK, &rumpuser_kernel_mask, &saved);
	err = create(start);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (err)
		start_put(start);
	return err;
}

void rumpuser_thread_exit(void)
{
	if (bottom)
		longjmp(*bottom, 1);
	pthread_exit(NULL);
}

int rumpuser_thread_adopt(void *task)
{
	KEEP_ERRNO;
	return pthread_setspecific(task_key, task);
}

void rumpuser_yield(void)
{
	KEEP_ERRNO;
	sched_yield();
}
