/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_PTRACE_H
#define _ASM_RUMP_PTRACE_H

#include <uapi/asm/ptrace.h>
#define user_mode(regs)			0
#define instruction_pointer(regs)	((regs)->ip)
#define user_stack_pointer(regs)	((regs)->sp)
#define profile_pc(regs)		((regs)->ip)
#define regs_return_value(regs)		((regs)->ret)
#define current_pt_regs()		((struct pt_regs *)NULL)
#define current_user_stack_pointer()	0UL

#endif
