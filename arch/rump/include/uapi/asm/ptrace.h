/* SPDX-License-Identifier: GPL-2.0-or-later WITH Linux-syscall-note */
#ifndef _UAPI_ASM_RUMP_PTRACE_H
#define _UAPI_ASM_RUMP_PTRACE_H
#ifndef __ASSEMBLY__
/* There is no user mode: nothing is ever saved here. */
struct pt_regs {
	unsigned long ip, sp, ret;
};
#endif
#endif
