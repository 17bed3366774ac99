/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_PAGE_H
#define _ASM_RUMP_PAGE_H

#include <linux/const.h>
#include <asm/rump.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(_AC(1, UL) << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_OFFSET	(RUMP_ARENA_BASE - RUMP_PHYS_BASE)

#ifndef __ASSEMBLY__
#include <linux/types.h>
#include <linux/string.h>
#define clear_page(page)	memset((page), 0, PAGE_SIZE)
#define copy_page(to, from)	memcpy((to), (from), PAGE_SIZE)
#define clear_user_page(page, vaddr, pg)	clear_page(page)
#define copy_user_page(to, from, vaddr, pg)	copy_page(to, from)

typedef struct { unsigned long pte; } pte_t;
typedef struct { unsigned long pgd; } pgd_t;
typedef struct { unsigned long pgprot; } pgprot_t;
typedef struct page *pgtable_t;
#define pte_val(x)	((x).pte)
#define pgd_val(x)	((x).pgd)
#define pgprot_val(x)	((x).pgprot)
#define __pte(x)	((pte_t) { (x) })
#define __pgd(x)	((pgd_t) { (x) })
#define __pgprot(x)	((pgprot_t) { (x) })

#define __pa(x)		((unsigned long)(x) - PAGE_OFFSET)
#define __va(x)		((void *)((unsigned long)(x) + PAGE_OFFSET))
#define virt_to_page(x)	pfn_to_page(__pa(x) >> PAGE_SHIFT)
#define virt_to_pfn(x)	(__pa(x) >> PAGE_SHIFT)
#define page_to_phys(p)	((phys_addr_t)page_to_pfn(p) << PAGE_SHIFT)
#define phys_to_page(x)	pfn_to_page((x) >> PAGE_SHIFT)
#define pfn_to_virt(pfn) __va((pfn) << PAGE_SHIFT)
#define page_to_virt(p)	__va(page_to_pfn(p) << PAGE_SHIFT)
#define virt_addr_valid(x)						\
	((unsigned long)(x) >= RUMP_ARENA_BASE &&			\
	 (unsigned long)(x) < RUMP_ARENA_BASE + RUMP_ARENA_MAX && pfn_valid(virt_to_pfn(x)))

#include <asm-generic/memory_model.h>
#include <asm-generic/getorder.h>
#endif
#define VM_DATA_DEFAULT_FLAGS	VM_DATA_FLAGS_NON_EXEC

#endif
