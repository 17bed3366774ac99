// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of files, by path: each call opens the file for itself. */
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>

#include "internal.h"

ssize_t ukfs_read(struct ukfs *u, const char *path, off_t off, uint8_t *buf, size_t bufsize)
{
	return OPENED(u, "read", path, O_RDONLY, rump_sys_pread64(fd, buf, bufsize, off));
}

ssize_t ukfs_write(struct ukfs *u, const char *path, off_t off, const uint8_t *buf, size_t bufsize)
{
	return OPENED(u, "write to", path, O_WRONLY, rump_sys_pwrite64(fd, buf, bufsize, off));
}

int ukfs_truncate(struct ukfs *u, const char *path, off_t length)
{
	return OPENED(u, "truncate", path, O_WRONLY, rump_sys_ftruncate(fd, length));
}

int ukfs_fallocate(struct ukfs *u, const char *path, int mode, off_t off, off_t len)
{
	return OPENED(u, "allocate space for", path, O_RDWR,
		      rump_sys_fallocate(fd, mode, off, len));
}

off_t ukfs_lseek(struct ukfs *u, const char *path, off_t off, int whence)
{
	return OPENED(u, "seek in", path, O_RDONLY, rump_sys_lseek(fd, off, whence));
}

/* `in` is open: open the target, copy, close it. */
static ssize_t copy_to(int in, off_t *inoff, const char *to, off_t *outoff, size_t len)
{
	struct ukfsi_at at;
	ssize_t res = ukfsi_at_begin(&at, to);
	int out;

	if (res < 0)
		return res;
	out = rump_sys_openat(at.dirfd, at.path, O_WRONLY | O_NONBLOCK, 0);
	ukfsi_at_end(&at);
	if (out < 0)
		return out;
	res = rump_sys_copy_file_range(in, inoff, out, outoff, len, 0);
	rump_sys_close(out);
	return res;
}

ssize_t ukfs_copy_file_range(struct ukfs *u, const char *from, off_t *fromoff, const char *to,
			     off_t *tooff, size_t len)
{
	return WITH_SECOND(to, OPENED(u, "copy from", from, O_RDONLY,
				      copy_to(fd, fromoff, to, tooff, len)));
}

int ukfs_sync(struct ukfs *u)
{
	return IN_CONTEXT(u, "write everything to the medium", NULL, rump_sys_syncfs(u->rootfd));
}

int ukfs_fsync(struct ukfs *u, const char *path)
{
	return OPENED(u, "write to the medium:", path, O_RDONLY, rump_sys_fsync(fd));
}

int ukfs_ioctl(struct ukfs *u, const char *path, unsigned long request, void *arg)
{
	return OPENED(u, "control", path, O_RDONLY,
		      rump_sys_ioctl(fd, request, (unsigned long)arg));
}

/* The kernel reads and writes an int here, whatever the request's number says. */
static int set_flags(int fd, unsigned long flags)
{
	int value = (int)flags;

	if ((unsigned long)(unsigned int)value != flags)
		return -EINVAL;
	return rump_sys_ioctl(fd, FS_IOC_SETFLAGS, (unsigned long)&value);
}

static int get_flags(int fd, unsigned long *flags)
{
	unsigned int value = 0;
	int res = rump_sys_ioctl(fd, FS_IOC_GETFLAGS, (unsigned long)&value);

	if (res >= 0)
		*flags = value;
	return res;
}

int ukfs_chflags(struct ukfs *u, const char *path, unsigned long flags)
{
	return OPENED(u, "set the attributes of", path, O_RDONLY, set_flags(fd, flags));
}

int ukfs_getflags(struct ukfs *u, const char *path, unsigned long *flags)
{
	return OPENED(u, "read the attributes of", path, O_RDONLY, get_flags(fd, flags));
}

int ukfs_statvfs(struct ukfs *u, struct statvfs *st)
{
	struct statfs k;
	int res = IN_CONTEXT(u, "read the file system's figures", NULL,
			     rump_sys_fstatfs(u->rootfd, &k));

	if (res < 0)
		return res;
	memset(st, 0, sizeof(*st));
	st->f_bsize = k.f_bsize;
	st->f_frsize = k.f_frsize ? k.f_frsize : k.f_bsize;
	st->f_blocks = k.f_blocks;
	st->f_bfree = k.f_bfree;
	st->f_bavail = k.f_bavail;
	st->f_files = k.f_files;
	st->f_ffree = k.f_ffree;
	st->f_favail = k.f_ffree;
	memcpy(&st->f_fsid, &k.f_fsid, sizeof(k.f_fsid));
	/* ST_VALID, which only says that the others are set */
	st->f_flag = k.f_flags & ~0x20UL;
	st->f_namemax = k.f_namelen;
	return 0;
}
