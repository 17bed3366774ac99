/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_SWITCH_TO_H
#define _ASM_RUMP_SWITCH_TO_H

/* Tasks are host threads: kernel/sched is replaced, nothing switches stacks. */
#define switch_to(prev, next, last)	do { } while (0)

#endif
