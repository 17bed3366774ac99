/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* The layout of the host architecture's struct stat: callers pass libc's. */
#include <asm/host.h>
#include RUMP_STAT_H
