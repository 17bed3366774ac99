// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A disk as a flash chip of any geometry without bad blocks, NOR or, with pages, NAND.  Erased
 * bytes are 0xff.  The spare bytes of pages are not in an image: they read as erased and forget
 * what is written to them (of jffs2, that a block is erased, which it then erases once more).
 *
 * A chip has what it was told when the call returns, so a write goes through the disk's cache to
 * the image before it ends; a killed process loses nothing of it.  That it survives the host's end
 * too takes a flush, which comes with sync, with the end, or with each write where that is asked
 * for.
 */
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mtd/mtd.h>
#include <linux/slab.h>

#include "rumpmtd.h"

struct flash {
	struct mtd_info mtd;
	struct file *disk;
	u64 end;		/* of the disk; what the chip has
				   behind it is erased and stays so */
	int users;		/* counted under the MTD core's lock */
	char name[32];
};

static u8 erased[PAGE_SIZE];

static struct flash *flash_of(struct mtd_info *mtd)
{
	return container_of(mtd, struct flash, mtd);
}

static int flash_read(struct mtd_info *mtd, loff_t from, size_t len, size_t *retlen, u_char *buf)
{
	struct flash *f = flash_of(mtd);
	ssize_t n = 0;

	for (; len && from < f->end; buf += n, len -= n, *retlen += n) {
		n = kernel_read(f->disk, buf, min_t(u64, len, f->end - from), &from);
		if (n <= 0)
			return n ?: -EIO;
	}
	memset(buf, 0xff, len);
	*retlen += len;
	return 0;
}

static int put(struct flash *f, loff_t to, size_t len, const u8 *buf)
{
	ssize_t n;

	for (; len; buf += n, len -= n) {
		n = kernel_write(f->disk, buf, len, &to);
		if (n <= 0)
			return n ?: -EIO;
	}
	return 0;
}

static int write_through(struct flash *f, loff_t from, size_t len)
{
	return file_write_and_wait_range(f->disk, from, from + len - 1);
}

static int flash_write(struct mtd_info *mtd, loff_t to, size_t len, size_t *retlen,
		       const u_char *buf)
{
	struct flash *f = flash_of(mtd);
	int err = put(f, to, len, buf) ?: write_through(f, to, len);

	if (!err)
		*retlen = len;
	return err;
}

static int flash_erase(struct mtd_info *mtd, struct erase_info *instr)
{
	struct flash *f = flash_of(mtd);
	u64 done, n;
	int err = 0;

	for (done = 0; done < instr->len && !err; done += n) {
		n = min_t(u64, instr->len - done, sizeof(erased));
		err = put(f, instr->addr + done, n, erased);
	}
	return err ?: write_through(f, instr->addr, instr->len);
}

static int nand_read(struct mtd_info *mtd, loff_t from, struct mtd_oob_ops *ops)
{
	if (ops->oobbuf) {
		memset(ops->oobbuf, 0xff, ops->ooblen);
		ops->oobretlen = ops->ooblen;
	}
	return ops->datbuf ? flash_read(mtd, from, ops->len, &ops->retlen, ops->datbuf) : 0;
}

static int nand_write(struct mtd_info *mtd, loff_t to, struct mtd_oob_ops *ops)
{
	if (ops->oobbuf)
		ops->oobretlen = ops->ooblen;
	return ops->datbuf ? flash_write(mtd, to, ops->len, &ops->retlen, ops->datbuf) : 0;
}

static int no_ecc(struct mtd_info *mtd, int section, struct mtd_oob_region *region)
{
	return -ERANGE;
}

static int all_free(struct mtd_info *mtd, int section, struct mtd_oob_region *region)
{
	*region = (struct mtd_oob_region){ .length = mtd->oobsize };
	return section ? -ERANGE : 0;
}

static const struct mtd_ooblayout_ops spare = { .ecc = no_ecc, .free = all_free };

static void flash_sync(struct mtd_info *mtd)
{
	struct flash *f = flash_of(mtd);

	if (vfs_fsync(f->disk, 0))
		pr_err("%s: what was written may not be on the medium\n", f->name);
}

static int flash_get(struct mtd_info *mtd)
{
	flash_of(mtd)->users++;
	return 0;
}

static void flash_put(struct mtd_info *mtd)
{
	flash_of(mtd)->users--;
}

static bool geometry_fits(const struct rump_flash_options *opt)
{
	return is_power_of_2(opt->pagesize) && is_power_of_2(opt->subpage) &&
	       opt->subpage <= opt->pagesize && opt->erasesize &&
	       opt->erasesize % opt->pagesize == 0;
}

static void describe(struct flash *f, const struct rump_flash_options *opt)
{
	struct mtd_info *mtd = &f->mtd;

	mtd->name = f->name;
	mtd->owner = THIS_MODULE;
	mtd->size = rounddown(opt->size ?: f->end, opt->erasesize);
	mtd->erasesize = opt->erasesize;
	mtd->writesize = opt->pagesize;
	mtd->writebufsize = max_t(u32, opt->pagesize, SECTOR_SIZE);
	mtd->subpage_sft = ilog2(opt->pagesize / opt->subpage);
	if (!opt->readonly)
		mtd->flags = opt->pagesize > 1 ? MTD_CAP_NANDFLASH : MTD_CAP_NORFLASH;
	if (opt->pagesize > 1) {
		mtd->type = MTD_NANDFLASH;
		mtd->oobsize = mtd->oobavail = max_t(u32, opt->pagesize / 32, 16);
		mtd_set_ooblayout(mtd, &spare);
		mtd->_read_oob = nand_read;
		mtd->_write_oob = nand_write;
	} else {
		mtd->type = MTD_NORFLASH;
		mtd->_read = flash_read;
		mtd->_write = flash_write;
	}
	mtd->_erase = flash_erase;
	mtd->_sync = flash_sync;
	mtd->_get_device = flash_get;
	mtd->_put_device = flash_put;
}

static int publish(struct flash *f, const struct rump_flash_options *opt)
{
	static const char *const no_partitions[] = { NULL };

	f->end = i_size_read(f->disk->f_mapping->host);
	if (opt->size > f->end && !opt->readonly)
		return -ENOSPC;
	describe(f, opt);
	return f->mtd.size ? mtd_device_parse_register(&f->mtd, no_partitions, NULL, NULL, 0) :
			     -EINVAL;
}

static int attach(const char *devpath, const struct rump_flash_options *opt)
{
	int flags = opt->readonly ? O_RDONLY : opt->sync ? O_RDWR | O_DSYNC : O_RDWR;
	struct flash *f;
	int err;

	if (!geometry_fits(opt))
		return -EINVAL;
	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	strscpy(f->name, devpath, sizeof(f->name));
	f->disk = filp_open(devpath, flags | O_EXCL | O_LARGEFILE, 0);
	err = PTR_ERR_OR_ZERO(f->disk);
	if (err)
		goto free;
	err = publish(f, opt);
	if (!err)
		return f->mtd.index;
	fput(f->disk);
free:
	kfree(f);
	return err;
}

static int detach(int index)
{
	struct mtd_info *mtd = get_mtd_device(NULL, index);
	struct flash *f;
	int err, res;

	if (IS_ERR(mtd))
		return PTR_ERR(mtd);
	f = mtd->_erase == flash_erase ? flash_of(mtd) : NULL;
	err = !f ? -ENODEV : f->users > 1 ? -EBUSY : 0;
	put_mtd_device(mtd);
	if (err)
		return err;
	err = mtd->flags & MTD_WRITEABLE ? vfs_fsync(f->disk, 0) : 0;
	res = mtd_device_unregister(mtd);
	if (res)
		return res;
	res = filp_close(f->disk, NULL);
	kfree(f);
	return err ?: res;
}

static const struct rumpmtd_ops ops = { .attach = attach, .detach = detach };

static int __init rumpmtd_init(void)
{
	memset(erased, 0xff, sizeof(erased));
	rumpmtd = &ops;
	return 0;
}
module_init(rumpmtd_init);

MODULE_DESCRIPTION("disks as flash");
MODULE_LICENSE("GPL");
