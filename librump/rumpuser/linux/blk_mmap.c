// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Method mmap: reads and writes copy from and to windows of the image's file, the least recently
 * used of which makes room for the next.
 *
 * A fault in a mapping would be a SIGBUS where a system call has an error value, so the pages are
 * asked for first (MADV_POPULATE); what the mapping refuses is done by the plain calls, which have
 * the true error.  They see the same pages, and the host tracks pages dirtied through a mapping:
 * fdatasync writes them, no msync is needed.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../blk.h"

#define WINDOW_SIZE (1024UL * 1024)
#define WINDOWS 16
#define PAGE_MASK 4095UL

struct window {
	char *addr;			/* NULL: free */
	unsigned long long offset;	/* in the image, a multiple of WINDOW_SIZE */
	unsigned long long used;	/* when, by the cache's clock */
	int users;			/* threads which copy at the moment */
};

struct cache {
	pthread_mutex_t lock;
	pthread_cond_t unused;		/* a window has lost its last user */
	unsigned long long clock;
	int prot;
	struct window window[WINDOWS];
};

static int mmap_open(struct rumpuser_blk *blk)
{
	struct cache *c;

	if (blk->device)
		return EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return ENOMEM;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->unused, NULL);
	c->prot = PROT_READ | (blk->readonly ? 0 : PROT_WRITE);
	blk->priv = c;
	return 0;
}

static void unmap(struct window *w)
{
	if (w->addr)
		munmap(w->addr, WINDOW_SIZE);
	w->addr = NULL;
}

static void mmap_close(struct rumpuser_blk *blk)
{
	struct cache *c = blk->priv;
	int i;

	for (i = 0; i < WINDOWS; i++)
		unmap(&c->window[i]);
	free(c);
}

/* The window at `offset`, else the one to replace, else NULL if all are in use. */
static struct window *choose(struct cache *c, unsigned long long offset)
{
	struct window *w, *victim = NULL;

	for (w = c->window; w < c->window + WINDOWS; w++) {
		if (w->addr && w->offset == offset)
			return w;
		if (!w->users && (!victim || w->used < victim->used))
			victim = w;
	}
	return victim;
}

static struct window *get_window(struct rumpuser_blk *blk, unsigned long long offset)
{
	struct cache *c = blk->priv;
	struct window *w;
	void *p;

	offset &= ~(unsigned long long)(WINDOW_SIZE - 1);
	pthread_mutex_lock(&c->lock);
	while (!(w = choose(c, offset)))
		pthread_cond_wait(&c->unused, &c->lock);
	if (!w->addr || w->offset != offset) {
		unmap(w);
		p = mmap(NULL, WINDOW_SIZE, c->prot, MAP_SHARED, blk->fd, offset);
		if (p != MAP_FAILED)
			w->addr = p;
		w->offset = offset;
	}
	if (w->addr) {
		w->users++;
		w->used = ++c->clock;
	} else {
		w = NULL;
	}
	pthread_mutex_unlock(&c->lock);
	return w;
}

static void put_window(struct rumpuser_blk *blk, struct window *w)
{
	struct cache *c = blk->priv;

	pthread_mutex_lock(&c->lock);
	if (!--w->users)
		pthread_cond_signal(&c->unused);
	pthread_mutex_unlock(&c->lock);
}

static bool populate(char *p, unsigned long len, int op)
{
	uintptr_t start = (uintptr_t)p & ~PAGE_MASK;

	return !madvise((void *)start, (uintptr_t)p + len - start,
			op == RUMPUSER_BIO_READ ? MADV_POPULATE_READ : MADV_POPULATE_WRITE);
}

/* Copy up to the end of the first iovec or of the window.  False: by the plain calls, please. */
static bool copy_some(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	unsigned long long offset = bio->offset + bio->done;
	unsigned long in = offset & (WINDOW_SIZE - 1), len = bio->iov->len;
	struct window *w = get_window(blk, offset);
	bool ok;

	if (!w)
		return false;
	if (len > WINDOW_SIZE - in)
		len = WINDOW_SIZE - in;
	ok = populate(w->addr + in, len, bio->op);
	if (ok && bio->op == RUMPUSER_BIO_READ)
		memcpy(bio->iov->base, w->addr + in, len);
	else if (ok)
		memcpy(w->addr + in, bio->iov->base, len);
	put_window(blk, w);
	if (ok)
		blk_advance(bio, len);
	return ok;
}

/*
 * The last page of a file that has become shorter would read as zeros, and lose what is written.
 * libc's fstat is a call that takes a path, which a sandbox does not allow.
 */
static bool shortened(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	off_t size = lseek(blk->fd, 0, SEEK_END);

	return size < 0 || bio->offset + bio->len > (unsigned long long)size;
}

static void mmap_request(struct rumpuser_blk *blk, struct rumpuser_bio *bio)
{
	bool transfer = bio->op == RUMPUSER_BIO_READ || bio->op == RUMPUSER_BIO_WRITE;

	if (transfer && !bio->fua && !shortened(blk, bio))
		while (bio->done < bio->len && copy_some(blk, bio))
			;
	blk_sync_request(blk, bio);
}

const struct blk_method blk_mmap = {
	.id = RUMPUSER_BLK_MMAP,
	.open = mmap_open,
	.close = mmap_close,
	.request = mmap_request,
};
