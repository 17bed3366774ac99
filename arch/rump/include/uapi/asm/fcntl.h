/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* The host architecture's O_* values: callers pass libc's. */
#if defined(__aarch64__)
#include <arm64/include/uapi/asm/fcntl.h>
#else
#include <asm-generic/fcntl.h>
#endif
