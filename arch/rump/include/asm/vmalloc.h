/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_VMALLOC_H
#define _ASM_RUMP_VMALLOC_H

/* Nothing to add: mm/vmalloc.c is replaced by rumpkern/vmalloc.c. */

#endif
