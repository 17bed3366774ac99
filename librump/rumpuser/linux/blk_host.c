// SPDX-License-Identifier: GPL-2.0-or-later
/* Block I/O: the host's calls that POSIX does not have. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../blk.h"

#define EXCL_TRIES 5
#define EXCL_PAUSE_US 2000

ssize_t blk_transfer_once(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	const struct iovec *iov = (const struct iovec *)bio->iov;
	int n = bio->niov < IOV_MAX ? bio->niov : IOV_MAX;
	off_t offset = bio->offset + bio->done;
	ssize_t written;

	if (bio->op == RUMPUSER_BIO_READ)
		return preadv(blk->fd, iov, n, offset);
	written = pwritev2(blk->fd, iov, n, offset, bio->fua ? RWF_DSYNC : 0);
	if (written >= 0 || (errno != ENOSYS && errno != EOPNOTSUPP))
		return written;
	/* A host that does not know the call: qemu's user mode. */
	written = pwritev(blk->fd, iov, n, offset);
	return written > 0 && bio->fua && fdatasync(blk->fd) ? -1 : written;
}

void blk_start_writing(int fd)
{
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

/* Whether the image's file system can punch holes shows at the first try. */
const bool blk_can_discard = true;

static int punch(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	return fallocate(blk->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, bio->offset,
			 bio->len) ? errno : 0;
}

static int zero_range(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	return fallocate(blk->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, bio->offset,
			 bio->len) ? errno : 0;
}

static int device_discard(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	unsigned long long range[2] = { bio->offset, bio->len };

	if (!blk->device)
		return EOPNOTSUPP;
	return ioctl(blk->fd, BLKDISCARD, range) ? errno : 0;
}

/* The ways to do an operation on a range, tried in turn until one is supported. */
#define MAX_WAYS 3
static int (*const ways[][MAX_WAYS])(struct rumpuser_blk *, struct rumpuser_bio *) = {
	[RUMPUSER_BIO_DISCARD] = { device_discard, punch },
	[RUMPUSER_BIO_ZERO] = { punch, zero_range, blk_write_zeros },
	[RUMPUSER_BIO_ZERO_NOUNMAP] = { zero_range, blk_write_zeros },
};

int blk_range(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	int i, err = EOPNOTSUPP;

	for (i = 0; i < MAX_WAYS && ways[bio->op][i] && err == EOPNOTSUPP; i++)
		do
			err = ways[bio->op][i](blk, bio);
		while (err == EINTR);
	return err;
}

/*
 * A reader must not claim the device, or a second one could not open it; but it has to see that
 * nobody else does.  Another reader that is looking at the same moment goes away soon.
 */
int blk_claim(const char *path, int *mode)
{
	int fd, i;

	if ((*mode & O_ACCMODE) != O_RDONLY) {
		*mode |= O_EXCL;
		return 0;
	}
	for (i = 0; i < EXCL_TRIES; i++) {
		fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
		if (fd >= 0) {
			close(fd);
			return 0;
		}
		if (errno != EBUSY)
			return errno;
		usleep(EXCL_PAUSE_US);
	}
	return EBUSY;
}

int blk_device_geometry(int fd, unsigned long long *size, unsigned int *sector)
{
	return ioctl(fd, BLKGETSIZE64, size) || ioctl(fd, BLKSSZGET, sector) ? errno : 0;
}

int blk_unnamed_file(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	return fd < 0 && errno == EOPNOTSUPP ? blk_unlinked_file(dir) : fd;
}
