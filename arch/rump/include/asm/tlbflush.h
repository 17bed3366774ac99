/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_TLBFLUSH_H
#define _ASM_RUMP_TLBFLUSH_H

#include <linux/mm_types.h>
/* The host keeps the only translation there is. */
#define flush_tlb_all()				do { } while (0)
#define flush_tlb_mm(mm)			do { } while (0)
#define flush_tlb_page(vma, addr)		do { } while (0)
#define flush_tlb_kernel_range(start, end)	do { } while (0)

static inline void flush_tlb_range(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end)
{
}

#endif
