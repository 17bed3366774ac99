/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of rumpblk share. */
#ifndef RUMPBLK_INTERNAL_H
#define RUMPBLK_INTERNAL_H

#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <rump/rumpuser.h>

#include "rumpblk.h"

#define RUMPBLK_SEGMENTS 64	/* a request of method sync has them on its stack */
#define RUMPBLK_MAX_BYTES (4 * 1024 * 1024)
#define RUMPBLK_PHYSICAL_BLOCK 4096	/* the host's page: less is read,
					   changed and written there */

struct rumpblk {
	struct rumpuser_blk *image;
	struct rumpuser_blk_info info;
	struct gendisk *disk;
	struct blk_mq_tag_set tags;
	struct completion stopped;	/* method async: its thread has ended */
	unsigned int sector_size;
	bool readonly;
	bool noflush;
	bool dying;			/* no more opens; under disk->open_mutex */
};

/* queue.c: requests */
int rumpblk_queue_init(struct rumpblk *rd);
int rumpblk_queue_start(struct rumpblk *rd);
void rumpblk_queue_stop(struct rumpblk *rd);

/* disk.c: the last user of the disk is gone */
void rumpblk_free_disk(struct gendisk *disk);

/* gendisk.c: what differs between kernel versions in making a disk of it */
struct gendisk *rumpblk_gendisk_alloc(struct rumpblk *rd);

/* node.c: names below /dev of the first root directory */
int rumpblk_node_init(void);
int rumpblk_node_create(const char *name, dev_t dev);
void rumpblk_node_remove(const char *name);

#endif
