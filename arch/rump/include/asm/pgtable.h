/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables compile, and are never walked: memory is mapped by the host. */
#ifndef _ASM_RUMP_PGTABLE_H
#define _ASM_RUMP_PGTABLE_H

#include <asm-generic/pgtable-nopmd.h>

#define vmemmap		((struct page *)RUMP_VMEMMAP_BASE)
#define VMALLOC_START	RUMP_VMALLOC_BASE
#define VMALLOC_END	(RUMP_VMALLOC_BASE + RUMP_VMALLOC_SIZE)
#define MODULES_VADDR	VMALLOC_START
#define MODULES_END	VMALLOC_END

#define PGDIR_SHIFT	30
#define PGDIR_SIZE	(1UL << PGDIR_SHIFT)
#define PGDIR_MASK	(~(PGDIR_SIZE - 1))
#define PTRS_PER_PGD	512
#define PTRS_PER_PTE	512
#define USER_PTRS_PER_PGD PTRS_PER_PGD

#define _PAGE_PRESENT	0x001
#define _PAGE_RW	0x002
#define _PAGE_ACCESSED	0x020
#define _PAGE_DIRTY	0x040
#define _PAGE_EXCLUSIVE	0x080
#define _PAGE_BASE	(_PAGE_PRESENT | _PAGE_ACCESSED)

#define PAGE_NONE	__pgprot(_PAGE_ACCESSED)
#define PAGE_READONLY	__pgprot(_PAGE_BASE)
#define PAGE_COPY	PAGE_READONLY
#define PAGE_SHARED	__pgprot(_PAGE_BASE | _PAGE_RW)
#define PAGE_KERNEL	__pgprot(_PAGE_BASE | _PAGE_RW | _PAGE_DIRTY)
#define PAGE_KERNEL_EXEC PAGE_KERNEL
#define PAGE_KERNEL_RO	PAGE_READONLY

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];
extern unsigned long empty_zero_page[PAGE_SIZE / sizeof(unsigned long)];
#define ZERO_PAGE(vaddr)	rump_zero_page
extern struct page *rump_zero_page;

#define pte_ERROR(e)	((void)0)
#define pgd_ERROR(e)	((void)0)
#define pte_none(p)	(!pte_val(p))
#define pte_present(p)	(pte_val(p) & _PAGE_PRESENT)
#define pte_clear(mm, addr, ptep)	(*(ptep) = __pte(0))
#define pte_pfn(p)	(pte_val(p) >> PAGE_SHIFT)
#define pte_page(p)	pfn_to_page(pte_pfn(p))
#define pfn_pte(pfn, prot)	__pte(((pfn) << PAGE_SHIFT) | pgprot_val(prot))
#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), prot)
#define PFN_PTE_SHIFT	PAGE_SHIFT
#define pmd_none(p)	(!pmd_val(p))
#define pmd_bad(p)	0
#define pmd_present(p)	(pmd_val(p) != 0)
#define pmd_clear(p)	(pmd_val(*(p)) = 0)
#define pmd_pfn(p)	(pmd_val(p) >> PAGE_SHIFT)
#define pmd_page(p)	pfn_to_page(pmd_pfn(p))
#define pmd_page_vaddr(p)	((unsigned long)__va(pmd_val(p) & PAGE_MASK))
#define set_pmd(p, v)	(*(p) = (v))

#define RUMP_PTE_TEST(name, bit)						\
	static inline int pte_##name(pte_t p) { return !!(pte_val(p) & (bit)); }
#define RUMP_PTE_SET(name, bit)							\
	static inline pte_t pte_##name(pte_t p) { pte_val(p) |= (bit); return p; }
#define RUMP_PTE_CLEAR(name, bit)						\
	static inline pte_t pte_##name(pte_t p) { pte_val(p) &= ~(unsigned long)(bit); return p; }
RUMP_PTE_TEST(write, _PAGE_RW)
RUMP_PTE_TEST(dirty, _PAGE_DIRTY)
RUMP_PTE_TEST(young, _PAGE_ACCESSED)
RUMP_PTE_SET(mkwrite_novma, _PAGE_RW)
RUMP_PTE_SET(mkdirty, _PAGE_DIRTY)
RUMP_PTE_SET(mkyoung, _PAGE_ACCESSED)
RUMP_PTE_CLEAR(wrprotect, _PAGE_RW)
RUMP_PTE_CLEAR(mkclean, _PAGE_DIRTY)
RUMP_PTE_CLEAR(mkold, _PAGE_ACCESSED)
#define __HAVE_ARCH_PTE_SWP_EXCLUSIVE
RUMP_PTE_TEST(swp_exclusive, _PAGE_EXCLUSIVE)
RUMP_PTE_SET(swp_mkexclusive, _PAGE_EXCLUSIVE)
RUMP_PTE_CLEAR(swp_clear_exclusive, _PAGE_EXCLUSIVE)

static inline pte_t pte_modify(pte_t p, pgprot_t prot)
{
	pte_val(p) = (pte_val(p) & PAGE_MASK) | pgprot_val(prot);
	return p;
}
static inline void set_pte(pte_t *ptep, pte_t p)
{
	*ptep = p;
}
#define update_mmu_cache(vma, addr, ptep)			do { } while (0)
#define update_mmu_cache_range(vmf, vma, addr, ptep, nr)	do { } while (0)

#define __swp_type(x)		(((x).val >> 8) & 0x1f)
#define __swp_offset(x)		((x).val >> 13)
#define __swp_entry(t, off)	((swp_entry_t) { ((t) << 8) | ((off) << 13) })
#define __pte_to_swp_entry(p)	((swp_entry_t) { pte_val(p) })
#define __swp_entry_to_pte(x)	((pte_t) { (x).val })

#endif
