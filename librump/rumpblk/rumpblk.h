/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk driver: images of the host as the kernel's disks /dev/rd0, /dev/rd1, ... */
#ifndef RUMPBLK_H
#define RUMPBLK_H

#include <linux/types.h>

/* Public: called in a task's context, a virtual CPU held.  Negative errno values. */

#define RUMPBLK_DEVPATH_MAX 32

struct rump_disk_options {
	unsigned int method;
	int readonly;
	int nolock;
	unsigned int sector_size;	/* 0: what the image needs */
	int snapshot;
	int noflush;
};

struct rumpblk_part {
	int number;
	u64 start, size;	/* bytes */
	char uuid[40];
	char name[72];
};

/* `path`: of the host.  The disk's number, its partitions scanned, nodes for it and them made. */
int rumpblk_attach(const char *path, const struct rump_disk_options *opt,
		   char devpath[RUMPBLK_DEVPATH_MAX]);
/* -EBUSY: open.  Else the disk is gone, and the result is the first error of a write to it. */
int rumpblk_detach(int disk);
/* At most `max` partitions in the order of their numbers; returns how many there are. */
int rumpblk_partitions(int disk, struct rumpblk_part *list, int max);
/* Bytes; 0 where there is no such disk. */
u64 rumpblk_size(int disk);

#endif
