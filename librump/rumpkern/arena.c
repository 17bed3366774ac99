// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory: the arena is the machine's RAM.
 *
 * All of the limit is announced to the page allocator, but pages come into use section by section:
 * the allocator's deferred initialisation takes the next section when the free ones run low, before
 * it reclaims anything, up to the working set.  More comes into use when reclaim does not find
 * enough.  Free memory goes back to the host through the kernel's page reporting.
 */
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page_reporting.h>
#include <linux/pagemap.h>
#include <linux/scatterlist.h>
#include <linux/shrinker.h>
#include <linux/string.h>
#include <linux/swap.h>
#include <linux/writeback.h>
#include <asm/pgtable.h>
#include "sched.h"

#define MEMLIMIT_MIN	(16UL << 20)
#define MEMLIMIT_MAX	(768UL << 20)	/* unless more is asked for */
#define WORKING_SET	(128UL << 20)
/* Addresses for second views of memory: not all that there are, an emulator pays for each page. */
#define VMALLOC_VIEWS	8
#define VMALLOC_MIN	(1UL << 30)
#define REPORT_ORDER	6	/* blocks of 256 KiB and more are worth a host call */
#define START_MEMBLOCK	(480UL << 10)	/* what a start takes, first of memblock */
#define START_BUDDY	(896UL << 10)	/* and then of the page allocator's second largest block */
/* Where the kernel side begins: one of 4 million places in 64 TiB. */
#define SLIDE_MAX	(1UL << 46)
#define SLIDE_TRIES	16	/* each place may be the host's already */

pgd_t swapper_pg_dir[PTRS_PER_PGD];
unsigned long empty_zero_page[PAGE_SIZE / sizeof(unsigned long)] __page_aligned_bss;
struct page *rump_zero_page;
EXPORT_SYMBOL(rump_zero_page);
unsigned long rump_memlimit;
unsigned long rump_vmalloc_size;
unsigned long rump_slide __ro_after_init;
EXPORT_SYMBOL(rump_slide);

static int __init memlimit_get(void)
{
	unsigned long long limit = min(rumpuser_memsize() / 4, MEMLIMIT_MAX);
	char buf[32], *end;

	if (!rumpuser_getparam("RUMP_MEMLIMIT", buf, sizeof(buf))) {
		limit = memparse(buf, &end);
		if (end == buf || *end || limit < MEMLIMIT_MIN) {
			static const char msg[] =
				"RUMP_MEMLIMIT: not a size of at least 16M (like 64M or 2G)";

			rumpuser_log(3, msg, sizeof(msg) - 1);
			return -EINVAL;
		}
	}
	limit = clamp_t(u64, limit, MEMLIMIT_MIN, RUMP_ARENA_MAX);
	rump_memlimit = round_down(limit, 1UL << SECTION_SIZE_BITS);
	rump_vmalloc_size = clamp(rump_memlimit * VMALLOC_VIEWS, VMALLOC_MIN, RUMP_VMALLOC_SIZE);
	return 0;
}

/*
 * Who has found a way to write to memory does not know where.  RUMP_NOKASLR: always the same place,
 * for debuggers and sanitizers.
 */
static int __init arena_create(void)
{
	int err = EEXIST;

	for (int i = 0; err == EEXIST && i < SLIDE_TRIES; i++) {
		if (rumpuser_getparam("RUMP_NOKASLR", (char [2]){ }, 2) == ENOENT)
			rumpuser_random(&rump_slide, sizeof(rump_slide));
		rump_slide = round_down(rump_slide % SLIDE_MAX, 1UL << SECTION_SIZE_BITS);
		err = rumpuser_arena_create((void *)RUMP_ARENA_BASE, rump_memlimit);
	}
	return err;
}

/* What each start touches is faulted in at once: it is most of its page faults. */
static void __init prefault_start(void)
{
	rumpuser_prefault((void *)RUMP_ARENA_BASE, START_MEMBLOCK);
	rumpuser_prefault((void *)RUMP_ARENA_BASE + (PAGE_SIZE << MAX_PAGE_ORDER), START_BUDDY);
	rumpuser_prefault(pfn_to_page(PFN_DOWN(RUMP_PHYS_BASE)),
			  PAGES_PER_SECTION * sizeof(struct page));
}

/* Reserve what the kernel side's addresses need. */
int __init rump_arena_init(void)
{
	unsigned long maps;
	int err = memlimit_get();

	if (err)
		return err;
	maps = (rump_memlimit + RUMP_PHYS_BASE) / PAGE_SIZE * sizeof(struct page);
	err = arena_create();
	if (!err)
		err = rumpuser_va_reserve((void *)RUMP_VMEMMAP_BASE, PAGE_ALIGN(maps));
	if (!err)
		err = rumpuser_va_populate((void *)RUMP_VMEMMAP_BASE, PAGE_ALIGN(maps));
	if (!err)
		err = rumpuser_va_reserve((void *)RUMP_VMALLOC_BASE, rump_vmalloc_size);
	if (err)
		return -err;
	prefault_start();
	memblock_add(RUMP_PHYS_BASE, rump_memlimit);
	memblock_set_bottom_up(true);
	min_low_pfn = PFN_DOWN(RUMP_PHYS_BASE);
	max_low_pfn = max_pfn = PFN_DOWN(RUMP_PHYS_BASE + rump_memlimit);
	return 0;
}

/* The array of page structures is host memory on demand already. */
int __meminit vmemmap_populate(unsigned long start, unsigned long end, int node,
			       struct vmem_altmap *altmap)
{
	return 0;
}

void __init mem_init(void)
{
	memblock_free_all();
	rump_zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
}

/* ---- how much of it is used ------------------------------------------------------------------ */

/* Deferred initialisation ends where the node does: by how many pages that is later now. */
static long node_grow(long pages)
{
	pg_data_t *node = NODE_DATA(0);
	unsigned long flags, end;

	pgdat_resize_lock(node, &flags);
	end = pgdat_end_pfn(node);
	pages = min(pages, (long)(max_pfn - end));
	node->node_spanned_pages += pages;
	page_zone(pfn_to_page(min_low_pfn))->spanned_pages += pages;
	if (pages > 0 && node->first_deferred_pfn == ULONG_MAX)
		node->first_deferred_pfn = end;
	pgdat_resize_unlock(node, &flags);
	return pages;
}

/*
 * What is in the page cache is in the host's cache too, so memory that never held anything is
 * dearer than to read again: each page of it is a fault.  So the next section is an object of
 * reclaim like others, one that reclaim comes to when it has looked at all the others.
 */
static unsigned long count_unused(struct shrinker *s, struct shrink_control *sc)
{
	return min(max_pfn - pgdat_end_pfn(NODE_DATA(0)), PAGES_PER_SECTION);
}

static unsigned long scan_unused(struct shrinker *s, struct shrink_control *sc)
{
	long pages = node_grow(PAGES_PER_SECTION);

	if (!pages)
		return SHRINK_STOP;
	mm_account_reclaimed_pages(pages);
	return pages;
}

static int __init unused_init(void)
{
	struct shrinker *s = shrinker_alloc(0, "rump-arena");

	if (!s)
		return -ENOMEM;
	s->count_objects = count_unused;
	s->scan_objects = scan_unused;
	s->batch = PAGES_PER_SECTION;
	shrinker_register(s);
	return 0;
}
core_initcall(unused_init);

/*
 * What has not come into use yet counts for nothing in the kernel's ratios, so the limits of dirty
 * memory are set in bytes.  They are static there (librump/link/globals).
 */
extern unsigned long vm_dirty_bytes, dirty_background_bytes;

void __init rump_memory_limits(void)
{
	unsigned long set = min(rump_memlimit, WORKING_SET);

	node_grow(-(long)PFN_DOWN(rump_memlimit - set));
	/* Writing to the host starts early;
	 * a writer is only slowed down when memory asks for it. */
	vm_dirty_bytes = set / 5 * 2;
	dirty_background_bytes = set / 20;
}

/*
 * A section that came into use since the last call is given its memory in one go: the writer that
 * fills the page cache would fault in each page of it.
 */
void rump_arena_prefault(void)
{
	static unsigned long seen;
	pg_data_t *node = NODE_DATA(0);
	unsigned long end = min(READ_ONCE(node->first_deferred_pfn), pgdat_end_pfn(node));

	if (seen && end > seen)
		rumpuser_prefault(pfn_to_virt(seen), PFN_PHYS(end - seen));
	seen = end;
}

/* ---- back to the host ------------------------------------------------------------------------ */

static int report(struct page_reporting_dev_info *dev, struct scatterlist *sgl, unsigned int nents)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(sgl, sg, nents, i)
		rumpuser_arena_discard(sg_phys(sg) - RUMP_PHYS_BASE, sg->length);
	return 0;
}

static struct page_reporting_dev_info reporting = {
	.report = report,
	.order = REPORT_ORDER,
};

static int __init reporting_init(void)
{
	return page_reporting_register(&reporting);
}
late_initcall(reporting_init);

/* A client's buffers are the host's memory: there is nothing to bring in, and no mm to ask. */
size_t fault_in_safe_writeable(const char __user *uaddr, size_t size)
{
	return 0;
}
