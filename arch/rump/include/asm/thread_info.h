/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_THREAD_INFO_H
#define _ASM_RUMP_THREAD_INFO_H

#define THREAD_SIZE_ORDER	0
#define THREAD_SIZE		PAGE_SIZE
#ifndef __ASSEMBLY__
struct thread_info {
	unsigned long flags;
	int preempt_count;
	unsigned int cpu;
};
#define INIT_THREAD_INFO(tsk)	{ .preempt_count = INIT_PREEMPT_COUNT }
#endif

#define TIF_SIGPENDING		1
#define TIF_NEED_RESCHED	2
#define TIF_NOTIFY_SIGNAL	3
#define TIF_MEMDIE		5
#define TIF_RESTORE_SIGMASK	7
#define TIF_NOTIFY_RESUME	8
#define TIF_POLLING_NRFLAG	9
#define TIF_SYSCALL_TRACE	10
#define _TIF_SIGPENDING		(1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED	(1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_SIGNAL	(1 << TIF_NOTIFY_SIGNAL)
#define _TIF_NOTIFY_RESUME	(1 << TIF_NOTIFY_RESUME)
#define _TIF_POLLING_NRFLAG	(1 << TIF_POLLING_NRFLAG)
#define _TIF_SYSCALL_TRACE	(1 << TIF_SYSCALL_TRACE)

#endif
