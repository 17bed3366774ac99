// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Boot in one thread.  A kernel starts some twenty threads, most of which do nothing but wait from
 * then on.  While it boots they are fibers of the booting thread, and who blocks switches to the
 * next one that can run; a fiber that is woken after boot is given a host thread, which goes on
 * where the fiber left off.
 *
 * thread.fn_arg is a task's struct fiber as long as thread.started is 0.
 */
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include "sched.h"

struct fiber {
	struct rumpuser_fiber *context;
	int (*fn)(void *);
	void *arg;
};

bool rump_booting = true;
static struct fiber boot_fiber;		/* the booting thread's own place */

static struct fiber *fiber_of(struct task_struct *p)
{
	return p == &init_task ? &boot_fiber : p->thread.fn_arg;
}

static void fiber_main(void *task)
{
	struct fiber *f = fiber_of(task);

	f->fn(f->arg);
	do_exit(0);
}

/* A new task, instead of a thread for it. */
void rump_fiber_create(struct task_struct *p)
{
	struct fiber *f = kzalloc(sizeof(*f), GFP_KERNEL | __GFP_NOFAIL);
	int err = 0;

	f->fn = p->thread.fn;
	f->arg = p->thread.fn_arg;
	p->thread.fn_arg = f;
	err = rumpuser_fiber_create(fiber_main, p, &f->context);
	if (!err && !boot_fiber.context)
		err = rumpuser_fiber_create(NULL, NULL, &boot_fiber.context);
	if (err)
		panic("no stack for %s: error %d", p->comm, err);
}

/* The booting thread has nothing to run: an interrupt must bring it. */
static void wait_for_work(void)
{
	unsigned int word = 0;

	rump_poll();
	rumpuser_futex_wait(&word, 0, NSEC_PER_MSEC / 4);
}

/* p gives way to whoever can run next; NULL: it has ended. */
void rump_fiber_switch(struct task_struct *p)
{
	struct task_struct *next;

	while (!(next = rump_boot_next()))
		wait_for_work();
	rump_self.current_task = next;
	if (next != p)
		rumpuser_fiber_switch(p ? fiber_of(p)->context : NULL, fiber_of(next)->context);
}

static void fiber_thread(void *task)
{
	rump_self.current_task = task;
	rump_wait_granted(task);
	rumpuser_fiber_switch(NULL, fiber_of(task)->context);
}

/* A fiber was granted a virtual CPU after boot. */
void rump_fiber_to_thread(struct task_struct *p)
{
	int err;

	p->thread.started = 1;
	err = rumpuser_thread_create(fiber_thread, p, p->comm);
	if (err)
		panic("no host thread for %s: error %d", p->comm, err);
}

/* Let every task come to where it waits. */
void __init rump_fiber_end(void)
{
	while (rump_boot_pending())
		rump_yield();
	rump_booting = false;
}
