/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host architecture x86-64; doc/hosts.md says what a file like this has. */
#ifndef _ASM_RUMP_HOST_H
#define _ASM_RUMP_HOST_H

#define RUMP_STAT_H	<x86/include/uapi/asm/stat.h>
#define RUMP_FCNTL_H	<asm-generic/fcntl.h>

#define RUMP_ATOMICS_ORDER
#define RUMP_PAUSE()	__builtin_ia32_pause()

/* Each access names %fs: no address outlives a switch of threads. */
#define rump_self	rump_registers

#endif
