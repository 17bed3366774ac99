// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Method async: I/O threads.
 *
 * Requests wait in a queue for the first free thread, which does them by the calls of method sync
 * and puts them into a second queue, for who waits.  The first thread is there from the start,
 * others are made while there is more to do than there are free threads.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "../blk.h"

#define MAX_THREADS 16

struct queue {
	struct rumpuser_bio *head, **tail;
};

struct async {
	struct rumpuser_blk *blk;
	pthread_mutex_t lock;		/* of all that follows */
	pthread_cond_t work, some_done;
	struct queue todo, done;
	unsigned int waiting;		/* requests in todo */
	unsigned int busy, threads;	/* threads which do a request, and all */
	bool stopped, closing;
	pthread_t thread[MAX_THREADS];
};

static void append(struct queue *q, struct rumpuser_bio *bio)
{
	bio->next = NULL;
	*q->tail = bio;
	q->tail = &bio->next;
}

static struct rumpuser_bio *pop(struct queue *q)
{
	struct rumpuser_bio *bio = q->head;

	q->head = bio->next;
	if (!q->head)
		q->tail = &q->head;
	return bio;
}

/* The next request, or NULL at the end.  With the lock held. */
static struct rumpuser_bio *await_work(struct async *a)
{
	while (!a->todo.head && !a->closing)
		pthread_cond_wait(&a->work, &a->lock);
	if (!a->todo.head)
		return NULL;
	a->waiting--;
	a->busy++;
	return pop(&a->todo);
}

static void *serve(void *arg)
{
	struct async *a = arg;
	struct rumpuser_bio *bio;

	rumpuser_thread_name("rump-io");
	pthread_mutex_lock(&a->lock);
	while ((bio = await_work(a))) {
		pthread_mutex_unlock(&a->lock);
		rumpuser_blk_do(a->blk, bio);
		pthread_mutex_lock(&a->lock);
		a->busy--;
		append(&a->done, bio);
		pthread_cond_signal(&a->some_done);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* One more thread, which like all those of the kernel side takes no signals. */
static int add_thread(struct async *a)
{
	sigset_t mask;
	int err;

	pthread_sigmask(SIG_SETMASK, &rumpuser_kernel_mask, &mask);
	err = pthread_create(&a->thread[a->threads], NULL, serve, a);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	if (!err)
		a->threads++;
	return err;
}

static int async_open(struct rumpuser_blk *blk)
{
	struct async *a = calloc(1, sizeof(*a));
	int err;

	if (!a)
		return ENOMEM;
	a->blk = blk;
	a->todo.tail = &a->todo.head;
	a->done.tail = &a->done.head;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->some_done, NULL);
	err = add_thread(a);
	if (err)
		free(a);
	else
		blk->priv = a;
	return err;
}

static void async_close(struct rumpuser_blk *blk)
{
	struct async *a = blk->priv;
	unsigned int i;

	pthread_mutex_lock(&a->lock);
	a->closing = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (i = 0; i < a->threads; i++)
		pthread_join(a->thread[i], NULL);
	pthread_cond_destroy(&a->some_done);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void rumpuser_blk_submit(struct rumpuser_blk *blk, struct rumpuser_bio **bios, int n,
			 struct rumpuser_bio **done)
{
	KEEP_ERRNO;
	struct async *a = blk->priv;
	int i;

	*done = NULL;
	pthread_mutex_lock(&a->lock);
	for (i = 0; i < n; i++) {
		append(&a->todo, bios[i]);
		a->waiting++;
		pthread_cond_signal(&a->work);
	}
	/* Where there can be no more threads, those that are there do it later. */
	while (a->waiting > a->threads - a->busy && a->threads < MAX_THREADS && !add_thread(a))
		;
	pthread_mutex_unlock(&a->lock);
}

void rumpuser_blk_wait(struct rumpuser_blk *blk, struct rumpuser_bio **done)
{
	KEEP_ERRNO;
	struct async *a = blk->priv;

	pthread_mutex_lock(&a->lock);
	while (!a->done.head && !a->stopped)
		pthread_cond_wait(&a->some_done, &a->lock);
	*done = a->done.head;
	a->done.head = NULL;
	a->done.tail = &a->done.head;
	pthread_mutex_unlock(&a->lock);
}

void rumpuser_blk_stop(struct rumpuser_blk *blk)
{
	KEEP_ERRNO;
	struct async *a = blk->priv;

	pthread_mutex_lock(&a->lock);
	a->stopped = true;
	pthread_cond_signal(&a->some_done);
	pthread_mutex_unlock(&a->lock);
}

const struct blk_method blk_async = {
	.id = RUMPUSER_BLK_ASYNC,
	.open = async_open,
	.close = async_close,
	.request = blk_sync_request,
};
