// SPDX-License-Identifier: GPL-2.0-or-later
/* There are no rings to prepare: method async has threads, which can be made at any time. */
#include <errno.h>

#include "../internal.h"

int rumpuser_prepare_rings(int n)
{
	return n > RUMPUSER_RINGS_MAX ? EINVAL : ENOSYS;
}
