// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Requests to an image by each method: content, geometry, holes, barriers, errors.
 * each: sync mmap async queue
 *
 * fdatasync, pwrite and pwritev2 of libc are replaced here, to see barriers and to make them fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"
#define SIZE (24 * MIB)	/* more than the windows of method mmap */

static atomic_int syncs, dsync_writes, sync_error, short_bytes;

int fdatasync(int fd)
{
	atomic_fetch_add(&syncs, 1);
	errno = atomic_load(&sync_error);
	return errno ? -1 : syscall(SYS_fdatasync, fd);
}

/* Not every libc declares it. */
ssize_t pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags);

ssize_t pwritev2(int fd, const struct iovec *iov, int n, off_t offset, int flags)
{
	struct iovec first = iov[0];
	int limit = atomic_load(&short_bytes);

	if (flags)	/* RWF_DSYNC, there is no other in use */
		atomic_fetch_add(&dsync_writes, 1);
	if (limit && first.iov_len > (size_t)limit) {
		first.iov_len = limit;
		iov = &first;
		n = 1;
	}
	return syscall(SYS_pwritev2, fd, iov, n, offset, 0L, flags);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	size_t limit = atomic_load(&short_bytes);

	return syscall(SYS_pwrite64, fd, buf, limit && len > limit ? limit : len, offset);
}

/* Does this mode's thread, or one of the library's,
 * make the calls?  The ring makes none of libc. */
static bool calls_libc(void)
{
	return !mode->queue || !backend.has_ring;
}

static void geometry(void **state)
{
	struct image img;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	assert_int_equal(img.info.size, SIZE);
	assert_int_equal(img.info.logical_block, 512);
	if (backend.punches_holes)
		assert_true(img.info.discard_granularity >= 512);
	else
		assert_int_equal(img.info.discard_granularity, 0);
	assert_int_equal(image_close(&img), 0);
	image_open(&img, IMG, RUMPUSER_BLK_RDONLY);
	assert_int_equal(img.info.discard_granularity, 0);
	assert_int_equal(image_close(&img), 0);
}

static void what_is_written_is_read(void **state)
{
	static const struct { unsigned long long offset; unsigned long len; } io[] = {
		{ 0, 512 }, { 4096, 4096 }, { MIB - 512, 1024 }, { 3 * MIB + 1536, 2 * MIB + 512 },
		{ SIZE - 4096, 4096 }, { 17 * MIB, 3 * MIB }, { SIZE - 512, 512 },
	};
	char *buf = malloc(4 * MIB);
	struct image img;
	unsigned int i;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	for (i = 0; i < sizeof(io) / sizeof(io[0]); i++) {
		pattern(buf, io[i].len, io[i].offset, 1);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, io[i].offset,
					  io[i].len), 0);
	}
	for (i = 0; i < sizeof(io) / sizeof(io[0]); i++) {
		memset(buf, 0, io[i].len);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, io[i].offset,
					  io[i].len), 0);
		assert_pattern(buf, io[i].len, io[i].offset, 1);
	}
	assert_int_equal(image_close(&img), 0);
	image_open(&img, IMG, RUMPUSER_BLK_RDONLY);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, io[3].offset, io[3].len), 0);
	assert_pattern(buf, io[3].len, io[3].offset, 1);
	assert_int_equal(image_close(&img), 0);
	free(buf);
}

/* Segments of odd lengths, transferred a few bytes at a time by the host. */
static void short_transfers_are_continued(void **state)
{
	enum { N = 100, LEN = 3 * 512 };
	char *buf = malloc(N * LEN), *back = calloc(N, LEN);
	struct rumpuser_iov iov[N];
	struct rumpuser_bio bio = { .op = RUMPUSER_BIO_WRITE, .fua = 1, .offset = 2048,
				    .iov = iov };
	struct image img;
	int i;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	pattern(buf, N * LEN, 2048, 7);
	for (i = 0; i < N; i++)
		iov[i] = (struct rumpuser_iov){ buf + i * LEN, LEN };
	bio.niov = N;
	bio.len = N * LEN;
	atomic_store(&short_bytes, 700);
	assert_int_equal(image_do(&img, &bio), 0);
	atomic_store(&short_bytes, 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, back, 2048, N * LEN), 0);
	assert_pattern(back, N * LEN, 2048, 7);
	assert_int_equal(image_close(&img), 0);
	free(buf);
	free(back);
}

static void barriers_reach_the_host(void **state)
{
	struct rumpuser_iov iov = { "x", 1 };
	struct rumpuser_bio fua = { .op = RUMPUSER_BIO_WRITE, .fua = 1, .niov = 1, .len = 1,
				    .iov = &iov };
	struct image img;
	char buf[512] = "data";

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 0, sizeof(buf)), 0);
	atomic_store(&syncs, 0);
	atomic_store(&dsync_writes, 0);
	assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
	assert_int_equal(image_do(&img, &fua), 0);
	if (calls_libc())
		assert_int_equal(atomic_load(&syncs) + atomic_load(&dsync_writes), 2);
	atomic_store(&syncs, 0);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(atomic_load(&syncs), 1);
}

static void close_reports_the_first_lost_write(void **state)
{
	char buf[512] = "data";
	struct image img;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 0, sizeof(buf)), 0);
	atomic_store(&sync_error, EIO);
	assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), calls_libc() ? EIO : 0);
	if (calls_libc())
		atomic_store(&sync_error, 0);
	assert_int_equal(image_close(&img), EIO);
	atomic_store(&sync_error, 0);
}

static void nothing_written_nothing_flushed(void **state)
{
	struct image img;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	atomic_store(&syncs, 0);
	if (calls_libc())
		assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(atomic_load(&syncs), 0);
}

static void a_truncated_image_is_an_error_not_zeros(void **state)
{
	char buf[8192];
	struct image img;

	(void)state;
	make_file(IMG, SIZE);
	image_open(&img, IMG, 0);
	pattern(buf, sizeof(buf), 0, 3);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 0, sizeof(buf)), 0);
	assert_int_equal(truncate(IMG, 4096 + 512), 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, 0, 4096), 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, 4096, 4096), EIO);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, 4096 + 512, 512), EIO);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, MIB, 4096), EIO);
	assert_int_equal(image_close(&img), 0);
}

static void requests_beyond_the_end_are_refused(void **state)
{
	struct image img;
	char buf[1024];
	struct stat st;

	(void)state;
	make_file(IMG, MIB);
	image_open(&img, IMG, 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, MIB - 512, 1024), EIO);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, ~511ULL, 512), EIO);
	assert_int_equal(image_range(&img, 99, 0, 512), EINVAL);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(stat(IMG, &st), 0);
	assert_int_equal(st.st_size, MIB);
}

static void readonly_changes_nothing(void **state)
{
	static const int ops[] = { RUMPUSER_BIO_DISCARD, RUMPUSER_BIO_ZERO,
				   RUMPUSER_BIO_ZERO_NOUNMAP };
	struct stat before, after;
	struct image img;
	char buf[512];
	unsigned int i;

	(void)state;
	make_file(IMG, MIB);
	assert_int_equal(stat(IMG, &before), 0);
	image_open(&img, IMG, RUMPUSER_BLK_RDONLY);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 0, 512), EROFS);
	for (i = 0; i < 3; i++)
		assert_int_equal(image_range(&img, ops[i], 0, 4096), EROFS);
	assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(stat(IMG, &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	assert_int_equal(before.st_blocks, after.st_blocks);
}

static long blocks(void)
{
	struct stat st;

	assert_int_equal(stat(IMG, &st), 0);
	assert_int_equal(st.st_size, SIZE);
	return st.st_blocks;
}

static void ranges_become_holes_or_zeros(void **state)
{
	static const struct { int op; bool hole, zeros; } ops[] = {
		{ RUMPUSER_BIO_DISCARD, true, false },
		{ RUMPUSER_BIO_ZERO, true, true },
		{ RUMPUSER_BIO_ZERO_NOUNMAP, false, true },
	};
	char *buf = malloc(2 * MIB);
	struct image img;
	unsigned int i;
	bool hole;
	long full;
	int err;

	(void)state;
	for (i = 0; i < 3; i++) {
		make_file(IMG, SIZE);
		image_open(&img, IMG, 0);
		pattern(buf, 2 * MIB, MIB, i);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, MIB, 2 * MIB), 0);
		assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
		full = blocks();
		hole = ops[i].hole && backend.punches_holes;
		err = image_range(&img, ops[i].op, MIB + 512, MIB);
		if (ops[i].op == RUMPUSER_BIO_DISCARD && !backend.punches_holes)
			assert_int_equal(err, EOPNOTSUPP);
		else
			assert_int_equal(err, 0);
		assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
		assert_true(hole ? blocks() < full - 1024 : blocks() >= full - 8);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, MIB, 2 * MIB), 0);
		assert_pattern(buf, 512, MIB, i);
		if (ops[i].zeros)
			assert_zeros(buf + 512, MIB);
		assert_pattern(buf + MIB + 512, MIB - 512, 2 * MIB + 512, i);
		assert_int_equal(image_close(&img), 0);
	}
	free(buf);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* A small host file system in a mount namespace that ends with this process; root or not. */
static bool mount_small(void)
{
	int flags = CLONE_NEWNS | (geteuid() ? CLONE_NEWUSER : 0);
	char uid[64], gid[64];

	snprintf(uid, sizeof(uid), "0 %u 1", geteuid());
	snprintf(gid, sizeof(gid), "0 %u 1", getegid());
	if (mkdir("small", 0755) || unshare(flags))
		return false;
	if (flags & CLONE_NEWUSER) {
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/uid_map", uid);
		write_text("/proc/self/gid_map", gid);
	}
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "small", "tmpfs", 0, "size=2m") && !chdir("small");
}

static int fill_small_host(void)
{
	static char buf[MIB];
	struct image img;
	int err = 0, i;

	if (!mount_small())
		return 77;
	if (creat(IMG, 0644) < 0 || truncate(IMG, SIZE) || image_try(&img, IMG, 0))
		return 1;
	for (i = 0; i < 4 && !err; i++)
		err = image_rw(&img, RUMPUSER_BIO_WRITE, buf, i * MIB, MIB);
	if (err != ENOSPC)
		return 2;
	if (image_rw(&img, RUMPUSER_BIO_READ, buf, 0, MIB))
		return 3;
	return image_close(&img) == ENOSPC ? 0 : 4;
}

static void a_full_host_is_enospc(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(fill_small_host());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rmdir("small");
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void what_is_no_image_is_refused(void **state)
{
	struct image img;

	(void)state;
	assert_int_equal(image_try(&img, "/", 0), EISDIR);
	assert_int_equal(image_try(&img, "/dev/null", 0), ENOTBLK);
	assert_int_equal(image_try(&img, "absent", 0), ENOENT);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(image_try(&img, "fifo", RUMPUSER_BLK_RDONLY), ENOTBLK);
	unlink("fifo");
	assert_int_equal(rumpuser_blk_open(IMG, 0, 17, &img.blk, &img.info), EINVAL);
	if (!backend.has_mmap)
		assert_int_equal(rumpuser_blk_open(IMG, 0, RUMPUSER_BLK_MMAP, &img.blk, &img.info),
				 EOPNOTSUPP);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometry),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(short_transfers_are_continued),
		cmocka_unit_test(barriers_reach_the_host),
		cmocka_unit_test(close_reports_the_first_lost_write),
		cmocka_unit_test(nothing_written_nothing_flushed),
		cmocka_unit_test(a_truncated_image_is_an_error_not_zeros),
		cmocka_unit_test(requests_beyond_the_end_are_refused),
		cmocka_unit_test(readonly_changes_nothing),
		cmocka_unit_test(ranges_become_holes_or_zeros),
		cmocka_unit_test(a_full_host_is_enospc),
		cmocka_unit_test(what_is_no_image_is_refused),
	};

	choose_mode(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
