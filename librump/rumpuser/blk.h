/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Block I/O inside librumpuser: an open image and the operations of a method.  A method is a file;
 * whatever it does not do itself it leaves to the calls of blk_sync.c, on the same descriptor.
 */
#ifndef RUMPUSER_BLK_H
#define RUMPUSER_BLK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "internal.h"

struct blk_method {
	int id;
	int (*open)(struct rumpuser_blk *blk);
	void (*close)(struct rumpuser_blk *blk);
	void (*request)(struct rumpuser_blk *blk, struct rumpuser_bio *bio);	/* in this thread */
};

struct rumpuser_blk {
	const struct blk_method *method;
	void *priv;			/* the method's */
	unsigned long long size;
	int fd;
	bool readonly;
	bool snapshot;			/* writes go elsewhere:
					   the image is open for reading only */
	bool device;			/* a block device, else a regular file */
	atomic_bool dirty;		/* written since it was opened */
	atomic_ullong behind;		/* bytes written since it was opened,
					   not for sure on the medium */
	atomic_int write_error;		/* the first one of a write or flush: close reports it */
};

extern const struct blk_method blk_sync, blk_async, blk_mmap, blk_snapshot;

/* Is the request within the image, and allowed?  A positive errno value if not. */
int blk_check(struct rumpuser_blk *blk, struct rumpuser_bio *bio);

/* Bytes were written: have the host begin to bring them to the medium now and then. */
void blk_write_behind(struct rumpuser_blk *blk, unsigned long long bytes);

/* Take note of an error that loses data. */
void blk_note(struct rumpuser_blk *blk, int op, int error);

/* Do the rest of a request, or of one that reads or writes. */
void blk_sync_request(struct rumpuser_blk *blk, struct rumpuser_bio *bio);
void blk_sync_transfer(struct rumpuser_blk *blk, struct rumpuser_bio *bio);
/* Write what is left of a range as zeros.  A positive errno value if it fails. */
int blk_write_zeros(struct rumpuser_blk *blk, struct rumpuser_bio *bio);
/* `n` bytes are done: go on behind them. */
void blk_advance(struct rumpuser_bio *bio, unsigned long long n);

/* A new file in the folder `dir` that has lost its name: its descriptor, or -1 and errno. */
int blk_unlinked_file(const char *dir);

/* ---- what linux/ and posix/ have each in their way ------------------------------------------- */

/* Read or write some of what is left of a request: bytes, or -1 and errno. */
ssize_t blk_transfer_once(struct rumpuser_blk *blk, struct rumpuser_bio *bio);

/* Do DISCARD, ZERO or ZERO_NOUNMAP.  A positive errno value if it fails. */
int blk_range(struct rumpuser_blk *blk, struct rumpuser_bio *bio);
extern const bool blk_can_discard;

/* The host may begin to bring what was written to the medium. */
void blk_start_writing(int fd);

/*
 * The block device `path` is about to be opened with `mode`, which may be changed.  A positive
 * errno value: the host uses it, or there is no way to know.
 */
int blk_claim(const char *path, int *mode);
int blk_device_geometry(int fd, unsigned long long *size, unsigned int *sector);

/* A new file without a name in the folder `dir`: its descriptor, or -1 and errno. */
int blk_unnamed_file(const char *dir);

#endif
