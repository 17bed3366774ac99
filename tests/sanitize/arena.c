// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Room for the kernel side in a program under AddressSanitizer, linked into each of them.
 *
 * The kernel side's addresses are fixed here, and on x86-64 they lie in the region where ASan
 * keeps the shadow of the application's high memory.  The part of the shadow that is in the way
 * belongs to addresses 0x1ffc00040000 to 0x3ffc00040000, where Linux maps nothing of its own
 * accord: it can be unmapped.  The arena in its place needs a shadow, too, as instrumented code
 * and ASan's wrappers of memcpy, preadv and others read and write it.  It is mapped in ASan's gap,
 * and stays zero: all of the arena may be accessed, as the kernel side is not instrumented.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sanitizer/asan_interface.h>

/* RUMP_ARENA_BASE without a slide, and an end beyond vmalloc's (arch/rump/include/asm/rump.h) */
#define KERNEL_BASE 0x040000000000UL
#define KERNEL_END  0x080000000000UL

static void *(*is_poisoned)(void *, size_t);

__attribute__((constructor)) static void make_room(void)
{
	size_t scale, offset, size;
	void *shadow;

	is_poisoned = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "__asan_region_is_poisoned");
	__asan_get_shadow_mapping(&scale, &offset);
	shadow = (void *)((KERNEL_BASE >> scale) + offset);
	size = (KERNEL_END - KERNEL_BASE) >> scale;
	if (munmap((void *)KERNEL_BASE, KERNEL_END - KERNEL_BASE) ||
	    mmap(shadow, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		abort();
	madvise(shadow, size, MADV_DONTDUMP);
	setenv("RUMP_NOKASLR", "1", 1);
}

/* ASan's wrappers ask this about ranges of more than 64 bytes: to ASan the arena is not memory. */
void *__asan_region_is_poisoned(void *start, size_t size)
{
	uintptr_t from = (uintptr_t)start;

	if (!is_poisoned || (from >= KERNEL_BASE && from < KERNEL_END))
		return NULL;
	return is_poisoned(start, size);
}
