// SPDX-License-Identifier: GPL-2.0-or-later
/* CRC-32C by the processor's instruction, where it has one. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "internal.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#define INSTRUCTIONS "sse4.2"
#define HAS_CRC32C __builtin_cpu_supports("sse4.2")
#define CRC32C_8 _mm_crc32_u64
#define CRC32C_1 _mm_crc32_u8
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define INSTRUCTIONS "+crc"
#define HAS_CRC32C (getauxval(AT_HWCAP) & HWCAP_CRC32)
#define CRC32C_8 __crc32cd
#define CRC32C_1 __crc32cb
#endif

#ifdef INSTRUCTIONS
__attribute__((target(INSTRUCTIONS)))
static int crc32c(unsigned int *crc, const unsigned char *p, unsigned long n)
{
	uint64_t c = *crc, word;

	if (!HAS_CRC32C)
		return ENOSYS;
	for (; n >= sizeof(word); n -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		c = CRC32C_8(c, word);
	}
	while (n--)
		c = CRC32C_1(c, *p++);
	*crc = c;
	return 0;
}
#else
static int crc32c(unsigned int *crc, const unsigned char *p, unsigned long n)
{
	(void)crc;
	(void)p;
	(void)n;
	return ENOSYS;
}
#endif

int rumpuser_crc32c(unsigned int *crc, const void *p, unsigned long n)
{
	return crc32c(crc, p, n);
}
