// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * method=async: what librumpuser puts into its ring is recorded where the ring is given to the
 * host, and its end where the hypercall hands the request back to the kernel side.
 */
#include <liburing.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rumpuser.h>

#include "recorder.h"
#include "writelog.h"

#define MOST 1024		/* more than a ring has places for */

static struct io_uring *recorded;	/* the ring whose file is the image */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct request {
	uint64_t bio, seq;
	struct iovec all;
} requests[MOST];

int io_uring_register_files(struct io_uring *ring, const int *files, unsigned int n)
{
	int (*next)(struct io_uring *, const int *, unsigned int) =
		recorder_next("io_uring_register_files");

	if (n == 1 && recorder_is_image(files[0]))
		recorded = ring;
	return next(ring, files, n);
}

static struct request *of(uint64_t bio)
{
	for (size_t i = 0; i < MOST; i++)
		if (requests[i].bio == bio)
			return &requests[i];
	if (!bio)
		recorder_give_up("more requests in a ring than it has room for");
	return NULL;
}

static void record(struct io_uring_sqe *sqe)
{
	struct request *r;
	size_t len;

	if (sqe->opcode != IORING_OP_WRITEV && sqe->opcode != IORING_OP_FSYNC &&
	    sqe->opcode != IORING_OP_FALLOCATE)
		return;
	pthread_mutex_lock(&lock);
	r = of(0);
	r->bio = sqe->user_data;
	switch (sqe->opcode) {
	case IORING_OP_WRITEV:
		r->all.iov_base = recorder_snapshot((void *)(uintptr_t)sqe->addr, sqe->len, &len);
		r->all.iov_len = len;
		sqe->addr = (uintptr_t)&r->all;
		sqe->len = 1;
		r->seq = recorder_begin(WRITELOG_WRITE, sqe->rw_flags & (RWF_DSYNC | RWF_SYNC) ?
					WRITELOG_FUA : 0, sqe->off, len, r->all.iov_base);
		break;
	case IORING_OP_FSYNC:
		r->seq = recorder_begin(WRITELOG_FLUSH, 0, 0, 0, NULL);
		break;
	default:	/* sqe->len is the mode, sqe->addr the length */
		r->seq = recorder_begin(WRITELOG_ZERO, 0, sqe->off, sqe->addr, NULL);
	}
	pthread_mutex_unlock(&lock);
}

int io_uring_submit(struct io_uring *ring)
{
	int (*next)(struct io_uring *) = recorder_next("io_uring_submit");
	struct io_uring_sq *sq = &ring->sq;

	for (unsigned int i = sq->sqe_head; ring == recorded && i != sq->sqe_tail; i++)
		record(&sq->sqes[i & sq->ring_mask]);
	return next(ring);
}

static void ended(const struct rumpuser_bio *bio)
{
	struct request *r;

	pthread_mutex_lock(&lock);
	r = of((uintptr_t)bio);
	if (r) {
		/* as pwritev2, fdatasync and fallocate are recorded */
		recorder_done(r->seq, bio->op == RUMPUSER_BIO_WRITE ? (ssize_t)bio->done :
			      bio->op == RUMPUSER_BIO_FLUSH ? !bio->error :
			      bio->error ? 0 : (ssize_t)bio->len);
		free(r->all.iov_base);
		*r = (struct request){ 0 };
	}
	pthread_mutex_unlock(&lock);
}

void rumpuser_blk_wait(struct rumpuser_blk *blk, struct rumpuser_bio **done)
{
	void (*next)(struct rumpuser_blk *, struct rumpuser_bio **) =
		recorder_next("rumpuser_blk_wait");

	next(blk, done);
	for (const struct rumpuser_bio *bio = *done; bio; bio = bio->next)
		ended(bio);
}
