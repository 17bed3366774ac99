// SPDX-License-Identifier: GPL-2.0-or-later
/* Kbuild wants this file; no assembler source needs an offset. */
int rump_asm_offsets(void);
int rump_asm_offsets(void)
{
	return 0;
}
