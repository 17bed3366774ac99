/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Atomics by the compiler, without order; all else is derived from them in linux/atomic. */
#ifndef _ASM_RUMP_ATOMIC_H
#define _ASM_RUMP_ATOMIC_H

#include <linux/types.h>
#include <asm/cmpxchg.h>
#include <asm/barrier.h>

#define RUMP_ATOMIC(pfx, type, s, op, builtin)						\
static __always_inline void arch_##pfx##_##op(s i, type *v)				\
{											\
	__atomic_fetch_##builtin(&v->counter, i, __ATOMIC_RELAXED);			\
}											\
static __always_inline s arch_##pfx##_fetch_##op##_relaxed(s i, type *v)			\
{											\
	return __atomic_fetch_##builtin(&v->counter, i, __ATOMIC_RELAXED);		\
}

#define RUMP_ATOMIC_RETURN(pfx, type, s, op)						\
static __always_inline s arch_##pfx##_##op##_return_relaxed(s i, type *v)		\
{											\
	return __atomic_##op##_fetch(&v->counter, i, __ATOMIC_RELAXED);			\
}

#define RUMP_ATOMIC_ALL(pfx, type, s)							\
static __always_inline s arch_##pfx##_read(const type *v)				\
{											\
	return READ_ONCE(v->counter);							\
}											\
static __always_inline void arch_##pfx##_set(type *v, s i)				\
{											\
	WRITE_ONCE(v->counter, i);							\
}											\
RUMP_ATOMIC(pfx, type, s, add, add)							\
RUMP_ATOMIC(pfx, type, s, sub, sub)							\
RUMP_ATOMIC(pfx, type, s, and, and)							\
RUMP_ATOMIC(pfx, type, s, or, or)							\
RUMP_ATOMIC(pfx, type, s, xor, xor)							\
RUMP_ATOMIC_RETURN(pfx, type, s, add)							\
RUMP_ATOMIC_RETURN(pfx, type, s, sub)

RUMP_ATOMIC_ALL(atomic, atomic_t, int)

#define ATOMIC64_INIT(i) { (i) }
RUMP_ATOMIC_ALL(atomic64, atomic64_t, s64)

#define arch_atomic_add_return_relaxed arch_atomic_add_return_relaxed
#define arch_atomic_sub_return_relaxed arch_atomic_sub_return_relaxed
#define arch_atomic_fetch_add_relaxed arch_atomic_fetch_add_relaxed
#define arch_atomic_fetch_sub_relaxed arch_atomic_fetch_sub_relaxed
#define arch_atomic_fetch_and_relaxed arch_atomic_fetch_and_relaxed
#define arch_atomic_fetch_or_relaxed arch_atomic_fetch_or_relaxed
#define arch_atomic_fetch_xor_relaxed arch_atomic_fetch_xor_relaxed
#define arch_atomic64_add_return_relaxed arch_atomic64_add_return_relaxed
#define arch_atomic64_sub_return_relaxed arch_atomic64_sub_return_relaxed
#define arch_atomic64_fetch_add_relaxed arch_atomic64_fetch_add_relaxed
#define arch_atomic64_fetch_sub_relaxed arch_atomic64_fetch_sub_relaxed
#define arch_atomic64_fetch_and_relaxed arch_atomic64_fetch_and_relaxed
#define arch_atomic64_fetch_or_relaxed arch_atomic64_fetch_or_relaxed
#define arch_atomic64_fetch_xor_relaxed arch_atomic64_fetch_xor_relaxed

#endif
