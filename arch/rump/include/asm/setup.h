/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_SETUP_H
#define _ASM_RUMP_SETUP_H

#include <uapi/asm/setup.h>

#endif
