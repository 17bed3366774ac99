// SPDX-License-Identifier: GPL-2.0-or-later
/* In the place of rumpblk/gendisk.c:
 * limits are set one by one, on the queue of a disk that is there. */
#include <linux/blkdev.h>

#include <arch/rump/rumpblk/internal.h>

static int rd_open(struct block_device *bdev, fmode_t mode)
{
	struct rumpblk *rd = bdev->bd_disk->private_data;

	return rd->dying ? -ENXIO : 0;
}

static const struct block_device_operations rd_ops = {
	.owner = THIS_MODULE,
	.open = rd_open,
	.free_disk = rumpblk_free_disk,
};

static void set_limits(const struct rumpblk *rd, struct request_queue *q)
{
	blk_queue_write_cache(q, !rd->noflush, !rd->noflush);
	blk_queue_logical_block_size(q, rd->sector_size);
	blk_queue_physical_block_size(q, RUMPBLK_PHYSICAL_BLOCK);
	blk_queue_max_hw_sectors(q, RUMPBLK_MAX_BYTES >> SECTOR_SHIFT);
	blk_queue_max_segments(q, RUMPBLK_SEGMENTS);
	blk_queue_max_segment_size(q, RUMPBLK_MAX_BYTES);
	if (rd->readonly)
		return;
	blk_queue_max_write_zeroes_sectors(q, UINT_MAX >> SECTOR_SHIFT);
	if (!rd->info.discard_granularity)
		return;
	blk_queue_max_discard_sectors(q, UINT_MAX >> SECTOR_SHIFT);
	q->limits.discard_granularity = max(rd->info.discard_granularity, rd->sector_size);
}

struct gendisk *rumpblk_gendisk_alloc(struct rumpblk *rd)
{
	struct gendisk *disk = blk_mq_alloc_disk(&rd->tags, rd);

	if (!IS_ERR(disk)) {
		disk->fops = &rd_ops;
		set_limits(rd, disk->queue);
	}
	return disk;
}
