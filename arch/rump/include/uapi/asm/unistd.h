/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
#define __ARCH_WANT_NEW_STAT
#define __ARCH_WANT_RENAMEAT
#define __ARCH_WANT_SET_GET_RLIMIT
#include <asm-generic/unistd.h>
