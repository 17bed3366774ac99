// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of the kernel that the scheduler calls, as small as the tests allow. */
#include "races.h"

struct task_struct init_task = {
	.cpus_mask = { ~0UL }, .cpus_ptr = &init_task.cpus_mask, .nr_cpus_allowed = NR_CPUS,
	.signal = &(struct signal_struct){ }, .thread = INIT_THREAD,
};
char per_cpu_area[NR_CPUS][4096] __attribute__((aligned(4096)));
unsigned long test_jiffies;
raw_spinlock_t jiffies_lock;

/* ---- tasks ---- */

struct task_struct *copy_process(void *pid, int trace, int node, struct kernel_clone_args *args)
{
	struct task_struct *p = calloc(1, sizeof(*p));

	(void)pid, (void)trace, (void)node;
	p->cpus_mask.bits = ~0UL;
	p->cpus_ptr = &p->cpus_mask;
	p->nr_cpus_allowed = NR_CPUS;
	p->signal = init_task.signal;
	copy_thread(p, args);
	sched_fork(args->flags, p);
	return p;
}

struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *name)
{
	struct kernel_clone_args args = { .fn = fn, .fn_arg = arg, .name = name };
	struct task_struct *p = copy_process(NULL, 0, 0, &args);

	wake_up_new_task(p);
	return p;
}

static void free_task(struct rcu_head *head)
{
	struct task_struct *p = container_of(head, struct task_struct, rcu);

	memset(p, 0x6b, sizeof(*p));
	free(p);
}

void put_task_struct_rcu_user(struct task_struct *p)
{
	call_rcu(&p->rcu, free_task);
}

void migrate_disable(void)
{
	static const struct cpumask of[] = { { 1 }, { 2 }, { 4 }, { 8 }, { 16 }, { 32 }, { 64 },
					     { 128 } };

	if (current->migration_disabled++ == 0)
		current->cpus_ptr = &of[rump_self.cpu];
}

void migrate_enable(void)
{
	if (--current->migration_disabled == 0)
		current->cpus_ptr = &current->cpus_mask;
}

void set_cpus(unsigned long bits)
{
	raw_spin_lock(&current->pi_lock);
	WRITE_ONCE(current->cpus_mask.bits, bits);
	current->nr_cpus_allowed = __builtin_popcountl(bits);
	raw_spin_unlock(&current->pi_lock);
	if (!(bits >> rump_self.cpu & 1))
		rump_yield();
}

/* ---- interrupts ---- */

unsigned int local_softirq_pending(void)
{
	return READ_ONCE(this_cpu()->softirq);
}

static void run_softirq(void)
{
	enter_cpu("softirq");
	current->thread_info.preempt_count += SOFTIRQ;
	WRITE_ONCE(this_cpu()->softirq, 0);
	local_irq_enable();
	run_timers();
	local_irq_disable();
	current->thread_info.preempt_count -= SOFTIRQ;
	leave_cpu();
}

void do_softirq(void)
{
	local_irq_disable();
	if (local_softirq_pending())
		run_softirq();
	local_irq_enable();
}

void local_bh_enable(void)
{
	current->thread_info.preempt_count -= SOFTIRQ;
}

void irq_enter(void)
{
	current->thread_info.preempt_count += HARDIRQ;
	enter_cpu("interrupt");
}

void irq_exit(void)
{
	leave_cpu();
	current->thread_info.preempt_count -= HARDIRQ;
	if (!in_interrupt() && local_softirq_pending())
		run_softirq();
}

void generic_smp_call_function_single_interrupt(void)
{
	struct call *c = __atomic_exchange_n(&this_cpu()->calls, NULL, __ATOMIC_ACQ_REL), *next;

	for (; c; c = next) {
		next = c->next;
		this_cpu()->counter++;
		__atomic_store_n(&c->done, 1, __ATOMIC_RELEASE);
	}
}

/* Call the CPU and wait until it has answered. */
void call_cpu(unsigned int cpu)
{
	struct call c = { .done = 0 };
	struct cpu *to = (struct cpu *)per_cpu_offset(cpu);

	c.next = __atomic_load_n(&to->calls, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&to->calls, &c.next, &c, 0, __ATOMIC_ACQ_REL,
					    __ATOMIC_RELAXED))
		;
	rump_interrupt(cpu, INTR_IPI);
	while (!__atomic_load_n(&c.done, __ATOMIC_ACQUIRE))
		rump_cpu_relax();
}

void update_process_times(int user)
{
	this_cpu()->counter++;
	if ((s64)(jiffies - READ_ONCE(this_cpu()->next_timer)) >= 0)
		WRITE_ONCE(this_cpu()->softirq, 1);
	rcu_sched_clock_irq(user);
}

/* ---- timers: one list for each CPU ---- */

void run_timers(void)
{
	struct cpu *c = this_cpu();
	unsigned long now = jiffies, next = now + LONG_MAX, flags;
	struct timer *t, **p;

	raw_spin_lock_irqsave(&c->timer_lock, flags);
	for (p = &c->timers; (t = *p);) {
		struct task_struct *task = t->task;

		if ((s64)(now - t->expires) < 0) {
			if ((s64)(next - t->expires) > 0)
				next = t->expires;
			p = &t->next;
			continue;
		}
		*p = t->next;
		t->fired = true;
		wake_up_process(task);
	}
	WRITE_ONCE(c->next_timer, next);
	raw_spin_unlock_irqrestore(&c->timer_lock, flags);
}

long schedule_timeout(long ticks)
{
	struct cpu *c = this_cpu();
	struct timer t = { .task = current, .expires = jiffies + ticks };
	bool fired = false;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->timer_lock, flags);
	t.next = c->timers;
	c->timers = &t;
	if (!t.next || (s64)(c->next_timer - t.expires) > 0)
		WRITE_ONCE(c->next_timer, t.expires);
	raw_spin_unlock_irqrestore(&c->timer_lock, flags);
	while (!fired) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		raw_spin_lock_irqsave(&c->timer_lock, flags);
		fired = t.fired;
		raw_spin_unlock_irqrestore(&c->timer_lock, flags);
		if (!fired)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return jiffies - t.expires;
}

u64 get_next_timer_interrupt(unsigned long basej, u64 basem)
{
	struct cpu *c = this_cpu();
	u64 next = KTIME_MAX;

	raw_spin_lock(&c->timer_lock);
	if (c->timers)
		next = (s64)(c->next_timer - basej) <= 0 ? basem :
		       basem + (c->next_timer - basej) * TICK_NSEC;
	raw_spin_unlock(&c->timer_lock);
	return next;
}

/* ---- waiting ---- */

static void wait_for(struct waiters *w, bool *flag, bool take)
{
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		raw_spin_lock(&w->lock);
		if (*flag == !take) {
			if (take)
				*flag = true;
			raw_spin_unlock(&w->lock);
			__set_current_state(TASK_RUNNING);
			return;
		}
		w->task[w->n++] = current;
		raw_spin_unlock(&w->lock);
		schedule();
	}
}

static void set_flag(struct waiters *w, bool *flag, bool value)
{
	raw_spin_lock(&w->lock);
	*flag = value;
	while (w->n)
		wake_up_process(w->task[--w->n]);
	raw_spin_unlock(&w->lock);
}

void mutex_lock(struct mutex *m) { wait_for(&m->w, &m->held, true); }
void mutex_unlock(struct mutex *m) { set_flag(&m->w, &m->held, false); }
void init_completion(struct completion *c) { memset(c, 0, sizeof(*c)); }
void complete(struct completion *c) { set_flag(&c->w, &c->done, true); }
void wait_for_completion(struct completion *c) { wait_for(&c->w, &c->done, false); }

void wakeme_after_rcu(struct rcu_head *head) { (void)head; }
void percpu_ref_switch_to_atomic_rcu(struct rcu_head *head) { (void)head; }

/* ---- of the kernel side itself, what has no part in these tests ---- */

void rump_arena_prefault(void) { }

bool rump_booting;
void rump_fiber_create(struct task_struct *p) { (void)p; }
void rump_fiber_switch(struct task_struct *p) { (void)p; }
void rump_fiber_to_thread(struct task_struct *p) { (void)p; }
void rump_fiber_end(void) { }
