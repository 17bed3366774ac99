// SPDX-License-Identifier: GPL-2.0-or-later
/* The first call: versions are compared, the kernel side's entry points are taken. */
#include <errno.h>

#include "internal.h"

struct rumpuser_upcalls rumpuser_up;

int rumpuser_init(int version, const struct rumpuser_upcalls *up)
{
	if (version != RUMPUSER_VERSION)
		return ENOSYS;
	if (!up || !up->thread_exit)
		return EINVAL;
	rumpuser_up = *up;
	return rumpuser_thread_init();
}
