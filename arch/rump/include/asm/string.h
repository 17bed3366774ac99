/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's own, as hypercalls: these names become rumpuser_memcpy ... at link time. */
#ifndef _ASM_RUMP_STRING_H
#define _ASM_RUMP_STRING_H

#ifndef __ASSEMBLY__
#include <linux/types.h>
#define __HAVE_ARCH_MEMCPY
#define __HAVE_ARCH_MEMMOVE
#define __HAVE_ARCH_MEMSET
#define __HAVE_ARCH_MEMCMP
#define __HAVE_ARCH_MEMCHR
#define __HAVE_ARCH_STRLEN
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
#endif

#endif
