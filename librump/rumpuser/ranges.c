// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of addresses, and pages of the arena that appear in them. */
#include <sys/mman.h>

#include "internal.h"

int rumpuser_arena_fd = -1;

int rumpuser_va_reserve(void *base, unsigned long size)
{
	KEEP_ERRNO;
	return rumpuser_map_new(base, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

int rumpuser_va_populate(void *base, unsigned long size)
{
	KEEP_ERRNO;
	return rumpuser_map_over(base, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				 -1, 0);
}

int rumpuser_arena_map(void *va, unsigned long offset, unsigned long len)
{
	KEEP_ERRNO;
	return rumpuser_map_over(va, len, PROT_READ | PROT_WRITE, MAP_SHARED, rumpuser_arena_fd,
				 offset);
}

int rumpuser_arena_unmap(void *va, unsigned long len)
{
	KEEP_ERRNO;
	return rumpuser_map_over(va, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
