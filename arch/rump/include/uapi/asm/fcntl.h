/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
/* The host architecture's O_* values: callers pass libc's. */
#include <asm/host.h>
#include RUMP_FCNTL_H
