/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
#ifndef _UAPI_ASM_RUMP_BITSPERLONG_H
#define _UAPI_ASM_RUMP_BITSPERLONG_H
#define __BITS_PER_LONG (__SIZEOF_LONG__ * 8)
#include <asm-generic/bitsperlong.h>
#endif
