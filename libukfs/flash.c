// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images of flash: the disk becomes a chip of the kernel's MTD, and that an UBI device where the
 * type lies in a volume of one.  A chip's geometry is nowhere in an image: erase blocks are found
 * by what each of them starts with, pages by where UBI has put its headers, and options say it
 * where they must.
 */
#include <endian.h>
#include <mtd/ubi-user.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "internal.h"

#define ALIGNMENT 512			/* of an erase block's start */
#define MARKS_WANTED 16
#define SEARCHED (64 << 20)
#define ERASESIZE_DEFAULT (64 << 10)
#define FEW_BLOCKS 16
#define LARGEST_FACTOR 256		/* a chip, to its image that ends
					   with the last byte in use */
#define UBI_CONTROL "/dev/ubi_ctrl"
#define VOLUMES_MAX 128

struct geometry {
	uint64_t erasesize, pagesize, subpage;
	char volume[VOLUMES_MAX];
	uint32_t header;		/* where UBI has its second one */
};

/* ---- options --------------------------------------------------------------------------------- */

/* "128K", "128KiB", "2M" */
static int parse_size(const struct ukfs *u, const char *word, const char *value, size_t len,
		      uint64_t *size)
{
	static const char *const unit[] = { "", "k", "K", "KiB", "M", "MiB" };
	static const int shift[] = { 0, 10, 10, 10, 20, 20 };
	char *end;

	*size = strtoull(value, &end, 0);
	for (size_t i = 0; i < sizeof(unit) / sizeof(unit[0]); i++) {
		size_t n = value + len - end;

		if (end > value && strlen(unit[i]) == n && strncmp(end, unit[i], n) == 0 && *size &&
		    *size <= UINT32_MAX >> shift[i]) {
			*size <<= shift[i];
			return 1;
		}
	}
	return ukfsi_error(EINVAL, "%s: not a size in bytes, KiB or MiB: %.*s", u->image,
			   (int)(value + len - word), word);
}

/* 1: the word is an option of the chip; 0: it is the file system's; -1: an error is noted. */
static int take_word(const struct ukfs *u, const char *word, size_t len, bool volumes,
		     struct geometry *g)
{
	struct { const char *name; uint64_t *size; } sizes[] = {
		{ "erasesize=", &g->erasesize }, { "pagesize=", &g->pagesize },
		{ "subpage=", &g->subpage },
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = strlen(sizes[i].name);

		if (strncmp(word, sizes[i].name, n) == 0)
			return parse_size(u, word, word + n, len - n, sizes[i].size);
	}
	if (!volumes || strncmp(word, "volume=", 7) != 0)
		return 0;
	snprintf(g->volume, sizeof(g->volume), "%.*s", (int)(len - 7), word + 7);
	return 1;
}

/* Move the chip's options from `data` to `g`. */
static int take_options(const struct ukfs *u, char *data, bool volumes, struct geometry *g)
{
	size_t used = 0, len;
	int res = 0;

	for (const char *word = data; *word && res >= 0; word += len + (word[len] == ',')) {
		len = ukfsi_option_len(word);
		res = take_word(u, word, len, volumes, g);
		if (res == 0) {
			memmove(data + used, word, len + 1);
			used += len + (word[len] == ',');
		}
	}
	if (used && data[used - 1] == ',')
		used--;
	data[used] = '\0';
	return res < 0 ? -1 : 0;
}

/* ---- geometry -------------------------------------------------------------------------------- */

static uint64_t gcd(uint64_t a, uint64_t b)
{
	return b ? gcd(b, a % b) : a;
}

/* Erase blocks that have none of the marks are not known, hence the divisor.
 * Returns how many have one. */
static int find_marks(int fd, const char *type, uint64_t *first, uint64_t *distance)
{
	char buf[1 << 14];
	uint64_t pos = 0;
	ssize_t n;
	int found = 0;

	*distance = 0;
	for (; pos < SEARCHED && found < MARKS_WANTED; pos += n) {
		n = rump_sys_pread64(fd, buf, sizeof(buf), pos);
		if (n <= 0)
			return n < 0 ? (int)n : found;
		for (ssize_t i = 0; i < n && found < MARKS_WANTED; i += ALIGNMENT)
			if (ukfsi_erasemark(type, buf + i, n - i)) {
				if (!found++)
					*first = pos + i;
				*distance = gcd(pos + i, *distance);
			}
	}
	return found;
}

/*
 * An erase block of UBI starts with two headers and then has data, each where it can be written
 * alone: the second header at the next page or part of a page, data at a page.
 */
static int find_pages(int fd, uint64_t first, struct geometry *g)
{
	uint32_t offsets[2], data;
	ssize_t n = rump_sys_pread64(fd, offsets, sizeof(offsets), first + 16);

	if (n < (ssize_t)sizeof(offsets))
		return n < 0 ? (int)n : -EIO;
	g->header = be32toh(offsets[0]);
	data = be32toh(offsets[1]);
	if (!g->pagesize)
		g->pagesize = g->header <= 64 ? 1 :
			      g->header >= 512 && data == 2 * g->header ? g->header : data;
	if (!g->subpage && g->header < g->pagesize)
		g->subpage = g->header;
	return 0;
}

static int find_geometry(const struct ukfs *u, enum ukfsi_flash kind, struct geometry *g)
{
	int fd = rump_sys_openat(AT_FDCWD, u->devpath, O_RDONLY | O_CLOEXEC, 0);
	uint64_t first = 0, distance = 0;
	int n, res = 0;

	n = fd < 0 ? fd : find_marks(fd, u->fstype, &first, &distance);
	if (n > 0 && kind == UKFSI_FLASH_UBI)
		res = find_pages(fd, first, g);
	if (fd >= 0)
		rump_sys_close(fd);
	if (n < 0 || res < 0)
		return ukfsi_error(n < 0 ? -n : -res, "%s: cannot read it: %s", u->image,
				   ukfsi_strerror(n < 0 ? -n : -res));
	if (!n && kind == UKFSI_FLASH_UBI)
		return ukfsi_error(EINVAL, "%s: not an image of UBI, in whose volumes %s lies: "
				   "ubinize(8) makes one of a volume", u->image, u->fstype);
	if (!g->erasesize)
		g->erasesize = distance ?: ERASESIZE_DEFAULT;
	if (!g->pagesize)
		g->pagesize = 1;
	if (!g->subpage)
		g->subpage = g->pagesize;
	return 0;
}

/* Without its last bytes an image would be mounted without what they belong to.
 * Partitions end as they do. */
static int check_end(const struct ukfs *u, bool readonly, uint64_t erasesize)
{
	bool partition = strchr(u->devpath + strlen("/dev/"), 'p');
	int fd = ukfsi_image_open(u->image, u->fd);
	struct stat st = { 0 };

	if (fd < 0)
		return -1;
	fstat(fd, &st);
	close(fd);
	if (st.st_size % ALIGNMENT == 0 && (readonly || partition || st.st_size % erasesize == 0))
		return 0;
	return ukfsi_error(EINVAL,
			   "%s: it ends within an erase block of %llu bytes: fill it up with bytes "
			   "0xff (mkfs.jffs2 -p does)", u->image, (unsigned long long)erasesize);
}

/* ---- UBI ------------------------------------------------------------------------------------- */

/* sysfs is mounted for as long as it is read. */
static int sysfs_begin(void)
{
	rump_sys_mkdirat(AT_FDCWD, "/sys", 0555);
	return rump_sys_mount("sysfs", "/sys", "sysfs", 0, NULL);
}

static void sysfs_end(void)
{
	rump_sys_umount2("/sys", MNT_DETACH);
}

static int read_line(const char *path, char *buf, size_t size)
{
	int fd, n;

	fd = n = rump_sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0) {
		n = rump_sys_read(fd, buf, size - 1);
		rump_sys_close(fd);
	}
	buf[n < 0 ? 0 : n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n < 0 ? n : 0;
}

static int ubi_ioctl(unsigned long cmd, const void *arg)
{
	int fd, res;

	fd = rump_sys_openat(AT_FDCWD, UBI_CONTROL, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	res = rump_sys_ioctl(fd, cmd, (unsigned long)arg);
	rump_sys_close(fd);
	return res;
}

/* The driver, and the node to talk to it. */
static int load_ubi(void)
{
	unsigned int major, minor;
	char number[32];
	int res = rump_modload("ubi");

	if (res >= 0)
		res = sysfs_begin();
	if (res >= 0) {
		res = read_line("/sys/class/misc/ubi_ctrl/dev", number, sizeof(number));
		sysfs_end();
	}
	if (res < 0)
		return res;
	if (sscanf(number, "%u:%u", &major, &minor) != 2)
		return -ENODEV;
	res = rump_sys_mknodat(AT_FDCWD, UBI_CONTROL, S_IFCHR | 0600, makedev(major, minor));
	return res == -EEXIST ? 0 : res;
}

static int find_volume(struct ukfs *u, const char *wanted)
{
	char path[64], name[VOLUMES_MAX], number[16], all[512] = "";
	int found = -1, n = 0, res = sysfs_begin();

	if (res < 0)
		return ukfsi_error(-res, "%s: cannot look for volumes: %s", u->image,
				   ukfsi_strerror(-res));
	for (int id = 0; id < VOLUMES_MAX; id++) {
		size_t len = strlen(all);

		snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d_%d/name", u->ubi, id);
		if (read_line(path, name, sizeof(name)) < 0)
			continue;
		snprintf(number, sizeof(number), "%d", id);
		snprintf(all + len, sizeof(all) - len, "%s%s", n++ ? ", " : "", name);
		if (!*wanted || strcmp(wanted, name) == 0 ||
		    (found < 0 && strcmp(wanted, number) == 0))
			found = id;
	}
	sysfs_end();
	if (!n)
		return ukfsi_error(ENXIO, "%s: UBI without a volume", u->image);
	if (found < 0)
		return ukfsi_error(ENXIO, "%s: there is no volume %s, the image has %s", u->image,
				   wanted, all);
	if (!*wanted && n > 1)
		return ukfsi_error(ENOTUNIQ, "%s: choose a volume with the option volume=: %s",
				   u->image, all);
	return found;
}

/* ---- chips ----------------------------------------------------------------------------------- */

static int attach_ubi(struct ukfs *u, const struct geometry *g)
{
	struct ubi_attach_req req = {
		.ubi_num = UBI_DEV_NUM_AUTO,
		.mtd_num = u->mtd,
		.vid_hdr_offset = g->header,
	};
	int res = ubi_ioctl(UBI_IOCATT, &req);

	if (res >= 0)
		u->ubi = req.ubi_num;
	return res;
}

static int attach_chip(struct ukfs *u, const struct rump_flash_options *opt)
{
	u->mtd = rump_flash_attach(u->devpath, opt);
	return u->mtd < 0 ? u->mtd : 0;
}

/*
 * An image for a device mostly ends where its content does, but drivers want some erase blocks, and
 * UBI wants room for all of its volumes.  To read, a chip may be larger than its image.
 */
static int attach_chips(struct ukfs *u, enum ukfsi_flash kind, const struct geometry *g,
			struct rump_flash_options *opt)
{
	uint64_t bytes;
	int res = rump_disk_size(u->disk, &bytes);

	if (opt->readonly && res >= 0)
		opt->size = bytes + FEW_BLOCKS * g->erasesize;
	for (int factor = 1; res >= 0; factor *= 4) {
		res = attach_chip(u, opt);
		if (res < 0 || kind == UKFSI_FLASH_MTD)
			break;
		res = load_ubi();
		if (res >= 0)
			res = attach_ubi(u, g);
		if (res >= 0 || !opt->readonly || factor == LARGEST_FACTOR)
			break;
		ukfsi_flash_detach(u);
		opt->size = bytes * factor * 4;
		res = 0;
	}
	return res;
}

int ukfsi_flash(struct ukfs *u, bool readonly, bool sync, char *data)
{
	enum ukfsi_flash kind = ukfsi_flash_kind(u->fstype);
	struct rump_flash_options opt;
	struct geometry g = { 0 };
	char reason[512];
	int res;

	if (kind == UKFSI_FLASH_NONE || !u->devpath[0])
		return 0;
	if (take_options(u, data, kind == UKFSI_FLASH_UBI, &g) < 0 ||
	    find_geometry(u, kind, &g) < 0 || check_end(u, readonly, g.erasesize) < 0)
		return -1;
	opt = (struct rump_flash_options){
		.erasesize = g.erasesize, .pagesize = g.pagesize, .subpage = g.subpage,
		.readonly = readonly, .sync = sync,
	};
	res = attach_chips(u, kind, &g, &opt);
	if (res < 0) {
		ukfsi_log_reason(u->logpos, u->devpath, 2, reason, sizeof(reason));
		return ukfsi_error(-res, "%s: cannot attach it as flash of "
				   "erasesize=%u,pagesize=%u,subpage=%u: %s%s [%s]",
				   u->image, opt.erasesize, opt.pagesize, opt.subpage,
				   reason[0] ? reason : ukfsi_strerror(-res), readonly ? "" :
				   "; to be written, an image must be as large as the chip, "
				   "filled up with bytes 0xff",
				   ukfsi_errname(-res));
	}
	if (kind == UKFSI_FLASH_MTD) {
		snprintf(u->source, sizeof(u->source), "mtd%d", u->mtd);
		return 0;
	}
	res = find_volume(u, g.volume);
	snprintf(u->source, sizeof(u->source), "ubi%d_%d", u->ubi, res);
	return res < 0 ? -1 : 0;
}

int ukfsi_flash_detach(struct ukfs *u)
{
	int32_t ubi = u->ubi;
	int res, err = 0;

	if (ubi >= 0)
		err = ubi_ioctl(UBI_IOCDET, &ubi);
	u->ubi = -1;
	if (u->mtd >= 0) {
		res = rump_flash_detach(u->mtd);
		err = err < 0 ? err : res;
	}
	u->mtd = -1;
	return err;
}
