// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fibers: stacks to switch between in one thread.  While the kernel side boots its tasks are
 * fibers; one that is needed later goes on in a thread of its own.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "../internal.h"

#define STACK_SIZE (256UL * 1024)
#define GUARD_SIZE (16UL * 1024)

struct rumpuser_fiber {
	ucontext_t context;
	void (*fn)(void *);
	void *arg;
};

static void entry(unsigned int high, unsigned int low)
{
	struct rumpuser_fiber *f = (void *)((uintptr_t)high << 32 | low);

	f->fn(f->arg);
}

int rumpuser_fiber_create(void (*fn)(void *), void *arg, struct rumpuser_fiber **fiber)
{
	KEEP_ERRNO;
	struct rumpuser_fiber *f;
	char *stack = rumpuser_sparse(STACK_SIZE);

	if (!stack)
		return ENOMEM;
	if (mprotect(stack, GUARD_SIZE, PROT_NONE)) {
		munmap(stack, STACK_SIZE);
		return errno;
	}
	/* The fiber itself lies at the top of its stack. */
	f = (void *)(stack + ((STACK_SIZE - sizeof(*f)) & ~63UL));
	f->fn = fn;
	f->arg = arg;
	getcontext(&f->context);
	f->context.uc_sigmask = rumpuser_kernel_mask;
	f->context.uc_stack.ss_sp = stack + GUARD_SIZE;
	f->context.uc_stack.ss_size = (char *)f - stack - GUARD_SIZE;
	makecontext(&f->context, (void (*)(void))entry, 2,
		    (unsigned int)((uintptr_t)f >> 32), (unsigned int)(uintptr_t)f);
	*fiber = f;
	return 0;
}

/* No KEEP_ERRNO: the fiber may go on in another thread, where errno is another one. */
void rumpuser_fiber_switch(struct rumpuser_fiber *from, struct rumpuser_fiber *to)
{
	if (from)
		swapcontext(&from->context, &to->context);
	else
		setcontext(&to->context);
}
