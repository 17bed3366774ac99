/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* The layout of the host architecture's struct statfs: callers pass libc's. */
#include <asm/host.h>
#ifdef RUMP_STATFS_H
#include RUMP_STATFS_H
#else
#include <asm-generic/statfs.h>
#endif
