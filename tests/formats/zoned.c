// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zoned driver | disk: zonefs on a zoned disk that the kernel's own null_blk keeps in memory: two
 * conventional zones, of which the first has the superblock, the others for sequential writing.
 * "driver": data goes to a conventional zone and is copied from there, as a sequential one takes
 * direct I/O only, at its write pointer; judged by the disk's report of its zones and by what is in
 * them.  "disk": the zones are written beside the driver, which reads, resets and fills them.
 */
#include <linux/blkzoned.h>
#include <sys/sysmacros.h>

#include "../vfs/vfstest.h"

#define MIB		(1 << 20)
#define ZONE		(4 * MIB)
#define ZONES		16
#define CONVENTIONAL	2
#define SEQUENTIAL	(ZONES - CONVENTIONAL)
#define SUPER		4096		/* bytes; also the unit of writing */
#define DISK		"/nullb1"

static char data[SEQUENTIAL][ZONE], found[ZONE];
static long sizes[SEQUENTIAL];

static int opened(const char *path, int flags)
{
	int fd = rump_sys_openat(AT_FDCWD, path, flags, 0);

	check(fd >= 0, __FILE__, __LINE__, path, fd);
	return fd;
}

static void set(const char *name, const char *value)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/config/nullb/nullb1/%s", name);
	fd = opened(path, O_WRONLY);
	CHECK(rump_sys_write(fd, value, strlen(value)), strlen(value));
	CHECK(rump_sys_close(fd), 0);
}

/* The node of the disk, by its number in sysfs. */
static void make_node(void)
{
	unsigned int major, minor;
	char text[32] = "";
	int fd;

	CHECK(rump_sys_mkdirat(AT_FDCWD, "/s", 0755), 0);
	CHECK(rump_sys_mount("sysfs", "/s", "sysfs", 0, NULL), 0);
	fd = opened("/s/block" DISK "/dev", O_RDONLY);
	TRUE(rump_sys_read(fd, text, sizeof(text) - 1) > 0);
	CHECK(rump_sys_close(fd), 0);
	CHECK(rump_sys_umount2("/s", 0), 0);
	CHECK(sscanf(text, "%u:%u", &major, &minor), 2);
	CHECK(rump_sys_mknodat(AT_FDCWD, DISK, S_IFBLK | 0600, makedev(major, minor)), 0);
}

/* The module makes a disk that is not zoned, nullb0, when it is loaded; this is one more. */
static void make_disk(void)
{
	CHECK(rump_modload("null_blk"), 0);
	CHECK(rump_sys_mkdirat(AT_FDCWD, "/config", 0755), 0);
	CHECK(rump_sys_mount("configfs", "/config", "configfs", 0, NULL), 0);
	CHECK(rump_sys_mkdirat(AT_FDCWD, "/config/nullb/nullb1", 0755), 0);
	set("size", "64");
	set("memory_backed", "1");
	set("zoned", "1");
	set("zone_size", "4");
	set("zone_nr_conv", "2");
	set("power", "1");
	make_node();
}

/* CRC-32 as the format has it: not inverted at the end. */
static uint32_t crc32(const unsigned char *p, size_t n)
{
	uint32_t crc = ~0U;

	while (n--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

/* Documentation/filesystems/zonefs.rst:
 * magic, checksum, label, UUID, features, owner, group, mode. */
static void make_super(void)
{
	static unsigned char block[SUPER] = "SFOZ\0\0\0\0zones";
	const uint64_t features = 2 | 4 | 8;		/* has owner, group, mode */
	const uint32_t owners[] = { 1000, 1001, 0604 };
	uint32_t crc;
	int fd;

	memcpy(block + 88, &features, 8);
	memcpy(block + 96, owners, sizeof(owners));
	crc = crc32(block, sizeof(block));
	memcpy(block + 4, &crc, 4);
	fd = opened(DISK, O_WRONLY);
	CHECK(rump_sys_write(fd, block, sizeof(block)), sizeof(block));
	CHECK(rump_sys_fsync(fd), 0);
	CHECK(rump_sys_close(fd), 0);
}

static int zone_file(int zone, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/m/seq/%d", zone);
	return opened(path, flags);
}

/* To the zones of the disk, which is not mounted. */
static void append_to_disk(int zone, long len)
{
	int fd = opened(DISK, O_WRONLY);

	CHECK(rump_sys_pwrite64(fd, data[zone] + sizes[zone], len,
				(CONVENTIONAL + zone) * (off_t)ZONE + sizes[zone]), len);
	sizes[zone] += len;
	CHECK(rump_sys_fsync(fd), 0);
	CHECK(rump_sys_close(fd), 0);
}

/* Append to a sequential zone what belongs after what it has. */
static void append(int zone, long len)
{
	int from = opened("/m/cnv/0", O_RDWR), to = zone_file(zone, O_WRONLY | O_DIRECT);
	off_t in = 0, out = sizes[zone];
	long n;

	CHECK(rump_sys_pwrite64(from, data[zone] + out, len, 0), len);
	for (; len > 0; len -= n) {
		n = rump_sys_copy_file_range(from, &in, to, &out, len, 0);
		check(n > 0, __FILE__, __LINE__, "copy_file_range", n);
	}
	sizes[zone] = out;
	CHECK(rump_sys_close(to), 0);
	CHECK(rump_sys_close(from), 0);
}

/* What a sequential zone does not take. */
static void misplaced(void)
{
	int fd = zone_file(1, O_WRONLY), from = opened("/m/cnv/0", O_RDONLY);
	off_t in = 0, out = sizes[1] + SUPER;

	CHECK(rump_sys_pwrite64(fd, data[1], SUPER, sizes[1]), -EIO);	/* not direct */
	CHECK(rump_sys_ftruncate(fd, SUPER), -EPERM);			/* only all or nothing */
	CHECK(rump_sys_close(fd), 0);
	fd = zone_file(1, O_WRONLY | O_DIRECT);
	CHECK(rump_sys_copy_file_range(from, &in, fd, &out, SUPER, 0), -EINVAL);
	CHECK(rump_sys_close(fd), 0);
	CHECK(rump_sys_close(from), 0);
	CHECK(rump_sys_unlinkat(AT_FDCWD, "/m/seq/1", 0), -EPERM);
}

static void files_are_as_written(void)
{
	struct stat st;
	int fd;

	for (int zone = 0; zone < SEQUENTIAL; zone++) {
		fd = zone_file(zone, O_RDONLY);
		CHECK(rump_sys_fstat(fd, &st), 0);
		CHECK(st.st_size, sizes[zone]);
		TRUE(st.st_uid == 1000 && st.st_gid == 1001 && st.st_mode == (S_IFREG | 0604));
		CHECK(rump_sys_pread64(fd, found, ZONE, 0), sizes[zone]);
		TRUE(memcmp(found, data[zone], sizes[zone]) == 0);
		CHECK(rump_sys_close(fd), 0);
	}
}

/* Without the file system: the write pointers, and what is before them. */
static void disk_is_as_written(void)
{
	struct {
		struct blk_zone_report head;
		struct blk_zone zones[ZONES];
	} report = { .head.nr_zones = ZONES };
	int fd = opened(DISK, O_RDONLY);

	CHECK(rump_sys_ioctl(fd, BLKREPORTZONE, (unsigned long)&report), 0);
	CHECK(report.head.nr_zones, ZONES);
	for (int zone = 0; zone < SEQUENTIAL; zone++) {
		const struct blk_zone *z = &report.zones[zone + CONVENTIONAL];
		bool full = sizes[zone] == ZONE;

		CHECK(z->type, BLK_ZONE_TYPE_SEQWRITE_REQ);
		CHECK(z->cond == BLK_ZONE_COND_FULL, full);
		TRUE(full || (long)(z->wp - z->start) * 512 == sizes[zone]);
		CHECK(rump_sys_pread64(fd, found, sizes[zone], z->start * 512), sizes[zone]);
		TRUE(memcmp(found, data[zone], sizes[zone]) == 0);
	}
	CHECK(rump_sys_close(fd), 0);
}

static void mount_zones(void)
{
	CHECK(rump_sys_mount(DISK, "/m", "zonefs", 0, NULL), 0);
}

/* A zone that is cut to nothing is reset, one that is extended to its end is full. */
static void set_size(int zone, long size)
{
	int fd = zone_file(zone, O_WRONLY);

	CHECK(rump_sys_ftruncate(fd, size), 0);
	CHECK(rump_sys_close(fd), 0);
	if (size)
		memset(data[zone] + sizes[zone], 0, size - sizes[zone]);
	sizes[zone] = size;
}

static void random_data(void)
{
	FILE *f = fopen("/dev/urandom", "r");

	TRUE(f && fread(data, sizeof(data), 1, f) == 1);
	fclose(f);
}

static void fill(void (*how)(int zone, long len))
{
	for (int zone = 0; zone < SEQUENTIAL; zone++)
		how(zone, zone == 5 ? ZONE : zone * 5L * SUPER);
	how(3, 17L * SUPER);
}

int main(int argc, char **argv)
{
	bool driver = argc == 2 && !strcmp(argv[1], "driver");

	TRUE(driver || (argc == 2 && !strcmp(argv[1], "disk")));
	random_data();
	CHECK(rump_init(), 0);
	make_disk();
	make_super();
	CHECK(rump_sys_mkdirat(AT_FDCWD, "/m", 0755), 0);
	if (!driver)
		fill(append_to_disk);
	mount_zones();
	if (driver) {
		fill(append);
		misplaced();
	}
	files_are_as_written();
	CHECK(rump_sys_umount2("/m", 0), 0);
	disk_is_as_written();
	mount_zones();
	files_are_as_written();
	set_size(4, 0);
	set_size(6, ZONE);
	if (driver)
		append(4, 9L * SUPER);
	files_are_as_written();
	CHECK(rump_sys_umount2("/m", 0), 0);
	disk_is_as_written();
	return 0;
}
