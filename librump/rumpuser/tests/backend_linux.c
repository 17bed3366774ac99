// SPDX-License-Identifier: GPL-2.0-or-later
#include "backend.h"

const struct backend backend = {
	.gives_memory_back = true,
	.names_threads = true,
	.backtraces = true,
	.punches_holes = true,
	.claims_devices = true,
	.has_mmap = true,
	.has_ring = true,
};
