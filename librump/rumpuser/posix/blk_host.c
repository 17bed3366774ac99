// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Block I/O by POSIX calls: one segment at a time, no holes, no way to see who uses a block device.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../blk.h"

/* A write with FUA is on the medium once its last part is. */
static ssize_t write_some(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	ssize_t n = pwrite(blk->fd, bio->iov->base, bio->iov->len, bio->offset + bio->done);

	if (n > 0 && bio->fua && bio->done + n == bio->len && fdatasync(blk->fd))
		return -1;
	return n;
}

ssize_t blk_transfer_once(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	if (bio->op == RUMPUSER_BIO_WRITE)
		return write_some(blk, bio);
	return pread(blk->fd, bio->iov->base, bio->iov->len, bio->offset + bio->done);
}

void blk_start_writing(int fd)
{
	(void)fd;	/* only fdatasync does, and waits */
}

const bool blk_can_discard;

int blk_range(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	return bio->op == RUMPUSER_BIO_DISCARD ? EOPNOTSUPP : blk_write_zeros(blk, bio);
}

int blk_claim(const char *path, int *mode)
{
	(void)path;
	(void)mode;
	return EOPNOTSUPP;
}

/* The host sees to it that I/O of any size suits the device. */
int blk_device_geometry(int fd, unsigned long long *size, unsigned int *sector)
{
	off_t end = lseek(fd, 0, SEEK_END);

	(void)sector;
	if (end < 0)
		return errno;
	*size = end;
	return 0;
}

int blk_unnamed_file(const char *dir)
{
	return blk_unlinked_file(dir);
}
