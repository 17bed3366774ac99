/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_PERCPU_H
#define _ASM_RUMP_PERCPU_H

#include <asm/rump.h>
#define __my_cpu_offset (rump_self.percpu_offset)
/*
 * Static per-CPU variables of a module are global and weak: the definition that counts is in
 * librump's per-CPU section (see librump/link/percpu), which the dynamic linker finds first.
 */
#ifdef MODULE
#define ARCH_NEEDS_WEAK_PER_CPU
#endif
#include <asm-generic/percpu.h>

#endif
