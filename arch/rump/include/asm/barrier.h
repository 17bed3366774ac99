/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_BARRIER_H
#define _ASM_RUMP_BARRIER_H

#include <asm/host.h>

#define mb()		__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define rmb()		__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define wmb()		__atomic_thread_fence(__ATOMIC_RELEASE)
#define __smp_mb()	mb()
#define __smp_rmb()	rmb()
#define __smp_wmb()	wmb()
#define __smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define __smp_load_acquire(p)							\
({										\
	__unqual_scalar_typeof(*(p)) ___v =					\
		(__unqual_scalar_typeof(*(p)))__atomic_load_n((p), __ATOMIC_ACQUIRE); \
	(typeof(*(p)))___v;							\
})
#ifdef RUMP_ATOMICS_ORDER
#define __smp_mb__before_atomic()	barrier()
#define __smp_mb__after_atomic()	barrier()
#endif
#include <asm-generic/barrier.h>

#endif
