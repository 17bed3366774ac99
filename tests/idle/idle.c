// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle IMAGE ro|rw SETTLE SECONDS: mount, use the image a little, do nothing, and say what that
 * cost: context switches of all threads, processor time, resident memory.
 */
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "ukfstest.h"

#define MAX_THREADS 256

struct thread {
	int tid;
	unsigned long switches;
	char name[32];
};

struct cost {
	struct thread threads[MAX_THREADS];
	int n;
	double cpu;
};

static void read_thread(const char *tid, struct thread *t)
{
	char path[300], line[256];
	unsigned long n;
	FILE *f;

	*t = (struct thread){ .tid = atoi(tid) };
	snprintf(path, sizeof(path), "/proc/self/task/%s/status", tid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Name: %31s", t->name);
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %lu", &n) == 1)
			t->switches += n;
	}
	if (f)
		fclose(f);
}

/* The context switches of every thread but the caller's, and the processor time of all. */
static void cost(struct cost *c)
{
	DIR *d = opendir("/proc/self/task");
	struct timespec ts;
	struct dirent *e;

	if (!d)
		die("/proc/self/task: %s", strerror(errno));
	c->n = 0;
	while ((e = readdir(d)) && c->n < MAX_THREADS)
		if (e->d_name[0] != '.' && atoi(e->d_name) != gettid())
			read_thread(e->d_name, &c->threads[c->n++]);
	closedir(d);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	c->cpu = ts.tv_sec + ts.tv_nsec / 1e9;
}

/* How often threads were switched to between a and b; says which on standard error. */
static unsigned long wakeups(const struct cost *a, const struct cost *b)
{
	unsigned long total = 0, before;
	int i, j;

	for (i = 0; i < b->n; i++) {
		for (j = 0, before = 0; j < a->n; j++)
			if (a->threads[j].tid == b->threads[i].tid)
				before = a->threads[j].switches;
		if (b->threads[i].switches == before)
			continue;
		fprintf(stderr, "%s woke %lu times\n", b->threads[i].name,
			b->threads[i].switches - before);
		total += b->threads[i].switches - before;
	}
	return total;
}

static unsigned long rss_kib(void)
{
	unsigned long kib = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %lu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

/* List the root directory; where the mount can be written, make and change a file. */
static void use(struct ukfs *u)
{
	struct ukfs_dir *d = ukfs_opendir(u, "/");

	while (d && ukfs_readdir(d))
		;
	if (!d || ukfs_closedir(d))
		die("readdir: %s", ukfs_errmsg());
	if (ukfs_rdonly(u))
		return;
	if (ukfs_create(u, "/idle", 0644) && errno != EEXIST)
		die("create: %s", ukfs_errmsg());
	if (ukfs_write(u, "/idle", 0, (const uint8_t *)"idle\n", 5) != 5)
		die("write: %s", ukfs_errmsg());
}

int main(int argc, char **argv)
{
	static struct cost a, b;
	unsigned long woken = 0;
	struct ukfs *u;

	if (argc != 6)
		die("usage: idle IMAGE ro|rw SETTLE SECONDS WAKEUPS");
	u = must_mount(NULL, argv[1], strcmp(argv[2], "ro") ? 0 : UKFS_RDONLY);
	use(u);
	sleep(atoi(argv[3]));
	/* On a busy machine it may settle later: then there are more tries. */
	for (int tries = 0; tries < 3; tries++) {
		cost(&a);
		sleep(atoi(argv[4]));
		cost(&b);
		woken = wakeups(&a, &b);
		if (woken <= strtoul(argv[5], NULL, 10))
			break;
	}
	printf("type %s wakeups %lu cpu_ms %.3f rss_kib %lu\n", ukfs_fstype(u), woken,
	       (b.cpu - a.cpu) * 1000, rss_kib());
	must_release(u);
	return 0;
}
