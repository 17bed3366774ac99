// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's own string functions, which are faster than any portable ones: the kernel side's
 * memcpy and its kin become these names at link time.
 */
#include <string.h>
#include "internal.h"

void *rumpuser_memcpy(void *to, const void *from, unsigned long n)
{
	return memcpy(to, from, n);
}

void *rumpuser_memmove(void *to, const void *from, unsigned long n)
{
	return memmove(to, from, n);
}

void *rumpuser_memset(void *s, int c, unsigned long n)
{
	return memset(s, c, n);
}

int rumpuser_memcmp(const void *a, const void *b, unsigned long n)
{
	return memcmp(a, b, n);
}

void *rumpuser_memchr(const void *s, int c, unsigned long n)
{
	return memchr(s, c, n);
}

unsigned long rumpuser_strlen(const char *s)
{
	return strlen(s);
}
