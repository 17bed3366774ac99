/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the host that this process has. */
#ifndef RESIDENT_H
#define RESIDENT_H

#include <unistd.h>

#include "ukfstest.h"

#define MIB	(1UL << 20)

static inline unsigned long rss_mib(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%*u %lu", &pages) != 1)
		die("/proc/self/statm cannot be read");
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE) / MIB;
}

#endif
