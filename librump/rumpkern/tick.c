// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Time without a running clock: one host thread ticks while virtual CPUs are in use, and sleeps
 * until the next timer is due when they are not.
 *
 * The first to take a virtual CPU while the tick sleeps brings jiffies up to date before it goes
 * on, and wakes the tick.
 */
#include <linux/clocksource.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/sched/clock.h>
#include <linux/seqlock.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/tick.h>
#include <linux/timekeeping.h>
#include <kernel/time/tick-internal.h>
#include <kernel/time/timekeeping.h>
#include "sched.h"

#define TICKS_BEFORE_SLEEP 2

unsigned int rump_tick_asleep;
static unsigned int tick_word;		/* the futex that the tick thread sleeps on */
static u64 tick_base;			/* host time of jiffy 0 of this boot */
static u64 ticks_done;
static DEFINE_RAW_SPINLOCK(tick_lock);

static u64 now_ns(void)
{
	return rumpuser_clock(RUMPUSER_CLOCK_MONOTONIC);
}

/* ---- the kernel's view of the clock ---------------------------------------------------------- */

/*
 * Where the date is fixed the clock does not move either; jiffies and what waits for them go on.
 * It stands where a machine would be up for some minutes: from then on random numbers, which are
 * the same each time, too, are seeded anew once in a minute only.
 */
#define STANDS_AT (150 * NSEC_PER_SEC)

static bool clock_stands __ro_after_init;
static u64 clock_stands_at __ro_after_init;

static u64 clock_read(struct clocksource *cs)
{
	return clock_stands ? clock_stands_at : now_ns();
}

static struct clocksource rump_clock = {
	.name = "host",
	.rating = 400,
	.read = clock_read,
	.mask = CLOCKSOURCE_MASK(64),
	.mult = 1 << 20,
	.shift = 20,
	.max_idle_ns = NSEC_PER_SEC * 600,
	.flags = CLOCK_SOURCE_IS_CONTINUOUS,
};

struct clocksource *__init clocksource_default_clock(void)
{
	return &rump_clock;
}

void read_persistent_clock64(struct timespec64 *ts)
{
	*ts = ns_to_timespec64(rumpuser_clock(RUMPUSER_CLOCK_REALTIME) -
			       (clock_stands ? STANDS_AT : 0));
}

unsigned long long notrace sched_clock(void)
{
	return now_ns();
}

u64 sched_clock_cpu(int cpu)
{
	return now_ns();
}

void __ndelay(unsigned long nsecs)
{
	u64 end = now_ns() + nsecs;

	while (now_ns() < end)
		cpu_relax();
}
EXPORT_SYMBOL(__ndelay);

void __udelay(unsigned long usecs)
{
	__ndelay(usecs * NSEC_PER_USEC);
}
EXPORT_SYMBOL(__udelay);

/* ---- jiffies --------------------------------------------------------------------------------- */

/* The host's clock is stepped or slewed by its owner: follow it when it is off by this much. */
#define REALTIME_TOLERANCE_NS (2 * NSEC_PER_MSEC)

static void follow_realtime(struct vcpu *v)
{
	s64 off = rumpuser_clock(RUMPUSER_CLOCK_REALTIME) - ktime_get_real_ns();

	if (abs(off) > REALTIME_TOLERANCE_NS) {
		struct timespec64 ts =
			ns_to_timespec64(rumpuser_clock(RUMPUSER_CLOCK_REALTIME));

		do_settimeofday64(&ts);
	}
}

/* Bring jiffies and the coarse clocks up to now.  Needs no virtual CPU. */
static void update_jiffies(void)
{
	u64 due = div_u64(now_ns() - tick_base, TICK_NSEC);
	unsigned long flags;

	/* The tick's thread holds no virtual CPU:
	 * it must not take a CPU's interrupts as it waits. */
	raw_spin_lock_irqsave(&tick_lock, flags);
	if (due > ticks_done) {
		raw_spin_lock(&jiffies_lock);
		write_seqcount_begin(&jiffies_seq);
		do_timer(due - ticks_done);
		write_seqcount_end(&jiffies_seq);
		raw_spin_unlock(&jiffies_lock);
		WRITE_ONCE(ticks_done, due);
		update_wall_time();
	}
	raw_spin_unlock_irqrestore(&tick_lock, flags);
}

/* The caller holds a virtual CPU.  Nobody goes on before jiffies are right. */
void rump_tick_wake(void)
{
	update_jiffies();
	if (!__atomic_exchange_n(&rump_tick_asleep, 0, __ATOMIC_SEQ_CST))
		return;
	__atomic_store_n(&tick_word, 1, __ATOMIC_SEQ_CST);
	rumpuser_futex_wake(&tick_word, 1);
}

/* ---- the tick thread ------------------------------------------------------------------------- */

static unsigned long releases(struct vcpu *v)
{
	return __atomic_load_n(&v->state, __ATOMIC_SEQ_CST) / VCPU_RELEASE;
}

static void note_next_event(struct vcpu *v)
{
	/* It holds two locks that the timer interrupt takes. */
	local_irq_disable();
	v->next_event = get_next_timer_interrupt(jiffies,
						 tick_base + READ_ONCE(ticks_done) * TICK_NSEC);
	local_irq_enable();
}

/* Tick on the CPUs that were used, or have a timer due.  True where none was used of late. */
static bool tick_cpus(void)
{
	bool idle = true;
	unsigned int i;

	for (i = 0; i < rump_ncpu; i++) {
		struct vcpu *v = &rump_vcpus[i];
		bool used = releases(v) != v->tick_seen || (READ_ONCE(v->state) & VCPU_BUSY);

		v->tick_idle = used ? 0 : v->tick_idle + 1;
		if (v->tick_idle < TICKS_BEFORE_SLEEP)
			idle = false;
		rump_interrupt(i, INTR_TICK);
		v->tick_seen = releases(v);
	}
	return idle && !rump_rcu_pending();
}

/* Nothing runs: when is the next timer due?  0: somebody is at work after all. */
static u64 next_event(void)
{
	u64 next = KTIME_MAX;
	unsigned int i;

	for (i = 0; i < rump_ncpu; i++) {
		struct vcpu *v = &rump_vcpus[i];

		if (releases(v) != v->tick_seen || !rump_borrow(i, note_next_event))
			return 0;
		v->tick_seen = releases(v);
		next = min(next, v->next_event);
	}
	return next;
}

static void sleep_until_needed(void)
{
	u64 next, now;
	unsigned int i;

	__atomic_store_n(&tick_word, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&rump_tick_asleep, 1, __ATOMIC_SEQ_CST);
	next = next_event();
	for (i = 0; next && i < rump_ncpu; i++)
		if (releases(&rump_vcpus[i]) != rump_vcpus[i].tick_seen ||
		    (__atomic_load_n(&rump_vcpus[i].state, __ATOMIC_SEQ_CST) & VCPU_BUSY))
			next = 0;
	now = now_ns();
	if (next > now)
		rumpuser_futex_wait(&tick_word, 0, next == KTIME_MAX ? -1 : next - now);
	update_jiffies();
	__atomic_store_n(&rump_tick_asleep, 0, __ATOMIC_SEQ_CST);
}

static struct task_struct tick_task;	/* an identity for interrupts that
					   run in the tick's thread */

static void tick_thread(void *unused)
{
	u64 realtime_due = 0;

	rump_idle_identity(&tick_task);
	for (;;) {
		u64 due = tick_base + (READ_ONCE(ticks_done) + 1) * TICK_NSEC, now = now_ns();

		if (due > now) {
			rumpuser_futex_wait(&tick_word, READ_ONCE(tick_word), due - now);
			continue;
		}
		update_jiffies();
		rump_arena_prefault();
		if (tick_cpus())
			sleep_until_needed();
		if (READ_ONCE(ticks_done) >= realtime_due) {
			rump_borrow(0, follow_realtime);
			realtime_due = READ_ONCE(ticks_done) + HZ;
		}
	}
}

/* Before timekeeping_init, whose now is the first jiffy.
 * A clock that is not registered cannot go on. */
void __init rump_time_init(void)
{
	char date[32];

	__clocksource_register(&rump_clock);
	tick_base = now_ns();
	clock_stands = !rumpuser_getparam("RUMP_EPOCH", date, sizeof(date));
}

/* After timekeeping_init, before random numbers are made. */
void __init rump_time_settle(void)
{
	if (!clock_stands)
		return;
	clock_stands_at = STANDS_AT;
	update_wall_time();
}

void __init rump_tick_init(void)
{
	int err = rumpuser_thread_create(tick_thread, NULL, "tick");

	if (err)
		panic("no host thread for the tick: error %d", err);
}
