/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No task has an address space of its own. */
#ifndef _ASM_RUMP_MMU_CONTEXT_H
#define _ASM_RUMP_MMU_CONTEXT_H

#include <linux/mm_types.h>
#include <asm-generic/mm_hooks.h>
static inline void activate_mm(struct mm_struct *prev, struct mm_struct *next)
{
}
#define activate_mm activate_mm
static inline void switch_mm(struct mm_struct *prev, struct mm_struct *next,
			     struct task_struct *tsk)
{
}
#include <asm-generic/mmu_context.h>

#endif
