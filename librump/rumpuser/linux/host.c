// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the host lets this process use, CPUs by the affinity mask, memory by the smallest limit of
 * the control groups that the process is in; names of threads; stacks.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../internal.h"

#define MAX_FRAMES 64

const char *rumpuser_env(const char *name)
{
	return secure_getenv(name);
}

unsigned int rumpuser_ncpu(void)
{
	KEEP_ERRNO;
	enum { MAX_CPUS = 8192 };
	unsigned long mask[MAX_CPUS / (8 * sizeof(long))] = { 0 };
	int n;

	if (sched_getaffinity(0, sizeof(mask), (cpu_set_t *)mask))
		return 1;
	n = CPU_COUNT_S(sizeof(mask), (cpu_set_t *)mask);
	return n > 0 ? n : 1;
}

/* The least limit of the control group `path` and of those above it, in `file` of each. */
static unsigned long long cgroup_limit(const char *top, char *path, const char *file)
{
	unsigned long long value, least = ~0ULL;
	char name[1024], *slash;
	FILE *f;

	do {
		snprintf(name, sizeof(name), "/sys/fs/cgroup%s%s/%s", top, path, file);
		f = fopen(name, "re");
		if (f) {
			if (fscanf(f, "%llu", &value) == 1 && value < least)
				least = value;
			fclose(f);
		}
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return least;
}

unsigned long long rumpuser_memsize(void)
{
	KEEP_ERRNO;
	unsigned long long limit, size = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
					 sysconf(_SC_PAGESIZE);
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[768], *path;

	/* ID:CONTROLLERS:PATH, of the unified hierarchy without controllers */
	while (f && fscanf(f, "%767s", line) == 1) {
		if ((path = strstr(line, "::")))
			limit = cgroup_limit("", path + 2, "memory.max");
		else if ((path = strstr(line, ":memory:")))
			limit = cgroup_limit("/memory", path + 8, "memory.limit_in_bytes");
		else
			continue;
		if (limit < size)
			size = limit;
	}
	if (f)
		fclose(f);
	return size;
}

void rumpuser_thread_name(const char *name)
{
	prctl(PR_SET_NAME, name);
}

void rumpuser_log_stack(int level)
{
	void *frame[MAX_FRAMES];
	int i, n = backtrace(frame, MAX_FRAMES);
	const char *file;
	Dl_info info;

	for (i = 1; i < n; i++) {	/* frame 0 is this function */
		if (!dladdr(frame[i], &info) || !info.dli_fname) {
			rumpuser_logf(level, "  #%d %p", i, frame[i]);
			continue;
		}
		file = strrchr(info.dli_fname, '/');
		rumpuser_logf(level, "  #%d %s+%#lx %s", i, file ? file + 1 : info.dli_fname,
			      (unsigned long)((char *)frame[i] - (char *)info.dli_fbase),
			      info.dli_sname ? info.dli_sname : "");
	}
}
