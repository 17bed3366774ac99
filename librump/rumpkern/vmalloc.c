// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmalloc, vmap and vm_map_ram: a second view of arena pages, mapped by the host.
 *
 * A maple tree hands out ranges of the vmalloc area and finds them again; each is followed by a
 * guard page.  Runs of neighbouring pages are mapped by one host call, so pages are taken from
 * the page allocator in the largest blocks it has.
 */
#include <linux/llist.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <asm/pgtable.h>
#include <mm/internal.h>
#include "sched.h"

static struct maple_tree areas = MTREE_INIT(areas, MT_FLAGS_ALLOC_RANGE);
static atomic_long_t nr_vmalloc_pages;

static unsigned long to_index(const void *addr)
{
	return ((unsigned long)addr - VMALLOC_START) >> PAGE_SHIFT;
}

/* ---- areas ----------------------------------------------------------------------------------- */

static struct vm_struct *area_alloc(unsigned long size, unsigned long align, unsigned long flags,
				    gfp_t gfp)
{
	struct vm_struct *area = kzalloc(sizeof(*area), gfp & GFP_RECLAIM_MASK);
	unsigned long n = PAGE_ALIGN(size) >> PAGE_SHIFT, pad, index;

	if (!area)
		return NULL;
	pad = align > PAGE_SIZE ? (align >> PAGE_SHIFT) - 1 : 0;
	if (mtree_alloc_range(&areas, &index, area, n + pad + 1, 0,
			      (rump_vmalloc_size >> PAGE_SHIFT) - 1, gfp & GFP_RECLAIM_MASK)) {
		kfree(area);
		return NULL;
	}
	area->addr = (void *)ALIGN(VMALLOC_START + (index << PAGE_SHIFT), max(align, PAGE_SIZE));
	area->size = (n + 1) << PAGE_SHIFT;
	area->flags = flags;
	return area;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vm_struct *area;

	if (!is_vmalloc_addr(addr))
		return NULL;
	area = mtree_load(&areas, to_index(addr));
	/* A range may begin before its area, for alignment. */
	return area && addr >= area->addr ? area : NULL;
}

struct vm_struct *remove_vm_area(const void *addr)
{
	struct vm_struct *area = find_vm_area(addr);

	if (!area || WARN_ON(area->addr != addr))
		return NULL;
	rumpuser_arena_unmap(area->addr, get_vm_area_size(area));
	mtree_erase(&areas, to_index(addr));
	return area;
}

/* ---- mapping --------------------------------------------------------------------------------- */

static int map_pages(void *addr, struct page **pages, unsigned long n)
{
	unsigned long i, run;

	for (i = 0; i < n; i += run) {
		unsigned long pfn = page_to_pfn(pages[i]);

		for (run = 1; i + run < n && page_to_pfn(pages[i + run]) == pfn + run; run++)
			;
		if (rumpuser_arena_map(addr + (i << PAGE_SHIFT),
				       (pfn << PAGE_SHIFT) - RUMP_PHYS_BASE, run << PAGE_SHIFT))
			return -ENOMEM;
	}
	return 0;
}

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vm_struct *area;

	might_sleep();
	area = area_alloc((unsigned long)count << PAGE_SHIFT, 1, flags | VM_MAP, GFP_KERNEL);
	if (!area)
		return NULL;
	if (map_pages(area->addr, pages, count)) {
		vunmap(area->addr);
		return NULL;
	}
	if (flags & VM_MAP_PUT_PAGES) {
		area->pages = pages;
		area->nr_pages = count;
	}
	return area->addr;
}
EXPORT_SYMBOL(vmap);

void vunmap(const void *addr)
{
	if (addr)
		kfree(remove_vm_area(addr));
}
EXPORT_SYMBOL(vunmap);

/* Pages that are neighbours need no second view. */
void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	unsigned int i;

	for (i = 1; i < count && pages[i] == pages[0] + i; i++)
		;
	return i == count ? page_address(pages[0]) : vmap(pages, count, 0, PAGE_KERNEL);
}
EXPORT_SYMBOL(vm_map_ram);

void vm_unmap_ram(const void *mem, unsigned int count)
{
	if (is_vmalloc_addr(mem))
		vunmap(mem);
}
EXPORT_SYMBOL(vm_unmap_ram);

void vm_unmap_aliases(void)
{
}
EXPORT_SYMBOL_GPL(vm_unmap_aliases);

/* ---- vmalloc --------------------------------------------------------------------------------- */

static int alloc_area_pages(struct vm_struct *area, unsigned long n, gfp_t gfp)
{
	area->pages = kvmalloc_array_noprof(n, sizeof(*area->pages),
					    (gfp & GFP_RECLAIM_MASK) | __GFP_ZERO);
	if (!area->pages)
		return -ENOMEM;
	while (area->nr_pages < n) {
		unsigned int order = min_t(unsigned int, ilog2(n - area->nr_pages),
					   MAX_PAGE_ORDER), i;
		struct page *page = NULL;

		for (; order && !page; order -= !page)
			page = alloc_pages_noprof((gfp | __GFP_NOWARN | __GFP_NORETRY) &
						  ~__GFP_NOFAIL, order);
		if (!page)
			page = alloc_pages_noprof(gfp | __GFP_NOWARN, 0);
		if (!page)
			return -ENOMEM;
		split_page(page, order);
		for (i = 0; i < 1U << order; i++)
			area->pages[area->nr_pages++] = page + i;
		atomic_long_add(1 << order, &nr_vmalloc_pages);
	}
	return map_pages(area->addr, area->pages, n);
}

void *__vmalloc_node_range_noprof(unsigned long size, unsigned long align, unsigned long start,
				  unsigned long end, gfp_t gfp, pgprot_t prot,
				  unsigned long vm_flags, int node, const void *caller)
{
	unsigned long n = PAGE_ALIGN(size) >> PAGE_SHIFT;
	struct vm_struct *area;

	if (!n || n > totalram_pages())
		return NULL;
	area = area_alloc(size, align, vm_flags | VM_ALLOC, gfp);
	if (area && !alloc_area_pages(area, n, gfp)) {
		area->caller = caller;
		return area->addr;
	}
	if (area)
		vfree(area->addr);
	if (!(gfp & __GFP_NOWARN))
		pr_warn_ratelimited("vmalloc: no memory for %lu bytes\n", size);
	return NULL;
}

void *__vmalloc_node_noprof(unsigned long size, unsigned long align, gfp_t gfp, int node,
			    const void *caller)
{
	return __vmalloc_node_range_noprof(size, align, VMALLOC_START, VMALLOC_END, gfp,
					   PAGE_KERNEL, 0, node, caller);
}

#define VMALLOC_VARIANT(name, args, size, gfp)						\
	void *name args									\
	{										\
		return __vmalloc_node_noprof(size, 1, gfp, NUMA_NO_NODE,		\
					     __builtin_return_address(0));		\
	}										\
	EXPORT_SYMBOL(name)
VMALLOC_VARIANT(__vmalloc_noprof, (unsigned long size, gfp_t gfp), size, gfp);
VMALLOC_VARIANT(vmalloc_noprof, (unsigned long size), size, GFP_KERNEL);
VMALLOC_VARIANT(vmalloc_huge_noprof, (unsigned long size, gfp_t gfp), size, gfp);
VMALLOC_VARIANT(vzalloc_noprof, (unsigned long size), size, GFP_KERNEL | __GFP_ZERO);
VMALLOC_VARIANT(vmalloc_user_noprof, (unsigned long size), size, GFP_KERNEL | __GFP_ZERO);
VMALLOC_VARIANT(vmalloc_node_noprof, (unsigned long size, int node), size, GFP_KERNEL);
VMALLOC_VARIANT(vzalloc_node_noprof, (unsigned long size, int node), size,
		GFP_KERNEL | __GFP_ZERO);

void *vrealloc_noprof(const void *p, size_t size, gfp_t flags)
{
	struct vm_struct *area = p ? find_vm_area(p) : NULL;
	size_t old = area ? get_vm_area_size(area) : 0;
	void *n;

	if (!size) {
		vfree(p);
		return NULL;
	}
	if (size <= old)
		return (void *)p;
	n = __vmalloc_noprof(size, flags);
	if (n && p) {
		memcpy(n, p, old);
		vfree(p);
	}
	return n;
}
EXPORT_SYMBOL(vrealloc_noprof);

static LLIST_HEAD(deferred);

static void free_deferred(struct work_struct *w)
{
	struct llist_node *t, *n;

	llist_for_each_safe(n, t, llist_del_all(&deferred))
		vfree(n);
}
static DECLARE_WORK(deferred_work, free_deferred);

void vfree_atomic(const void *addr)
{
	if (addr && llist_add((struct llist_node *)addr, &deferred))
		schedule_work(&deferred_work);
}

void vfree(const void *addr)
{
	struct vm_struct *area;
	unsigned int i;

	if (unlikely(in_interrupt())) {
		vfree_atomic(addr);
		return;
	}
	if (!addr)
		return;
	area = remove_vm_area(addr);
	if (!area)
		return;
	for (i = 0; i < area->nr_pages; i++)
		__free_page(area->pages[i]);
	if (!(area->flags & VM_MAP_PUT_PAGES))
		atomic_long_sub(area->nr_pages, &nr_vmalloc_pages);
	kvfree(area->pages);
	kfree(area);
}
EXPORT_SYMBOL(vfree);

/* ---- looking things up ----------------------------------------------------------------------- */

bool is_vmalloc_addr(const void *x)
{
	return (unsigned long)x - VMALLOC_START < rump_vmalloc_size;
}
EXPORT_SYMBOL(is_vmalloc_addr);

int is_vmalloc_or_module_addr(const void *x)
{
	return is_vmalloc_addr(x);
}
EXPORT_SYMBOL_GPL(is_vmalloc_or_module_addr);

struct page *vmalloc_to_page(const void *addr)
{
	struct vm_struct *area = find_vm_area(addr);

	return area && area->pages ? area->pages[(addr - area->addr) >> PAGE_SHIFT] : NULL;
}
EXPORT_SYMBOL(vmalloc_to_page);

unsigned long vmalloc_to_pfn(const void *addr)
{
	return page_to_pfn(vmalloc_to_page(addr));
}
EXPORT_SYMBOL(vmalloc_to_pfn);

unsigned long vmalloc_nr_pages(void)
{
	return atomic_long_read(&nr_vmalloc_pages);
}

bool vmalloc_dump_obj(void *object)
{
	return false;
}

/* ---- chunks of per-CPU memory (mm/percpu-vm.c) ----------------------------------------------- */

/* One group of units: one range.  Its pages are remembered, percpu-vm asks for them. */
struct vm_struct **pcpu_get_vm_areas(const unsigned long *offsets, const size_t *sizes, int nr_vms,
				     size_t align)
{
	struct vm_struct **vms;

	if (WARN_ON(nr_vms != 1 || offsets[0]))
		return NULL;
	vms = kzalloc(sizeof(*vms), GFP_KERNEL);
	if (!vms)
		return NULL;
	vms[0] = area_alloc(sizes[0], align, VM_ALLOC, GFP_KERNEL);
	if (vms[0])
		vms[0]->pages = kvcalloc(sizes[0] >> PAGE_SHIFT, sizeof(struct page *), GFP_KERNEL);
	if (!vms[0] || !vms[0]->pages) {
		if (vms[0])
			vfree(vms[0]->addr);
		kfree(vms);
		return NULL;
	}
	return vms;
}

void pcpu_free_vm_areas(struct vm_struct **vms, int nr_vms)
{
	vfree(vms[0]->addr);
	kfree(vms);
}

int vmap_pages_range_noflush(unsigned long addr, unsigned long end, pgprot_t prot,
			     struct page **pages, unsigned int page_shift)
{
	struct vm_struct *area = find_vm_area((void *)addr);
	unsigned long n = (end - addr) >> PAGE_SHIFT;

	memcpy(area->pages + ((addr - (unsigned long)area->addr) >> PAGE_SHIFT), pages,
	       n * sizeof(*pages));
	return map_pages((void *)addr, pages, n);
}

void vunmap_range_noflush(unsigned long start, unsigned long end)
{
	struct vm_struct *area = find_vm_area((void *)start);

	rumpuser_arena_unmap((void *)start, end - start);
	memset(area->pages + ((start - (unsigned long)area->addr) >> PAGE_SHIFT), 0,
	       ((end - start) >> PAGE_SHIFT) * sizeof(struct page *));
}

/* The first chunk's area is only noted, not mapped: it lies in the arena itself. */
void __init vm_area_register_early(struct vm_struct *vm, size_t align)
{
	panic("the first per-CPU chunk must be embedded");
}
