// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parameters from the environment, and what the host lets this process use: CPUs by the affinity
 * mask, memory by the smallest limit of the control groups that the process is in.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int rumpuser_getparam(const char *name, char *buf, unsigned long size)
{
	KEEP_ERRNO;
	const char *value = getenv(name);

	if (!value)
		return ENOENT;
	if (strlen(value) >= size)
		return E2BIG;
	strcpy(buf, value);
	return 0;
}

bool rumpuser_param_true(const char *name)
{
	const char *value = getenv(name);

	return value && *value && strcmp(value, "0");
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

/* The least limit of the control group `path` of the unified hierarchy and of those above it. */
static unsigned long long cgroup_limit(char *path)
{
	unsigned long long value, least = ~0ULL;
	char name[1024], *slash;
	FILE *f;

	do {
		snprintf(name, sizeof(name), "/sys/fs/cgroup%s/memory.max", path);
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
	unsigned long long limit = ~0ULL, size = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
						  sysconf(_SC_PAGESIZE);
	FILE *f = fopen("/proc/self/cgroup", "re");
	char path[768];

	/* lines ID:CONTROLLERS:PATH, the unified hierarchy's without an id or controllers */
	while (f && fscanf(f, "%767s", path) == 1)
		if (!strncmp(path, "0::", 3))
			limit = cgroup_limit(path + 3);
	if (f)
		fclose(f);
	return limit < size ? limit : size;
}
