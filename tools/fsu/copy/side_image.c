// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The image as a side of a copy: libukfs, with errno as the result.
 */
#include <errno.h>
#include <fcntl.h>

#include "copy.h"

#define RESULT(call) ({ __auto_type r_ = (call); r_ < 0 ? (__typeof__(r_))-errno : r_; })

static int image_stat(struct copy *c, const char *path, bool follow, struct stat *st)
{
	return RESULT(follow ? ukfs_stat(c->u, path, st) : ukfs_lstat(c->u, path, st));
}

static int image_names(struct copy *c, const char *path, struct fsu_names *names)
{
	return -fsu_read_names(c->u, path, names);
}

static ssize_t image_readlink(struct copy *c, const char *path, char *buf, size_t size)
{
	return RESULT(ukfs_readlink(c->u, path, buf, size));
}

static ssize_t image_listxattr(struct copy *c, int fd, const char *path, char *buf, size_t size)
{
	(void)fd;
	return RESULT(ukfs_llistxattr(c->u, path, buf, size));
}

static ssize_t image_getxattr(struct copy *c, int fd, const char *path, const char *name,
			      void *value, size_t size)
{
	(void)fd;
	return RESULT(ukfs_lgetxattr(c->u, path, name, value, size));
}

static int image_setxattr(struct copy *c, int fd, const char *path, const struct xattr *x)
{
	return RESULT(fd >= 0 ? ukfs_fsetxattr(c->u, fd, x->name, x->value, x->size, 0) :
				ukfs_lsetxattr(c->u, path, x->name, x->value, x->size, 0));
}

static int image_chown(struct copy *c, int fd, const char *path, uid_t uid, gid_t gid)
{
	return RESULT(fd >= 0 ? ukfs_fchown(c->u, fd, uid, gid) :
				ukfs_lchown(c->u, path, uid, gid));
}

static int image_chmod(struct copy *c, int fd, const char *path, mode_t mode)
{
	return RESULT(fd >= 0 ? ukfs_fchmod(c->u, fd, mode) : ukfs_chmod(c->u, path, mode));
}

static int image_utimens(struct copy *c, int fd, const char *path, const struct timespec ts[2])
{
	return RESULT(fd >= 0 ? ukfs_futimens(c->u, fd, ts) : ukfs_lutimens(c->u, path, ts));
}

/* Every capability is ours in there, so only a file that may not be changed at all refuses for a
 * reason of its own. */
static bool image_unheld(struct copy *c, const char *path, int err)
{
	struct statx stx;

	if (err != EPERM && err != EOPNOTSUPP)
		return false;
	return ukfs_statx(c->u, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &stx) < 0 ||
	       !(stx.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND));
}

static int image_open(struct copy *c, const char *path, int flags, mode_t mode)
{
	return RESULT(ukfs_open(c->u, path, flags, mode));
}

/* Write out and wait: SYNC_FILE_RANGE_WRITE_AND_WAIT, which not every libc names. */
#define WRITE_OUT (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)

static int image_close(struct copy *c, int fd)
{
	int err = 0, res;

	if (c->o.write_out)
		err = RESULT(ukfs_sync_file_range(c->u, fd, 0, 0, WRITE_OUT));
	res = RESULT(ukfs_close(c->u, fd));
	return err ? err : res;
}

static int image_fstat(struct copy *c, int fd, struct stat *st)
{
	return RESULT(ukfs_fstat(c->u, fd, st));
}

static ssize_t image_pread(struct copy *c, int fd, void *buf, size_t size, off_t off)
{
	return RESULT(ukfs_pread(c->u, fd, buf, size, off));
}

static ssize_t image_pwrite(struct copy *c, int fd, const void *buf, size_t size, off_t off)
{
	return RESULT(ukfs_pwrite(c->u, fd, buf, size, off));
}

static off_t image_seek(struct copy *c, int fd, off_t off, int whence)
{
	return RESULT(ukfs_flseek(c->u, fd, off, whence));
}

static int image_ftruncate(struct copy *c, int fd, off_t size)
{
	return RESULT(ukfs_ftruncate(c->u, fd, size));
}

static void image_readahead(struct copy *c, int fd)
{
	/* the kernel side reads ahead by itself */
	(void)c;
	(void)fd;
}

static int image_mkdir(struct copy *c, const char *path, mode_t mode)
{
	return RESULT(ukfs_mkdir(c->u, path, mode));
}

static int image_unlink(struct copy *c, const char *path)
{
	return RESULT(ukfs_remove(c->u, path));
}

static int image_symlink(struct copy *c, const char *target, const char *path)
{
	return RESULT(ukfs_symlink(c->u, target, path));
}

static int image_mknod(struct copy *c, const char *path, mode_t mode, dev_t dev)
{
	return RESULT(ukfs_mknod(c->u, path, mode, dev));
}

static int image_link(struct copy *c, const char *old, const char *path)
{
	return RESULT(ukfs_link(c->u, old, path));
}

const struct side image_side = {
	.stat = image_stat, .names = image_names, .readlink = image_readlink,
	.listxattr = image_listxattr, .getxattr = image_getxattr, .setxattr = image_setxattr,
	.chown = image_chown, .chmod = image_chmod, .utimens = image_utimens,
	.unheld = image_unheld, .open = image_open,
	.close = image_close, .fstat = image_fstat, .pread = image_pread, .pwrite = image_pwrite,
	.seek = image_seek, .ftruncate = image_ftruncate, .readahead = image_readahead,
	.mkdir = image_mkdir, .unlink = image_unlink, .symlink = image_symlink,
	.mknod = image_mknod, .link = image_link,
};
