/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_FUTEX_H
#define _ASM_RUMP_FUTEX_H

#include <linux/errno.h>
#include <linux/types.h>
/* CONFIG_FUTEX is off: tasks park on the host's futex. */
static inline int arch_futex_atomic_op_inuser(int op, u32 oparg, int *oval, u32 __user *uaddr)
{
	return -ENOSYS;
}
static inline int futex_atomic_cmpxchg_inatomic(u32 *uval, u32 __user *uaddr, u32 oldval,
						u32 newval)
{
	return -ENOSYS;
}

#endif
