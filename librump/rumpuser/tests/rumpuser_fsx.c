// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random requests against a copy of the image in memory; now and then the image is closed, opened
 * again by another method and compared as a whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"
#define SIZE (20 * MIB)
#define MAX_LEN (1536 * KIB)
#define MAX_IOV 40
#define REOPEN 250
#define STEPS 3000

static char *model, *scratch;
static unsigned int seed;

static unsigned int rnd(unsigned int n)
{
	return rand_r(&seed) % n;
}

/* Cut `len` bytes at `buf` into segments of whole sectors. */
static int cut(struct rumpuser_iov *iov, char *buf, unsigned long len)
{
	unsigned long part;
	int n = 0;

	for (; len; len -= part, buf += part) {
		part = n == MAX_IOV - 1 ? len : (1 + rnd(len / 512)) * 512;
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
		RUMPUSER_BIO_ZERO, RUMPUSER_BIO_ZERO_NOUNMAP, RUMPUSER_BIO_FLUSH,
	};
	struct rumpuser_iov iov[MAX_IOV];
	struct rumpuser_bio bio = { .op = ops[rnd(sizeof(ops))], .iov = iov };
	unsigned long i;

	if (bio.op == RUMPUSER_BIO_FLUSH)
		return image_do(img, &bio);
	bio.len = (1 + rnd((rnd(4) ? 32 * KIB : MAX_LEN) / 512)) * 512;
	bio.offset = rnd((SIZE - bio.len) / 512 + 1) * 512ULL;
	bio.fua = bio.op == RUMPUSER_BIO_WRITE && rnd(20) == 0;
	if (bio.op <= RUMPUSER_BIO_WRITE)
		bio.niov = cut(iov, scratch, bio.len);
	else
		memset(model + bio.offset, 0, bio.len);
	if (bio.op == RUMPUSER_BIO_WRITE) {
		for (i = 0; i < bio.len; i += 64)
			memset(scratch + i, rnd(256), 64);
		memcpy(model + bio.offset, scratch, bio.len);
	}
	i = bio.len;
	if (image_do(img, &bio))
		return bio.error;
	return bio.op == RUMPUSER_BIO_READ && memcmp(scratch, model + bio.offset, i) ? EILSEQ : 0;
}

static void compare(void)
{
	FILE *f = fopen(IMG, "re");
	char *file = malloc(SIZE);

	assert_non_null(f);
	assert_int_equal(fread(file, 1, SIZE, f), SIZE);
	assert_memory_equal(file, model, SIZE);
	fclose(f);
	free(file);
}

static void all_methods_agree_with_memory(void **state)
{
	static const char *const names[] = { "sync", "queue", "async", "mmap" };
	const int methods = backend.has_mmap ? 4 : 3;
	struct image img;
	int i, err;

	(void)state;
	make_file(IMG, SIZE);
	model = calloc(1, SIZE);
	scratch = malloc(MAX_LEN);
	for (i = 0; i < STEPS; i++) {
		if (i % REOPEN == 0) {
			choose_mode(2, (char *[]){ "", (char *)names[i / REOPEN % methods], NULL });
			image_open(&img, IMG, 0);
		}
		err = step(&img);
		if (err)
			fail_msg("seed %u, step %d, method %s: error %d", seed, i, mode->name, err);
		if (i % REOPEN == REOPEN - 1) {
			assert_int_equal(image_close(&img), 0);
			compare();
		}
	}
	free(model);
	free(scratch);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_methods_agree_with_memory) };

	seed = argc > 1 ? strtoul(argv[1], NULL, 0) : (unsigned int)getpid();
	printf("seed %u\n", seed);
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
