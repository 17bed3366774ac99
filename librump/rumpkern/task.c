// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks are host threads: schedule(), waking, start and end, and the adoption of client threads.
 *
 * p->pi_lock serialises a task's way to sleep with its wakers: `blocked` is set under it once the
 * task has committed to sleep, and whoever clears it makes the task runnable.
 */
#include <linux/blkdev.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/sched/wake_q.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <kernel/workqueue_internal.h>
#include "sched.h"

/* ---- sleeping -------------------------------------------------------------------------------- */

static __thread struct {
	void (*fn)(void *arg);
	void *arg;
} wait_hook;

void rump_set_wait_hook(void (*fn)(void *arg), void *arg)
{
	wait_hook.fn = fn;
	wait_hook.arg = arg;
}

void rump_will_wait(void)
{
	if (wait_hook.fn)
		wait_hook.fn(wait_hook.arg);
}

static void __schedule(struct task_struct *p)
{
	raw_spin_lock(&p->pi_lock);
	if (READ_ONCE(p->__state) == TASK_RUNNING ||
	    signal_pending_state(READ_ONCE(p->__state), p)) {
		WRITE_ONCE(p->__state, TASK_RUNNING);
		raw_spin_unlock(&p->pi_lock);
		rump_yield();
		return;
	}
	p->thread.blocked = 1;
	p->on_rq = 0;
	p->nvcsw++;
	raw_spin_unlock(&p->pi_lock);
	rump_switch_out(p);
}

asmlinkage __visible void schedule(void)
{
	struct task_struct *p = current;

	rump_softirqs();
	if (READ_ONCE(p->__state) != TASK_RUNNING) {
		if (p->flags & PF_WQ_WORKER)
			wq_worker_sleeping(p);
		if (p->plug)
			blk_flush_plug(p->plug, true);
		rump_will_wait();
	}
	__schedule(p);
	if (p->flags & PF_WQ_WORKER)
		wq_worker_running(p);
}
EXPORT_SYMBOL(schedule);

void __sched schedule_preempt_disabled(void)
{
	schedule();
}

void __sched schedule_rtlock(void)
{
	__schedule(current);
}

/* The tick asks by an interrupt. */
static bool resched_due(void)
{
	rump_poll();
	return test_tsk_need_resched(current);
}

/* Gives way only where the tick asked for it: a hand-over costs a futex wake. */
int __cond_resched(void)
{
	struct vcpu *v = &rump_vcpus[rump_self.cpu];

	if (unlikely(resched_due())) {
		rump_yield();
		return 1;
	}
	if (unlikely(READ_ONCE(v->state) & VCPU_QS))
		rump_rcu_qs(v);
	return 0;
}
EXPORT_SYMBOL(__cond_resched);

#define COND_RESCHED(name, type, lock_it, unlock_it)	\
int name(type *lock)					\
{							\
	if (!resched_due())				\
		return 0;				\
	unlock_it(lock);				\
	rump_yield();					\
	lock_it(lock);					\
	return 1;					\
}							\
EXPORT_SYMBOL(name)

COND_RESCHED(__cond_resched_lock, spinlock_t, spin_lock, spin_unlock);
COND_RESCHED(__cond_resched_rwlock_read, rwlock_t, read_lock, read_unlock);
COND_RESCHED(__cond_resched_rwlock_write, rwlock_t, write_lock, write_unlock);

void __sched yield(void)
{
	rump_yield();
}
EXPORT_SYMBOL(yield);

/* ---- waking ---------------------------------------------------------------------------------- */

int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags)
{
	unsigned long flags;
	bool blocked;

	raw_spin_lock_irqsave(&p->pi_lock, flags);
	/* Between what the waker has written and the state. */
	smp_mb__after_spinlock();
	if (!(READ_ONCE(p->__state) & state)) {
		raw_spin_unlock_irqrestore(&p->pi_lock, flags);
		return 0;
	}
	WRITE_ONCE(p->__state, TASK_RUNNING);
	blocked = p->thread.blocked;
	p->thread.blocked = 0;
	p->on_rq = 1;
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	if (blocked)
		rump_make_runnable(p, wake_flags & 0x10 /* WF_SYNC of kernel/sched */);
	return 1;
}

int wake_up_process(struct task_struct *p)
{
	return try_to_wake_up(p, TASK_NORMAL, 0);
}
EXPORT_SYMBOL(wake_up_process);

int wake_up_state(struct task_struct *p, unsigned int state)
{
	return try_to_wake_up(p, state, 0);
}

int default_wake_function(wait_queue_entry_t *entry, unsigned int mode, int wake_flags, void *key)
{
	return try_to_wake_up(entry->private, mode, wake_flags);
}
EXPORT_SYMBOL(default_wake_function);

static bool wake_q_link(struct wake_q_head *head, struct task_struct *p)
{
	struct wake_q_node *node = &p->wake_q;

	smp_mb__before_atomic();
	if (unlikely(cmpxchg_relaxed(&node->next, NULL, WAKE_Q_TAIL)))
		return false;
	*head->lastp = node;
	head->lastp = &node->next;
	return true;
}

void wake_q_add(struct wake_q_head *head, struct task_struct *p)
{
	if (wake_q_link(head, p))
		get_task_struct(p);
}

void wake_q_add_safe(struct wake_q_head *head, struct task_struct *p)
{
	if (!wake_q_link(head, p))
		put_task_struct(p);
}

void wake_up_q(struct wake_q_head *head)
{
	struct wake_q_node *node = head->first;

	while (node != WAKE_Q_TAIL) {
		struct task_struct *p = container_of(node, struct task_struct, wake_q);

		node = node->next;
		WRITE_ONCE(p->wake_q.next, NULL);
		wake_up_process(p);
		put_task_struct(p);
	}
}

/*
 * Wait until p has gone to sleep in the given state (0: any).  The task is off its CPU as far as
 * its waker-visible state goes once `blocked` is set.
 */
unsigned long wait_task_inactive(struct task_struct *p, unsigned int match_state)
{
	for (;;) {
		bool blocked, match;

		raw_spin_lock_irq(&p->pi_lock);
		blocked = p->thread.blocked;
		match = !match_state || (READ_ONCE(p->__state) & match_state);
		raw_spin_unlock_irq(&p->pi_lock);
		if (!match)
			return 0;
		if (blocked || READ_ONCE(p->__state) == TASK_NEW)
			return p->nvcsw | LONG_MIN;
		rump_yield();
		RUMP_HYPERCALL(rumpuser_yield());
	}
}

/* ---- start and end --------------------------------------------------------------------------- */

static void task_entry(void *arg)
{
	struct task_struct *p = arg;
	int (*fn)(void *) = p->thread.fn;

	rump_self.current_task = p;
	rump_wait_granted(p);
	fn(p->thread.fn_arg);
	/* A kernel thread that returned (as init does before it becomes a program). */
	do_exit(0);
}

int copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	memset(&p->thread, 0, sizeof(p->thread));
	INIT_LIST_HEAD(&p->thread.runq);
	p->thread.fn = args->fn;
	p->thread.fn_arg = args->fn_arg;
	p->thread.last_cpu = rump_self.cpu;
	return 0;
}

int sched_fork(unsigned long clone_flags, struct task_struct *p)
{
	p->__state = TASK_NEW;
	p->on_rq = 0;
	task_thread_info(p)->preempt_count = 0;
	p->prio = p->normal_prio = p->static_prio = DEFAULT_PRIO;
	p->policy = SCHED_NORMAL;
	return 0;
}

void wake_up_new_task(struct task_struct *p)
{
	int err;

	p->on_rq = 1;
	WRITE_ONCE(p->__state, TASK_RUNNING);
	if (rump_booting) {
		rump_fiber_create(p);
		rump_make_runnable(p, false);
		return;
	}
	p->thread.started = 1;
	err = rumpuser_thread_create(task_entry, p, p->comm);
	if (err)
		panic("no host thread for %s: error %d", p->comm, err);
	rump_make_runnable(p, false);
}

/* Where an adopted thread's do_exit comes back to its host thread. */
static __thread void *exit_buf[5];
static __thread bool exit_adopted;

void rump_idle_identity(struct task_struct *idle)
{
	memcpy(idle, &init_task, sizeof(*idle));
	idle->thread_info.preempt_count = 0;
	INIT_LIST_HEAD(&idle->thread.runq);
	rump_self.current_task = idle;
}

void __noreturn do_task_dead(void)
{
	struct task_struct *p = current, idle;

	WRITE_ONCE(p->__state, TASK_DEAD);
	put_task_stack(p);
	put_task_struct_rcu_user(p);
	/* The task may be gone; interrupts that are taken on the way out need a current one. */
	rump_idle_identity(&idle);
	rump_vcpu_leave();
	rump_self.current_task = NULL;
	if (exit_adopted)
		__builtin_longjmp(exit_buf, 1);
	rumpuser_thread_exit();
}

/* ---- client threads -------------------------------------------------------------------------- */

/*
 * A client thread becomes a task of its own, forked off init_task, whose identity the thread
 * borrows for that: one thread at a time.
 */
static unsigned int adopt_lock;

static void adopt_enter(void)
{
	while (__atomic_exchange_n(&adopt_lock, 1, __ATOMIC_ACQUIRE))
		rumpuser_futex_wait(&adopt_lock, 1, -1);
}

static void adopt_leave(void)
{
	__atomic_store_n(&adopt_lock, 0, __ATOMIC_RELEASE);
	rumpuser_futex_wake(&adopt_lock, 1);
}

static struct task_struct *fork_client(void)
{
	struct kernel_clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			 CLONE_UNTRACED,
	};
	struct task_struct *p = copy_process(NULL, 0, NUMA_NO_NODE, &args);

	if (IS_ERR(p))
		return p;
	set_task_comm(p, "client");
	p->flags &= ~(PF_KTHREAD | PF_NOFREEZE | PF_NO_SETAFFINITY);
	p->thread.started = 1;
	p->on_rq = 1;
	WRITE_ONCE(p->__state, TASK_RUNNING);
	return p;
}

int rump_adopt(void)
{
	struct task_struct *p;
	int err;

	adopt_enter();
	rump_self.current_task = &init_task;
	rump_self.percpu_offset = per_cpu_offset(rump_self.cpu);
	rump_schedule();
	p = fork_client();
	if (IS_ERR(p)) {
		rump_unschedule();
		rump_self.current_task = NULL;
		adopt_leave();
		return PTR_ERR(p);
	}
	p->thread.last_cpu = rump_self.cpu;
	task_thread_info(p)->cpu = rump_self.cpu;
	rump_vcpus[rump_self.cpu].owner = p;
	rump_self.current_task = p;
	adopt_leave();
	err = rumpuser_thread_adopt(p);
	if (err)
		pr_warn("rump: a client thread's task will outlive it: error %d\n", err);
	return 0;
}

static noinline void exit_client(void)
{
	rump_exit_work();
	do_exit(0);
}

/* The host thread ends. */
void rump_thread_exit(void *task)
{
	rump_self.current_task = task;
	exit_adopted = true;
	rump_schedule();
	if (!__builtin_setjmp(exit_buf))
		exit_client();
}

void __init rump_task_init(void)
{
	rump_self.current_task = &init_task;
	INIT_LIST_HEAD(&init_task.thread.runq);
	init_task.on_rq = 1;
	init_task.thread_info.preempt_count = 0;
	/* Client tasks are threads of it. */
	refcount_set(&init_task.signal->sigcnt, 1);
	atomic_set(&init_task.signal->live, 1);
	init_task.signal->rlim[RLIMIT_NOFILE] = (struct rlimit){ 1 << 20, 1 << 20 };
}
