// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Snapshots: the image is only read; what is written goes to a temporary file without a name, to
 * the same offsets, and vanishes with it.
 *
 * A bit for each block says where the block is read.  It is set once the whole block is in the
 * file, and never cleared: readers need no lock.  Writers take turns, as they would for the file's
 * own lock on the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "blk.h"

#define BLOCK 4096ULL
#define WORD 64			/* bits */
#define MAX_IOV 64
#define LEVEL_ERROR 3

struct snapshot {
	struct rumpuser_blk file;	/* the temporary one:
					   what the calls of blk_sync.c need of it */
	char *folder;
	bool complained;
	pthread_mutex_t lock;		/* of writers */
	atomic_ullong *map;		/* gets its memory as bits are set */
	size_t map_size;
};

static const char *folder(void)
{
	const char *dir = rumpuser_env("RUMP_TMPDIR");

	if (!dir || !*dir)
		dir = rumpuser_env("TMPDIR");
	return dir && *dir ? dir : "/var/tmp";
}

int blk_unlinked_file(const char *dir)
{
	char name[PATH_MAX];
	int fd;

	if (snprintf(name, sizeof(name), "%s/rump-XXXXXX", dir) >= (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

static int open_unnamed(const char *dir)
{
	if (!strncmp(dir, "/dev/fd/", 8))
		return rumpuser_image_open(dir, O_RDWR);
	return blk_unnamed_file(dir);
}

int rumpuser_snapshot_file(void)
{
	return open_unnamed(folder());
}

/* Once: those who get the error value may take it for the image's. */
static void complain(struct snapshot *s, const char *what, int err)
{
	if (!s->complained)
		rumpuser_logf(LEVEL_ERROR, "the snapshot's temporary file in %s cannot %s: %s; "
			      "RUMP_TMPDIR names the folder", s->folder, what, strerror(err));
	s->complained = true;
}

static int make_file(struct snapshot *s, unsigned long long size)
{
	int err = 0;

	s->folder = strdup(folder());
	if (!s->folder)
		return ENOMEM;
	s->file.size = size;
	s->file.fd = open_unnamed(s->folder);
	if (s->file.fd < 0 || ftruncate(s->file.fd, size))
		err = errno;
	if (err)
		complain(s, "be made", err);
	return err;
}

static int make_map(struct snapshot *s, unsigned long long size)
{
	unsigned long long blocks = (size + BLOCK - 1) / BLOCK;

	s->map_size = (blocks / WORD + 1) * sizeof(*s->map);
	s->map = rumpuser_sparse(s->map_size);
	return s->map ? 0 : ENOMEM;
}

static void snapshot_close(struct rumpuser_blk *blk)
{
	struct snapshot *s = blk->priv;

	if (s->map)
		munmap(s->map, s->map_size);
	if (s->file.fd >= 0)
		close(s->file.fd);
	free(s->folder);
	free(s);
}

static int snapshot_open(struct rumpuser_blk *blk)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return ENOMEM;
	blk->priv = s;
	s->file.fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	err = make_map(s, blk->size);
	if (!err)
		err = make_file(s, blk->size);
	if (err)
		snapshot_close(blk);
	return err;
}

static bool is_written(struct snapshot *s, unsigned long long block)
{
	return atomic_load_explicit(&s->map[block / WORD], memory_order_acquire) >>
	       block % WORD & 1;
}

static void set_written(struct snapshot *s, unsigned long long block, unsigned long long end)
{
	unsigned long long n;

	for (; block < end; block += n) {
		n = WORD - block % WORD;
		if (n > end - block)
			n = end - block;
		atomic_fetch_or_explicit(&s->map[block / WORD], ~0ULL >> (WORD - n) << block % WORD,
					 memory_order_release);
	}
}

/* Up to where, `end` at most, is read from the same place as at `offset`? */
static unsigned long long same_place(struct snapshot *s, unsigned long long offset,
				     unsigned long long end)
{
	unsigned long long block = offset / BLOCK;
	bool written = is_written(s, block);

	do
		block++;
	while (block * BLOCK < end && is_written(s, block) == written);
	return block * BLOCK < end ? block * BLOCK : end;
}

/* What is left of a request, up to `end`, as one of its own; it may be less. */
static void take_part(const struct rumpuser_bio *bio, unsigned long long end,
		      struct rumpuser_bio *part, struct rumpuser_iov iov[MAX_IOV])
{
	unsigned long long left;

	*part = (struct rumpuser_bio){
		.op = bio->op, .offset = bio->offset + bio->done, .iov = iov,
	};
	for (; part->niov < MAX_IOV && part->offset + part->len < end; part->niov++) {
		left = end - part->offset - part->len;
		iov[part->niov] = bio->iov[part->niov];
		if (iov[part->niov].len > left)
			iov[part->niov].len = left;
		part->len += iov[part->niov].len;
	}
}

static void read_blocks(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	struct snapshot *s = blk->priv;
	struct rumpuser_iov iov[MAX_IOV];
	struct rumpuser_bio part;
	unsigned long long offset, end;
	bool written;

	while (bio->done < bio->len && !bio->error) {
		offset = bio->offset + bio->done;
		written = is_written(s, offset / BLOCK);
		end = same_place(s, offset, bio->offset + bio->len);
		take_part(bio, end, &part, iov);
		blk_sync_transfer(written ? &s->file : blk, &part);
		blk_advance(bio, part.done);
		bio->error = part.error;
	}
}

/* Of the block at `offset` only a part is to be written: the rest must be in the file before. */
static int copy_up(struct rumpuser_blk *blk, unsigned long long offset)
{
	struct snapshot *s = blk->priv;
	unsigned long long block = offset / BLOCK, start = block * BLOCK;
	char buf[BLOCK];
	struct rumpuser_iov iov = { buf, BLOCK };
	struct rumpuser_bio bio = { .niov = 1, .offset = start, .len = BLOCK, .iov = &iov };

	if (offset == start || is_written(s, block))
		return 0;
	if (bio.len > blk->size - start)
		iov.len = bio.len = blk->size - start;
	blk_sync_transfer(blk, &bio);
	if (bio.error)
		return bio.error;
	iov = (struct rumpuser_iov){ buf, bio.len };
	bio = (struct rumpuser_bio){ .op = RUMPUSER_BIO_WRITE, .niov = 1, .offset = start,
				     .len = bio.len, .iov = &iov };
	blk_sync_transfer(&s->file, &bio);
	if (bio.error)
		complain(s, "grow", bio.error);
	else
		set_written(s, block, block + 1);
	return bio.error;
}

static void write_blocks(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	struct snapshot *s = blk->priv;
	unsigned long long end = bio->offset + bio->len;

	bio->error = copy_up(blk, bio->offset);
	if (!bio->error)
		bio->error = copy_up(blk, end);
	if (bio->error)
		return;
	bio->fua = 0;
	if (bio->op == RUMPUSER_BIO_WRITE)
		blk_sync_transfer(&s->file, bio);	/* nor is the medium ever waited for */
	else
		blk_sync_request(&s->file, bio);
	if (bio->error)
		complain(s, "grow", bio->error);
	else
		set_written(s, bio->offset / BLOCK, (end + BLOCK - 1) / BLOCK);
}

static void snapshot_request(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	struct snapshot *s = blk->priv;

	if (bio->op == RUMPUSER_BIO_READ) {
		read_blocks(blk, bio);
	} else if (bio->op == RUMPUSER_BIO_DISCARD) {
		/* What is in the file loses its content there, the rest may keep it. */
		blk_sync_request(&s->file, bio);
	} else if (bio->op != RUMPUSER_BIO_FLUSH) {
		pthread_mutex_lock(&s->lock);
		write_blocks(blk, bio);
		pthread_mutex_unlock(&s->lock);
	}
}

const struct blk_method blk_snapshot = {
	.id = RUMPUSER_BLK_SYNC,
	.open = snapshot_open,
	.close = snapshot_close,
	.request = snapshot_request,
};
