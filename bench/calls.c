// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What single calls cost: the null call, fstat, a pipe's round trip between two threads.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "side.h"

#define BATCHES 25

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median over batches, so that a batch which the host interrupted does not count. */
static double median(double *v, int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* null SIDE WHERE COUNT: nanoseconds of one null call */
int bench_null(int argc, char **argv)
{
	double ns[BATCHES];
	const struct side *s;
	const char *dir;
	uint64_t t;
	long n, i;
	int b;

	if (argc != 4)
		die("null SIDE WHERE COUNT");
	s = side_open(argv[1], argv[2], &dir);
	n = atol(argv[3]) / BATCHES;
	for (b = 0; b < BATCHES; b++) {
		t = now_ns();
		for (i = 0; i < n; i++)
			s->null();
		ns[b] = (double)(now_ns() - t) / n;
	}
	printf("ns %.2f\n", median(ns, BATCHES));
	side_close();
	return 0;
}

/* fstat SIDE WHERE COUNT: nanoseconds of one fstat */
int bench_fstat(int argc, char **argv)
{
	double ns[BATCHES];
	const struct side *s;
	const char *dir;
	struct stat st;
	char path[4200];
	uint64_t t;
	long n, i;
	int b, fd;

	if (argc != 4)
		die("fstat SIDE WHERE COUNT");
	s = side_open(argv[1], argv[2], &dir);
	snprintf(path, sizeof(path), "%s/fstat", dir);
	fd = s->open(path, O_RDWR | O_CREAT, 0644);
	if (fd < 0)
		die("%s cannot be made", path);
	n = atol(argv[3]) / BATCHES;
	for (b = 0; b < BATCHES; b++) {
		t = now_ns();
		for (i = 0; i < n; i++)
			if (s->fstat(fd, &st) < 0)
				die("fstat failed");
		ns[b] = (double)(now_ns() - t) / n;
	}
	s->close(fd);
	printf("ns %.2f\n", median(ns, BATCHES));
	side_close();
	return 0;
}

struct player {
	const struct side *s;
	int in, out;
	long rounds;
};

static void *echo(void *arg)
{
	struct player *p = arg;
	char c;
	long i;

	for (i = 0; i < p->rounds; i++)
		if (p->s->read(p->in, &c, 1) != 1 || p->s->write(p->out, &c, 1) != 1)
			die("pipe: the echo failed");
	return NULL;
}

/* pipe SIDE WHERE COUNT: microseconds of one round trip */
int bench_pipe(int argc, char **argv)
{
	double us[BATCHES];
	struct player p;
	const char *dir;
	int a[2], z[2], b;
	pthread_t thread;
	char c = 'x';
	uint64_t t;
	long n, i;

	if (argc != 4)
		die("pipe SIDE WHERE COUNT");
	p.s = side_open(argv[1], argv[2], &dir);
	n = atol(argv[3]) / BATCHES;
	if (p.s->pipe(a) < 0 || p.s->pipe(z) < 0)
		die("no pipe");
	p = (struct player){ p.s, a[0], z[1], n * BATCHES };
	if (pthread_create(&thread, NULL, echo, &p))
		die("no thread");
	for (b = 0; b < BATCHES; b++) {
		t = now_ns();
		for (i = 0; i < n; i++)
			if (p.s->write(a[1], &c, 1) != 1 || p.s->read(z[0], &c, 1) != 1)
				die("pipe: the call failed");
		us[b] = (now_ns() - t) / 1e3 / n;
	}
	pthread_join(thread, NULL);
	for (i = 0; i < 2; i++) {
		p.s->close(a[i]);
		p.s->close(z[i]);
	}
	printf("us %.3f\n", median(us, BATCHES));
	side_close();
	return 0;
}
