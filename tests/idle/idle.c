// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle IMAGE ro|rw SETTLE SECONDS [WAKEUPS]: mount, use the image a little, do nothing, and print
 * what that costs all threads but this one: context switches, processor time; and the resident
 * memory.
 *
 * Both are counts of what the threads did: a busy machine changes nothing but when they settle.
 * With WAKEUPS there are up to TRIES intervals, until one has no more switches.
 */
#include <dirent.h>
#include <unistd.h>

#include "ukfstest.h"

#define MAX_THREADS 256
#define TRIES 12

struct thread {
	int tid;
	unsigned long switches;
	unsigned long long ran;		/* nanoseconds */
	char name[32];
};

struct cost {
	struct thread threads[MAX_THREADS];
	int n;
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
	snprintf(path, sizeof(path), "/proc/self/task/%s/schedstat", tid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%llu", &t->ran) != 1)
		t->ran = 0;
	if (f)
		fclose(f);
}

/* The context switches and the processor time of every thread but the caller's. */
static void cost(struct cost *c)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;

	if (!d)
		die("/proc/self/task: %s", strerror(errno));
	c->n = 0;
	while ((e = readdir(d)) && c->n < MAX_THREADS)
		if (e->d_name[0] != '.' && atoi(e->d_name) != gettid())
			read_thread(e->d_name, &c->threads[c->n++]);
	closedir(d);
}

static const struct thread *find(const struct cost *c, int tid)
{
	static const struct thread none;

	for (int i = 0; i < c->n; i++)
		if (c->threads[i].tid == tid)
			return &c->threads[i];
	return &none;
}

/* What the threads did between a and b, all together; says which on standard error. */
static struct thread between(const struct cost *a, const struct cost *b)
{
	struct thread sum = { 0 };

	for (int i = 0; i < b->n; i++) {
		const struct thread *after = &b->threads[i], *before = find(a, after->tid);

		if (after->switches == before->switches && after->ran == before->ran)
			continue;
		fprintf(stderr, "%s woke %lu times and ran for %llu us\n", after->name,
			after->switches - before->switches, (after->ran - before->ran) / 1000);
		sum.switches += after->switches - before->switches;
		sum.ran += after->ran - before->ran;
	}
	return sum;
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
	struct thread did = { 0 };
	struct ukfs *u;
	int tries;

	if (argc != 5 && argc != 6)
		die("usage: idle IMAGE ro|rw SETTLE SECONDS [WAKEUPS]");
	u = must_mount(NULL, argv[1], strcmp(argv[2], "ro") ? 0 : UKFS_RDONLY);
	use(u);
	sleep(atoi(argv[3]));
	for (tries = argc == 6 ? TRIES : 1; tries > 0; tries--) {
		cost(&a);
		sleep(atoi(argv[4]));
		cost(&b);
		did = between(&a, &b);
		if (argc == 6 && did.switches <= strtoul(argv[5], NULL, 10))
			break;
	}
	printf("type %s wakeups %lu ran_us %llu rss_kib %lu\n", ukfs_fstype(u), did.switches,
	       did.ran / 1000, rss_kib());
	must_release(u);
	return 0;
}
