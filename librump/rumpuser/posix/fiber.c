// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fibers: stacks to switch between in one thread, without the calls of <ucontext.h>, which POSIX
 * has given up and not every libc has.
 *
 * A signal handler that runs on the new stack notes its place there and returns; to switch to the
 * fiber for the first time is to jump back into it.  The place has the signal mask of the handler,
 * which is that of the kernel side's tasks.
 */
#undef _FORTIFY_SOURCE	/* it takes a jump to another stack for an attack */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../internal.h"

#define STACK_SIZE (256UL * 1024)
#define GUARD_SIZE (64UL * 1024)	/* a multiple of any page size */
#define FIBER_SIGNAL SIGUSR2

struct rumpuser_fiber {
	sigjmp_buf place;
	void (*fn)(void *);
	void *arg;
};

static _Thread_local struct rumpuser_fiber *volatile newborn;	/* the one this thread makes */
static volatile sig_atomic_t missed;	/* one of the application's own signals came meanwhile */

static void on_signal(int sig)
{
	struct rumpuser_fiber *f = newborn;

	(void)sig;
	newborn = NULL;
	if (!f)
		missed = 1;
	else if (sigsetjmp(f->place, 1))
		f->fn(f->arg);
}

/* Have the handler run once in this thread, with the mask that the fiber begins with. */
static void call_handler(struct rumpuser_fiber *f)
{
	sigset_t mask = rumpuser_kernel_mask;

	sigdelset(&mask, FIBER_SIGNAL);
	newborn = f;
	pthread_kill(pthread_self(), FIBER_SIGNAL);
	while (newborn)
		sigsuspend(&mask);
}

static int note_place(struct rumpuser_fiber *f, const stack_t *stack)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK,
				.sa_mask = rumpuser_kernel_mask }, old;
	sigset_t mask;
	stack_t old_stack;
	int err = 0;

	pthread_sigmask(SIG_SETMASK, &rumpuser_kernel_mask, &mask);
	if (sigaltstack(stack, &old_stack)) {
		err = errno;
	} else {
		sigaction(FIBER_SIGNAL, &sa, &old);
		call_handler(f);
		sigaction(FIBER_SIGNAL, &old, NULL);
		sigaltstack(&old_stack, NULL);
	}
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	if (missed) {
		missed = 0;
		kill(getpid(), FIBER_SIGNAL);
	}
	return err;
}

int rumpuser_fiber_create(void (*fn)(void *), void *arg, struct rumpuser_fiber **fiber)
{
	KEEP_ERRNO;
	struct rumpuser_fiber *f = malloc(sizeof(*f));
	stack_t stack = { .ss_size = STACK_SIZE };
	char *memory;

	if (!f)
		return ENOMEM;
	*fiber = f;
	f->fn = fn;
	f->arg = arg;
	if (!fn)
		return 0;
	memory = rumpuser_sparse(GUARD_SIZE + STACK_SIZE);
	if (!memory) {
		free(f);
		return ENOMEM;
	}
	mprotect(memory, GUARD_SIZE, PROT_NONE);
	stack.ss_sp = memory + GUARD_SIZE;
	return note_place(f, &stack);
}

/* No KEEP_ERRNO: the fiber may go on in another thread, where errno is another one. */
void rumpuser_fiber_switch(struct rumpuser_fiber *from, struct rumpuser_fiber *to)
{
	if (!from || !sigsetjmp(from->place, 1))
		siglongjmp(to->place, 1);
}
