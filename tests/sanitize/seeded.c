// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program with defects: seeded DEFECT.  tests/sanitize/seeded.sh expects a report of each.
 * "none" does with the kernel side's memory what instrumented code does, and nothing may be found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rump.h>
#include <rump/rumpuser.h>

static volatile int large = 40;
static void *volatile kept;

/* Not inlined, as UBSan would see the bounds and report first. */
__attribute__((noinline)) static int at(const volatile char *p, int i)
{
	return p[i];
}

static int heap(void)
{
	char *p = calloc(1, large);
	int c = at(p, large);

	free(p);
	return c;
}

static int stack(void)
{
	char buf[16] = { 0 };

	return at(buf, large / 2);
}

/* Through ASan's wrapper of memcpy, and so through our __asan_region_is_poisoned. */
static int wrapper(void)
{
	char *from = calloc(1, 200), *to = malloc(100);
	int c;

	memcpy(to, from, 5UL * large);
	c = at(to, large);	/* else the compiler leaves the copy out */
	free(from);
	free(to);
	return c;
}

static int undefined(void)
{
	return 1 << large;
}

static int leak(void)
{
	kept = malloc(large);
	kept = NULL;
	return 0;
}

/* All that the kernel side maps may be read, by plain code and by wrappers. */
static int none(void)
{
	static const unsigned long addresses[] = { 0x040001000000UL, 0x060000000000UL };
	static char copy[4096];
	int sum = 0;

	if (rump_init())
		return 1;
	for (int i = 0; i < 2; i++) {
		memcpy(copy, (const void *)addresses[i], sizeof(copy));
		sum += *(volatile char *)addresses[i] - copy[0];
	}
	return sum != 0;
}

static const struct { const char *name; int (*run)(void); } defects[] = {
	{ "heap", heap }, { "stack", stack }, { "wrapper", wrapper }, { "undefined", undefined },
	{ "leak", leak }, { "none", none },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(defects) / sizeof(defects[0]); i++)
		if (argc == 2 && !strcmp(argv[1], defects[i].name))
			return defects[i].run() ? 3 : 0;
	fprintf(stderr, "usage: seeded DEFECT\n");
	return 2;
}
