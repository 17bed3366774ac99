/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_TIMEX_H
#define _ASM_RUMP_TIMEX_H

#include <linux/types.h>
typedef unsigned long cycles_t;
static inline cycles_t get_cycles(void)
{
	return 0;
}
#define CLOCK_TICK_RATE	1000000

#endif
