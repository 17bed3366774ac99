// SPDX-License-Identifier: GPL-2.0-or-later
/* The hypercalls that the scheduler makes, on the host; and the disturbance of its threads. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rump/rumpuser.h>

unsigned int chaos_seed = 1;
static __thread unsigned int rng;

static unsigned int next_random(void)
{
	if (!rng)
		rng = __atomic_add_fetch(&chaos_seed, 0x9e3779b9, __ATOMIC_RELAXED) | 1;
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return rng;
}

unsigned int random_below(unsigned int n)
{
	return next_random() % n;
}

/* Stop the calling thread here, now and then. */
void chaos(void)
{
	unsigned int r = next_random() % 2048;

	if (r < 2)
		usleep(r * 150);
	else if (r < 24)
		sched_yield();
}

int rumpuser_futex_wait(unsigned int *word, unsigned int value, long long ns)
{
	struct timespec ts = { ns / 1000000000, ns % 1000000000 };

	chaos();
	if (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, ns < 0 ? NULL : &ts) &&
	    errno == ETIMEDOUT)
		return ETIMEDOUT;
	return 0;
}

void rumpuser_futex_wake(unsigned int *word, unsigned int count)
{
	chaos();
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count);
}

struct start {
	void (*fn)(void *);
	void *arg;
};

static void *thread_main(void *p)
{
	struct start s = *(struct start *)p;

	free(p);
	s.fn(s.arg);
	return NULL;
}

int rumpuser_thread_create(void (*fn)(void *), void *arg, const char *name)
{
	struct start *s = malloc(sizeof(*s));
	pthread_t t;
	int err;

	(void)name;
	*s = (struct start){ fn, arg };
	err = pthread_create(&t, NULL, thread_main, s);
	return err ? err : pthread_detach(t);
}

void rumpuser_thread_exit(void)
{
	pthread_exit(NULL);
}

int rumpuser_thread_adopt(void *task)
{
	(void)task;
	return 0;
}

void rumpuser_yield(void)
{
	sched_yield();
}

/* Nothing is set. */
int rumpuser_getparam(const char *name, char *buf, unsigned long size)
{
	(void)name, (void)buf, (void)size;
	return ENOENT;
}

unsigned int rumpuser_ncpu(void)
{
	return 2;
}

unsigned long long rumpuser_clock(int clock)
{
	struct timespec ts;

	clock_gettime(clock == RUMPUSER_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}
