/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host architecture AArch64; doc/hosts.md says what a file like this has. */
#ifndef _ASM_RUMP_HOST_H
#define _ASM_RUMP_HOST_H

#define RUMP_STAT_H	<asm-generic/stat.h>
#define RUMP_FCNTL_H	<arm64/include/uapi/asm/fcntl.h>

#define RUMP_PAUSE()	asm volatile("yield" ::: "memory")

#ifndef __ASSEMBLY__
/* Volatile: the compiler would keep the thread's address over a call that comes back in another. */
static inline __attribute__((always_inline)) struct rump_registers *rump_self_address(void)
{
	unsigned long thread, offset;

	asm volatile("mrs %0, tpidr_el0" : "=r" (thread));
	asm("adrp %0, :gottprel:rump_registers\n\t"
	    "ldr %0, [%0, :gottprel_lo12:rump_registers]" : "=r" (offset));
	return (struct rump_registers *)(thread + offset);
}
#define rump_self	(*rump_self_address())
#endif

#endif
