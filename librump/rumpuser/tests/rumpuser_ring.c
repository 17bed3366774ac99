// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ring of method async takes requests for its image only, and only those that it makes itself.
 * Where the host cannot restrict a ring there is none.
 *
 * each: queue
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"
#define DEPTH 128	/* of the ring, see blk_async.c: its layout follows from that */
#define MAX_FD 64

static unsigned int refused = ~0U;	/* what io_uring_register does not know */

int io_uring_register(unsigned int fd, unsigned int op, const void *arg, unsigned int n)
{
	if (op == refused)
		return -EINVAL;
	return syscall(SYS_io_uring_register, fd, op, arg, n) ? -errno : 0;
}

/* The ring has the one descriptor without a file type. */
static int ring_fd(void)
{
	struct stat st;
	int fd;

	for (fd = 3; fd < MAX_FD; fd++)
		if (!fstat(fd, &st) && !(st.st_mode & S_IFMT))
			return fd;
	return -1;
}

static struct rumpuser_blk *open_async(int *method)
{
	struct rumpuser_blk_info info;
	struct rumpuser_blk *blk;

	make_file(IMG, MIB);
	assert_int_equal(rumpuser_blk_open(IMG, 0, RUMPUSER_BLK_ASYNC, &blk, &info), 0);
	*method = info.method;
	return blk;
}

/* Another view of the library's ring, as code that has taken the process over would make it. */
static void view(struct io_uring *ring, int fd)
{
	struct io_uring_params p = { .flags = IORING_SETUP_R_DISABLED };
	struct io_uring like;

	assert_int_equal(io_uring_queue_init_params(DEPTH, &like, &p), 0);
	io_uring_queue_exit(&like);
	memset(ring, 0, sizeof(*ring));
	assert_int_equal(io_uring_queue_mmap(fd, &p, ring), 0);
}

static int result(struct io_uring *ring)
{
	struct io_uring_cqe *cqe;
	int res;

	assert_int_equal(io_uring_submit(ring), 1);
	assert_int_equal(io_uring_wait_cqe(ring, &cqe), 0);
	res = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return res;
}

static void only_its_image_and_its_operations(void **state)
{
	char buf[512];
	struct iovec iov = { buf, sizeof(buf) };
	struct io_uring_sqe *sqe;
	struct rumpuser_blk *blk;
	struct io_uring ring;
	int method, fd;

	(void)state;
	blk = open_async(&method);
	if (method != RUMPUSER_BLK_ASYNC) {
		assert_int_equal(rumpuser_blk_close(blk), 0);
		skip();		/* this host forbids io_uring */
	}
	fd = ring_fd();
	assert_true(fd >= 0);
	view(&ring, fd);

	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_readv(sqe, 0, &iov, 1, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	assert_int_equal(result(&ring), sizeof(buf));

	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_readv(sqe, fd, &iov, 1, 0);
	assert_int_equal(result(&ring), -EACCES);

	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_openat(sqe, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
	assert_int_equal(result(&ring), -EACCES);

	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_openat(sqe, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	assert_int_equal(result(&ring), -EACCES);

	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_socket(sqe, 1, 1, 0, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
	assert_int_equal(result(&ring), -EACCES);

	assert_int_equal(io_uring_register(fd, IORING_REGISTER_FILES, &fd, 1), -EACCES);
	assert_int_equal(io_uring_register(fd, IORING_REGISTER_PERSONALITY, NULL, 0), -EACCES);
	assert_int_equal(rumpuser_blk_close(blk), 0);
}

static void a_ring_that_cannot_be_restricted_is_not_used(void **state)
{
	static const unsigned int op[] = {
		IORING_REGISTER_RESTRICTIONS, IORING_REGISTER_ENABLE_RINGS,
	};
	struct rumpuser_blk *blk;
	unsigned int i;
	int method;

	(void)state;
	for (i = 0; i < 2; i++) {
		refused = op[i];
		blk = open_async(&method);
		refused = ~0U;
		assert_int_equal(method, RUMPUSER_BLK_SYNC);
		assert_int_equal(ring_fd(), -1);
		assert_int_equal(rumpuser_blk_close(blk), 0);
	}
}

/* As where a process has lost the right to make one. */
static void a_prepared_ring_is_taken(void **state)
{
	struct rumpuser_blk *blk;
	int method, err = rumpuser_prepare_rings(1), fd = ring_fd();

	(void)state;
	if (err)
		skip();		/* this host forbids io_uring */
	assert_true(fd >= 0);
	assert_int_equal(rumpuser_prepare_rings(RUMPUSER_RINGS_MAX + 1), EINVAL);
	refused = IORING_REGISTER_RESTRICTIONS;
	blk = open_async(&method);
	refused = ~0U;
	assert_int_equal(method, RUMPUSER_BLK_ASYNC);
	assert_int_equal(io_uring_register(fd, IORING_REGISTER_FILES, &fd, 1), -EACCES);
	assert_int_equal(rumpuser_blk_close(blk), 0);
	assert_int_equal(ring_fd(), -1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prepared_ring_is_taken),
		cmocka_unit_test(only_its_image_and_its_operations),
		cmocka_unit_test(a_ring_that_cannot_be_restricted_is_not_used),
	};

	choose_mode(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
