// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions of rump.h that libukfs calls before it mounts. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rump/rumpuser.h>

#include "kernel.h"

#define DISK 3			/* descriptors: of a disk, */
#define FILE_OF_PROC 4		/* and of any other file */
#define MAP_MAX 4096		/* the kernel takes no longer one */

struct rump_flash_options kernel_chip;
int kernel_attached;
static const uint8_t *disk;
static size_t disk_size;

void kernel_disk(const uint8_t *data, size_t size)
{
	disk = data;
	disk_size = size;
}

const char *next_text(const uint8_t **data, size_t *size)
{
	const char *text = (const char *)*data;
	const uint8_t *end = *size ? memchr(*data, 0, *size) : NULL;

	if (!end)
		return NULL;
	*size -= end + 1 - *data;
	*data = end + 1;
	return text;
}

const char *const *ukfs_types(void)
{
	static const char *const types[] = { "btrfs", "ext4", "jffs2", "overlay", "ubifs", "xfs",
					     NULL };

	return types;
}

void rump_set_log(rump_log_fn fn, void *arg)
{
	(void)fn;
	(void)arg;
}

/* ---- files ----------------------------------------------------------------------------------- */

int rump_sys_openat(int dirfd, const char *path, int flags, mode_t mode)
{
	(void)dirfd;
	(void)flags;
	(void)mode;
	return strncmp(path, "/dev/rd", 7) ? FILE_OF_PROC : DISK;
}

int rump_sys_close(int fd)
{
	return fd == DISK || fd == FILE_OF_PROC ? 0 : -EBADF;
}

ssize_t rump_sys_pread64(int fd, void *buf, size_t count, off_t off)
{
	size_t n = (size_t)off < disk_size ? disk_size - off : 0;

	if (fd != DISK || off < 0)
		abort();
	n = n < count ? n : count;
	if (n)
		memcpy(buf, disk + off, n);
	return n;
}

/* Names and numbers of sysfs are what the disk begins with. */
ssize_t rump_sys_read(int fd, void *buf, size_t count)
{
	(void)fd;
	return rump_sys_pread64(DISK, buf, count, 0);
}

/* A map of owners, whose last line is complete. */
ssize_t rump_sys_write(int fd, const void *buf, size_t count)
{
	const char *text = buf, *end = text + count;
	unsigned long long first, seen, n;
	int len;

	if (fd != FILE_OF_PROC || !count || count >= MAP_MAX || end[-1] != '\n')
		abort();
	for (; text < end; text += len + 1)
		if (sscanf(text, "%llu %llu %llu%n", &first, &seen, &n, &len) != 3 ||
		    text[len] != '\n' || !n || first + n > UINT32_MAX || seen + n > UINT32_MAX)
			abort();
	return count;
}

int rump_sys_newfstatat(int dirfd, const char *path, struct stat *st, int flags)
{
	(void)dirfd;
	(void)path;
	(void)flags;
	*st = (struct stat){ .st_uid = ROOT_OWNER, .st_gid = ROOT_OWNER };
	return 0;
}

long rump_sys_ioctl(int fd, unsigned long cmd, unsigned long arg)
{
	(void)cmd;
	(void)arg;
	return fd == FILE_OF_PROC ? 0 : -EBADF;
}

int rump_sys_mkdirat(int dirfd, const char *path, mode_t mode)
{
	(void)dirfd;
	(void)path;
	(void)mode;
	return 0;
}

int rump_sys_mknodat(int dirfd, const char *path, mode_t mode, unsigned int dev)
{
	(void)dev;
	return rump_sys_mkdirat(dirfd, path, mode);
}

/* ---- mounts ---------------------------------------------------------------------------------- */

int rump_sys_mount(const char *source, const char *target, const char *type, unsigned long flags,
		   const void *data)
{
	(void)source;
	(void)target;
	(void)type;
	(void)flags;
	(void)data;
	return 0;
}

int rump_sys_umount2(const char *target, int flags)
{
	(void)target;
	(void)flags;
	return 0;
}

int rump_sys_open_tree(int dirfd, const char *path, unsigned int flags)
{
	return rump_sys_openat(dirfd, path, flags, 0);
}

int rump_sys_move_mount(int fromfd, const char *from, int tofd, const char *to, unsigned int flags)
{
	(void)fromfd;
	(void)from;
	(void)tofd;
	(void)to;
	(void)flags;
	return 0;
}

int rump_sys_mount_setattr(int dirfd, const char *path, unsigned int flags, void *attr,
			   size_t size)
{
	(void)dirfd;
	(void)path;
	(void)flags;
	(void)attr;
	(void)size;
	return 0;
}

int rump_userns_enter(void)
{
	return 1;
}

/* ---- disks and chips --------------------------------------------------------------------- */

int rump_modload(const char *name)
{
	(void)name;
	return 0;
}

int rump_disk_size(int number, uint64_t *bytes)
{
	(void)number;
	*bytes = disk_size;
	return 0;
}

int rump_flash_attach(const char *devpath, const struct rump_flash_options *opt)
{
	(void)devpath;
	kernel_chip = *opt;
	kernel_attached++;
	return 0;
}

int rump_flash_detach(int mtd)
{
	(void)mtd;
	kernel_attached--;
	return 0;
}
