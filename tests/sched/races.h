/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stand-ins share with the tests. */
#ifndef TEST_RACES_H
#define TEST_RACES_H

#include "sched.h"

struct call {
	struct call *next;
	int done;
};

struct timer {
	struct timer *next;
	struct task_struct *task;
	unsigned long expires;
	bool fired;
};

/* A CPU's own data, changed without a lock or an atomic operation by its holder. */
struct cpu {
	unsigned long counter;
	unsigned int softirq;
	struct call *calls;
	raw_spinlock_t timer_lock;
	struct timer *timers;
	unsigned long next_timer;
	void *inside;			/* the thread that is known to hold the CPU */
};
#define this_cpu() ((struct cpu *)rump_self.percpu_offset)

/* From here to leave_cpu() nobody else may be on this CPU; they nest in one thread. */
void enter_cpu(const char *what);
void leave_cpu(void);

void call_cpu(unsigned int cpu);
void run_timers(void);
void set_cpus(unsigned long bits);

/* host.c */
extern unsigned int chaos_seed;
unsigned int random_below(unsigned int n);

#endif
