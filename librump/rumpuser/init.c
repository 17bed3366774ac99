// SPDX-License-Identifier: GPL-2.0-or-later
/* The first call: versions are compared, the kernel side's entry points are taken. */
#include <errno.h>
#include <unistd.h>

#include "internal.h"

#define KERNEL_PAGE 4096	/* second views of memory are made page by page */

struct rumpuser_upcalls rumpuser_up;

int rumpuser_init(int version, const struct rumpuser_upcalls *up)
{
	if (version != RUMPUSER_VERSION)
		return ENOSYS;
	if (!up || !up->thread_exit)
		return EINVAL;
	if (sysconf(_SC_PAGESIZE) > KERNEL_PAGE) {
		rumpuser_logf(3,
			      "this host's pages are %ld bytes, the kernel side needs pages of %d",
			      sysconf(_SC_PAGESIZE), KERNEL_PAGE);
		return EOPNOTSUPP;
	}
	rumpuser_up = *up;
	return rumpuser_thread_init();
}
