// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making io_uring rings.  What a ring does passes by a seccomp filter, so the ring itself is
 * restricted: to the image, which is its one registered file, and to the operations that method
 * async uses.  Where the host cannot do that there is no ring.  Rings can be made before the
 * process gives up the right to make some; each gets its image later.
 */
#include <errno.h>
#include <liburing.h>
#include <pthread.h>

#include "../internal.h"
#include "ring.h"

/* A ring that is not enabled yet, and will do nothing but these operations on its one file. */
static int make_ring(struct io_uring *ring)
{
	struct io_uring_restriction only[] = {
		{ .opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_NOP },
		{ .opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_READV },
		{ .opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_WRITEV },
		{ .opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FSYNC },
		{ .opcode = IORING_RESTRICTION_SQE_OP, .sqe_op = IORING_OP_FALLOCATE },
		{ .opcode = IORING_RESTRICTION_SQE_FLAGS_REQUIRED, .sqe_flags = IOSQE_FIXED_FILE },
		{ .opcode = IORING_RESTRICTION_REGISTER_OP,
		  .register_op = IORING_UNREGISTER_FILES },
	};
	int err = io_uring_queue_init(RING_DEPTH, ring, IORING_SETUP_R_DISABLED);

	if (err)
		return -err;
	/* liburing 2.3 has calls of its own for this and for enabling, but does not export them. */
	err = io_uring_register(ring->ring_fd, IORING_REGISTER_RESTRICTIONS, only,
				sizeof(only) / sizeof(only[0]));
	if (err)
		io_uring_queue_exit(ring);
	else
		io_uring_ring_dontfork(ring);
	return -err;
}

/* The order matters: enabling is last. */
static int start_ring(struct io_uring *ring, int image)
{
	int err = io_uring_register_files(ring, &image, 1);

	if (!err)
		err = io_uring_register(ring->ring_fd, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
	return -err;
}

/* What rumpuser_prepare_rings made and no image has taken. */
static struct {
	pthread_mutex_t lock;
	struct io_uring ring[RUMPUSER_RINGS_MAX];
	int n;
} prepared = { .lock = PTHREAD_MUTEX_INITIALIZER };

int rumpuser_prepare_rings(int n)
{
	KEEP_ERRNO;
	int err = n > RUMPUSER_RINGS_MAX ? EINVAL : 0;

	pthread_mutex_lock(&prepared.lock);
	while (!err && prepared.n < n) {
		err = make_ring(&prepared.ring[prepared.n]);
		prepared.n += !err;
	}
	pthread_mutex_unlock(&prepared.lock);
	return err;
}

static bool take_prepared(struct io_uring *ring)
{
	bool taken;

	pthread_mutex_lock(&prepared.lock);
	taken = prepared.n;
	if (taken)
		*ring = prepared.ring[--prepared.n];
	pthread_mutex_unlock(&prepared.lock);
	return taken;
}

int ring_open(struct io_uring *ring, int image)
{
	int err = take_prepared(ring) ? 0 : make_ring(ring);

	if (err)
		return err;
	err = start_ring(ring, image);
	if (err)
		io_uring_queue_exit(ring);
	return err;
}
