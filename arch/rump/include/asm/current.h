/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_CURRENT_H
#define _ASM_RUMP_CURRENT_H

#include <asm/rump.h>
#define current (rump_self.current_task)

#endif
