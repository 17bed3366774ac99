// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Snapshots: what is written can be read and the image keeps every byte; blocks that are written in
 * part, by many threads at once; locks; the temporary file.
 *
 * open and fdatasync of libc are replaced here: folders that know no O_TMPFILE, and flushes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"
#define TMP "tmp"
#define SECTOR 512
#define BLOCK 4096
#define SIZE (4 * MIB + 3 * SECTOR)	/* ends inside of a block */
#define MAX_LEN (200 * KIB)
#define STEPS 4000
#define THREADS 8			/* one for each sector of a block */
#define BLOCKS 1000

static atomic_int syncs;
static bool no_tmpfile;

int fdatasync(int fd)
{
	atomic_fetch_add(&syncs, 1);
	return syscall(SYS_fdatasync, fd);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* An image full of data, which must be the same at the end. */
static void make_image(void)
{
	char *buf = malloc(SIZE);
	FILE *f = fopen(IMG, "we");

	assert_non_null(f);
	pattern(buf, SIZE, 0, 1);
	assert_int_equal(fwrite(buf, 1, SIZE, f), SIZE);
	fclose(f);
	free(buf);
}

static void assert_image_unchanged(void)
{
	char *buf = malloc(SIZE + 1);
	FILE *f = fopen(IMG, "re");

	assert_non_null(f);
	assert_int_equal(fread(buf, 1, SIZE + 1, f), SIZE);
	assert_pattern(buf, SIZE, 0, 1);
	fclose(f);
	free(buf);
}

static int entries(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void snapshot_open(struct image *img)
{
	assert_int_equal(image_try(img, IMG, RUMPUSER_BLK_SNAPSHOT), 0);
	assert_int_equal(img->info.method, RUMPUSER_BLK_SYNC);
	assert_int_equal(!!img->info.discard_granularity, backend.punches_holes);
}

/* ---- content ---- */

static char *model, *scratch;
static unsigned int seed;

static unsigned int rnd(unsigned int n)
{
	return rand_r(&seed) % n;
}

static int cut(struct rumpuser_iov *iov, int max, char *buf, unsigned long len)
{
	unsigned long part;
	int n = 0;

	for (; len; len -= part, buf += part) {
		part = n == max - 1 ? len : (1 + rnd(8)) * SECTOR;
		if (part > len)
			part = len;
		iov[n++] = (struct rumpuser_iov){ buf, part };
	}
	return n;
}

static int step(struct image *img)
{
	static const char ops[] = {
		RUMPUSER_BIO_READ, RUMPUSER_BIO_READ, RUMPUSER_BIO_WRITE, RUMPUSER_BIO_WRITE,
		RUMPUSER_BIO_ZERO, RUMPUSER_BIO_ZERO_NOUNMAP, RUMPUSER_BIO_DISCARD,
	};
	struct rumpuser_iov iov[100];
	struct rumpuser_bio bio = { .op = ops[rnd(sizeof(ops) - !backend.punches_holes)],
				    .iov = iov };
	unsigned long len;

	len = bio.len = (1 + rnd((rnd(4) ? 8 * KIB : MAX_LEN) / SECTOR)) * SECTOR;
	bio.offset = rnd((SIZE - len) / SECTOR + 1) * (unsigned long long)SECTOR;
	bio.fua = bio.op == RUMPUSER_BIO_WRITE && rnd(4) == 0;
	if (bio.op <= RUMPUSER_BIO_WRITE)
		bio.niov = cut(iov, 100, scratch, len);
	else
		memset(model + bio.offset, 0, len);
	if (bio.op == RUMPUSER_BIO_WRITE) {
		pattern(scratch, len, bio.offset, rnd(1000));
		memcpy(model + bio.offset, scratch, len);
	}
	if (image_do(img, &bio))
		return bio.error;
	if (bio.op == RUMPUSER_BIO_DISCARD)	/* undefined: what it is now, it stays */
		return image_rw(img, RUMPUSER_BIO_READ, model + bio.offset, bio.offset, len);
	return bio.op == RUMPUSER_BIO_READ && memcmp(scratch, model + bio.offset, len) ? EILSEQ : 0;
}

static void a_snapshot_agrees_with_memory(void **state)
{
	struct image img;
	char *whole = malloc(SIZE);
	int i, err;

	(void)state;
	make_image();
	model = malloc(SIZE);
	scratch = malloc(MAX_LEN);
	pattern(model, SIZE, 0, 1);
	snapshot_open(&img);
	assert_int_equal(img.info.size, SIZE);
	for (i = 0; i < STEPS; i++) {
		err = step(&img);
		if (err)
			fail_msg("seed %u, step %d: error %d", seed, i, err);
	}
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, whole, 0, SIZE), 0);
	assert_memory_equal(whole, model, SIZE);
	assert_int_equal(image_close(&img), 0);
	assert_image_unchanged();
	free(model);
	free(scratch);
	free(whole);
}

static struct image shared;

struct worker {
	pthread_t thread;
	int number, error;
};

/* The sector `number` of each block, in an order of its own. */
static void *write_sectors(void *arg)
{
	struct worker *w = arg;
	unsigned long long offset;
	char buf[SECTOR], want[SECTOR];
	int i;

	for (i = 0; i < BLOCKS && !w->error; i++) {
		offset = (unsigned long long)i * BLOCK + w->number * SECTOR;
		pattern(buf, SECTOR, offset, 2);
		w->error = image_rw(&shared, RUMPUSER_BIO_WRITE, buf, offset, SECTOR);
		pattern(want, SECTOR, offset, 2);
		if (!w->error)
			w->error = image_rw(&shared, RUMPUSER_BIO_READ, buf, offset, SECTOR);
		if (!w->error && memcmp(buf, want, SECTOR))
			w->error = EILSEQ;
	}
	return NULL;
}

/* All but one sector of each block is written; that one is the image's. */
static void threads_share_blocks(void **state)
{
	struct worker w[THREADS - 1];
	char buf[BLOCK];
	int i;

	(void)state;
	make_image();
	snapshot_open(&shared);
	for (i = 0; i < THREADS - 1; i++) {
		w[i] = (struct worker){ .number = i };
		assert_int_equal(pthread_create(&w[i].thread, NULL, write_sectors, &w[i]), 0);
	}
	for (i = 0; i < THREADS - 1; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].error, 0);
	}
	for (i = 0; i < BLOCKS; i++) {
		assert_int_equal(image_rw(&shared, RUMPUSER_BIO_READ, buf, i * BLOCK, BLOCK), 0);
		assert_pattern(buf, BLOCK - SECTOR, i * BLOCK, 2);
		assert_pattern(buf + BLOCK - SECTOR, SECTOR, (i + 1) * BLOCK - SECTOR, 1);
	}
	assert_int_equal(image_close(&shared), 0);
	assert_image_unchanged();
}

/* ---- the image ---- */

static void snapshots_are_readers(void **state)
{
	struct image a, b, other;
	char buf[BLOCK];

	(void)state;
	make_image();
	assert_int_equal(chmod(IMG, 0444), 0);
	snapshot_open(&a);
	snapshot_open(&b);
	assert_int_equal(image_try(&other, IMG, RUMPUSER_BLK_RDONLY), 0);
	memset(buf, 'a', BLOCK);
	assert_int_equal(image_rw(&a, RUMPUSER_BIO_WRITE, buf, 0, BLOCK), 0);
	assert_int_equal(image_rw(&b, RUMPUSER_BIO_READ, buf, 0, BLOCK), 0);
	assert_pattern(buf, BLOCK, 0, 1);
	assert_int_equal(image_rw(&other, RUMPUSER_BIO_WRITE, buf, 0, BLOCK), EROFS);
	assert_int_equal(image_close(&other), 0);
	assert_int_equal(chmod(IMG, 0644), 0);
	assert_int_equal(image_try(&other, IMG, 0), EBUSY);
	assert_int_equal(image_close(&a), 0);
	assert_int_equal(image_close(&b), 0);
	assert_int_equal(image_try(&other, IMG, 0), 0);
	assert_int_equal(image_try(&a, IMG, RUMPUSER_BLK_SNAPSHOT), EBUSY);
	assert_int_equal(image_close(&other), 0);
	assert_image_unchanged();
}

static void a_truncated_image_is_an_error(void **state)
{
	struct image img;
	char buf[BLOCK];

	(void)state;
	make_image();
	snapshot_open(&img);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 2 * MIB, BLOCK), 0);
	assert_int_equal(truncate(IMG, MIB), 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, 2 * MIB, BLOCK), 0);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, 3 * MIB, BLOCK), EIO);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, 3 * MIB, SECTOR), EIO);
	assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, SIZE, SECTOR), EIO);
	assert_int_equal(image_close(&img), EIO);
}

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* A block here and there, and the whole discarded, take neither memory nor space. */
static void a_large_image_costs_what_is_written(void **state)
{
	const unsigned long long size = 16ULL << 40, step = size / 100 / BLOCK * BLOCK;
	const unsigned long long zeros = backend.punches_holes ? 1ULL << 40 : 8 * BLOCK;
	long before = resident_kib();
	struct image img;
	char buf[BLOCK];
	int i;

	(void)state;
	unlink(IMG);
	make_file(IMG, 0);
	if (truncate(IMG, size - BLOCK))
		skip();
	snapshot_open(&img);
	assert_int_equal(image_range(&img, RUMPUSER_BIO_DISCARD, 0, size - BLOCK),
			 backend.punches_holes ? 0 : EOPNOTSUPP);
	for (i = 0; i < 100; i++) {
		pattern(buf, BLOCK, i, 4);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, i * step, BLOCK), 0);
	}
	assert_int_equal(image_range(&img, RUMPUSER_BIO_ZERO, step, zeros), 0);
	for (i = 0; i < 100; i++) {
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_READ, buf, i * step, BLOCK), 0);
		if (i * step >= step && i * step < step + zeros)
			assert_zeros(buf, BLOCK);
		else
			assert_pattern(buf, BLOCK, i, 4);
	}
	/* 1 TiB of blocks: 32 MiB of bits */
	assert_true(resident_kib() - before < 40 * 1024);
	assert_int_equal(image_close(&img), 0);
	unlink(IMG);
}

/* ---- the temporary file ---- */

static void it_has_no_name_and_is_never_flushed(void **state)
{
	struct image img;
	char buf[BLOCK] = "";
	int i;

	(void)state;
	make_image();
	for (i = 0; i < 2; i++) {
		no_tmpfile = i;
		snapshot_open(&img);
		atomic_store(&syncs, 0);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, buf, BLOCK, BLOCK), 0);
		assert_int_equal(image_range(&img, RUMPUSER_BIO_FLUSH, 0, 0), 0);
		assert_int_equal(entries(TMP), 0);
		assert_int_equal(image_close(&img), 0);
		assert_int_equal(atomic_load(&syncs), 0);
		assert_int_equal(entries(TMP), 0);
	}
	no_tmpfile = false;
}

static char last_line[1024];

static void keep_line(void *arg, int level, const char *line)
{
	(void)arg;
	if (level == 3)
		snprintf(last_line, sizeof(last_line), "%s", line);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
	struct image img;

	(void)state;
	make_image();
	rumpuser_set_log(keep_line, NULL);
	assert_int_equal(setenv("RUMP_TMPDIR", "absent", 1), 0);
	assert_int_equal(image_try(&img, IMG, RUMPUSER_BLK_SNAPSHOT), ENOENT);
	assert_non_null(strstr(last_line, "absent"));
	/* who only reads needs none */
	assert_int_equal(image_try(&img, IMG, RUMPUSER_BLK_SNAPSHOT | RUMPUSER_BLK_RDONLY), 0);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(unsetenv("RUMP_TMPDIR"), 0);
	assert_int_equal(setenv("TMPDIR", "absent too", 1), 0);
	assert_int_equal(image_try(&img, IMG, RUMPUSER_BLK_SNAPSHOT), ENOENT);
	assert_non_null(strstr(last_line, "absent too"));
	rumpuser_set_log(NULL, NULL);
	assert_int_equal(setenv("RUMP_TMPDIR", TMP, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_snapshot_agrees_with_memory),
		cmocka_unit_test(threads_share_blocks),
		cmocka_unit_test(snapshots_are_readers),
		cmocka_unit_test(a_truncated_image_is_an_error),
		cmocka_unit_test(a_large_image_costs_what_is_written),
		cmocka_unit_test(it_has_no_name_and_is_never_flushed),
		cmocka_unit_test(a_folder_that_is_not_there_is_named),
	};
	const char *text = getenv("SEED");

	seed = text && *text ? strtoul(text, NULL, 0) : (unsigned int)getpid();
	printf("seed %u\n", seed);
	if (mkdir(TMP, 0700) || setenv("RUMP_TMPDIR", TMP, 1))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
