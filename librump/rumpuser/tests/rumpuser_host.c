// SPDX-License-Identifier: GPL-2.0-or-later
/* The hypercalls besides block I/O and modules. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <rump/rumpuser.h>

#include "backend.h"

/* Where neither the kernel side nor AddressSanitizer (tests/sanitize/arena.c) has anything. */
#define ARENA ((char *)0x400000000000UL)
#define VIEWS ((char *)0x410000000000UL)
#define ARENA_SIZE (1UL << 36)	/* larger than the memory of most hosts: it is only address space */
#define PAGE 4096UL
#define MSEC 1000000LL
#define PATIENCE (200 * 1000 * MSEC)	/* what takes longer hangs */

static void *_Atomic ended_task;
static atomic_uint word;

static void thread_exit(void *task)
{
	atomic_store(&ended_task, task);
}

static const struct rumpuser_upcalls upcalls = { .thread_exit = thread_exit };

static int init(void **state)
{
	(void)state;
	if (rumpuser_init(RUMPUSER_VERSION + 1, &upcalls) != ENOSYS)
		return -1;
	return rumpuser_init(RUMPUSER_VERSION, &upcalls);
}

static void parameters(void **state)
{
	char buf[8];

	(void)state;
	setenv("RUMP_TEST", "1234567", 1);
	assert_int_equal(rumpuser_getparam("RUMP_TEST", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "1234567");
	assert_int_equal(rumpuser_getparam("RUMP_TEST", buf, sizeof(buf) - 1), E2BIG);
	assert_int_equal(rumpuser_getparam("RUMP_ABSENT", buf, sizeof(buf)), ENOENT);
	assert_in_range(rumpuser_ncpu(), 1, sysconf(_SC_NPROCESSORS_CONF));
	assert_in_range(rumpuser_memsize(), 1 << 20,
			(unsigned long)sysconf(_SC_PHYS_PAGES) * PAGE);
}

/* Resident pages of the process. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long size, rss;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &size, &rss), 2);
	fclose(f);
	return rss;
}

static void arena(void **state)
{
	long before, full;

	(void)state;
	assert_int_equal(rumpuser_arena_create(ARENA, ARENA_SIZE), 0);
	assert_int_equal(rumpuser_arena_create(ARENA, ARENA_SIZE), EEXIST);
	assert_int_equal(ARENA[0], 0);
	assert_int_equal(ARENA[ARENA_SIZE - 1], 0);

	before = resident();
	memset(ARENA + PAGE, 'a', 4096 * PAGE);
	full = resident();
	assert_true(full > before + 4000);
	if (!backend.gives_memory_back) {
		assert_int_equal(rumpuser_arena_discard(PAGE, 4096 * PAGE), EOPNOTSUPP);
		assert_int_equal(ARENA[PAGE], 'a');
		return;
	}
	assert_int_equal(rumpuser_arena_discard(PAGE, 4096 * PAGE), 0);
	assert_true(resident() < full - 4000);
	assert_int_equal(ARENA[PAGE], 0);
}

static void views_show_the_same_memory(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(rumpuser_va_reserve(VIEWS, 1UL << 40), 0);
	assert_int_equal(rumpuser_va_reserve(VIEWS, PAGE), EEXIST);
	assert_int_equal(rumpuser_arena_map(VIEWS, 7 * PAGE, PAGE), 0);
	assert_int_equal(rumpuser_arena_map(VIEWS + PAGE, 3 * PAGE, PAGE), 0);
	strcpy(ARENA + 7 * PAGE, "seven");
	strcpy(VIEWS + PAGE, "three");
	assert_string_equal(VIEWS, "seven");
	assert_string_equal(ARENA + 3 * PAGE, "three");
	assert_int_equal(rumpuser_va_populate(VIEWS + 16 * PAGE, 2 * PAGE), 0);
	memset(VIEWS + 16 * PAGE, 1, 2 * PAGE);
	assert_int_equal(rumpuser_arena_unmap(VIEWS, 2 * PAGE), 0);
	assert_string_equal(ARENA + 3 * PAGE, "three");
	/* still reserved, and without access: a system call finds that out alive */
	assert_int_equal(rumpuser_va_reserve(VIEWS, PAGE), EEXIST);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], VIEWS, 1), -1);
	assert_int_equal(errno, EFAULT);
	close(fds[0]);
	close(fds[1]);
}

static void set_and_wake(unsigned int value)
{
	atomic_store(&word, value);
	rumpuser_futex_wake((unsigned int *)&word, 1);
}

static void await(unsigned int value)
{
	unsigned int seen;

	while ((seen = atomic_load(&word)) != value)
		assert_int_equal(rumpuser_futex_wait((unsigned int *)&word, seen, PATIENCE), 0);
}

/* More than the stack of a kernel-side thread, which it has to share. */
static __thread char large[1 << 20];

static void thread(void *arg)
{
	char name[17] = "";
	sigset_t mask;

	memset(large, 1, sizeof(large));
	prctl(PR_GET_NAME, name);
	if (!backend.names_threads)	/* it has the name of its maker */
		strcpy(name, "a-name-which-is");
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	set_and_wake(!strcmp(name, "a-name-which-is") && sigismember(&mask, SIGTERM) == 1 &&
		     sigismember(&mask, SIGSEGV) == 0 && !strcmp(arg, "arg") ? 1 : 2);
	rumpuser_thread_exit();
	set_and_wake(3);
}

static void threads(void **state)
{
	sigset_t before, after;
	int i;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	for (i = 0; i < 100; i++) {
		atomic_store(&word, 0);
		assert_int_equal(rumpuser_thread_create(thread, "arg",
							"a-name-which-is-too-long"), 0);
		await(1);
	}
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (i = 1; i < SIGRTMAX; i++)
		assert_int_equal(sigismember(&before, i), sigismember(&after, i));
}

static void *adopted(void *task)
{
	return rumpuser_thread_adopt(task) ? task : NULL;
}

static void the_end_of_an_adopted_thread_is_told(void **state)
{
	pthread_t t;
	void *err;
	int task;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, adopted, &task), 0);
	pthread_join(t, &err);
	assert_null(err);
	assert_ptr_equal(atomic_load(&ended_task), &task);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void futex_waits_as_long_as_told(void **state)
{
	unsigned long long start = rumpuser_clock(RUMPUSER_CLOCK_MONOTONIC);
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval soon = { { 0, 10000 }, { 0, 10000 } }, off = { 0 };
	unsigned int w = 5;

	(void)state;
	assert_int_equal(rumpuser_futex_wait(&w, 4, -1), 0);
	assert_int_equal(rumpuser_futex_wait(&w, 5, 0), ETIMEDOUT);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);	/* interrupts the wait */
	assert_int_equal(rumpuser_futex_wait(&w, 5, 50 * MSEC), ETIMEDOUT);
	setitimer(ITIMER_REAL, &off, NULL);
	assert_in_range(rumpuser_clock(RUMPUSER_CLOCK_MONOTONIC) - start, 50 * MSEC, PATIENCE);
}

/* Pairs pass a turn to each other through a word, many pairs at once: no wake is lost. */
#define PAIRS 8
#define TURNS 2000

struct pair {
	atomic_uint turn;
	pthread_t thread;
};

static int play(struct pair *p, unsigned int mine)
{
	unsigned int i, seen;

	for (i = 0; i < TURNS; i++) {
		while ((seen = atomic_load(&p->turn)) % 2 != mine)
			if (rumpuser_futex_wait((unsigned int *)&p->turn, seen, PATIENCE))
				return 1;
		atomic_store(&p->turn, seen + 1);
		rumpuser_futex_wake((unsigned int *)&p->turn, 1);
	}
	return 0;
}

static void *partner(void *pair)
{
	return play(pair, 1) ? pair : NULL;
}

static void *opener(void *pair)
{
	struct pair *p = pair;
	pthread_t other;
	void *lost;
	int err;

	if (pthread_create(&other, NULL, partner, p))
		return p;
	err = play(p, 0);
	pthread_join(other, &lost);
	return err ? p : lost;
}

static void no_wake_is_lost(void **state)
{
	struct pair pairs[PAIRS] = { 0 };
	void *lost;
	int i;

	(void)state;
	for (i = 0; i < PAIRS; i++)
		assert_int_equal(pthread_create(&pairs[i].thread, NULL, opener, &pairs[i]), 0);
	for (i = 0; i < PAIRS; i++) {
		pthread_join(pairs[i].thread, &lost);
		assert_null(lost);
		assert_int_equal(atomic_load(&pairs[i].turn), 2 * TURNS);
	}
}

static struct {
	unsigned int word;
	atomic_int asleep;
} crowd;

static void *sleep_in_crowd(void *arg)
{
	atomic_fetch_add(&crowd.asleep, 1);
	while (rumpuser_futex_wait(&crowd.word, 0, 50 * MSEC) == ETIMEDOUT)
		;
	atomic_fetch_sub(&crowd.asleep, 1);
	return arg;
}

/* Some of them time out, and wait anew, while others are woken. */
static void all_are_woken(void **state)
{
	pthread_t thread[PAIRS];
	int i;

	(void)state;
	for (i = 0; i < PAIRS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, sleep_in_crowd, NULL), 0);
	while (atomic_load(&crowd.asleep) < PAIRS)
		usleep(1000);
	usleep(120000);
	__atomic_store_n(&crowd.word, 1, __ATOMIC_SEQ_CST);
	rumpuser_futex_wake(&crowd.word, ~0U);
	for (i = 0; i < PAIRS; i++)
		pthread_join(thread[i], NULL);
}

/* ---- fibers: three take turns, one of them goes on in another thread ---- */

static struct rumpuser_fiber *boot, *ping, *pong;
static char trail[64];
static volatile sig_atomic_t usr2;

static void on_usr2(int sig)
{
	(void)sig;
	usr2++;
}

static void note(char c)
{
	trail[strlen(trail)] = c;
}

static void ping_main(void *arg)
{
	sigset_t mask;

	note(*(char *)arg);
	errno = 111;
	rumpuser_fiber_switch(ping, pong);
	note('b');
	rumpuser_fiber_switch(ping, boot);
	/* in another thread by now */
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	note(sigismember(&mask, SIGTERM) == 1 && !sigismember(&mask, SIGSEGV) ? 'd' : '?');
	set_and_wake(7);
	for (;;)
		pause();
}

static void pong_main(void *arg)
{
	note(*(char *)arg);
	rumpuser_fiber_switch(NULL, ping);
}

static void go_on(void *fiber)
{
	rumpuser_fiber_switch(NULL, fiber);
}

static void fibers_take_turns_and_change_threads(void **state)
{
	struct sigaction sa = { .sa_handler = on_usr2 }, after;
	sigset_t before, now;
	int i;

	(void)state;
	sigaction(SIGUSR2, &sa, NULL);
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(rumpuser_fiber_create(NULL, NULL, &boot), 0);
	assert_int_equal(rumpuser_fiber_create(ping_main, "a", &ping), 0);
	assert_int_equal(rumpuser_fiber_create(pong_main, "p", &pong), 0);
	rumpuser_fiber_switch(boot, ping);
	assert_string_equal(trail, "apb");

	/* What the fiber does to errno from now on it does in its own thread. */
	atomic_store(&word, 0);
	errno = 222;
	i = rumpuser_thread_create(go_on, ping, "fiber");
	assert_int_equal(i, 0);
	while (atomic_load(&word) != 7)	/* a hypercall would put errno right */
		usleep(1000);
	assert_int_equal(errno, 222);
	assert_string_equal(trail, "apbd");

	/* The application's signals are as they were. */
	sigprocmask(SIG_SETMASK, NULL, &now);
	for (i = 1; i < SIGRTMAX; i++)
		assert_int_equal(sigismember(&before, i), sigismember(&now, i));
	sigaction(SIGUSR2, NULL, &after);
	assert_true(after.sa_handler == on_usr2);
	assert_int_equal(usr2, 0);
	raise(SIGUSR2);
	assert_int_equal(usr2, 1);
}

static void clocks_and_randomness(void **state)
{
	time_t before = time(NULL);
	unsigned long long now = rumpuser_clock(RUMPUSER_CLOCK_REALTIME) / 1000000000;
	char a[600] = { 0 }, b[600] = { 0 };

	(void)state;
	assert_in_range(now, before, time(NULL) + 1);	/* time(3) lags behind */
	assert_int_equal(rumpuser_random(a, sizeof(a)), 0);
	assert_int_equal(rumpuser_random(b, sizeof(b)), 0);
	assert_memory_not_equal(a, b, sizeof(a));
}

struct log {
	int level, lines;
	char line[2048];
};

static void sink(void *arg, int level, const char *line)
{
	struct log *log = arg;

	log->level = level;
	log->lines++;
	strcpy(log->line, line);
}

static void the_log_goes_to_the_sink(void **state)
{
	char longest[3000];
	struct log log = { 0 };

	(void)state;
	rumpuser_set_log(sink, &log);
	rumpuser_log(5, "mounted, and more", 7);
	assert_string_equal(log.line, "mounted");
	assert_int_equal(log.level, 5);
	memset(longest, 'x', sizeof(longest));
	rumpuser_log(7, longest, sizeof(longest));
	assert_in_range(strlen(log.line), 1000, 2000);
	rumpuser_backtrace();
	assert_true(backend.backtraces ? log.lines > 3 : log.lines == 3);
	rumpuser_set_log(NULL, NULL);
}

/* Standard error and the exit code of fn in a child. */
static int run(void (*fn)(void), char *err, size_t size)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(fds[1]);
	while ((got = read(fds[0], err + n, size - 1 - n)) > 0)
		n += got;
	err[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void log_two(void)
{
	rumpuser_log(1, "an alert", 8);
	rumpuser_log(0, "emergency", 9);
}

static void log_verbose(void)
{
	setenv("RUMP_VERBOSE", "1", 1);
	rumpuser_log(7, "debug", 5);
}

static void only_grave_lines_are_shown_without_a_sink(void **state)
{
	char err[4096];

	(void)state;
	assert_int_equal(run(log_two, err, sizeof(err)), 0);
	assert_string_equal(err, "rump: emergency\n");
	assert_int_equal(run(log_verbose, err, sizeof(err)), 0);
	assert_string_equal(err, "rump: debug\n");
}

static void do_panic(void)
{
	rumpuser_panic("it is over");
}

static void panic_says_why_and_where(void **state)
{
	char err[16384];

	(void)state;
	assert_int_equal(run(do_panic, err, sizeof(err)), RUMP_EXIT_PANIC);
	assert_non_null(strstr(err, "panic: it is over\n"));
	assert_true(backend.backtraces == (strstr(err, "#1 ") && strstr(err, "rumpuser_panic")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters),
		cmocka_unit_test(arena),
		cmocka_unit_test(views_show_the_same_memory),
		cmocka_unit_test(threads),
		cmocka_unit_test(the_end_of_an_adopted_thread_is_told),
		cmocka_unit_test(futex_waits_as_long_as_told),
		cmocka_unit_test(no_wake_is_lost),
		cmocka_unit_test(all_are_woken),
		cmocka_unit_test(fibers_take_turns_and_change_threads),
		cmocka_unit_test(clocks_and_randomness),
		cmocka_unit_test(the_log_goes_to_the_sink),
		cmocka_unit_test(only_grave_lines_are_shown_without_a_sink),
		cmocka_unit_test(panic_says_why_and_where),
	};

	return cmocka_run_group_tests(tests, init, NULL) ? 1 : 0;
}
