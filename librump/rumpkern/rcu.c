// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RCU: a read-side section is a stretch without a release of the virtual CPU, so a grace period
 * has passed once every CPU was seen free, or has been released since.
 *
 * A grace period marks the CPUs that are held (VCPU_QS); a marked CPU's holder reports at its next
 * release or cond_resched().  Callbacks are kept in one list, taken by the "rcu" kernel thread,
 * which the tick wakes; many callbacks or rcu_barrier() wake it at once.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/oom.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/swait.h>
#include <linux/workqueue.h>
#include <kernel/rcu/rcu.h>
#include "sched.h"

#define MANY_CALLBACKS 2000

static DEFINE_RAW_SPINLOCK(cb_lock);
static struct rcu_head *cb_first, **cb_last = &cb_first;
static unsigned long cb_queued;		/* callbacks in the list */
static unsigned long cb_invoking;	/* the thread is at work */

static DEFINE_MUTEX(gp_mutex);		/* one grace period at a time */
static unsigned long gp_seq;		/* twice the completed ones, +1 while one runs */
static unsigned int gp_left;		/* marked CPUs; the futex of the waiter */

struct workqueue_struct *rcu_gp_wq;	/* SRCU's */
static struct task_struct *rcu_task;
static DECLARE_WAIT_QUEUE_HEAD(rcu_wait);

/* v's holder is outside any read-side section. */
void rump_rcu_qs(struct vcpu *v)
{
	if (!(__atomic_fetch_and(&v->state, ~VCPU_QS, __ATOMIC_SEQ_CST) & VCPU_QS))
		return;
	if (__atomic_sub_fetch(&gp_left, 1, __ATOMIC_SEQ_CST) == 0)
		rumpuser_futex_wake(&gp_left, 1);
}

static void wait_grace_period(void)
{
	unsigned int i, left;

	smp_mb();
	__atomic_store_n(&gp_left, 1, __ATOMIC_SEQ_CST);
	for (i = 0; i < rump_ncpu; i++) {
		struct vcpu *v = &rump_vcpus[i];
		unsigned long s = __atomic_load_n(&v->state, __ATOMIC_SEQ_CST);

		while (i != rump_self.cpu && (s & VCPU_BUSY)) {
			__atomic_add_fetch(&gp_left, 1, __ATOMIC_SEQ_CST);
			if (__atomic_compare_exchange_n(&v->state, &s, s | VCPU_QS, 0,
							__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
				break;
			__atomic_sub_fetch(&gp_left, 1, __ATOMIC_SEQ_CST);
		}
	}
	if (__atomic_sub_fetch(&gp_left, 1, __ATOMIC_SEQ_CST)) {
		rump_unschedule();
		while ((left = __atomic_load_n(&gp_left, __ATOMIC_SEQ_CST)))
			rumpuser_futex_wait(&gp_left, left, -1);
		rump_schedule();
	}
	smp_mb();
}

void synchronize_rcu(void)
{
	unsigned long want = get_state_synchronize_rcu();

	mutex_lock(&gp_mutex);
	if (!poll_state_synchronize_rcu(want)) {
		/* A poll that sees this value knows of the period before:
		 * it is a release as well. */
		smp_store_release(&gp_seq, gp_seq + 1);
		wait_grace_period();
		smp_store_release(&gp_seq, gp_seq + 1);
	}
	mutex_unlock(&gp_mutex);
}
EXPORT_SYMBOL_GPL(synchronize_rcu);

void synchronize_rcu_expedited(void)
{
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(synchronize_rcu_expedited);

/* ---- polled grace periods -------------------------------------------------------------------- */

unsigned long get_state_synchronize_rcu(void)
{
	smp_mb();
	/* A period that runs already may have begun before the caller's change:
	 * the one after it. */
	return (READ_ONCE(gp_seq) + 3) & ~1UL;
}
EXPORT_SYMBOL_GPL(get_state_synchronize_rcu);

bool poll_state_synchronize_rcu(unsigned long oldstate)
{
	bool done = ULONG_CMP_GE(smp_load_acquire(&gp_seq), oldstate);

	smp_mb();
	return done;
}
EXPORT_SYMBOL_GPL(poll_state_synchronize_rcu);

unsigned long start_poll_synchronize_rcu(void)
{
	unsigned long state = get_state_synchronize_rcu();

	wake_up(&rcu_wait);
	return state;
}
EXPORT_SYMBOL_GPL(start_poll_synchronize_rcu);

void cond_synchronize_rcu(unsigned long oldstate)
{
	if (!poll_state_synchronize_rcu(oldstate))
		synchronize_rcu();
}
EXPORT_SYMBOL_GPL(cond_synchronize_rcu);

void get_completed_synchronize_rcu_full(struct rcu_gp_oldstate *rgosp)
{
	memset(rgosp, 0, sizeof(*rgosp));
	rgosp->rgos_norm = READ_ONCE(gp_seq) & ~1UL;
}

/* ---- callbacks ------------------------------------------------------------------------------- */

extern void percpu_ref_switch_to_atomic_rcu(struct rcu_head *rcu); /* librump/link/globals */

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;
	bool now;

	head->func = func;
	head->next = NULL;
	raw_spin_lock_irqsave(&cb_lock, flags);
	WRITE_ONCE(*cb_last, head);
	cb_last = &head->next;
	/* A task waits for these: not until the next tick. */
	now = ++cb_queued % MANY_CALLBACKS == 0 || func == wakeme_after_rcu ||
	       func == percpu_ref_switch_to_atomic_rcu;
	raw_spin_unlock_irqrestore(&cb_lock, flags);
	if (unlikely(now) && rcu_task)
		wake_up_process(rcu_task);
}
EXPORT_SYMBOL_GPL(call_rcu);

static void free_later(struct rcu_head *head)
{
	/* func has the offset of the head in the object, as kfree_rcu() passes it. */
	kvfree((void *)head - (unsigned long)head->func);
}

void kvfree_call_rcu(struct rcu_head *head, void *ptr)
{
	if (!head) {
		might_sleep();
		synchronize_rcu();
		kvfree(ptr);
		return;
	}
	call_rcu(head, (rcu_callback_t)((void *)head - ptr));
}
EXPORT_SYMBOL_GPL(kvfree_call_rcu);

static void invoke(struct rcu_head *list)
{
	unsigned int n = 0;

	while (list) {
		struct rcu_head *head = list;
		rcu_callback_t func = head->func;

		list = head->next;
		local_bh_disable();
		if (__is_kvfree_rcu_offset((unsigned long)func))
			free_later(head);
		else
			func(head);
		local_bh_enable();
		if (++n % 64 == 0)
			cond_resched();
	}
}

static bool run_callbacks(void)
{
	struct rcu_head *list;

	raw_spin_lock_irq(&cb_lock);
	list = cb_first;
	/* Before the list is empty: rump_rcu_pending() must not miss both. */
	WRITE_ONCE(cb_invoking, list != NULL);
	smp_wmb();
	WRITE_ONCE(cb_first, NULL);
	cb_last = &cb_first;
	cb_queued = 0;
	raw_spin_unlock_irq(&cb_lock);
	if (!list)
		return false;
	synchronize_rcu();
	invoke(list);
	WRITE_ONCE(cb_invoking, 0);
	return true;
}

static int rcu_thread(void *unused)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		/* A wake-up may have come just before. */
		if (!READ_ONCE(cb_first))
			schedule();
		__set_current_state(TASK_RUNNING);
		while (run_callbacks())
			;
	}
	return 0;
}

bool rump_rcu_pending(void)
{
	if (READ_ONCE(cb_first))
		return true;
	smp_rmb();
	return READ_ONCE(cb_invoking);
}

/* The tick, on each CPU. */
void rcu_sched_clock_irq(int user)
{
	if (READ_ONCE(cb_first) && rcu_task && rump_self.cpu == 0)
		wake_up_process(rcu_task);
}

static void barrier_done(struct rcu_head *head);
struct barrier {
	struct rcu_head head;
	struct completion done;
};

static void barrier_done(struct rcu_head *head)
{
	complete(&container_of(head, struct barrier, head)->done);
}

/* The list is in order: the barrier's own callback is the last. */
void rcu_barrier(void)
{
	struct barrier b;

	if (!rump_rcu_pending())
		return;
	init_completion(&b.done);
	call_rcu(&b.head, barrier_done);
	wake_up_process(rcu_task);
	wait_for_completion(&b.done);
}
EXPORT_SYMBOL(rcu_barrier);

/*
 * Out of memory: what waits for a grace period is freed first, and what is being written to a slow
 * medium comes back with time.  Where it has not for long, nothing will: the kernel gives up.
 */
#define OOM_PATIENCE	(20 * HZ)

static int rcu_oom(struct notifier_block *nb, unsigned long unused, void *freed)
{
	static unsigned long since, last;

	if (!last || time_after(jiffies, last + HZ))
		since = jiffies;
	rcu_barrier();
	schedule_timeout_uninterruptible(1);
	last = jiffies;
	if (time_before(last, since + OOM_PATIENCE))
		++*(unsigned long *)freed;
	return NOTIFY_OK;
}

static struct notifier_block rcu_oom_nb = { .notifier_call = rcu_oom };

void __init rump_rcu_start(void)
{
	rcu_task = kthread_run(rcu_thread, NULL, "rcu");
	BUG_ON(IS_ERR(rcu_task));
	rcu_gp_wq = system_wq;
	register_oom_notifier(&rcu_oom_nb);
}
