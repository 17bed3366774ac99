/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_PGALLOC_H
#define _ASM_RUMP_PGALLOC_H

#include <linux/mm.h>
#include <asm-generic/pgalloc.h>
#define pmd_populate_kernel(mm, pmd, pte)	set_pmd(pmd, __pmd(__pa(pte)))
#define pmd_populate(mm, pmd, pte)		set_pmd(pmd, __pmd(page_to_pfn(pte) << PAGE_SHIFT))
#define __pte_free_tlb(tlb, pte, address)	tlb_remove_page_ptdesc((tlb), page_ptdesc(pte))
static inline pgd_t *pgd_alloc(struct mm_struct *mm)
{
	return (pgd_t *)get_zeroed_page(GFP_KERNEL);
}

#endif
