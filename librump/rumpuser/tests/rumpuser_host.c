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

#define ARENA ((char *)0x600000000000UL)
#define VIEWS ((char *)0x610000000000UL)
#define ARENA_SIZE (1UL << 36)	/* larger than the memory of most hosts: it is only address space */
#define PAGE 4096UL
#define MSEC 1000000LL

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
	long before;

	(void)state;
	assert_int_equal(rumpuser_arena_create(ARENA, ARENA_SIZE), 0);
	assert_int_equal(rumpuser_arena_create(ARENA, ARENA_SIZE), EEXIST);
	assert_int_equal(ARENA[0], 0);
	assert_int_equal(ARENA[ARENA_SIZE - 1], 0);

	before = resident();
	memset(ARENA + PAGE, 'a', 4096 * PAGE);
	assert_true(resident() > before + 4000);
	if (!backend.gives_memory_back) {
		assert_int_equal(rumpuser_arena_discard(PAGE, 4096 * PAGE), EOPNOTSUPP);
		assert_int_equal(ARENA[PAGE], 'a');
		return;
	}
	assert_int_equal(rumpuser_arena_discard(PAGE, 4096 * PAGE), 0);
	assert_true(resident() < before + 96);
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
		assert_int_equal(rumpuser_futex_wait((unsigned int *)&word, seen, 5000 * MSEC), 0);
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
		assert_int_equal(rumpuser_thread_create(thread, "arg", "a-name-which-is-too-long"), 0);
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
	assert_in_range(rumpuser_clock(RUMPUSER_CLOCK_MONOTONIC) - start, 50 * MSEC, 5000 * MSEC);
}

static void clocks_and_randomness(void **state)
{
	unsigned long long now = rumpuser_clock(RUMPUSER_CLOCK_REALTIME) / 1000000000;
	char a[600] = { 0 }, b[600] = { 0 };

	(void)state;
	assert_in_range(now, time(NULL) - 1, time(NULL));
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
		cmocka_unit_test(clocks_and_randomness),
		cmocka_unit_test(the_log_goes_to_the_sink),
		cmocka_unit_test(only_grave_lines_are_shown_without_a_sink),
		cmocka_unit_test(panic_says_why_and_where),
	};

	return cmocka_run_group_tests(tests, init, NULL) ? 1 : 0;
}
