/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one back end of librumpuser can do and another cannot:
 * the tests expect the one or the other. */
#ifndef BACKEND_H
#define BACKEND_H

#include <stdbool.h>

struct backend {
	bool gives_memory_back;
	bool names_threads;
	bool backtraces;
	bool punches_holes;
	bool claims_devices;	/* else a block device is only opened with RUMPUSER_BLK_NOLOCK */
	bool has_mmap;		/* method mmap */
	bool has_ring;		/* method async makes no calls of libc */
};

extern const struct backend backend;

#endif
