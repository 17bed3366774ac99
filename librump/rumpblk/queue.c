// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to hypercalls.
 *
 * Method sync (and mmap): the task that dispatches a request does it, its virtual CPU released.
 * Method async: requests are submitted with the virtual CPU held, which takes no longer than a copy
 * of what the host has cached; a thread for each disk waits for the others.
 */
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "../rumpkern/sched.h"
#include "internal.h"

#define SYNC_DEPTH 64
#define ASYNC_DEPTH 128
#define BATCH 32
#define TIMEOUT_SECONDS 3600	/* the host's business; nothing is done about it here */

/* A request of method async, which outlives the call that submits it. */
struct command {
	struct rumpuser_bio bio;
	struct rumpuser_iov iov[RUMPBLK_SEGMENTS];
};

static int map_data(struct request *rq, struct rumpuser_iov *iov)
{
	struct req_iterator iter;
	struct bio_vec bv;
	void *addr;
	int n = 0;

	rq_for_each_bvec(bv, rq, iter) {
		addr = page_address(bv.bv_page) + bv.bv_offset;
		if (n && iov[n - 1].base + iov[n - 1].len == addr) {
			iov[n - 1].len += bv.bv_len;
			continue;
		}
		iov[n++] = (struct rumpuser_iov){ addr, bv.bv_len };
	}
	return n;
}

static bool map_request(struct request *rq, struct rumpuser_bio *bio, struct rumpuser_iov *iov)
{
	*bio = (struct rumpuser_bio){
		.fua = !!(rq->cmd_flags & REQ_FUA),
		.offset = (u64)blk_rq_pos(rq) << SECTOR_SHIFT,
		.len = blk_rq_bytes(rq),
		.iov = iov,
	};
	switch (req_op(rq)) {
	case REQ_OP_READ:
	case REQ_OP_WRITE:
		bio->op = req_op(rq) == REQ_OP_READ ? RUMPUSER_BIO_READ : RUMPUSER_BIO_WRITE;
		bio->niov = map_data(rq, iov);
		return true;
	case REQ_OP_FLUSH:
		bio->op = RUMPUSER_BIO_FLUSH;
		return true;
	case REQ_OP_DISCARD:
		bio->op = RUMPUSER_BIO_DISCARD;
		return true;
	case REQ_OP_WRITE_ZEROES:
		bio->op = rq->cmd_flags & REQ_NOUNMAP ? RUMPUSER_BIO_ZERO_NOUNMAP :
			  RUMPUSER_BIO_ZERO;
		return true;
	default:
		return false;
	}
}

static blk_status_t status(const struct rumpuser_bio *bio)
{
	/* The block layer has no word for a quota; to a file system both mean a full disk. */
	return errno_to_blk_status(bio->error == EDQUOT ? -ENOSPC : -bio->error);
}

static blk_status_t sync_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct rumpblk *rd = hctx->queue->queuedata;
	struct rumpuser_iov iov[RUMPBLK_SEGMENTS];
	struct rumpuser_bio bio;

	blk_mq_start_request(bd->rq);
	if (!map_request(bd->rq, &bio, iov))
		return BLK_STS_NOTSUPP;
	rump_will_wait();
	RUMP_HYPERCALL(rumpuser_blk_do(rd->image, &bio));
	blk_mq_end_request(bd->rq, status(&bio));
	return BLK_STS_OK;
}

static void end_requests(struct rumpuser_bio *bio)
{
	struct rumpuser_bio *next;

	for (; bio; bio = next) {
		next = bio->next;
		blk_mq_end_request(blk_mq_rq_from_pdu(container_of(bio, struct command, bio)),
				   status(bio));
	}
}

static blk_status_t async_prepare(struct request *rq)
{
	struct command *cmd = blk_mq_rq_to_pdu(rq);

	blk_mq_start_request(rq);
	return map_request(rq, &cmd->bio, cmd->iov) ? BLK_STS_OK : BLK_STS_NOTSUPP;
}

static blk_status_t async_queue_rq(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *bd)
{
	struct rumpblk *rd = hctx->queue->queuedata;
	struct command *cmd = blk_mq_rq_to_pdu(bd->rq);
	struct rumpuser_bio *bio = &cmd->bio, *done;
	blk_status_t err = async_prepare(bd->rq);

	if (err)
		return err;
	rumpuser_blk_submit(rd->image, &bio, 1, &done);
	end_requests(done);
	return BLK_STS_OK;
}

/* All requests of a plug at once; the block layer takes those that are left one by one. */
static void async_queue_rqs(struct rq_list *list)
{
	struct rumpblk *rd = rq_list_peek(list)->q->queuedata;
	struct rumpuser_bio *bios[BATCH], *done;
	struct request *rq;
	blk_status_t err;
	int n;

	do {
		for (n = 0; n < BATCH && (rq = rq_list_pop(list)); ) {
			err = async_prepare(rq);
			if (err)
				blk_mq_end_request(rq, err);
			else
				bios[n++] = &((struct command *)blk_mq_rq_to_pdu(rq))->bio;
		}
		rumpuser_blk_submit(rd->image, bios, n, &done);
		end_requests(done);
	} while (!rq_list_empty(list));
}

static int async_thread(void *arg)
{
	struct rumpblk *rd = arg;
	struct rumpuser_bio *done;

	for (;;) {
		RUMP_HYPERCALL(rumpuser_blk_wait(rd->image, &done));
		if (!done)
			kthread_complete_and_exit(&rd->stopped, 0);
		end_requests(done);
	}
}

static const struct blk_mq_ops sync_ops = {
	.queue_rq = sync_queue_rq,
};

static const struct blk_mq_ops async_ops = {
	.queue_rq = async_queue_rq,
	.queue_rqs = async_queue_rqs,
};

static bool is_async(const struct rumpblk *rd)
{
	return rd->info.method == RUMPUSER_BLK_ASYNC;
}

int rumpblk_queue_init(struct rumpblk *rd)
{
	struct blk_mq_tag_set *tags = &rd->tags;

	tags->nr_hw_queues = 1;
	tags->numa_node = NUMA_NO_NODE;
	tags->timeout = TIMEOUT_SECONDS * HZ;
	tags->flags = BLK_MQ_F_SHOULD_MERGE | BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	if (is_async(rd)) {
		tags->ops = &async_ops;
		tags->queue_depth = ASYNC_DEPTH;
		tags->cmd_size = sizeof(struct command);
	} else {
		tags->ops = &sync_ops;
		tags->queue_depth = SYNC_DEPTH;
		tags->flags |= BLK_MQ_F_BLOCKING;
	}
	return blk_mq_alloc_tag_set(tags);
}

int rumpblk_queue_start(struct rumpblk *rd)
{
	if (!is_async(rd))
		return 0;
	init_completion(&rd->stopped);
	return PTR_ERR_OR_ZERO(kthread_run(async_thread, rd, "rumpblk"));
}

void rumpblk_queue_stop(struct rumpblk *rd)
{
	if (!is_async(rd))
		return;
	RUMP_HYPERCALL(rumpuser_blk_stop(rd->image));
	wait_for_completion(&rd->stopped);
}
