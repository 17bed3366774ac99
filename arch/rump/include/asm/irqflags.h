/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Interrupts" are taken where a virtual CPU polls for them; the flag says when it must not. */
#ifndef _ASM_RUMP_IRQFLAGS_H
#define _ASM_RUMP_IRQFLAGS_H

#include <asm/rump.h>
#define ARCH_IRQ_DISABLED	1
#define ARCH_IRQ_ENABLED	0

static inline unsigned long arch_local_save_flags(void)
{
	return rump_self.irqs_off;
}
#define arch_local_save_flags arch_local_save_flags

static inline void arch_local_irq_restore(unsigned long flags)
{
	rump_self.irqs_off = flags;
}
#define arch_local_irq_restore arch_local_irq_restore
#include <asm-generic/irqflags.h>

#endif
