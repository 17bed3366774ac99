// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Block I/O in the calling thread: method sync, and the calls which the other methods fall back on.
 */
#include <errno.h>
#include <unistd.h>

#include "blk.h"

#define ZEROS_SIZE (64 * 1024)

/* Writing would make an image grow again that has been cut short, as if nothing were lost. */
static bool cut_short(struct rumpuser_blk *blk)
{
	return !blk->device && !blk->snapshot &&
	       (unsigned long long)lseek(blk->fd, 0, SEEK_END) < blk->size;
}

int blk_check(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	if (bio->op < RUMPUSER_BIO_READ || bio->op > RUMPUSER_BIO_ZERO_NOUNMAP)
		return EINVAL;
	if (bio->op == RUMPUSER_BIO_FLUSH)
		return 0;
	if (blk->readonly && bio->op != RUMPUSER_BIO_READ)
		return EROFS;
	if (bio->offset > blk->size || bio->len > blk->size - bio->offset)
		return EIO;
	if (bio->op == RUMPUSER_BIO_READ)
		return 0;
	atomic_store(&blk->dirty, true);
	if (!cut_short(blk))
		return 0;
	blk_note(blk, bio->op, EIO);
	return EIO;
}

/* Or else the host keeps all of it until a flush, which then has to wait for the medium. */
#define WRITE_BEHIND_STEP (16ULL << 20)

void blk_write_behind(struct rumpuser_blk *blk, unsigned long long bytes)
{
	unsigned long long before = atomic_fetch_add(&blk->behind, bytes);

	if (before / WRITE_BEHIND_STEP != (before + bytes) / WRITE_BEHIND_STEP)
		blk_start_writing(blk->fd);
}

void blk_note(struct rumpuser_blk *blk, int op, int error)
{
	int none = 0;

	if (error && op != RUMPUSER_BIO_READ && op != RUMPUSER_BIO_DISCARD)
		atomic_compare_exchange_strong(&blk->write_error, &none, error);
}

void blk_advance(struct rumpuser_bio *bio, unsigned long long n)
{
	bio->done += n;
	while (bio->niov && n >= bio->iov->len) {
		n -= bio->iov->len;
		bio->iov++;
		bio->niov--;
	}
	if (n) {
		bio->iov->base = (char *)bio->iov->base + n;
		bio->iov->len -= n;
	}
}

void blk_sync_transfer(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	ssize_t n;

	while (bio->done < bio->len) {
		n = blk_transfer_once(blk, bio);
		if (n > 0) {
			blk_advance(bio, n);
		} else if (n == 0) {	/* the image has become shorter */
			bio->error = EIO;
			return;
		} else if (errno != EINTR) {
			bio->error = errno;
			return;
		}
	}
}

int blk_write_zeros(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	static const char zeros[ZEROS_SIZE];
	ssize_t n;

	while (bio->done < bio->len) {
		n = bio->len - bio->done < ZEROS_SIZE ? bio->len - bio->done : ZEROS_SIZE;
		n = pwrite(blk->fd, zeros, n, bio->offset + bio->done);
		if (n > 0)
			bio->done += n;
		else if (n == 0 || errno != EINTR)
			return n ? errno : EIO;
	}
	return 0;
}

void blk_sync_request(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	switch (bio->op) {
	case RUMPUSER_BIO_READ:
	case RUMPUSER_BIO_WRITE:
		blk_sync_transfer(blk, bio);
		if (bio->op == RUMPUSER_BIO_WRITE && !bio->fua)
			blk_write_behind(blk, bio->done);
		break;
	case RUMPUSER_BIO_FLUSH:
		if (atomic_load(&blk->dirty))
			bio->error = fdatasync(blk->fd) ? errno : 0;
		break;
	default:
		bio->error = blk_range(blk, bio);
	}
}

void rumpuser_blk_do(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	KEEP_ERRNO;
	bio->done = 0;
	bio->error = blk_check(blk, bio);
	if (bio->error)
		return;
	blk->method->request(blk, bio);
	blk_note(blk, bio->op, bio->error);
}

const struct blk_method blk_sync = {
	.id = RUMPUSER_BLK_SYNC,
	.request = blk_sync_request,
};
