/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_DELAY_H
#define _ASM_RUMP_DELAY_H

void __udelay(unsigned long usecs);
void __ndelay(unsigned long nsecs);
#define udelay(n)	__udelay(n)
#define ndelay(n)	__ndelay(n)

#endif
