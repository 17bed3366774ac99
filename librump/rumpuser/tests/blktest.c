// SPDX-License-Identifier: GPL-2.0-or-later
/* What the tests of block I/O share, see blktest.h. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blktest.h"

static const struct mode modes[] = {
	{ "sync", RUMPUSER_BLK_SYNC, false, 0 },
	{ "mmap", RUMPUSER_BLK_MMAP, false, 0 },
	{ "async", RUMPUSER_BLK_ASYNC, false, 0 },
	{ "queue", RUMPUSER_BLK_ASYNC, true, 0 },
	{ "snapshot", RUMPUSER_BLK_SYNC, false, RUMPUSER_BLK_SNAPSHOT },
};

const struct mode *mode = modes;

struct waiter {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t some;
	struct rumpuser_blk *blk;
};

/* A request on its way; `complete` is set under the waiter's lock. */
struct request {
	struct rumpuser_bio bio;
	bool complete;
};

void choose_mode(int argc, char **argv)
{
	unsigned int i;

	for (i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (!strcmp(argv[1], modes[i].name)) {
			mode = &modes[i];
			if (mode->method != RUMPUSER_BLK_MMAP || backend.has_mmap)
				return;
			puts("this host has no method mmap");
			exit(77);
		}
	}
	fprintf(stderr, "usage: %s sync|mmap|async|queue|snapshot\n", argv[0]);
	exit(1);
}

void make_file(const char *path, unsigned long size)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void *wait_loop(void *arg)
{
	struct waiter *w = arg;
	struct rumpuser_bio *done, *next;

	for (;;) {
		rumpuser_blk_wait(w->blk, &done);
		if (!done)
			return NULL;
		pthread_mutex_lock(&w->lock);
		for (; done; done = next) {
			next = done->next;
			((struct request *)done)->complete = true;
		}
		pthread_cond_broadcast(&w->some);
		pthread_mutex_unlock(&w->lock);
	}
}

int image_try(struct image *img, const char *path, int flags)
{
	int err = rumpuser_blk_open(path, flags | mode->flags, mode->method, &img->blk, &img->info);

	img->waiter = NULL;
	if (err || !mode->queue)
		return err;
	img->waiter = calloc(1, sizeof(*img->waiter));
	assert_non_null(img->waiter);
	img->waiter->blk = img->blk;
	pthread_mutex_init(&img->waiter->lock, NULL);
	pthread_cond_init(&img->waiter->some, NULL);
	assert_int_equal(pthread_create(&img->waiter->thread, NULL, wait_loop, img->waiter), 0);
	return 0;
}

void image_open(struct image *img, const char *path, int flags)
{
	assert_int_equal(image_try(img, path, flags), 0);
	assert_int_equal(img->info.method, mode->method);
}

int image_close(struct image *img)
{
	if (img->waiter) {
		rumpuser_blk_stop(img->blk);
		pthread_join(img->waiter->thread, NULL);
		free(img->waiter);
	}
	return rumpuser_blk_close(img->blk);
}

static void submit(struct image *img, struct rumpuser_bio *bio)
{
	struct request req = { .bio = *bio };
	struct rumpuser_bio *done, *one = &req.bio;

	rumpuser_blk_submit(img->blk, &one, 1, &done);
	if (!done) {
		pthread_mutex_lock(&img->waiter->lock);
		while (!req.complete)
			pthread_cond_wait(&img->waiter->some, &img->waiter->lock);
		pthread_mutex_unlock(&img->waiter->lock);
	}
	*bio = req.bio;
}

int image_do(struct image *img, struct rumpuser_bio *bio)
{
	if (mode->queue)
		submit(img, bio);
	else
		rumpuser_blk_do(img->blk, bio);
	return bio->error;
}

int image_rw(struct image *img, int op, void *buf, unsigned long long offset, unsigned long len)
{
	struct rumpuser_iov iov = { buf, len };
	struct rumpuser_bio bio = {
		.op = op, .niov = 1, .offset = offset, .len = len, .iov = &iov,
	};

	return image_do(img, &bio);
}

int image_range(struct image *img, int op, unsigned long long offset, unsigned long len)
{
	struct rumpuser_bio bio = { .op = op, .offset = offset, .len = len };

	return image_do(img, &bio);
}

static unsigned char byte_at(unsigned long long offset, unsigned int seed)
{
	return (offset * 2654435761u + (offset >> 12) * 97 + seed) >> 7;
}

void pattern(void *buf, unsigned long len, unsigned long long offset, unsigned int seed)
{
	unsigned char *p = buf;
	unsigned long i;

	for (i = 0; i < len; i++)
		p[i] = byte_at(offset + i, seed);
}

void assert_pattern(const void *buf, unsigned long len, unsigned long long offset,
		    unsigned int seed)
{
	const unsigned char *p = buf;
	unsigned long i;

	for (i = 0; i < len; i++)
		if (p[i] != byte_at(offset + i, seed))
			fail_msg("byte %llu differs", offset + i);
}

void assert_zeros(const void *buf, unsigned long len)
{
	const unsigned char *p = buf;
	unsigned long i;

	for (i = 0; i < len; i++)
		if (p[i])
			fail_msg("byte %lu is not zero", i);
}
