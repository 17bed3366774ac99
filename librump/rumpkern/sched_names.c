// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rest of kernel/sched's interface.  Priorities, scheduling classes, load figures and idle
 * balancing have no meaning here: the host schedules the threads.  Affinity has.
 */
#include <linux/blkdev.h>
#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/debug.h>
#include <linux/sched/init.h>
#include <linux/sched/loadavg.h>
#include <linux/sched/nohz.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/sched/topology.h>
#include <linux/smp.h>
#include <kernel/sched/smp.h>
#include "names.h"
#include "sched.h"

DEFINE_PER_CPU(struct kernel_stat, kstat);
EXPORT_PER_CPU_SYMBOL(kstat);
DEFINE_PER_CPU(struct kernel_cpustat, kernel_cpustat);
EXPORT_PER_CPU_SYMBOL(kernel_cpustat);
unsigned long avenrun[3];

/* ---- affinity ---- */

static void set_mask(struct task_struct *p, const struct cpumask *mask)
{
	cpumask_copy(&p->cpus_mask, mask);
	p->nr_cpus_allowed = cpumask_weight_and(mask, cpu_possible_mask);
	if (p->cpus_ptr == &p->cpus_mask && p->nr_cpus_allowed == 0)
		WARN_ONCE(1, "%s may run nowhere\n", p->comm);
}

/* p->pi_lock is held, or nobody else knows p. */
void do_set_cpus_allowed(struct task_struct *p, const struct cpumask *mask)
{
	set_mask(p, mask);
}

int set_cpus_allowed_ptr(struct task_struct *p, const struct cpumask *mask)
{
	unsigned long flags;

	if (!cpumask_intersects(mask, cpu_online_mask))
		return -EINVAL;
	raw_spin_lock_irqsave(&p->pi_lock, flags);
	set_mask(p, mask);
	raw_spin_unlock_irqrestore(&p->pi_lock, flags);
	/* A task that runs elsewhere moves when it next sleeps; the caller moves now. */
	if (p == current && !cpumask_test_cpu(rump_self.cpu, mask))
		rump_yield();
	return 0;
}
EXPORT_SYMBOL_GPL(set_cpus_allowed_ptr);

CONSTANT(int, dup_user_cpus_ptr, 0, struct task_struct *dst, struct task_struct *src, int node)
NOTHING(release_user_cpus_ptr, struct task_struct *p)

void migrate_disable(void)
{
	struct task_struct *p = current;

	if (p->migration_disabled++ == 0)
		p->cpus_ptr = cpumask_of(rump_self.cpu);
}
EXPORT_SYMBOL_GPL(migrate_disable);

void migrate_enable(void)
{
	struct task_struct *p = current;

	if (--p->migration_disabled == 0)
		p->cpus_ptr = &p->cpus_mask;
}
EXPORT_SYMBOL_GPL(migrate_enable);

/* ---- waiting for I/O ---- */

int io_schedule_prepare(void)
{
	int old = current->in_iowait;

	current->in_iowait = 1;
	if (current->plug)
		blk_flush_plug(current->plug, true);
	return old;
}

void io_schedule_finish(int token)
{
	current->in_iowait = token;
}

long __sched io_schedule_timeout(long timeout)
{
	int token = io_schedule_prepare();
	long left = schedule_timeout(timeout);

	io_schedule_finish(token);
	return left;
}
EXPORT_SYMBOL(io_schedule_timeout);

void __sched io_schedule(void)
{
	int token = io_schedule_prepare();

	schedule();
	io_schedule_finish(token);
}
EXPORT_SYMBOL(io_schedule);

/* ---- calls between CPUs ---- */

CONSTANT(bool, call_function_single_prep_ipi, true, int cpu)

void arch_send_call_function_single_ipi(int cpu)
{
	rump_interrupt(cpu, INTR_IPI);
}

void arch_send_call_function_ipi_mask(const struct cpumask *mask)
{
	int cpu;

	for_each_cpu(cpu, mask)
		rump_interrupt(cpu, INTR_IPI);
}

NOTHING(sched_ttwu_pending, void *arg)
CONSTANT(int, __cpu_up, -ENOSYS, unsigned int cpu, struct task_struct *idle)
NOTHING(smp_cpus_done, unsigned int max_cpus)
NOTHING(smp_send_stop, void)

int idle_cpu(int cpu)
{
	return !(READ_ONCE(rump_vcpus[cpu].state) & VCPU_BUSY);
}

int task_curr(const struct task_struct *p)
{
	return READ_ONCE(rump_vcpus[p->thread.last_cpu].owner) == p &&
	       !idle_cpu(p->thread.last_cpu);
}

/* ---- fork and exit ---- */

NOTHING(sched_post_fork, struct task_struct *p)
NOTHING(sched_cancel_fork, struct task_struct *p)
CONSTANT(int, sched_cgroup_fork, 0, struct task_struct *p, struct kernel_clone_args *args)
NOTHING(sched_exec, void)
NOTHING(init_idle, struct task_struct *idle, int cpu)

/* ---- priorities and classes ---- */

void set_user_nice(struct task_struct *p, long nice)
{
	p->static_prio = NICE_TO_PRIO(nice);
}
EXPORT_SYMBOL(set_user_nice);

CONSTANT(int, can_nice, 1, const struct task_struct *p, const int nice)
CONSTANT(int, task_prio, p->prio - MAX_RT_PRIO, const struct task_struct *p)
CONSTANT(int, sched_setscheduler_nocheck, 0, struct task_struct *p, int policy,
	 const struct sched_param *param)
NOTHING(sched_set_fifo, struct task_struct *p)
EXPORT_SYMBOL_GPL(sched_set_fifo);

void sched_set_normal(struct task_struct *p, int nice)
{
	set_user_nice(p, nice);
}
EXPORT_SYMBOL_GPL(sched_set_normal);

NOTHING(sched_set_stop_task, int cpu, struct task_struct *stop)
NOTHING(kick_process, struct task_struct *p)
EXPORT_SYMBOL_GPL(kick_process);

/* ---- idle, load, accounting ---- */

NOTHING(wake_up_if_idle, int cpu)
NOTHING(wake_up_nohz_cpu, int cpu)
NOTHING(nohz_balance_enter_idle, int cpu)
CONSTANT(int, get_nohz_timer_target, rump_self.cpu, void)
NOTHING(calc_load_nohz_start, void)
NOTHING(calc_load_nohz_stop, void)
NOTHING(calc_global_load, void)

void get_avenrun(unsigned long *loads, unsigned long offset, int shift)
{
	memset(loads, 0, 3 * sizeof(*loads));
}

NOTHING(sched_tick, void)
NOTHING(account_process_tick, struct task_struct *p, int user_tick)
NOTHING(account_idle_ticks, unsigned long ticks)
CONSTANT(bool, cpus_share_cache, true, int this_cpu, int that_cpu)
CONSTANT(bool, cpus_equal_capacity, true, int this_cpu, int that_cpu)
CONSTANT(int, sched_cpu_starting, 0, unsigned int cpu)
CONSTANT(int, sched_cpu_activate, 0, unsigned int cpu)
CONSTANT(int, sched_cpu_deactivate, -EBUSY, unsigned int cpu)
CONSTANT(unsigned int, nr_running, 1, void)
CONSTANT(unsigned long long, nr_context_switches, 0, void)
CONSTANT(unsigned int, nr_iowait, 0, void)
CONSTANT(unsigned int, nr_iowait_cpu, 0, int cpu)

void task_cputime_adjusted(struct task_struct *p, u64 *ut, u64 *st)
{
	*ut = 0;
	*st = 0;
}

void thread_group_cputime_adjusted(struct task_struct *p, u64 *ut, u64 *st)
{
	*ut = 0;
	*st = 0;
}

/* ---- reports ---- */

void sched_show_task(struct task_struct *p)
{
	pr_info("task:%-15.15s state:%x pid:%d\n", p->comm, READ_ONCE(p->__state), task_pid_nr(p));
}
EXPORT_SYMBOL_GPL(sched_show_task);

void show_state_filter(unsigned int state_filter)
{
	struct task_struct *g, *p;

	rcu_read_lock();
	for_each_process_thread(g, p)
		if (!state_filter || (READ_ONCE(p->__state) & state_filter))
			sched_show_task(p);
	rcu_read_unlock();
}
