/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_ELF_H
#define _ASM_RUMP_ELF_H

#include <asm/ptrace.h>
/* Names only: no program is ever run in here. */
typedef unsigned long elf_greg_t;
typedef elf_greg_t elf_gregset_t[1];
typedef struct { unsigned long unused; } elf_fpregset_t;
#define ELF_CLASS	ELFCLASS64
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ELF_DATA	ELFDATA2MSB
#else
#define ELF_DATA	ELFDATA2LSB
#endif
#define ELF_ARCH	EM_NONE
#define ELF_EXEC_PAGESIZE PAGE_SIZE
#define ELF_ET_DYN_BASE	(TASK_SIZE / 3 * 2)
#define ELF_HWCAP	0
#define ELF_PLATFORM	NULL
#define elf_check_arch(x) 0
#define ELF_CORE_COPY_REGS(dst, regs)	((void)(dst), (void)(regs));

#endif
