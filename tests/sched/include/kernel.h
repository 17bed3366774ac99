/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stand-ins for what vcpu.c, task.c, rcu.c and tick.c need of the kernel, so that they can be
 * compiled as host code.  races.sh makes the kernel's header files empty and includes this one.
 *
 * READ_ONCE is where other threads are let in: the host's scheduler alone would seldom stop a
 * thread in the few instructions between the look at a word and the step that depends on it.
 */
#ifndef TEST_KERNEL_H
#define TEST_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t u64;
typedef int64_t s64;
typedef uint32_t u32;
typedef s64 time64_t;

#define NR_CPUS 8
#define HZ 250
#define NSEC_PER_SEC 1000000000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_USEC 1000ULL
#define TICK_NSEC (NSEC_PER_SEC / HZ)
#define KTIME_MAX ((s64)INT64_MAX)
#define PAGE_SIZE 4096

#define __init
#define __ro_after_init
#define __sched
#define __visible
#define asmlinkage
#define notrace
#define __user
#define __noreturn __attribute__((noreturn))
#define noinline __attribute__((noinline))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define ____cacheline_aligned __attribute__((aligned(64)))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define barrier() __asm__ volatile("" ::: "memory")
#define container_of(p, type, member) ((type *)((char *)(p) - offsetof(type, member)))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define abs(a) ((a) < 0 ? -(a) : (a))
#define BUG_ON(c) do { if (c) panic("BUG_ON(" #c ")"); } while (0)
#define panic(...) do { fprintf(stderr, __VA_ARGS__); abort(); } while (0)
#define pr_warn(...) fprintf(stderr, __VA_ARGS__)
#define IS_ERR(p) ((unsigned long)(p) >= -4095UL)
#define PTR_ERR(p) ((long)(p))
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define ULONG_CMP_GE(a, b) (ULONG_MAX / 2 >= (a) - (b))
#define div_u64(a, b) ((a) / (b))
#define might_sleep() do { } while (0)
#define __unqual_scalar_typeof(x) __typeof__(x)
#define typeof __typeof__

/* ---- memory order ---- */

void chaos(void);
#define READ_ONCE(x)									\
({											\
	__typeof__(x) __v = __atomic_load_n(&(x), __ATOMIC_RELAXED);			\
	chaos();									\
	__v;										\
})
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_mb() __smp_mb()
#define smp_rmb() __smp_rmb()
#define smp_wmb() __smp_wmb()
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic() smp_mb()
#define smp_store_release(p, v) __smp_store_release(p, v)
#define smp_load_acquire(p) __smp_load_acquire(p)
#define cmpxchg_relaxed(p, o, n)							\
({											\
	__typeof__(*(p)) __o = (o);							\
	__atomic_compare_exchange_n((p), &__o, (n), 0, __ATOMIC_RELAXED,		\
				    __ATOMIC_RELAXED);					\
	__o;										\
})

/* ---- lists ---- */

struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name) struct list_head name = { &name, &name }

static inline void INIT_LIST_HEAD(struct list_head *h)
{
	h->next = h->prev = h;
}

static inline void list_add_tail(struct list_head *n, struct list_head *h)
{
	n->prev = h->prev;
	n->next = h;
	h->prev->next = n;
	h->prev = n;
}

static inline void list_del_init(struct list_head *e)
{
	e->prev->next = e->next;
	e->next->prev = e->prev;
	INIT_LIST_HEAD(e);
}

static inline bool list_empty(const struct list_head *h)
{
	return h->next == h;
}
#define list_first_entry(h, type, m) container_of((h)->next, type, m)
#define list_first_entry_or_null(h, type, m) \
	(list_empty(h) ? NULL : list_first_entry(h, type, m))
#define list_entry_is_head(p, h, m) (&(p)->m == (h))
#define list_for_each_entry(p, h, m)					\
	for (p = container_of((h)->next, __typeof__(*p), m); &p->m != (h);	\
	     p = container_of(p->m.next, __typeof__(*p), m))

/* ---- tasks, interrupts ---- */

struct pt_regs;
#include <asm/rump.h>
#include <asm/thread_info.h>
#include <asm/processor.h>
#include <asm/spinlock_types.h>
#include <asm/barrier.h>
#include <asm/spinlock.h>

#define current (rump_self.current_task)
#define TASK_RUNNING 0
#define TASK_INTERRUPTIBLE 1
#define TASK_UNINTERRUPTIBLE 2
#define TASK_IDLE 2
#define TASK_DEAD 0x80
#define TASK_NEW 0x800
#define TASK_NORMAL 3
#define PF_WQ_WORKER 1
#define PF_KTHREAD 2
#define PF_NOFREEZE 4
#define PF_NO_SETAFFINITY 8
#define DEFAULT_PRIO 120
#define SCHED_NORMAL 0
#define NUMA_NO_NODE -1
#define RLIMIT_NOFILE 0
#define CLONE_VM 0
#define CLONE_FS 0
#define CLONE_FILES 0
#define CLONE_SIGHAND 0
#define CLONE_THREAD 0
#define CLONE_UNTRACED 0

typedef struct { arch_spinlock_t raw; } raw_spinlock_t;
typedef raw_spinlock_t spinlock_t;
typedef raw_spinlock_t rwlock_t;
#define DEFINE_RAW_SPINLOCK(n) raw_spinlock_t n
#define raw_spin_lock(l) arch_spin_lock(&(l)->raw)
#define raw_spin_unlock(l) arch_spin_unlock(&(l)->raw)
#define raw_spin_lock_irqsave(l, f) \
	do { f = rump_self.irqs_off; rump_self.irqs_off = 1; raw_spin_lock(l); } while (0)
#define raw_spin_unlock_irqrestore(l, f) \
	do { raw_spin_unlock(l); rump_self.irqs_off = f; } while (0)
#define raw_spin_lock_irq(l) do { local_irq_disable(); raw_spin_lock(l); } while (0)
#define raw_spin_unlock_irq(l) do { raw_spin_unlock(l); local_irq_enable(); } while (0)
#define spin_lock raw_spin_lock
#define spin_unlock raw_spin_unlock
#define read_lock raw_spin_lock
#define read_unlock raw_spin_unlock
#define write_lock raw_spin_lock
#define write_unlock raw_spin_unlock
#define local_irq_disable() ((void)(rump_self.irqs_off = 1))
#define local_irq_enable() ((void)(rump_self.irqs_off = 0))

struct cpumask { unsigned long bits; };
#define cpumask_test_cpu(cpu, m) ((READ_ONCE((m)->bits) >> (cpu)) & 1)
#define cpumask_first(m) ((unsigned int)__builtin_ctzl((m)->bits))

struct callback_head {
	struct callback_head *next;
	void (*func)(struct callback_head *head);
};
#define rcu_head callback_head
typedef void (*rcu_callback_t)(struct rcu_head *head);

struct wake_q_node { struct wake_q_node *next; };
struct wake_q_head { struct wake_q_node *first, **lastp; };
#define WAKE_Q_TAIL ((struct wake_q_node *)1)
struct rlimit { unsigned long cur, max; };
typedef struct { int counter; } atomic_t, refcount_t;
#define atomic_set(a, v) ((a)->counter = (v))
#define refcount_set(a, v) ((a)->counter = (v))
struct signal_struct {
	refcount_t sigcnt;
	atomic_t live;
	struct rlimit rlim[1];
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int __state;
	int on_rq;
	unsigned int flags;
	raw_spinlock_t pi_lock;
	const struct cpumask *cpus_ptr;
	struct cpumask cpus_mask;
	int nr_cpus_allowed;
	unsigned short migration_disabled;
	struct thread_struct thread;
	struct signal_struct *signal;
	struct callback_head *task_works, rcu;
	struct wake_q_node wake_q;
	void *plug;
	unsigned long nvcsw;
	int prio, normal_prio, static_prio, policy;
	char comm[16];
};
extern struct task_struct init_task;

#define task_thread_info(p) (&(p)->thread_info)
#define set_tsk_need_resched(p) \
	__atomic_or_fetch(&(p)->thread_info.flags, _TIF_NEED_RESCHED, __ATOMIC_RELAXED)
#define clear_tsk_need_resched(p) \
	__atomic_and_fetch(&(p)->thread_info.flags, ~_TIF_NEED_RESCHED, __ATOMIC_RELAXED)
#define test_tsk_need_resched(p) (READ_ONCE((p)->thread_info.flags) & _TIF_NEED_RESCHED)
#define set_current_state(s) __atomic_store_n(&current->__state, (s), __ATOMIC_SEQ_CST)
#define __set_current_state(s) WRITE_ONCE(current->__state, (s))
#define signal_pending_state(s, p) 0
#define get_task_struct(p) do { } while (0)
#define put_task_struct(p) do { } while (0)
#define put_task_stack(p) do { } while (0)
void put_task_struct_rcu_user(struct task_struct *p);
#define wq_worker_sleeping(p) do { } while (0)
#define wq_worker_running(p) do { } while (0)
#define blk_flush_plug(p, b) do { } while (0)
#define task_work_run() do { } while (0)
void schedule(void);
void yield(void);
int __cond_resched(void);
#define cond_resched() __cond_resched()
int wake_up_process(struct task_struct *p);
int try_to_wake_up(struct task_struct *p, unsigned int state, int flags);
void migrate_disable(void);
void migrate_enable(void);

#define HARDIRQ 0x10000
#define SOFTIRQ 0x100
#define in_interrupt() (current->thread_info.preempt_count)
#define irqs_disabled() (rump_self.irqs_off)
#define local_bh_disable() ((void)(current->thread_info.preempt_count += SOFTIRQ))
void local_bh_enable(void);
void irq_enter(void);
void irq_exit(void);
void do_softirq(void);
unsigned int local_softirq_pending(void);
void generic_smp_call_function_single_interrupt(void);
void update_process_times(int user);

extern char per_cpu_area[NR_CPUS][4096];
#define per_cpu_offset(cpu) ((unsigned long)per_cpu_area[cpu])

struct kernel_clone_args {
	unsigned long flags;
	int (*fn)(void *);
	void *fn_arg;
	const char *name;
};
struct task_struct *copy_process(void *pid, int trace, int node, struct kernel_clone_args *args);
#define set_task_comm(p, name) ((void)(p))
int copy_thread(struct task_struct *p, const struct kernel_clone_args *args);
int sched_fork(unsigned long flags, struct task_struct *p);
void wake_up_new_task(struct task_struct *p);
void do_task_dead(void) __noreturn;
#define do_exit(code) do_task_dead()
struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *name);

/* ---- waiting ---- */

typedef struct { void *private; } wait_queue_entry_t;
#define DECLARE_WAIT_QUEUE_HEAD(n) int n
#define wake_up(q) ((void)(q))

/* Tasks that wait for a flag; a mutex is one that is set where the mutex is free. */
struct waiters {
	raw_spinlock_t lock;
	struct task_struct *task[64];
	unsigned int n;
};
struct mutex { struct waiters w; bool held; };
struct completion { struct waiters w; bool done; };
#define DEFINE_MUTEX(n) struct mutex n
void mutex_lock(struct mutex *m);
void mutex_unlock(struct mutex *m);
void init_completion(struct completion *c);
void complete(struct completion *c);
void wait_for_completion(struct completion *c);
long schedule_timeout(long ticks);
#define schedule_timeout_uninterruptible(n) schedule_timeout(n)

/* ---- RCU ---- */

struct rcu_gp_oldstate { unsigned long rgos_norm; };
struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long a, void *b);
};
#define NOTIFY_OK 1
#define register_oom_notifier(nb) ((void)(nb))
#define system_wq NULL
void call_rcu(struct rcu_head *head, rcu_callback_t func);
void synchronize_rcu(void);
void rcu_barrier(void);
unsigned long get_state_synchronize_rcu(void);
bool poll_state_synchronize_rcu(unsigned long state);
void wakeme_after_rcu(struct rcu_head *head);
void percpu_ref_switch_to_atomic_rcu(struct rcu_head *head);
void rcu_sched_clock_irq(int user);
#define __is_kvfree_rcu_offset(o) ((o) < 4096)
#define kvfree(p) free((void *)(p))

/* ---- time ---- */

struct timespec64 { time64_t tv_sec; long tv_nsec; };
struct clocksource {
	const char *name;
	int rating;
	u64 (*read)(struct clocksource *cs);
	u64 mask;
	u32 mult, shift;
	u64 max_idle_ns;
	unsigned long flags;
};
#define CLOCKSOURCE_MASK(n) (~0ULL)
#define CLOCK_SOURCE_IS_CONTINUOUS 1
#define __clocksource_register(c) ((void)(c))
#define ns_to_timespec64(n) \
	((struct timespec64){ (n) / NSEC_PER_SEC, (long)((n) % NSEC_PER_SEC) })
#define ktime_get_real_ns() rumpuser_clock(RUMPUSER_CLOCK_REALTIME)
#define do_settimeofday64(ts) ((void)(ts))
extern unsigned long test_jiffies;
extern raw_spinlock_t jiffies_lock;
#define jiffies READ_ONCE(test_jiffies)
#define write_seqcount_begin(s) do { } while (0)
#define write_seqcount_end(s) do { } while (0)
#define do_timer(n) WRITE_ONCE(test_jiffies, test_jiffies + (n))
#define update_wall_time() do { } while (0)
u64 get_next_timer_interrupt(unsigned long basej, u64 basem);

#endif
