/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A section, 16 MiB, is the step in which memory is taken into use. */
#ifndef _ASM_RUMP_SPARSEMEM_H
#define _ASM_RUMP_SPARSEMEM_H

#define SECTION_SIZE_BITS	24
#define MAX_PHYSMEM_BITS	(RUMP_PHYS_BITS + 1)

#endif
