/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_SMP_H
#define _ASM_RUMP_SMP_H

#include <asm/rump.h>
#include <linux/cpumask.h>
#define raw_smp_processor_id()	(rump_self.cpu)
void arch_send_call_function_single_ipi(int cpu);
void arch_send_call_function_ipi_mask(const struct cpumask *mask);
static inline void arch_smp_send_reschedule(int cpu)
{
}

#endif
