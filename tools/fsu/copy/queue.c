// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The queue between source and sink: bounded by bytes and by items.  The sink takes all there is at
 * once and the source is woken when half of the room is free again, so that small files do not
 * cost a switch of threads each.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "copy.h"

#define MAX_BYTES (16ul << 20)
#define MAX_ITEMS 2048ul
#define ITEM_BYTES 512		/* what an item costs besides its data */

struct buffer {
	struct buffer *next;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t room, filled;
	struct item *head, **tail;
	size_t bytes, items;	/* put, and not yet done */
	bool finished, stopped, source_waits, sink_waits;
	struct buffer *buffers;
};

struct queue *queue_new(void)
{
	struct queue *q = fsu_malloc(sizeof(*q));

	*q = (struct queue){ .lock = PTHREAD_MUTEX_INITIALIZER, .room = PTHREAD_COND_INITIALIZER,
			     .filled = PTHREAD_COND_INITIALIZER };
	q->tail = &q->head;
	return q;
}

void queue_free(struct queue *q)
{
	struct item *i;
	struct buffer *b;

	while ((i = q->head)) {
		q->head = i->next;
		item_free(i);
	}
	while ((b = q->buffers)) {
		q->buffers = b->next;
		free(b);
	}
	free(q);
}

static size_t cost(const struct item *i)
{
	return ITEM_BYTES + (i->data ? i->pooled ? COPY_CHUNK : i->len : 0);
}

bool queue_put(struct queue *q, struct item *i)
{
	bool wake = false;

	pthread_mutex_lock(&q->lock);
	while (!q->stopped && (q->bytes >= MAX_BYTES || q->items >= MAX_ITEMS)) {
		q->source_waits = true;
		pthread_cond_wait(&q->room, &q->lock);
	}
	if (q->stopped) {
		pthread_mutex_unlock(&q->lock);
		item_free(i);
		return false;
	}
	i->next = NULL;
	*q->tail = i;
	q->tail = &i->next;
	q->bytes += cost(i);
	q->items++;
	wake = q->sink_waits;
	q->sink_waits = false;
	pthread_mutex_unlock(&q->lock);
	if (wake)
		pthread_cond_signal(&q->filled);
	return true;
}

void queue_finish(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->finished = true;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

struct item *queue_take(struct queue *q)
{
	struct item *list;

	pthread_mutex_lock(&q->lock);
	while (!q->head && !q->finished) {
		q->sink_waits = true;
		pthread_cond_wait(&q->filled, &q->lock);
	}
	list = q->head;
	q->head = NULL;
	q->tail = &q->head;
	pthread_mutex_unlock(&q->lock);
	return list;
}

void queue_stop(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->stopped = true;
	pthread_cond_signal(&q->room);
	pthread_mutex_unlock(&q->lock);
}

bool queue_stopped(struct queue *q)
{
	bool stopped;

	pthread_mutex_lock(&q->lock);
	stopped = q->stopped;
	pthread_mutex_unlock(&q->lock);
	return stopped;
}

char *queue_buffer(struct queue *q)
{
	struct buffer *b;

	pthread_mutex_lock(&q->lock);
	b = q->buffers;
	if (b)
		q->buffers = b->next;
	pthread_mutex_unlock(&q->lock);
	return b ? (char *)b : fsu_malloc(COPY_CHUNK);
}

void queue_done(struct queue *q, struct item *i)
{
	struct buffer *b = i->pooled ? (struct buffer *)i->data : NULL;
	bool wake;

	pthread_mutex_lock(&q->lock);
	q->bytes -= cost(i);
	q->items--;
	if (b) {
		b->next = q->buffers;
		q->buffers = b;
		i->data = NULL;
	}
	wake = q->source_waits && q->bytes < MAX_BYTES / 2 && q->items < MAX_ITEMS / 2;
	if (wake)
		q->source_waits = false;
	pthread_mutex_unlock(&q->lock);
	if (wake)
		pthread_cond_signal(&q->room);
	item_free(i);
}
