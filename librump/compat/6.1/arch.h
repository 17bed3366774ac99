/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Included before everything: what arch/rump/include says in the words of a newer kernel. */
#define pte_mkwrite_novma pte_mkwrite
#define set_pte_at(mm, addr, ptep, pte) set_pte(ptep, pte)
#define page_ptdesc(page) (page)
#define tlb_remove_page_ptdesc tlb_remove_page
#define arch_atomic_xchg(v, new) arch_xchg(&(v)->counter, new)
#define arch_atomic64_xchg arch_atomic_xchg
#define arch_atomic_cmpxchg(v, old, new) arch_cmpxchg(&(v)->counter, old, new)
#define arch_atomic64_cmpxchg arch_atomic_cmpxchg
