/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address space of the process as the kernel side lays it out, and per-thread state. */
#ifndef _ASM_RUMP_RUMP_H
#define _ASM_RUMP_RUMP_H

#define RUMP_ARENA_BASE		(0x040000000000UL + rump_slide)
#define RUMP_ARENA_MAX		(1UL << RUMP_PHYS_BITS)
#define RUMP_PHYS_BITS		40
/* Page frame 0 stays unused: to memblock address 0 means failure. */
#define RUMP_PHYS_BASE		0x1000000UL
#define RUMP_VMEMMAP_BASE	(0x060000000000UL + rump_slide)
#define RUMP_VMALLOC_BASE	(0x070000000000UL + rump_slide)
#define RUMP_VMALLOC_SIZE	(1UL << 38)

#include <asm/host.h>

#ifndef __ASSEMBLY__
struct task_struct;

extern unsigned long rump_slide;	/* chosen at random for each process; arena.c */

/* What a register would hold on a machine: who runs here, and on which virtual CPU. */
struct rump_registers {
	struct task_struct *current_task;
	unsigned long percpu_offset;
	int cpu;
	int irqs_off;
};
extern __thread struct rump_registers rump_registers __attribute__((tls_model("initial-exec")));

/*
 * The calling thread's.  Any call may come back in another thread (rumpkern/fiber.c), which the
 * compiler does not know: it must not find the address once for all of a function.
 */
#ifndef rump_self
#define RUMP_SELF_BY_CALL
struct rump_registers *rump_self_address(void);
#define rump_self (*rump_self_address())
#endif

void rump_cpu_relax(void);
#endif

#endif
