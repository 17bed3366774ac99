/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ASM_RUMP_CMPXCHG_H
#define _ASM_RUMP_CMPXCHG_H

#include <linux/types.h>

#define arch_xchg(ptr, x) \
	((__typeof__(*(ptr)))__atomic_exchange_n((ptr), (x), __ATOMIC_SEQ_CST))

#define arch_cmpxchg(ptr, o, n)								\
({											\
	__typeof__(*(ptr)) __cx_old = (o);						\
	__atomic_compare_exchange_n((ptr), &__cx_old, (n), 0, __ATOMIC_SEQ_CST,		\
				    __ATOMIC_SEQ_CST);					\
	__cx_old;									\
})
#define arch_cmpxchg_local	arch_cmpxchg
#define arch_cmpxchg64		arch_cmpxchg
#define arch_cmpxchg64_local	arch_cmpxchg

#define arch_try_cmpxchg(ptr, po, n) \
	__atomic_compare_exchange_n((ptr), (po), (n), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)

#endif
