/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual CPUs and tasks, private to librump's kernel side.
 *
 * A host thread runs kernel code only while it holds one of N virtual CPUs.  Holding one means
 * that nothing else runs on that CPU: preemption and interrupts are off by construction.
 */
#ifndef RUMPKERN_SCHED_H
#define RUMPKERN_SCHED_H

#include <linux/sched.h>
#include <linux/task_work.h>
#include <rump/rumpuser.h>

/* vcpu.state: flags, and above them a count of releases, by which RCU sees quiescent states. */
#define VCPU_BUSY	0x1UL	/* somebody holds it */
#define VCPU_INTR	0x2UL	/* interrupts are pending */
#define VCPU_QS		0x4UL	/* a grace period waits for its release */
#define VCPU_WAIT	0x8UL	/* a task that may run nowhere else waits for it */
#define VCPU_FLAGS	0xfUL
#define VCPU_RELEASE	0x10UL

/* vcpu.pending: the interrupts. */
#define INTR_IPI	1U
#define INTR_TICK	2U

struct vcpu {
	unsigned long state;
	unsigned int pending;
	unsigned int tick_idle;		/* ticks since it was last used (tick.c) */
	unsigned long tick_seen;	/* its releases at the last tick */
	u64 next_event;			/* of its timers, nanoseconds (tick.c) */
	struct task_struct *owner;
	struct list_head bound;		/* run queue of tasks that may run nowhere else */
	bool bound_last;		/* the last task taken from a queue was one of them */
} ____cacheline_aligned;

extern struct vcpu rump_vcpus[];
extern unsigned int rump_ncpu;

/* ---- holding a virtual CPU ---- */

/* Take one for the calling thread, which must have a task; give it up. */
void rump_schedule(void);
void rump_unschedule(void);

/*
 * Bracket around every hypercall that can block on the host.  Not inside rcu_read_lock, with
 * preemption off or a spinlock held: it is a point where others run.
 */
#define RUMP_HYPERCALL(expr) do { rump_unschedule(); expr; rump_schedule(); } while (0)

/* Run the softirqs that are pending, where that may be now. */
void rump_softirqs(void);

/* Give it up to tasks that wait, take one again (allowed on the task's CPU mask). */
void rump_yield(void);

/* Post interrupts to a CPU; they run at its holder's next poll, or here where nobody holds it. */
void rump_interrupt(unsigned int cpu, unsigned int which);
/* Run fn as `cpu` in the calling thread if nobody holds that CPU. */
bool rump_borrow(unsigned int cpu, void (*fn)(struct vcpu *v));
/* Run what is pending for the CPU that the caller holds. */
void rump_poll(void);

/* A task became runnable: give it a virtual CPU, or queue it.  sync: the waker will soon block. */
void rump_make_runnable(struct task_struct *p, bool sync);
/* Wait until somebody gave the calling task a virtual CPU. */
void rump_wait_granted(struct task_struct *p);
/* The last step of schedule(): give the CPU away, wait to be given one. */
void rump_switch_out(struct task_struct *p);
/* Give the CPU away for ever. */
void rump_vcpu_leave(void);
void rump_vcpu_init(unsigned int ncpu);

/* ---- tasks (task.c) ---- */

/* The calling thread is about to wait: its client may want to know (include/rump/rump.h). */
void rump_will_wait(void);
void rump_set_wait_hook(void (*fn)(void *arg), void *arg);

/* Give the calling host thread a task, taking a virtual CPU.  0 or a negative errno. */
int rump_adopt(void);
void rump_thread_exit(void *task);
/* kernel/sched/sched.h declares these, and cannot be included here. */
int try_to_wake_up(struct task_struct *p, unsigned int state, int wake_flags);
void schedule_rtlock(void);
/* Make the thread one that only takes interrupts: no task, but something to be current. */
void rump_idle_identity(struct task_struct *idle);
void rump_task_init(void);

/* ---- tasks while the kernel side boots (fiber.c) ---- */

extern bool rump_booting;
void rump_fiber_create(struct task_struct *p);
void rump_fiber_switch(struct task_struct *p);
void rump_fiber_to_thread(struct task_struct *p);
void rump_fiber_end(void);
/* The next task that can run, on a virtual CPU that it may run on and the caller then holds. */
struct task_struct *rump_boot_next(void);
bool rump_boot_pending(void);

/* ---- time (tick.c) ---- */

extern unsigned int rump_tick_asleep;
void rump_tick_wake(void);
void rump_tick_init(void);
void rump_time_init(void);
void rump_time_settle(void);

/* ---- RCU (rcu.c) ---- */

void rump_rcu_qs(struct vcpu *v);
bool rump_rcu_pending(void);
void rump_rcu_start(void);

/* ---- memory (arena.c), the end (console.c) ---- */

int rump_arena_init(void);
void rump_memory_limits(void);
void rump_arena_prefault(void);
extern unsigned long rump_memlimit;
extern unsigned long rump_vmalloc_size;	/* of the range that is reserved */
void rump_panic_init(void);

/* After each call from outside: what a kernel does on the way back to user mode. */
static inline void rump_exit_work(void)
{
	if (unlikely(READ_ONCE(current->task_works)))
		task_work_run();
}

#endif
