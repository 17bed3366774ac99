// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * idle IMAGE ro|rw SETTLE SECONDS: mount, use the image a little, do nothing, and say what that
 * cost: context switches of all threads, processor time, resident memory.
 */
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include "ukfstest.h"

struct cost {
	unsigned long switches;
	double cpu;
};

/* Add up the context switches of every thread but the caller's. */
static unsigned long switches(void)
{
	unsigned long total = 0, n;
	char path[300], line[256];
	struct dirent *e;
	DIR *d = opendir("/proc/self/task");
	FILE *f;

	if (!d)
		die("/proc/self/task: %s", strerror(errno));
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || atoi(e->d_name) == gettid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/status", e->d_name);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			if (sscanf(line, "voluntary_ctxt_switches: %lu", &n) == 1 ||
			    sscanf(line, "nonvoluntary_ctxt_switches: %lu", &n) == 1)
				total += n;
		if (f)
			fclose(f);
	}
	closedir(d);
	return total;
}

static struct cost cost(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (struct cost){ switches(), ts.tv_sec + ts.tv_nsec / 1e9 };
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
	struct cost a, b;
	struct ukfs *u;

	if (argc != 5)
		die("usage: idle IMAGE ro|rw SETTLE SECONDS");
	u = must_mount(NULL, argv[1], strcmp(argv[2], "ro") ? 0 : UKFS_RDONLY);
	use(u);
	sleep(atoi(argv[3]));
	a = cost();
	sleep(atoi(argv[4]));
	b = cost();
	printf("type %s wakeups %lu cpu_ms %.3f rss_kib %lu\n", ukfs_fstype(u),
	       b.switches - a.switches, (b.cpu - a.cpu) * 1000, rss_kib());
	must_release(u);
	return 0;
}
