/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The compiler's atomics, as weak as each name allows.  linux/atomic makes the fully ordered ones
 * of the relaxed ones and barriers: the compiler's strongest would let a later load pass the store.
 */
#ifndef _ASM_RUMP_CMPXCHG_H
#define _ASM_RUMP_CMPXCHG_H

#include <linux/types.h>

#define RUMP_XCHG(ptr, x, order) \
	((__typeof__(*(ptr)))__atomic_exchange_n((ptr), (x), __ATOMIC_##order))
#define arch_xchg_relaxed(ptr, x)	RUMP_XCHG(ptr, x, RELAXED)
#define arch_xchg_acquire(ptr, x)	RUMP_XCHG(ptr, x, ACQUIRE)
#define arch_xchg_release(ptr, x)	RUMP_XCHG(ptr, x, RELEASE)

#define RUMP_TRY_CMPXCHG(ptr, po, n, order) \
	__atomic_compare_exchange_n((ptr), (po), (n), 0, __ATOMIC_##order, __ATOMIC_RELAXED)
#define arch_try_cmpxchg_relaxed(ptr, po, n)	RUMP_TRY_CMPXCHG(ptr, po, n, RELAXED)
#define arch_try_cmpxchg_acquire(ptr, po, n)	RUMP_TRY_CMPXCHG(ptr, po, n, ACQUIRE)
#define arch_try_cmpxchg_release(ptr, po, n)	RUMP_TRY_CMPXCHG(ptr, po, n, RELEASE)

#define arch_try_cmpxchg64_relaxed	arch_try_cmpxchg_relaxed
#define arch_try_cmpxchg64_acquire	arch_try_cmpxchg_acquire
#define arch_try_cmpxchg64_release	arch_try_cmpxchg_release

#define arch_cmpxchg_relaxed(ptr, o, n)							\
({											\
	__typeof__(*(ptr)) __cx_old = (o);						\
	arch_try_cmpxchg_relaxed(ptr, &__cx_old, n);					\
	__cx_old;									\
})
#define arch_cmpxchg64_relaxed		arch_cmpxchg_relaxed
#define arch_cmpxchg_local		arch_cmpxchg_relaxed
#define arch_cmpxchg64_local		arch_cmpxchg_relaxed

#endif
