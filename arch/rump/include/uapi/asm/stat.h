/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* The layout of the host architecture's struct stat: callers pass libc's. */
#if defined(__x86_64__)
#include <x86/include/uapi/asm/stat.h>
#else
#include <asm-generic/stat.h>
#endif
