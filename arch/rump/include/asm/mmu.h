/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_MMU_H
#define _ASM_RUMP_MMU_H

typedef struct {
	unsigned long unused;
} mm_context_t;

#endif
