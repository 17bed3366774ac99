/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of block I/O share: images, and one call that does a request by any method. */
#ifndef BLKTEST_H
#define BLKTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <rump/rumpuser.h>

#include "backend.h"

#define KIB 1024UL
#define MIB (1024UL * 1024)

/* "queue" is method async by submit and wait; "async" its rumpuser_blk_do. */
struct mode {
	const char *name;
	int method;
	bool queue;
	int flags;		/* of rumpuser_blk_open */
};

extern const struct mode *mode;	/* of this run: the program's argument */

struct image {
	struct rumpuser_blk *blk;
	struct rumpuser_blk_info info;
	struct waiter *waiter;
};

/* Set `mode` from the command line; exits where there is none of that name. */
void choose_mode(int argc, char **argv);

/* A file of `size` bytes without data. */
void make_file(const char *path, unsigned long size);

int image_try(struct image *img, const char *path, int flags);
void image_open(struct image *img, const char *path, int flags);
int image_close(struct image *img);

/* Do the request and wait for it; its error. */
int image_do(struct image *img, struct rumpuser_bio *bio);
int image_rw(struct image *img, int op, void *buf, unsigned long long offset, unsigned long len);
int image_range(struct image *img, int op, unsigned long long offset, unsigned long len);

/* Bytes that depend on their place and on `seed`. */
void pattern(void *buf, unsigned long len, unsigned long long offset, unsigned int seed);
void assert_pattern(const void *buf, unsigned long len, unsigned long long offset,
		    unsigned int seed);
void assert_zeros(const void *buf, unsigned long len);

#endif
