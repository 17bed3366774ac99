// SPDX-License-Identifier: GPL-2.0-or-later
/* The disk as this version of the block layer wants it: limits, features, operations. */
#include <linux/blkdev.h>

#include "internal.h"

static int rd_open(struct gendisk *disk, blk_mode_t mode)
{
	struct rumpblk *rd = disk->private_data;

	return rd->dying ? -ENXIO : 0;
}

static const struct block_device_operations rd_ops = {
	.owner = THIS_MODULE,
	.open = rd_open,
	.free_disk = rumpblk_free_disk,
};

static void set_limits(const struct rumpblk *rd, struct queue_limits *lim)
{
	*lim = (struct queue_limits){
		.features = rd->noflush ? 0 : BLK_FEAT_WRITE_CACHE | BLK_FEAT_FUA,
		.logical_block_size = rd->sector_size,
		.physical_block_size = RUMPBLK_PHYSICAL_BLOCK,
		.max_hw_sectors = RUMPBLK_MAX_BYTES >> SECTOR_SHIFT,
		.max_segments = RUMPBLK_SEGMENTS,
		.max_segment_size = RUMPBLK_MAX_BYTES,
	};
	if (rd->readonly)
		return;
	lim->max_write_zeroes_sectors = UINT_MAX >> SECTOR_SHIFT;
	if (!rd->info.discard_granularity)
		return;
	lim->max_hw_discard_sectors = UINT_MAX >> SECTOR_SHIFT;
	lim->discard_granularity = max(rd->info.discard_granularity, rd->sector_size);
}

struct gendisk *rumpblk_gendisk_alloc(struct rumpblk *rd)
{
	struct queue_limits lim;
	struct gendisk *disk;

	set_limits(rd, &lim);
	disk = blk_mq_alloc_disk(&rd->tags, &lim, rd);
	if (!IS_ERR(disk))
		disk->fops = &rd_ops;
	return disk;
}
