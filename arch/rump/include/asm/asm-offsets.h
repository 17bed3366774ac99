/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_ASM_OFFSETS_H
#define _ASM_RUMP_ASM_OFFSETS_H

#include <generated/asm-offsets.h>

#endif
