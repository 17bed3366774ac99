// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parking of threads on a word of memory, by condition variables.
 *
 * Words share a few lists of waiters.  A waker changes the word before it asks for the list's lock,
 * and a waiter looks at the word while it holds that lock: either it sees the new value, or it is
 * in the list when the waker comes.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "../internal.h"

#define BUCKETS 64
#define CACHE_LINE 64

struct waiter {
	struct waiter *next;
	unsigned int *word;
	bool woken;		/* and taken out of the list */
	pthread_cond_t cond;
};

static struct bucket {
	_Alignas(CACHE_LINE) pthread_mutex_t lock;
	struct waiter *head, **tail;	/* who came first is woken first */
} buckets[BUCKETS];

static pthread_condattr_t monotonic;

static void init(void)
{
	int i;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	for (i = 0; i < BUCKETS; i++) {
		pthread_mutex_init(&buckets[i].lock, NULL);
		buckets[i].tail = &buckets[i].head;
	}
}

static struct bucket *bucket_of(unsigned int *word)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, init);
	return &buckets[(uint64_t)(uintptr_t)word * 0x9e3779b97f4a7c15ULL >> 58];
}

static void take_out(struct bucket *b, struct waiter **place)
{
	struct waiter *w = *place;

	*place = w->next;
	if (b->tail == &w->next)
		b->tail = place;
}

static void leave(struct bucket *b, struct waiter *w)
{
	struct waiter **place = &b->head;

	while (*place != w)
		place = &(*place)->next;
	take_out(b, place);
}

static int park(struct bucket *b, struct waiter *w, const struct timespec *until)
{
	int err = 0;

	w->next = NULL;
	*b->tail = w;
	b->tail = &w->next;
	while (!w->woken && !err)
		err = until ? pthread_cond_timedwait(&w->cond, &b->lock, until) :
			      pthread_cond_wait(&w->cond, &b->lock);
	if (w->woken)
		return 0;
	leave(b, w);
	return err;
}

int rumpuser_futex_wait(unsigned int *word, unsigned int value, long long ns)
{
	KEEP_ERRNO;
	struct bucket *b = bucket_of(word);
	struct waiter w = { .word = word };
	struct timespec until;
	int err = 0;

	if (ns >= 0)
		until = rumpuser_deadline(ns);
	pthread_mutex_lock(&b->lock);
	if (atomic_load((atomic_uint *)word) == value) {
		pthread_cond_init(&w.cond, &monotonic);
		err = park(b, &w, ns >= 0 ? &until : NULL);
		pthread_cond_destroy(&w.cond);
	}
	pthread_mutex_unlock(&b->lock);
	return err;
}

/* The waiter cannot end, and its condition variable with it, before the lock is released. */
void rumpuser_futex_wake(unsigned int *word, unsigned int count)
{
	KEEP_ERRNO;
	struct bucket *b = bucket_of(word);
	struct waiter **place = &b->head, *w;

	pthread_mutex_lock(&b->lock);
	while (count && (w = *place)) {
		if (w->word != word) {
			place = &w->next;
			continue;
		}
		take_out(b, place);
		w->woken = true;
		pthread_cond_signal(&w->cond);
		count--;
	}
	pthread_mutex_unlock(&b->lock);
}
