// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of kernel/sched that are independent of the scheduler.  They do not compile alone:
 * the kernel packs them into one unit too.
 */
#include <linux/sched/cputime.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <linux/completion.h>
#include <linux/hash.h>
#include <linux/kthread.h>
#include <linux/mmu_context.h>
#include <linux/sched_clock.h>
#include <linux/swait_api.h>
#include <linux/wait_api.h>
#include <linux/wait_bit.h>
#include <kernel/sched/sched.h>

#include <kernel/sched/completion.c>
#include <kernel/sched/swait.c>
#include <kernel/sched/wait_bit.c>
#include <kernel/sched/wait.c>
