// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images: opening, locking, geometry, closing.
 *
 * The lock says that the content may change (a writer) or must not (a reader), so a reader and a
 * writer exclude each other.  It is an open file description lock on the whole file; of a block
 * device it must be known too that the host does not use it (blk_claim).
 *
 * An image may be a descriptor of the application's, which then has seen to that: a process that
 * has given up its rights, or its way to the file system, still has those.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "blk.h"

#define SECTOR 512

static const struct blk_method *const methods[] = {
	[RUMPUSER_BLK_DEFAULT] = &blk_sync,
	[RUMPUSER_BLK_SYNC] = &blk_sync,
	[RUMPUSER_BLK_ASYNC] = &blk_async,
	[RUMPUSER_BLK_MMAP] = &blk_mmap,
};

static int check_type(mode_t mode)
{
	if (S_ISREG(mode) || S_ISBLK(mode))
		return 0;
	return S_ISDIR(mode) ? EISDIR : ENOTBLK;
}

/* N of "/dev/fd/N", else -1.  To open that name would ask for the rights to the file again. */
static int descriptor(const char *path)
{
	int fd, end = 0;

	return sscanf(path, "/dev/fd/%9d%n", &fd, &end) == 1 && !path[end] ? fd : -1;
}

int rumpuser_image_open(const char *path, int flags)
{
	int fd = descriptor(path), mode;

	if (fd < 0)
		return open(path, flags | O_CLOEXEC);
	mode = fcntl(fd, F_GETFL);
	if (mode < 0)
		return -1;
	if ((mode & O_ACCMODE) != O_RDWR && (mode & O_ACCMODE) != (flags & O_ACCMODE)) {
		errno = EACCES;
		return -1;
	}
	return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

static int lock_image(int fd, int type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	if (!fcntl(fd, F_OFD_SETLK, &lock))
		return 0;
	return errno == EAGAIN || errno == EACCES ? EBUSY : errno;
}

static int open_locked(struct rumpuser_blk *blk, const char *path, bool lock)
{
	bool reader = blk->readonly || blk->snapshot;
	int mode = reader ? O_RDONLY : O_RDWR;
	int err = 0;

	if (lock && blk->device && descriptor(path) < 0)
		err = blk_claim(path, &mode);
	if (err)
		return err;
	blk->fd = rumpuser_image_open(path, mode);
	if (blk->fd < 0)
		return errno;
	return lock ? lock_image(blk->fd, reader ? F_RDLCK : F_WRLCK) : 0;
}

static int geometry(struct rumpuser_blk *blk, struct rumpuser_blk_info *info)
{
	unsigned int sector = SECTOR;
	struct stat st;
	int err;

	if (fstat(blk->fd, &st))
		return errno;
	err = check_type(st.st_mode);
	if (err)
		return err;
	blk->size = st.st_size;
	if (blk->device)
		err = blk_device_geometry(blk->fd, &blk->size, &sector);
	if (err)
		return err;
	*info = (struct rumpuser_blk_info){
		.size = blk->size,
		.logical_block = sector,
		.discard_granularity = blk_can_discard && !blk->readonly ? st.st_blksize : 0,
	};
	return 0;
}

static int open_method(struct rumpuser_blk *blk, int id)
{
	int err;

	blk->method = blk->snapshot ? &blk_snapshot : methods[id];
	err = blk->method->open ? blk->method->open(blk) : 0;
	if (!err || blk->method != &blk_async)
		return err;
	/* Containers often forbid io_uring: info->method says so. */
	blk->method = &blk_sync;
	return 0;
}

int rumpuser_blk_open(const char *path, int flags, int method, struct rumpuser_blk **result,
		      struct rumpuser_blk_info *info)
{
	KEEP_ERRNO;
	struct rumpuser_blk *blk;
	struct stat st;
	int err;

	if (method < 0 || method >= (int)(sizeof(methods) / sizeof(methods[0])))
		return EINVAL;
	/* before open, which would wait for the other end of a fifo */
	if (descriptor(path) < 0 ? stat(path, &st) : fstat(descriptor(path), &st))
		return errno;
	err = check_type(st.st_mode);
	if (err)
		return err;
	blk = calloc(1, sizeof(*blk));
	if (!blk)
		return ENOMEM;
	blk->fd = -1;
	blk->readonly = flags & RUMPUSER_BLK_RDONLY;
	blk->snapshot = !blk->readonly && flags & RUMPUSER_BLK_SNAPSHOT;
	blk->device = S_ISBLK(st.st_mode);
	err = open_locked(blk, path, !(flags & RUMPUSER_BLK_NOLOCK));
	if (!err)
		err = geometry(blk, info);
	if (!err)
		err = open_method(blk, method);
	if (err)
		goto fail;
	info->method = blk->method->id;
	*result = blk;
	return 0;

fail:
	if (blk->fd >= 0)
		close(blk->fd);
	free(blk);
	return err;
}

int rumpuser_blk_close(struct rumpuser_blk *blk)
{
	KEEP_ERRNO;
	struct rumpuser_bio flush = { .op = RUMPUSER_BIO_FLUSH };
	int err;

	rumpuser_blk_do(blk, &flush);
	if (blk->method->close)
		blk->method->close(blk);
	err = atomic_load(&blk->write_error);
	/* A child of this process or a ring which is being torn down may still have the file. */
	lock_image(blk->fd, F_UNLCK);
	close(blk->fd);
	free(blk);
	return err;
}
