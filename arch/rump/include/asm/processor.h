/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_PROCESSOR_H
#define _ASM_RUMP_PROCESSOR_H

#include <asm/ptrace.h>
#include <asm/rump.h>
#include <linux/prefetch.h>
#include <linux/types.h>

struct thread_struct {
	int (*fn)(void *);
	void *fn_arg;
	unsigned int wake;		/* futex: 1 once a virtual CPU was handed to this task */
	int granted_cpu;		/* which */
	int last_cpu;
	int on_queue;			/* in a run queue, waiting for a virtual CPU */
	int blocked;			/* in schedule(), not runnable; under pi_lock */
	int started;			/* has its host thread */
	struct list_head runq;
	void *context;			/* struct rump_context, NULL: the initial one */
};
#define INIT_THREAD	{ .last_cpu = 0, .started = 1 }

#define TASK_SIZE		(1UL << 62)
#define TASK_UNMAPPED_BASE	(TASK_SIZE / 3)
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		TASK_SIZE
#define KSTK_EIP(t)		0UL
#define KSTK_ESP(t)		0UL
#define task_pt_regs(t)		((struct pt_regs *)NULL)
#define cpu_relax()		rump_cpu_relax()

/* Tell the processor that this is a spin loop. */
static inline void rump_pause(void)
{
#ifdef RUMP_PAUSE
	RUMP_PAUSE();
#else
	barrier();
#endif
}

static inline unsigned long __get_wchan(struct task_struct *p)
{
	return 0;
}
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);

#endif
