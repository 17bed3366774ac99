/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of cmocka that these tests use, for a libc which it is not packaged for.  The first
 * assertion that does not hold ends the program.
 */
#ifndef MUSL_CMOCKA_H
#define MUSL_CMOCKA_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
	const char *name;
	void (*fn)(void **state);
};

#define cmocka_unit_test(fn) { #fn, fn }

#define fail_msg(...) \
	(fprintf(stderr, "%s:%d: ", __FILE__, __LINE__), fprintf(stderr, __VA_ARGS__), \
	 fputc('\n', stderr), exit(1))
#define skip() do { fprintf(stderr, "%s: skipped\n", __func__); return; } while (0)

#define assert_true(c) do { if (!(c)) fail_msg("%s does not hold", #c); } while (0)
#define assert_non_null(p) assert_true((p) != NULL)
#define assert_null(p) assert_true((p) == NULL)
#define assert_ptr_equal(a, b) assert_true((a) == (b))
#define assert_string_equal(a, b) assert_true(!strcmp(a, b))
#define assert_memory_equal(a, b, n) assert_true(!memcmp(a, b, n))
#define assert_memory_not_equal(a, b, n) assert_true(memcmp(a, b, n))
#define assert_int_equal(a, b) do { \
	unsigned long long got_ = (a), want_ = (b); \
	if (got_ != want_) \
		fail_msg("%s is %lld, expected %lld", #a, (long long)got_, (long long)want_); \
} while (0)
#define assert_in_range(a, least, most) do { \
	unsigned long long got_ = (a); \
	if (got_ < (unsigned long long)(least) || got_ > (unsigned long long)(most)) \
		fail_msg("%s is %lld, not in the range", #a, (long long)got_); \
} while (0)

#define cmocka_run_group_tests(tests, setup, teardown) \
	cmocka_run((tests), sizeof(tests) / sizeof((tests)[0]), (setup))

static inline int cmocka_run(const struct CMUnitTest *tests, size_t n, int (*setup)(void **))
{
	void *state = NULL;
	size_t i;

	if (setup && setup(&state)) {
		fprintf(stderr, "the setup fails\n");
		return 1;
	}
	for (i = 0; i < n; i++) {
		fprintf(stderr, "%s\n", tests[i].name);
		tests[i].fn(&state);
	}
	return 0;
}

#endif
