// SPDX-License-Identifier: GPL-2.0-or-later
/* CRC-32C by the processor's instruction, where it has one. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "internal.h"

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2")))
static unsigned int crc32c(unsigned int crc, const unsigned char *p, unsigned long n)
{
	uint64_t c = crc, word;

	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		c = _mm_crc32_u64(c, word);
	}
	while (n--)
		c = _mm_crc32_u8(c, *p++);
	return c;
}

static int has_crc32c(void)
{
	return __builtin_cpu_supports("sse4.2");
}
#else
static unsigned int crc32c(unsigned int crc, const unsigned char *p, unsigned long n)
{
	return crc;
}

static int has_crc32c(void)
{
	return 0;
}
#endif

int rumpuser_crc32c(unsigned int *crc, const void *p, unsigned long n)
{
	if (!has_crc32c())
		return ENOSYS;
	*crc = crc32c(*crc, p, n);
	return 0;
}
