// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * races NCPU THREADS MILLISECONDS SEED: client threads and kernel threads do everything that the
 * scheduler offers, on NCPU virtual CPUs, while each of its promises is checked.
 */
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "races.h"

#define MAX_THREADS 32
#define STUCK_SECONDS 60	/* without progress, on a busy machine */
#define WATCH_MS 20

static unsigned int nthreads;
static int stop;

/*
 * Four kinds of runs: the seed chooses.  A task that computes for ever keeps the tick from
 * sleeping; without a tick, and in lockstep, nothing rescues a task whose wake-up was lost.
 */
static bool with_hog, with_tick, in_lockstep;
static unsigned int ended;

static struct worker {
	unsigned long steps;		/* for the watchdog */
	const char *doing;
	struct task_struct *task;	/* under lock */
	unsigned int tokens;
	raw_spinlock_t lock;
	bool kernel;
} workers[MAX_THREADS], visitor = { .doing = "a short visit" };

#define fail(...) do {							\
	fprintf(stderr, "FAILED: " __VA_ARGS__);			\
	fputc('\n', stderr);						\
	_exit(1);							\
} while (0)

/* ---- one holder of a virtual CPU at a time ---- */

static __thread unsigned int depth[NR_CPUS];

void enter_cpu(const char *what)
{
	void *me = &rump_self,
	     *was = __atomic_exchange_n(&this_cpu()->inside, me, __ATOMIC_RELAXED);

	if (was && was != me)
		fail("%s on CPU %d, which another thread holds", what, rump_self.cpu);
	if (!(READ_ONCE(rump_vcpus[rump_self.cpu].state) & VCPU_BUSY))
		fail("%s on CPU %d, which nobody holds", what, rump_self.cpu);
	depth[rump_self.cpu]++;
}

void leave_cpu(void)
{
	if (--depth[rump_self.cpu] == 0 &&
	    __atomic_exchange_n(&this_cpu()->inside, NULL, __ATOMIC_RELAXED) != &rump_self)
		fail("another thread was on CPU %d", rump_self.cpu);
}

/* Some work on a virtual CPU: its data is the holder's alone. */
static void on_cpu(unsigned int n)
{
	unsigned int i;

	enter_cpu("a task");
	if (!cpumask_test_cpu(rump_self.cpu, current->cpus_ptr))
		fail("a task on CPU %d, where it must not run", rump_self.cpu);
	for (i = 0; i < n; i++) {
		unsigned long c = this_cpu()->counter;

		chaos();
		this_cpu()->counter = c + 1;
	}
	leave_cpu();
}

/* ---- a grace period waits for readers ---- */

struct object {
	struct rcu_head rcu;
	unsigned long alive;
};
static struct object *shared;
static unsigned long freed;

static void free_object(struct rcu_head *head)
{
	struct object *o = container_of(head, struct object, rcu);

	o->alive = 0;
	free(o);
	__atomic_add_fetch(&freed, 1, __ATOMIC_RELAXED);
}

static void read_object(struct worker *w)
{
	struct object *o = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
	unsigned int i, n = random_below(200);

	enter_cpu("a reader");
	for (i = 0; i < n; i++) {
		chaos();
		if (o->alive != 0x5ca1ab1e)
			fail("a grace period ended with a reader inside");
	}
	leave_cpu();
}

static void replace_object(struct worker *w)
{
	struct object *o = malloc(sizeof(*o)), *old;
	unsigned long state;

	o->alive = 0x5ca1ab1e;
	old = __atomic_exchange_n(&shared, o, __ATOMIC_ACQ_REL);
	switch (random_below(4)) {
	case 0:
		synchronize_rcu();
		free_object(&old->rcu);
		break;
	case 1:
		state = get_state_synchronize_rcu();
		yield();
		if (!poll_state_synchronize_rcu(state))
			synchronize_rcu();
		free_object(&old->rcu);
		break;
	default:
		call_rcu(&old->rcu, free_object);
	}
}

static unsigned long barriers;

static void count_callback(struct rcu_head *head)
{
	__atomic_store_n((unsigned long *)(head + 1), 1, __ATOMIC_RELEASE);
}

static void barrier_waits(struct worker *w)
{
	struct { struct rcu_head head; unsigned long ran; } cb = { .ran = 0 };

	call_rcu(&cb.head, count_callback);
	if (random_below(2))
		yield();
	rcu_barrier();
	if (!__atomic_load_n(&cb.ran, __ATOMIC_ACQUIRE))
		fail("rcu_barrier returned before a callback that was queued earlier");
	__atomic_add_fetch(&barriers, 1, __ATOMIC_RELAXED);
}

/* ---- no wake-up is lost ---- */

/* Give another a token; wait for one of its own now and then: as many as were given arrive. */
static void give_token(struct worker *w)
{
	struct worker *to = &workers[random_below(nthreads)];
	bool sync = random_below(2);

	raw_spin_lock(&to->lock);
	to->tokens++;
	if (to->task)
		try_to_wake_up(to->task, TASK_NORMAL, sync ? 0x10 : 0);
	raw_spin_unlock(&to->lock);
}

static void ping_pong(struct worker *w)
{
	bool got = false;

	give_token(w);
	while (!got) {
		set_current_state(TASK_INTERRUPTIBLE);
		raw_spin_lock(&w->lock);
		got = w->tokens || READ_ONCE(stop);
		if (w->tokens)
			w->tokens--;
		raw_spin_unlock(&w->lock);
		if (!got)
			schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/* The watchdog's thread is no task of the kernel side: a task hands out a token for all. */
static void keep_going(struct worker *w)
{
	unsigned int i;

	for (i = 0; i < nthreads; i++) {
		raw_spin_lock(&workers[i].lock);
		workers[i].tokens = 1;
		if (workers[i].task)
			try_to_wake_up(workers[i].task, TASK_NORMAL, 0);
		raw_spin_unlock(&workers[i].lock);
	}
}

static struct mutex big_mutex;

static void take_mutex(struct worker *w)
{
	static unsigned long plain;

	mutex_lock(&big_mutex);
	plain++;
	if (random_below(2))
		yield();
	plain++;
	mutex_unlock(&big_mutex);
}

/* ---- the rest of what tasks do ---- */

static void hypercall(struct worker *w)
{
	unsigned int i, n = random_below(30);

	for (i = 0; i < n; i++)
		RUMP_HYPERCALL(chaos());
}

static void long_hypercall(struct worker *w)
{
	RUMP_HYPERCALL(usleep(random_below(3000)));
}

/* Longer than a tick, so that all sleep at once from time to time. */
static void sleep_for_ticks(struct worker *w)
{
	long late;

	if (!with_tick)
		return;
	late = schedule_timeout(1 + random_below(12));
	if (late < 0)
		fail("a timer came %ld ticks early", -late);
	if (late > STUCK_SECONDS * HZ / 2)
		fail("a timer came %ld ticks late", late);
}

static void give_way(struct worker *w)
{
	unsigned int i, n = random_below(300);

	for (i = 0; i < n; i++) {
		on_cpu(1);
		cond_resched();
	}
}

static void call_others(struct worker *w)
{
	unsigned int cpu = random_below(rump_ncpu);

	if (cpu != rump_self.cpu)
		call_cpu(cpu);
}

static void stay_here(struct worker *w)
{
	int cpu;

	migrate_disable();
	cpu = rump_self.cpu;
	hypercall(w);
	yield();
	if (rump_self.cpu != cpu)
		fail("a task moved from CPU %d to %d", cpu, rump_self.cpu);
	on_cpu(10);
	migrate_enable();
}

static void change_mask(struct worker *w)
{
	set_cpus(1UL << random_below(rump_ncpu));
	on_cpu(20);
	hypercall(w);
	on_cpu(20);
	set_cpus(~0UL);
}

static void work(struct worker *w)
{
	on_cpu(random_below(100));
}

#define OP(fn) { fn, #fn }
static const struct op {
	void (*fn)(struct worker *w);
	const char *name;
} ops[] = {
	OP(work), OP(hypercall), OP(hypercall), OP(long_hypercall), OP(give_way), OP(ping_pong),
	OP(ping_pong), OP(take_mutex), OP(sleep_for_ticks), OP(call_others), OP(stay_here),
	OP(change_mask), OP(read_object), OP(read_object), OP(replace_object), OP(barrier_waits),
	OP(keep_going),
};

static void run_worker(struct worker *w)
{
	raw_spin_lock(&w->lock);
	w->task = current;
	raw_spin_unlock(&w->lock);
	while (!READ_ONCE(stop)) {
		const struct op *op = &ops[random_below(sizeof(ops) / sizeof(ops[0]))];

		WRITE_ONCE(w->doing, op->name);
		op->fn(w);
		__atomic_add_fetch(&w->steps, 1, __ATOMIC_RELAXED);
		if (current->thread_info.preempt_count || rump_self.irqs_off)
			fail("%s left interrupts off or a count of interrupts behind", op->name);
	}
	raw_spin_lock(&w->lock);
	w->task = NULL;
	raw_spin_unlock(&w->lock);
	keep_going(w);
	__atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
}

/* A task that computes for ever and gives way where it should, on one CPU. */
static int cpu_hog(void *unused)
{
	set_cpus(1UL << (rump_ncpu - 1));
	while (!READ_ONCE(stop)) {
		on_cpu(5);
		cond_resched();
	}
	return 0;
}

static int kernel_worker(void *arg)
{
	run_worker(arg);
	return 0;
}

/* Threads that come and go: adopted, a few steps, gone. */
static void *passer_by(void *unused)
{
	unsigned int i;

	if (rump_adopt())
		fail("a thread was not adopted");
	on_cpu(10);
	for (i = 0; i < 3; i++)
		hypercall(NULL);
	rump_unschedule();
	rump_thread_exit(current);
	__atomic_add_fetch(&visitor.steps, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&visitor.tokens, 0, __ATOMIC_RELEASE);
	return NULL;
}

static void *client_worker(void *arg)
{
	if (rump_adopt())
		fail("a thread was not adopted");
	run_worker(arg);
	rump_unschedule();
	rump_thread_exit(current);
	return NULL;
}

static void boot(unsigned int ncpu)
{
	unsigned int i;

	for (i = 0; i < NR_CPUS; i++)
		((struct cpu *)per_cpu_offset(i))->next_timer = LONG_MAX;
	rump_task_init();
	rump_vcpu_init(ncpu);
	rump_self.percpu_offset = per_cpu_offset(0);
	rump_time_init();
	rump_rcu_start();
	if (with_tick)
		rump_tick_init();
	shared = malloc(sizeof(*shared));
	shared->alive = 0x5ca1ab1e;
	for (i = 0; i < nthreads; i++)
		if (workers[i].kernel)
			kthread_run(kernel_worker, &workers[i], "worker");
	if (with_hog)
		kthread_run(cpu_hog, NULL, "hog");
	rump_unschedule();
	rump_self.current_task = NULL;
}

/*
 * Lockstep: all threads do one thing each at the same time, then all are outside before the next
 * round begins.  No later release of a CPU comes to the rescue of one that was forgotten.
 */
static pthread_barrier_t lockstep;

static void lockstep_round(struct worker *w, struct worker *partner, bool sleeper)
{
	rump_schedule();
	on_cpu(random_below(3));
	if (sleeper) {
		while (!__atomic_exchange_n(&w->tokens, 0, __ATOMIC_ACQ_REL)) {
			set_current_state(TASK_INTERRUPTIBLE);
			if (!READ_ONCE(w->tokens))
				schedule();
			__set_current_state(TASK_RUNNING);
		}
	} else if (partner) {
		__atomic_store_n(&partner->tokens, 1, __ATOMIC_SEQ_CST);
		try_to_wake_up(partner->task, TASK_NORMAL, random_below(2) ? 0x10 : 0);
	}
	rump_unschedule();
}

/* As the tick does it:
 * an interrupt from a thread that has no virtual CPU, while another takes one. */
static void interrupt_round(bool interrupts)
{
	if (interrupts) {
		rump_interrupt(random_below(rump_ncpu), INTR_IPI);
		return;
	}
	rump_schedule();
	on_cpu(1);
	rump_unschedule();
}

static void *lockstep_thread(void *arg)
{
	struct worker *w = arg;
	unsigned int me = w - workers, other = me ^ 1, round;
	static bool last;

	if (rump_adopt())
		fail("a thread was not adopted");
	w->task = current;
	rump_unschedule();
	for (round = 0; !last; round++) {
		if (pthread_barrier_wait(&lockstep))	/* one thread of them all */
			last = READ_ONCE(stop);
		pthread_barrier_wait(&lockstep);
		if (round % 4 < 2)
			interrupt_round((round + me) % 2);
		else
			lockstep_round(w, other < nthreads ? &workers[other] : NULL,
				       other < nthreads && (round + me) % 2);
		__atomic_add_fetch(&w->steps, 1, __ATOMIC_RELAXED);
	}
	__atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* ---- the watchdog: outside, it takes no virtual CPU ---- */

/* One visitor at a time. */
static void let_in(void)
{
	pthread_t t;

	if (__atomic_exchange_n(&visitor.tokens, 1, __ATOMIC_ACQUIRE))
		return;
	if (pthread_create(&t, NULL, passer_by, NULL) || pthread_detach(t))
		fail("no thread");
}

static void check_progress(struct worker *w, unsigned long *seen, unsigned int *since)
{
	unsigned long now = READ_ONCE(w->steps);

	*since = now == *seen ? *since + WATCH_MS : 0;
	*seen = now;
	if (*since > STUCK_SECONDS * 1000)
		fail("%s: no progress in %s", w->kernel ? "a kernel thread" : "a client thread",
		     READ_ONCE(w->doing));
}

static void watch(unsigned int ms)
{
	unsigned long seen[MAX_THREADS + 1] = { 0 };
	unsigned int since[MAX_THREADS + 1] = { 0 }, t, i;

	for (t = 0; t < ms; t += WATCH_MS) {
		usleep(WATCH_MS * 1000);
		if (!in_lockstep)
			let_in();
		for (i = 0; i < nthreads; i++)
			check_progress(&workers[i], &seen[i], &since[i]);
		if (!in_lockstep)
			check_progress(&visitor, &seen[MAX_THREADS], &since[MAX_THREADS]);
		/* Who is late gets the time to be found stuck. */
		for (i = 0; i <= MAX_THREADS; i++)
			if (since[i] > 500 && t + WATCH_MS >= ms)
				t -= WATCH_MS;
	}
	WRITE_ONCE(stop, 1);
	for (t = 0; READ_ONCE(ended) < nthreads || READ_ONCE(visitor.tokens); t += WATCH_MS) {
		usleep(WATCH_MS * 1000);
		if (t > STUCK_SECONDS * 1000)
			fail("%u of %u threads do not end", nthreads - READ_ONCE(ended), nthreads);
	}
}

int main(int argc, char **argv)
{
	pthread_t thread;
	unsigned long total = 0, least = ~0UL, objects, n;
	unsigned int i;

	if (argc != 5)
		return 2;
	nthreads = atoi(argv[2]);
	chaos_seed = atoi(argv[4]);
	with_hog = chaos_seed / 3 % 4 == 1;
	in_lockstep = chaos_seed / 3 % 4 == 3;
	with_tick = chaos_seed / 3 % 4 < 2;
	for (i = 0; i < nthreads; i++)
		workers[i].kernel = i % 2 && !in_lockstep;
	pthread_barrier_init(&lockstep, NULL, nthreads);
	boot(atoi(argv[1]));
	for (i = 0; i < nthreads; i++)
		if (!workers[i].kernel &&
		    (pthread_create(&thread, NULL, in_lockstep ? lockstep_thread :
				     client_worker, &workers[i]) ||
		     pthread_detach(thread)))
			return 2;
	watch(atoi(argv[3]));
	for (i = 0; i < nthreads; i++) {
		n = READ_ONCE(workers[i].steps);
		total += n;
		least = min(least, n);
	}
	objects = READ_ONCE(freed);
	printf("%s CPUs, %2u threads: %lu steps, %lu at least of each, %lu objects freed\n",
	       argv[1], nthreads, total, least, objects);
	if (!least)
		fail("a thread got nowhere");
	fflush(stdout);
	_exit(0);
}
