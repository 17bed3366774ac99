// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Method mmap is not there: an error of the medium, or a host that is full, would be a SIGBUS, and
 * POSIX cannot ask for pages before they are touched.
 */
#include <errno.h>

#include "../blk.h"

static int mmap_open(struct rumpuser_blk *blk)
{
	(void)blk;
	return EOPNOTSUPP;
}

const struct blk_method blk_mmap = {
	.id = RUMPUSER_BLK_MMAP,
	.open = mmap_open,
	.request = blk_sync_request,
};
