// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Method async: io_uring.
 *
 * A read that the host has cached is done in submit.  Everything else goes through a queue into
 * the ring; of the threads which submit at the same time one fills the ring for all, and none
 * waits for another.  What the ring does not do completely (short transfers, operations the image's
 * file system lacks, requests cancelled because the thread that submitted them has ended) the
 * waiting thread finishes by plain calls, which also find out the true error.
 *
 * The ring is restricted, see ring.c.  The image is unregistered at the end, because the host takes
 * a ring apart some time later, and would keep the image open until then.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../blk.h"
#include "ring.h"

#define DEPTH RING_DEPTH
#define BATCH 32
#define RETRY_US 100
#define IMAGE 0		/* index of the image among the ring's files */

struct async {
	struct io_uring ring;
	pthread_mutex_t ring_lock;	/* submission side of the ring */
	pthread_mutex_t queue_lock;	/* the members below; never held across a system call */
	struct rumpuser_bio *head, **tail;
	unsigned int inflight;
	bool stopped;			/* the waiting thread's: it has seen the stop */
	atomic_bool nowait;		/* the image's file system knows RWF_NOWAIT */
};

static void append(struct rumpuser_bio ***tail, struct rumpuser_bio *bio)
{
	bio->next = NULL;
	**tail = bio;
	*tail = &bio->next;
}

static int async_open(struct rumpuser_blk *blk)
{
	struct async *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return ENOMEM;
	err = ring_open(&a->ring, blk->fd);
	if (err) {
		free(a);
		return err;
	}
	pthread_mutex_init(&a->ring_lock, NULL);
	pthread_mutex_init(&a->queue_lock, NULL);
	a->tail = &a->head;
	atomic_store(&a->nowait, true);
	blk->priv = a;
	return 0;
}

static void async_close(struct rumpuser_blk *blk)
{
	struct async *a = blk->priv;

	while (io_uring_unregister_files(&a->ring) == -EINTR)
		;
	io_uring_queue_exit(&a->ring);
	free(a);
}

/* Give the ring's content to the host, which refuses for a moment when it is short of memory. */
static void flush_ring(struct async *a)
{
	while (io_uring_sq_ready(&a->ring))
		if (io_uring_submit(&a->ring) < 0)
			usleep(RETRY_US);
}

static struct io_uring_sqe *get_sqe(struct async *a)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&a->ring);

	if (sqe)
		return sqe;
	flush_ring(a);
	return io_uring_get_sqe(&a->ring);
}

/* The first call to try on a range. */
static int range_mode(int op)
{
	return (op == RUMPUSER_BIO_ZERO_NOUNMAP ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE) |
	       FALLOC_FL_KEEP_SIZE;
}

static void prepare(struct io_uring_sqe *sqe, struct rumpuser_bio *bio)
{
	const struct iovec *iov = (const struct iovec *)bio->iov;
	unsigned int n = bio->niov < IOV_MAX ? bio->niov : IOV_MAX;
	unsigned long long offset = bio->offset + bio->done;

	switch (bio->op) {
	case RUMPUSER_BIO_READ:
		io_uring_prep_readv(sqe, IMAGE, iov, n, offset);
		break;
	case RUMPUSER_BIO_WRITE:
		io_uring_prep_writev2(sqe, IMAGE, iov, n, offset, bio->fua ? RWF_DSYNC : 0);
		break;
	case RUMPUSER_BIO_FLUSH:
		io_uring_prep_fsync(sqe, IMAGE, IORING_FSYNC_DATASYNC);
		break;
	default:
		io_uring_prep_fallocate(sqe, IMAGE, range_mode(bio->op), bio->offset, bio->len);
	}
	sqe->flags |= IOSQE_FIXED_FILE;
	io_uring_sqe_set_data(sqe, bio);
}

static bool ready(struct async *a)
{
	return a->head && a->inflight < DEPTH;
}

static struct rumpuser_bio *pop(struct async *a)
{
	struct rumpuser_bio *bio = NULL;

	pthread_mutex_lock(&a->queue_lock);
	if (ready(a)) {
		bio = a->head;
		a->head = bio->next;
		if (!a->head)
			a->tail = &a->head;
		a->inflight++;
	}
	pthread_mutex_unlock(&a->queue_lock);
	return bio;
}

/*
 * Move the queue into the ring.  Who finds the ring's lock taken may leave: its holder looks at
 * the queue again after it has let go of the lock.
 */
static void drain(struct rumpuser_blk *blk)
{
	struct async *a = blk->priv;
	struct rumpuser_bio *bio;
	bool more = true;

	while (more && !pthread_mutex_trylock(&a->ring_lock)) {
		while ((bio = pop(a)))
			prepare(get_sqe(a), bio);
		flush_ring(a);
		pthread_mutex_unlock(&a->ring_lock);
		pthread_mutex_lock(&a->queue_lock);
		more = ready(a);
		pthread_mutex_unlock(&a->queue_lock);
	}
}

/* Read what the host has in its cache.  True if that was all. */
static bool read_cached(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	struct async *a = blk->priv;
	int niov = bio->niov < IOV_MAX ? bio->niov : IOV_MAX;
	ssize_t n;

	if (bio->op != RUMPUSER_BIO_READ || !atomic_load(&a->nowait))
		return false;
	n = preadv2(blk->fd, (const struct iovec *)bio->iov, niov, bio->offset, RWF_NOWAIT);
	if (n > 0)
		blk_advance(bio, n);
	else if (n < 0 && errno == EOPNOTSUPP)
		atomic_store(&a->nowait, false);
	return bio->done == bio->len;
}

void rumpuser_blk_submit(struct rumpuser_blk *blk, struct rumpuser_bio **bios, int n,
			 struct rumpuser_bio **done)
{
	KEEP_ERRNO;
	struct rumpuser_bio *queued = NULL, **queued_tail = &queued;
	struct async *a = blk->priv;
	int i;

	*done = NULL;
	for (i = 0; i < n; i++) {
		bios[i]->done = 0;
		bios[i]->error = blk_check(blk, bios[i]);
		append(bios[i]->error || read_cached(blk, bios[i]) ? &done : &queued_tail, bios[i]);
	}
	if (!queued)
		return;
	pthread_mutex_lock(&a->queue_lock);
	*a->tail = queued;
	a->tail = queued_tail;
	pthread_mutex_unlock(&a->queue_lock);
	drain(blk);
}

static bool transient(int res)
{
	return res == -EAGAIN || res == -EINTR || res == -ECANCELED || res == -EFAULT;
}

static void complete(struct rumpuser_blk *blk, struct rumpuser_bio *bio, int res)
{
	bool transfer = bio->op == RUMPUSER_BIO_READ || bio->op == RUMPUSER_BIO_WRITE;

	if (transfer && res > 0)
		blk_advance(bio, res);
	if (transfer && (res >= 0 || transient(res)))
		blk_sync_transfer(blk, bio);
	else if (transient(res) || (res == -EOPNOTSUPP && bio->op > RUMPUSER_BIO_FLUSH))
		rumpuser_blk_do(blk, bio);
	else
		bio->error = -res;
	if (bio->op == RUMPUSER_BIO_WRITE && !bio->fua)
		blk_write_behind(blk, bio->done);
	blk_note(blk, bio->op, bio->error);
}

/* Take a batch of completions from the ring into *done. */
static void reap(struct rumpuser_blk *blk, struct rumpuser_bio **done)
{
	struct { struct rumpuser_bio *bio; int res; } batch[BATCH];
	struct async *a = blk->priv;
	unsigned int head, i, n = 0, seen = 0;
	struct io_uring_cqe *cqe;

	io_uring_for_each_cqe(&a->ring, head, cqe) {
		batch[n].bio = io_uring_cqe_get_data(cqe);
		batch[n].res = cqe->res;
		if (batch[n].bio)
			n++;
		else
			a->stopped = true;
		if (++seen == BATCH)
			break;
	}
	io_uring_cq_advance(&a->ring, seen);
	pthread_mutex_lock(&a->queue_lock);
	a->inflight -= n;
	pthread_mutex_unlock(&a->queue_lock);
	drain(blk);
	for (i = 0; i < n; i++) {
		complete(blk, batch[i].bio, batch[i].res);
		append(&done, batch[i].bio);
	}
}

void rumpuser_blk_wait(struct rumpuser_blk *blk, struct rumpuser_bio **done)
{
	KEEP_ERRNO;
	struct async *a = blk->priv;
	struct io_uring_cqe *cqe;

	*done = NULL;
	while (!*done && !a->stopped)
		if (!io_uring_wait_cqe(&a->ring, &cqe))
			reap(blk, done);
}

void rumpuser_blk_stop(struct rumpuser_blk *blk)
{
	KEEP_ERRNO;
	struct async *a = blk->priv;
	struct io_uring_sqe *sqe;

	pthread_mutex_lock(&a->ring_lock);
	sqe = get_sqe(a);
	io_uring_prep_nop(sqe);
	sqe->flags |= IOSQE_FIXED_FILE;	/* the ring takes nothing without */
	io_uring_sqe_set_data(sqe, NULL);
	flush_ring(a);
	pthread_mutex_unlock(&a->ring_lock);
	drain(blk);
}

const struct blk_method blk_async = {
	.id = RUMPUSER_BLK_ASYNC,
	.open = async_open,
	.close = async_close,
	.request = blk_sync_request,
};
