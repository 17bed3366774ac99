// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * create, stat and unlink of many empty files, by threads that share a folder or have their own.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "side.h"

#define MAX_THREADS 64
#define PHASES 3

struct worker {
	pthread_t thread;
	const struct side *s;
	char dir[4200];
	int id, count;
};

static pthread_barrier_t barrier;

static void file_of(char *p, size_t size, const struct worker *w, int i)
{
	snprintf(p, size, "%s/file-%d-%06d", w->dir, w->id, i);
}

static void create(const struct worker *w, const char *p)
{
	int fd = w->s->open(p, O_WRONLY | O_CREAT | O_EXCL, 0644);

	if (fd < 0 || w->s->close(fd) < 0)
		die("%s: create failed: %d", p, fd);
}

static void look(const struct worker *w, const char *p)
{
	struct stat st;

	if (w->s->stat(p, &st) < 0)
		die("%s: stat failed", p);
}

static void drop(const struct worker *w, const char *p)
{
	if (w->s->unlink(p) < 0)
		die("%s: unlink failed", p);
}

/* stat is so fast that the files are gone through several times. */
static const struct {
	const char *name;
	void (*fn)(const struct worker *w, const char *p);
	int repeat;
} phases[PHASES] = { { "create", create, 1 }, { "stat", look, 10 }, { "unlink", drop, 1 } };

static void *work(void *arg)
{
	struct worker *w = arg;
	char p[4300];
	int phase, i;

	for (phase = 0; phase < PHASES; phase++) {
		pthread_barrier_wait(&barrier);
		for (i = 0; i < w->count * phases[phase].repeat; i++) {
			file_of(p, sizeof(p), w, i % w->count);
			phases[phase].fn(w, p);
		}
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void start(struct worker *w, const struct side *s, const char *dir, int id, int count,
		  bool same)
{
	w->s = s;
	w->id = id;
	w->count = count;
	snprintf(w->dir, sizeof(w->dir), "%s/meta%d", dir, same ? 0 : id);
	if (!same || id == 0)
		s->mkdir(w->dir, 0755);
	if (pthread_create(&w->thread, NULL, work, w))
		die("no thread");
}

/* meta SIDE WHERE THREADS same|different COUNT: operations a second, all threads together */
int bench_meta(int argc, char **argv)
{
	static struct worker w[MAX_THREADS];
	int threads, phase, i;
	const struct side *s;
	const char *dir;
	uint64_t t;

	if (argc != 6)
		die("meta SIDE WHERE THREADS same|different COUNT");
	s = side_open(argv[1], argv[2], &dir);
	threads = atoi(argv[3]);
	if (threads < 1 || threads > MAX_THREADS)
		die("1 to %d threads", MAX_THREADS);
	pthread_barrier_init(&barrier, NULL, threads + 1);
	for (i = 0; i < threads; i++)
		start(&w[i], s, dir, i, atoi(argv[5]) / threads, !strcmp(argv[4], "same"));
	for (phase = 0; phase < PHASES; phase++) {
		pthread_barrier_wait(&barrier);
		t = now_ns();
		pthread_barrier_wait(&barrier);
		printf("%s %.0f\n", phases[phase].name,
		       (double)w[0].count * phases[phase].repeat * threads /
		       ((now_ns() - t) / 1e9));
	}
	for (i = 0; i < threads; i++)
		pthread_join(w[i].thread, NULL);
	side_close();
	return 0;
}
