/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flash driver, a module: disks of rumpblk as the kernel's MTD devices mtd0, mtd1, ... */
#ifndef RUMPMTD_H
#define RUMPMTD_H

#include <linux/types.h>

/* Public, as in rump/rump.h. */
struct rump_flash_options {
	unsigned int erasesize, pagesize, subpage;
	int readonly, sync;
	u64 size;
};

/* Called in a task's context, a virtual CPU held.  Negative errno values. */
struct rumpmtd_ops {
	int (*attach)(const char *devpath, const struct rump_flash_options *opt);
	int (*detach)(int mtd);
};

/* The module's, once it is loaded. */
extern const struct rumpmtd_ops *rumpmtd;

#endif
