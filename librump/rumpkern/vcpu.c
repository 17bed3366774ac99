// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Virtual CPUs: taking, releasing, handing over; the run queues; interrupts.
 *
 * The fast paths are one compare-and-swap on the CPU's state word.  A task that wants a CPU and
 * finds none waits in a run queue, and whoever releases a CPU grants it to the first in the
 * queue and wakes that task's thread: there is one futex wake in a switch.
 *
 * No wake-up is lost: a waiter queues itself, then looks for a free CPU again (rump_dispatch);
 * whoever frees a CPU looks for waiters afterwards.  Both sides are sequentially consistent.
 */
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/interrupt.h>
#include <linux/hardirq.h>
#include <linux/smp.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/task_work.h>
#include <linux/tick.h>
#include <linux/timer.h>
#include <kernel/time/tick-internal.h>
#include "sched.h"

__thread struct rump_registers rump_registers __attribute__((tls_model("initial-exec")));

/* Where asm/host.h has none.  The attribute: the compiler must not see that it is a constant. */
#ifdef RUMP_SELF_BY_CALL
__attribute__((noipa)) struct rump_registers *rump_self_address(void)
{
	return &rump_registers;
}
EXPORT_SYMBOL(rump_self_address);
#endif

struct vcpu rump_vcpus[NR_CPUS];
unsigned int rump_ncpu = 1;

static LIST_HEAD(runq);			/* tasks that may run on several CPUs */
static unsigned int runq_len;
static unsigned int runq_seq;		/* how often a task was added */
static arch_spinlock_t runq_lock = __ARCH_SPIN_LOCK_UNLOCKED;

#define SPINS_BEFORE_YIELD 64

static inline struct vcpu *this_vcpu(void)
{
	return &rump_vcpus[rump_self.cpu];
}

/* For words that one side writes before it reads another which the other side writes first. */
#define read_sc(word) __atomic_load_n(&(word), __ATOMIC_SEQ_CST)

static inline bool vcpu_cas(struct vcpu *v, unsigned long old, unsigned long new)
{
	return __atomic_compare_exchange_n(&v->state, &old, new, 0, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

/*
 * What the new holder reads comes after the CPU is seen as taken: a grace period that saw it free
 * does not wait for what the holder found before.  The swap alone orders that on some hosts only.
 */
static inline void vcpu_taken(void)
{
	smp_mb__after_atomic();
}

static inline void become(unsigned int cpu)
{
	rump_self.cpu = cpu;
	rump_self.percpu_offset = per_cpu_offset(cpu);
}

/* A free CPU is taken, whatever is pending on it: the caller polls. */
static bool vcpu_try(struct vcpu *v)
{
	unsigned long s = READ_ONCE(v->state);

	while (!(s & VCPU_BUSY)) {
		if (vcpu_cas(v, s, s | VCPU_BUSY)) {
			vcpu_taken();
			return true;
		}
		s = READ_ONCE(v->state);
	}
	return false;
}

static inline bool may_run_on(struct task_struct *p, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, p->cpus_ptr);
}

static inline bool is_bound(struct task_struct *p)
{
	return p->nr_cpus_allowed == 1 || p->migration_disabled;
}

/* ---- run queues ---------------------------------------------------------------------------- */

/* Its holder may have no virtual CPU, so that it must not take interrupts while it spins. */
static void runq_acquire(void)
{
	unsigned int spins = 0;

	while (!arch_spin_trylock(&runq_lock)) {
		if (++spins % SPINS_BEFORE_YIELD == 0)
			rumpuser_yield();
		else
			rump_pause();
	}
}

static void runq_add(struct task_struct *p)
{
	if (is_bound(p)) {
		struct vcpu *v = &rump_vcpus[cpumask_first(p->cpus_ptr)];

		list_add_tail(&p->thread.runq, &v->bound);
		__atomic_or_fetch(&v->state, VCPU_WAIT, __ATOMIC_SEQ_CST);
	} else {
		list_add_tail(&p->thread.runq, &runq);
		__atomic_store_n(&runq_len, runq_len + 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&runq_seq, runq_seq + 1, __ATOMIC_SEQ_CST);
	}
	p->thread.on_queue = 1;
}

/* Tasks of both queues take turns: neither kind keeps the other from running. */
static struct task_struct *runq_take(struct vcpu *v)
{
	struct task_struct *p;
	bool bound;

	list_for_each_entry(p, &runq, thread.runq)
		if (may_run_on(p, v - rump_vcpus))
			break;
	if (list_entry_is_head(p, &runq, thread.runq))
		p = NULL;
	bound = !list_empty(&v->bound) && !(p && v->bound_last);
	if (bound)
		p = list_first_entry(&v->bound, struct task_struct, thread.runq);
	if (!p)
		return NULL;
	v->bound_last = bound;
	list_del_init(&p->thread.runq);
	p->thread.on_queue = 0;
	if (!bound)
		__atomic_store_n(&runq_len, runq_len - 1, __ATOMIC_SEQ_CST);
	else if (list_empty(&v->bound))
		__atomic_and_fetch(&v->state, ~VCPU_WAIT, __ATOMIC_SEQ_CST);
	return p;
}

/* Make p the holder of v, which the caller has taken and leaves to p. */
static void grant(struct vcpu *v, struct task_struct *p)
{
	/* Once it has been given the CPU the task may end at any time: only its address is used. */
	bool started = p->thread.started;

	WRITE_ONCE(v->owner, p);
	p->thread.granted_cpu = v - rump_vcpus;
	smp_store_release(&p->thread.wake, 1);
	if (likely(started))
		rumpuser_futex_wake(&p->thread.wake, 1);
	else
		rump_fiber_to_thread(p);
}

/* Give the CPU that the caller holds to the next task, or set it free. */
static void vcpu_put(struct vcpu *v)
{
	struct task_struct *p;

	for (;;) {
		unsigned long s = READ_ONCE(v->state);

		if (unlikely(s & VCPU_QS)) {
			__atomic_add_fetch(&v->state, VCPU_RELEASE, __ATOMIC_SEQ_CST);
			rump_rcu_qs(v);
			continue;
		}
		if (unlikely(s & VCPU_INTR) && !rump_self.irqs_off) {
			rump_poll();
			continue;
		}
		if (unlikely(rump_booting)) {
			if (vcpu_cas(v, s, (s & ~VCPU_BUSY) + VCPU_RELEASE))
				return;
			continue;
		}
		if ((s & VCPU_WAIT) || READ_ONCE(runq_len)) {
			runq_acquire();
			p = runq_take(v);
			arch_spin_unlock(&runq_lock);
			if (p) {
				__atomic_add_fetch(&v->state, VCPU_RELEASE, __ATOMIC_SEQ_CST);
				grant(v, p);
				return;
			}
		}
		s &= ~(VCPU_QS | VCPU_WAIT);
		if (vcpu_cas(v, s, (s & ~VCPU_BUSY) + VCPU_RELEASE))
			return;
	}
}

/*
 * Tasks wait: find them free CPUs.  A task that was added meanwhile may have found a CPU taken
 * which is only being looked at here: look again for it.
 */
static void rump_dispatch(void)
{
	unsigned int i, seq;

	do {
		seq = read_sc(runq_seq);
		for (i = 0; i < rump_ncpu; i++) {
			struct vcpu *v = &rump_vcpus[i];
			unsigned long s = read_sc(v->state);
			int cpu = rump_self.cpu;

			if ((s & VCPU_BUSY) || !((s & VCPU_WAIT) || READ_ONCE(runq_len)) ||
			    !vcpu_try(v))
				continue;
			become(i);
			vcpu_put(v);
			become(cpu);
		}
	} while (read_sc(runq_seq) != seq);
}

static void enqueue(struct task_struct *p)
{
	runq_acquire();
	runq_add(p);
	arch_spin_unlock(&runq_lock);
}

void rump_make_runnable(struct task_struct *p, bool sync)
{
	unsigned int i, cpu = p->thread.last_cpu;

	/* A waker that is about to block leaves its own CPU: one futex wake, warm caches. */
	if (unlikely(rump_booting)) {
		enqueue(p);
		return;
	}
	if (is_bound(p))
		sync = false;
	if (!sync) {
		for (i = 0; i < rump_ncpu; i++, cpu = cpu + 1 < rump_ncpu ? cpu + 1 : 0) {
			struct vcpu *v = &rump_vcpus[cpu];

			if (may_run_on(p, cpu) && !(READ_ONCE(v->state) & VCPU_BUSY) &&
			    vcpu_try(v)) {
				grant(v, p);
				return;
			}
		}
	}
	enqueue(p);
	if (!sync)
		rump_dispatch();
}

/*
 * Look for the grant a while before parking: to wake an idle processor of the host takes longer
 * than most waits between two tasks.  In vain where the waker's thread shares this processor, or
 * none comes soon: each failure halves the thread's patience, and only now and then is it tried
 * again.
 */
#define PATIENCE	400	/* some 20 us */
#define RETRY		256

static void spin_for_grant(struct task_struct *p)
{
	static __thread unsigned int patience = PATIENCE, waits;
	unsigned int i;

	if (!patience && ++waits % RETRY == 0)
		patience = PATIENCE;
	for (i = 0; i < patience && !READ_ONCE(p->thread.wake); i++)
		rump_pause();
	if (i < patience)
		patience = PATIENCE;
	else
		patience = patience > PATIENCE / 8 ? patience / 2 : 0;
}

void rump_wait_granted(struct task_struct *p)
{
	spin_for_grant(p);
	while (!smp_load_acquire(&p->thread.wake))
		rumpuser_futex_wait(&p->thread.wake, 0, -1);
	p->thread.wake = 0;
	p->thread.last_cpu = p->thread.granted_cpu;
	task_thread_info(p)->cpu = p->thread.granted_cpu;
	become(p->thread.granted_cpu);
	if (unlikely(read_sc(rump_tick_asleep)))
		rump_tick_wake();
	rump_poll();
}

/* ---- taking and releasing -------------------------------------------------------------------- */

static noinline void schedule_slow(struct task_struct *p)
{
	unsigned int i, cpu = p->thread.last_cpu;

	for (i = 0; i < rump_ncpu; i++, cpu = cpu + 1 < rump_ncpu ? cpu + 1 : 0) {
		if (!may_run_on(p, cpu) || !vcpu_try(&rump_vcpus[cpu]))
			continue;
		WRITE_ONCE(rump_vcpus[cpu].owner, p);
		p->thread.last_cpu = cpu;
		task_thread_info(p)->cpu = cpu;
		become(cpu);
		if (read_sc(rump_tick_asleep))
			rump_tick_wake();
		rump_poll();
		return;
	}
	enqueue(p);
	rump_dispatch();
	rump_wait_granted(p);
}

void rump_schedule(void)
{
	struct vcpu *v = this_vcpu();
	struct task_struct *p = rump_self.current_task;
	unsigned long s = READ_ONCE(v->state);

	if (unlikely(rump_booting))
		return;
	if (unlikely((s & VCPU_FLAGS) || is_bound(p) || !vcpu_cas(v, s, s | VCPU_BUSY))) {
		schedule_slow(p);
		return;
	}
	vcpu_taken();
	WRITE_ONCE(v->owner, p);
	if (unlikely(read_sc(rump_tick_asleep)))
		rump_tick_wake();
}

/* There is no ksoftirqd: what was raised runs before the CPU is left. */
void rump_softirqs(void)
{
	if (unlikely(local_softirq_pending()) && !rump_self.irqs_off && !in_interrupt())
		do_softirq();
}

void rump_unschedule(void)
{
	struct vcpu *v = this_vcpu();
	unsigned long s = READ_ONCE(v->state);

	if (unlikely(rump_booting))
		return;
	if (unlikely((s & (VCPU_FLAGS & ~VCPU_BUSY)) || READ_ONCE(runq_len) ||
		     local_softirq_pending() ||
		     !vcpu_cas(v, s, (s & ~VCPU_BUSY) + VCPU_RELEASE))) {
		rump_softirqs();
		vcpu_put(v);
	}
	/* Somebody may have queued between the look at the queue and the release. */
	if (unlikely(read_sc(runq_len)))
		rump_dispatch();
}

void rump_switch_out(struct task_struct *p)
{
	if (unlikely(rump_booting)) {
		rump_fiber_switch(p);
		return;
	}
	vcpu_put(this_vcpu());
	if (unlikely(read_sc(runq_len)))
		rump_dispatch();
	rump_wait_granted(p);
}

void rump_vcpu_leave(void)
{
	if (unlikely(rump_booting))
		rump_fiber_switch(NULL);
	vcpu_put(this_vcpu());
	if (read_sc(runq_len))
		rump_dispatch();
}

/* ---- boot, in one thread --------------------------------------------------------------------- */

bool rump_boot_pending(void)
{
	unsigned int i;

	for (i = 0; i < rump_ncpu; i++)
		if (!list_empty(&rump_vcpus[i].bound))
			return true;
	return READ_ONCE(runq_len);
}

/* Leave the CPU that is held for another that was taken. */
static void move_to(unsigned int cpu)
{
	vcpu_put(this_vcpu());
	become(cpu);
}

/* Tasks that may run on one CPU only go first: the booting thread itself is always there. */
static unsigned int boot_next_cpu(void)
{
	unsigned int i;

	for (i = 0; i < rump_ncpu; i++)
		if (!list_empty(&rump_vcpus[i].bound))
			return i;
	return rump_self.cpu;
}

struct task_struct *rump_boot_next(void)
{
	unsigned int cpu = boot_next_cpu();
	struct vcpu *v = &rump_vcpus[cpu];
	struct task_struct *p;

	if (cpu != rump_self.cpu) {
		if (!vcpu_try(v))
			return NULL;
		move_to(cpu);
	}
	v->bound_last = false;
	runq_acquire();
	p = runq_take(v);
	arch_spin_unlock(&runq_lock);
	if (!p)
		return NULL;
	WRITE_ONCE(v->owner, p);
	p->thread.last_cpu = cpu;
	task_thread_info(p)->cpu = cpu;
	return p;
}

void rump_yield(void)
{
	struct task_struct *p = current;

	clear_tsk_need_resched(p);
	if (unlikely(rump_booting)) {
		rump_poll();
		if (!rump_boot_pending())
			return;
		enqueue(p);
		rump_fiber_switch(p);
		return;
	}
	if (!READ_ONCE(runq_len) && !(READ_ONCE(this_vcpu()->state) & VCPU_WAIT) &&
	    may_run_on(p, rump_self.cpu)) {
		rump_poll();
		if (READ_ONCE(this_vcpu()->state) & VCPU_QS)
			rump_rcu_qs(this_vcpu());
		return;
	}
	enqueue(p);
	/* The CPU that it moves to may be free, and nobody about to release it. */
	if (!may_run_on(p, rump_self.cpu))
		rump_dispatch();
	rump_switch_out(p);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void run_interrupts(struct vcpu *v)
{
	unsigned int pending;

	__atomic_and_fetch(&v->state, ~VCPU_INTR, __ATOMIC_SEQ_CST);
	pending = __atomic_exchange_n(&v->pending, 0, __ATOMIC_SEQ_CST);
	if (!pending)
		return;
	local_irq_disable();
	irq_enter();
	if (pending & INTR_IPI)
		generic_smp_call_function_single_interrupt();
	if (pending & INTR_TICK) {
		set_tsk_need_resched(current);
		update_process_times(0);
	}
	irq_exit();
	local_irq_enable();
}

void rump_poll(void)
{
	struct vcpu *v = this_vcpu();

	while (unlikely(READ_ONCE(v->state) & VCPU_INTR) && !rump_self.irqs_off)
		run_interrupts(v);
}

bool rump_borrow(unsigned int cpu, void (*fn)(struct vcpu *v))
{
	struct vcpu *v = &rump_vcpus[cpu];
	int self = rump_self.cpu, irqs = rump_self.irqs_off;

	if (!vcpu_try(v))
		return false;
	become(cpu);
	rump_self.irqs_off = 0;
	WRITE_ONCE(v->owner, rump_self.current_task);
	fn(v);
	vcpu_put(v);
	rump_self.irqs_off = irqs;
	become(self);
	/* A task may have found this CPU taken, and queued. */
	if (unlikely(read_sc(runq_len)))
		rump_dispatch();
	return true;
}

void rump_interrupt(unsigned int cpu, unsigned int which)
{
	struct vcpu *v = &rump_vcpus[cpu];

	__atomic_or_fetch(&v->pending, which, __ATOMIC_SEQ_CST);
	__atomic_or_fetch(&v->state, VCPU_INTR, __ATOMIC_SEQ_CST);
	/* The caller's own CPU, or another's that is held: polled.  Nobody's: here and now. */
	rump_borrow(cpu, run_interrupts);
}

/* ---- waiting for a lock ---------------------------------------------------------------------- */

/* The host may have descheduled the lock's holder: poll, spin a little, then let others run. */
void rump_cpu_relax(void)
{
	static __thread unsigned int spins;

	if (likely(rump_self.current_task))
		rump_poll();
	if (++spins % SPINS_BEFORE_YIELD == 0)
		rumpuser_yield();
	else
		rump_pause();
}
EXPORT_SYMBOL(rump_cpu_relax);

void rump_spin_slow(arch_spinlock_t *lock)
{
	unsigned int spins = 0;

	do {
		while (READ_ONCE(lock->locked)) {
			if (++spins % SPINS_BEFORE_YIELD == 0)
				rumpuser_yield();
			else
				rump_cpu_relax();
		}
	} while (!arch_spin_trylock(lock));
}
EXPORT_SYMBOL(rump_spin_slow);

void __init rump_vcpu_init(unsigned int ncpu)
{
	unsigned int i;

	rump_ncpu = ncpu;
	for (i = 0; i < ncpu; i++)
		INIT_LIST_HEAD(&rump_vcpus[i].bound);
	rump_vcpus[0].state = VCPU_BUSY;
	rump_vcpus[0].owner = &init_task;
}
