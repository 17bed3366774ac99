/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the C programs of the tests share: an end with a sentence, a seedable generator, contents
 * that can be told from (seed, offset) alone.
 */
#ifndef UKFSTEST_H
#define UKFSTEST_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rump/ukfs.h>

static inline void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
static inline void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	_Exit(1);
}

/* splitmix64 */
static inline uint64_t mix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static inline uint64_t rng(uint64_t *state)
{
	return mix64((*state)++);
}

/* The bytes [off, off + n) of the file whose content is `seed`. */
static inline void content(uint64_t seed, uint64_t off, uint8_t *buf, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf[i] = mix64(seed ^ ((off + i) >> 3)) >> (8 * ((off + i) & 7));
}

static inline struct ukfs *must_mount(const char *type, const char *image, int flags)
{
	struct ukfs *u = ukfs_mount(type, image, NULL, flags, NULL, 0);

	if (!u)
		die("mount %s: %s (%s)", image, strerror(errno), ukfs_errmsg());
	return u;
}

static inline void must_release(struct ukfs *u)
{
	if (ukfs_release(u, 0))
		die("release: %s (%s)", strerror(errno), ukfs_errmsg());
}

#endif
