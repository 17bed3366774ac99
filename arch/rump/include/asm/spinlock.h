/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unfair on purpose: a waiter which the host has descheduled must not hold up the others. */
#ifndef _ASM_RUMP_SPINLOCK_H
#define _ASM_RUMP_SPINLOCK_H

#include <asm/processor.h>
#include <asm/barrier.h>

void rump_spin_slow(arch_spinlock_t *lock);

static __always_inline int arch_spin_trylock(arch_spinlock_t *lock)
{
	int unlocked = 0;

	return __atomic_compare_exchange_n(&lock->locked, &unlocked, 1, 0, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}
static __always_inline void arch_spin_lock(arch_spinlock_t *lock)
{
	if (unlikely(!arch_spin_trylock(lock)))
		rump_spin_slow(lock);
}
static __always_inline void arch_spin_unlock(arch_spinlock_t *lock)
{
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}
static __always_inline int arch_spin_is_locked(arch_spinlock_t *lock)
{
	return READ_ONCE(lock->locked);
}
static __always_inline int arch_spin_value_unlocked(arch_spinlock_t lock)
{
	return !lock.locked;
}
/* To take a lock orders no more than an atomic operation does. */
#define smp_mb__after_spinlock()	smp_mb__after_atomic()
#define arch_spin_is_contended(lock)	((void)(lock), 0)
#include <asm/qrwlock.h>

#endif
