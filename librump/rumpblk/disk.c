// SPDX-License-Identifier: GPL-2.0-or-later
/* Disks: attaching an image, its partitions, detaching it. */
#include <linux/blkdev.h>
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "../rumpkern/sched.h"
#include "internal.h"

#define MAX_DISKS (1 << (MINORBITS - 8))	/* of DISK_MAX_PARTS minor numbers each */

static DEFINE_XARRAY_ALLOC(disks);	/* struct rumpblk by disk number;
					   NULL while it is attached */
static DEFINE_MUTEX(disks_lock);	/* a disk found in the array stays
					   as long as this is held */
static int rd_major;

void rumpblk_free_disk(struct gendisk *disk)
{
	kfree(disk->private_data);
}

static int open_image(struct rumpblk *rd, const char *path, const struct rump_disk_options *opt)
{
	int flags = (opt->readonly ? RUMPUSER_BLK_RDONLY : 0) |
		    (opt->nolock ? RUMPUSER_BLK_NOLOCK : 0) |
		    (opt->snapshot ? RUMPUSER_BLK_SNAPSHOT : 0);
	int err;

	RUMP_HYPERCALL(err = rumpuser_blk_open(path, flags, opt->method, &rd->image, &rd->info));
	if (!err && opt->method && rd->info.method != opt->method)
		pr_notice("%s: the host allows no restricted io_uring, method sync instead\n",
			  path);
	return -err;
}

static int close_image(struct rumpblk *rd)
{
	int err;

	RUMP_HYPERCALL(err = rumpuser_blk_close(rd->image));
	return -err;
}

/* The image is open: make a gendisk of it. */
static int create_disk(struct rumpblk *rd, int index)
{
	struct gendisk *disk;
	int err;

	err = rumpblk_queue_init(rd);
	if (err)
		return err;
	disk = rumpblk_gendisk_alloc(rd);
	if (IS_ERR(disk)) {
		blk_mq_free_tag_set(&rd->tags);
		return PTR_ERR(disk);
	}
	disk->major = rd_major;
	disk->first_minor = index * DISK_MAX_PARTS;
	disk->minors = DISK_MAX_PARTS;
	snprintf(disk->disk_name, DISK_NAME_LEN, "rd%d", index);
	set_capacity(disk, round_down(rd->info.size, rd->sector_size) >> SECTOR_SHIFT);
	set_disk_ro(disk, rd->readonly);
	disk->private_data = rd;
	rd->disk = disk;
	return 0;
}

static int create_nodes(struct gendisk *disk)
{
	struct block_device *part;
	unsigned long i;
	int err = 0;

	mutex_lock(&disk->open_mutex);
	xa_for_each(&disk->part_tbl, i, part) {
		err = rumpblk_node_create(dev_name(&part->bd_device), part->bd_dev);
		if (err)
			break;
	}
	mutex_unlock(&disk->open_mutex);
	return err;
}

static void remove_nodes(struct gendisk *disk)
{
	struct block_device *part;
	unsigned long i;

	mutex_lock(&disk->open_mutex);
	xa_for_each(&disk->part_tbl, i, part)
		rumpblk_node_remove(dev_name(&part->bd_device));
	mutex_unlock(&disk->open_mutex);
}

static int publish(struct rumpblk *rd, int index)
{
	struct gendisk *disk = rd->disk;
	int err;

	err = rumpblk_queue_start(rd);
	if (err)
		return err;
	err = device_add_disk(NULL, disk, NULL);	/* reads the partition table */
	if (err)
		goto stop;
	err = create_nodes(disk);
	if (err)
		goto del;
	xa_store(&disks, index, rd, GFP_KERNEL);	/* the place is reserved: it cannot fail */
	return 0;

del:
	remove_nodes(disk);
	del_gendisk(disk);
stop:
	rumpblk_queue_stop(rd);
	return err;
}

static int choose_sector(struct rumpblk *rd, unsigned int wanted)
{
	rd->sector_size = wanted ?: rd->info.logical_block;
	if (!is_power_of_2(rd->sector_size) || rd->sector_size < SECTOR_SIZE ||
	    rd->sector_size > PAGE_SIZE)
		return -EINVAL;
	return 0;
}

int rumpblk_attach(const char *path, const struct rump_disk_options *opt,
		   char devpath[RUMPBLK_DEVPATH_MAX])
{
	struct rumpblk *rd;
	u32 index;
	int err;

	rd = kzalloc(sizeof(*rd), GFP_KERNEL);
	if (!rd)
		return -ENOMEM;
	rd->readonly = opt->readonly;
	rd->noflush = opt->noflush;
	err = xa_alloc(&disks, &index, NULL, XA_LIMIT(0, MAX_DISKS - 1), GFP_KERNEL);
	if (err)
		goto free;
	err = open_image(rd, path, opt);
	if (err)
		goto erase;
	err = choose_sector(rd, opt->sector_size);
	if (err)
		goto close;
	err = create_disk(rd, index);
	if (err)
		goto close;
	err = publish(rd, index);
	if (err)
		goto put;
	snprintf(devpath, RUMPBLK_DEVPATH_MAX, "/dev/%s", rd->disk->disk_name);
	return index;

put:
	rd->disk->private_data = NULL;	/* rd is freed here, not with the disk */
	put_disk(rd->disk);
	blk_mq_free_tag_set(&rd->tags);
close:
	close_image(rd);
erase:
	xa_erase(&disks, index);
free:
	kfree(rd);
	return err;
}

/* No task has the disk or a partition of it open, and none will. */
static int forbid_opens(struct rumpblk *rd)
{
	struct gendisk *disk = rd->disk;
	int err = 0;

	mutex_lock(&disk->open_mutex);
	if (disk_openers(disk))
		err = -EBUSY;
	else
		rd->dying = true;
	mutex_unlock(&disk->open_mutex);
	return err;
}

int rumpblk_detach(int index)
{
	struct rumpblk *rd;
	int err;

	mutex_lock(&disks_lock);
	rd = xa_load(&disks, index);
	err = rd ? forbid_opens(rd) : -ENODEV;
	if (!err)
		xa_store(&disks, index, NULL, GFP_KERNEL);	/* still reserved */
	mutex_unlock(&disks_lock);
	if (err)
		return err;
	remove_nodes(rd->disk);
	del_gendisk(rd->disk);		/* writes what is dirty, waits for the requests */
	rumpblk_queue_stop(rd);
	err = close_image(rd);
	blk_mq_free_tag_set(&rd->tags);
	put_disk(rd->disk);		/* frees rd, at once or when the last reference goes */
	xa_erase(&disks, index);
	return err;
}

static void describe(struct block_device *part, struct rumpblk_part *p)
{
	*p = (struct rumpblk_part){
		.number = bdev_partno(part),
		.start = part->bd_start_sect << SECTOR_SHIFT,
		.size = bdev_nr_bytes(part),
	};
	if (!part->bd_meta_info)
		return;
	strscpy(p->uuid, part->bd_meta_info->uuid, sizeof(p->uuid));
	strscpy(p->name, part->bd_meta_info->volname, sizeof(p->name));
}

int rumpblk_partitions(int index, struct rumpblk_part *list, int max)
{
	struct block_device *part;
	struct rumpblk *rd;
	int n = -ENODEV;
	unsigned long i;

	mutex_lock(&disks_lock);
	rd = xa_load(&disks, index);
	if (rd) {
		n = 0;
		mutex_lock(&rd->disk->open_mutex);
		xa_for_each_start(&rd->disk->part_tbl, i, part, 1) {
			if (n < max)
				describe(part, &list[n]);
			n++;
		}
		mutex_unlock(&rd->disk->open_mutex);
	}
	mutex_unlock(&disks_lock);
	return n;
}

u64 rumpblk_size(int index)
{
	struct rumpblk *rd;
	u64 size = 0;

	mutex_lock(&disks_lock);
	rd = xa_load(&disks, index);
	if (rd)
		size = (u64)get_capacity(rd->disk) << SECTOR_SHIFT;
	mutex_unlock(&disks_lock);
	return size;
}

static int __init rumpblk_init(void)
{
	int err = rumpblk_node_init();

	if (err)
		return err;
	rd_major = register_blkdev(0, "rd");
	return rd_major < 0 ? rd_major : 0;
}
device_initcall(rumpblk_init);
