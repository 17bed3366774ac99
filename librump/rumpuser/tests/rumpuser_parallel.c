// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many threads at one image by each method, half of the reads not in the host's cache; threads
 * which end while what they have submitted is under way.
 * each: sync mmap async queue snapshot
 * weight: 2
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"
#define THREADS 8
#define AREA (4 * MIB)
#define ROUNDS 400
#define MAX_LEN (64 * KIB)
#define ORPHANS 300

static struct image image;

struct worker {
	pthread_t thread;
	unsigned int seed;
	unsigned long long base;
	int error;
};

static void drop_cache(unsigned long long offset, unsigned long len)
{
	int fd = open(IMG, O_RDONLY | O_CLOEXEC);

	posix_fadvise(fd, offset, len, POSIX_FADV_DONTNEED);
	close(fd);
}

/* Write and read back in an area of its own.  cmocka's assertions belong to the main thread. */
static void *work(void *arg)
{
	struct worker *w = arg;
	char *buf = malloc(MAX_LEN), *want = malloc(MAX_LEN);
	unsigned long long offset;
	unsigned long len;
	int i, err;

	for (i = 0; i < ROUNDS && !w->error; i++) {
		len = (1 + rand_r(&w->seed) % (MAX_LEN / 512)) * 512;
		offset = w->base + rand_r(&w->seed) % ((AREA - len) / 512) * 512;
		pattern(want, len, offset, i);
		memcpy(buf, want, len);
		err = image_rw(&image, RUMPUSER_BIO_WRITE, buf, offset, len);
		if (!err && i % 8 == 0)
			err = image_range(&image, RUMPUSER_BIO_FLUSH, 0, 0);
		if (i % 2)
			drop_cache(offset, len);
		memset(buf, 0, len);
		if (!err)
			err = image_rw(&image, RUMPUSER_BIO_READ, buf, offset, len);
		w->error = err ? err : memcmp(buf, want, len) ? EILSEQ : 0;
	}
	free(buf);
	free(want);
	return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
	struct worker w[THREADS];
	int i;

	(void)state;
	make_file(IMG, THREADS * AREA);
	image_open(&image, IMG, 0);
	for (i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ .seed = i + 1, .base = i * AREA };
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].error, 0);
	}
	assert_int_equal(image_close(&image), 0);
}

struct orphan {
	struct rumpuser_bio bio;
	struct rumpuser_iov iov;
	char data[8 * KIB];
};

static struct rumpuser_blk *ring;
static sem_t finished;
static atomic_int errors;

static void note(struct rumpuser_bio *bio)
{
	struct rumpuser_bio *next;

	for (; bio; bio = next) {
		next = bio->next;
		if (bio->error)
			atomic_store(&errors, bio->error);
		sem_post(&finished);
	}
}

static void *reap(void *arg)
{
	struct rumpuser_bio *done;

	(void)arg;
	for (rumpuser_blk_wait(ring, &done); done; rumpuser_blk_wait(ring, &done))
		note(done);
	return NULL;
}

static void *submit_and_end(void *arg)
{
	struct rumpuser_bio *done,
		*bios[2] = { arg, (struct rumpuser_bio *)((struct orphan *)arg + 1) };

	rumpuser_blk_submit(ring, bios, 2, &done);
	note(done);
	return NULL;
}

/* The host cancels what a thread has left behind; nobody may see that. */
static void requests_outlive_their_threads(void **state)
{
	struct orphan *o;
	struct rumpuser_blk_info info;
	pthread_t reaper, threads[ORPHANS / 2];
	int i, round;

	(void)state;
	if (!mode->queue)
		skip();
	o = calloc(ORPHANS, sizeof(*o));
	assert_non_null(o);
	make_file(IMG, ORPHANS * sizeof(o->data));
	assert_int_equal(rumpuser_blk_open(IMG, 0, mode->method, &ring, &info), 0);
	sem_init(&finished, 0, 0);
	assert_int_equal(pthread_create(&reaper, NULL, reap, NULL), 0);
	for (round = 0; round < 2; round++) {	/* write, read */
		drop_cache(0, 0);
		for (i = 0; i < ORPHANS; i++) {
			o[i].iov = (struct rumpuser_iov){ o[i].data, sizeof(o[i].data) };
			o[i].bio = (struct rumpuser_bio){
				.op = round ? RUMPUSER_BIO_READ : RUMPUSER_BIO_WRITE,
				.fua = !round && i % 16 == 0, .niov = 1, .iov = &o[i].iov,
				.offset = i * sizeof(o[i].data), .len = sizeof(o[i].data),
			};
			pattern(o[i].data, sizeof(o[i].data), o[i].bio.offset, round ? 1 : 9);
		}
		for (i = 0; i < ORPHANS / 2; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, submit_and_end,
							&o[2 * i]), 0);
		for (i = 0; i < ORPHANS / 2; i++)
			pthread_join(threads[i], NULL);
		for (i = 0; i < ORPHANS; i++)
			sem_wait(&finished);
	}
	assert_int_equal(atomic_load(&errors), 0);
	for (i = 0; i < ORPHANS; i++)
		assert_pattern(o[i].data, sizeof(o[i].data), i * sizeof(o[i].data), 9);
	rumpuser_blk_stop(ring);
	pthread_join(reaper, NULL);
	assert_int_equal(rumpuser_blk_close(ring), 0);
	free(o);
}

/* More requests in one call than the ring has places. */
static void the_ring_may_be_full(void **state)
{
	enum { N = 1000, LEN = 4096 };
	struct rumpuser_bio *bios[N], *done;
	struct orphan *o;
	struct rumpuser_blk_info info;
	pthread_t reaper;
	int i;

	(void)state;
	if (!mode->queue)
		skip();
	o = calloc(N, sizeof(*o));
	assert_non_null(o);
	make_file(IMG, N * LEN);
	assert_int_equal(rumpuser_blk_open(IMG, 0, mode->method, &ring, &info), 0);
	sem_init(&finished, 0, 0);
	for (i = 0; i < N; i++) {
		o[i].iov = (struct rumpuser_iov){ o[i].data, LEN };
		o[i].bio = (struct rumpuser_bio){
			.op = RUMPUSER_BIO_WRITE, .niov = 1, .iov = &o[i].iov,
			.offset = (unsigned long long)i * LEN, .len = LEN,
		};
		pattern(o[i].data, LEN, i * LEN, 5);
		bios[i] = &o[i].bio;
	}
	rumpuser_blk_submit(ring, bios, N, &done);	/* nobody waits yet */
	note(done);
	assert_int_equal(pthread_create(&reaper, NULL, reap, NULL), 0);
	for (i = 0; i < N; i++)
		sem_wait(&finished);
	assert_int_equal(atomic_load(&errors), 0);
	for (i = 0; i < N; i++) {
		struct rumpuser_bio back = { .niov = 1, .offset = i * LEN, .len = LEN,
					     .iov = &o[i].iov };

		memset(o[i].data, 0, LEN);
		o[i].iov = (struct rumpuser_iov){ o[i].data, LEN };
		rumpuser_blk_do(ring, &back);
		assert_pattern(o[i].data, LEN, i * LEN, 5);
	}
	rumpuser_blk_stop(ring);
	pthread_join(reaper, NULL);
	assert_int_equal(rumpuser_blk_close(ring), 0);
	free(o);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_disturb_each_other),
		cmocka_unit_test(requests_outlive_their_threads),
		cmocka_unit_test(the_ring_may_be_full),
	};

	choose_mode(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
