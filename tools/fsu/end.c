// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The last line of a process that ends in the midst of something.  Kernel code, a lock's owner or
 * malloc may have been interrupted, so everything here is async-signal-safe; buffers are static, as
 * a thread of the kernel side has a small stack.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../libhost/printable.h"
#include "end.h"
#include "programs.h"

#define PART 512	/* bytes of a string that are shown */
#define PARTS 12

static const char *volatile places[FSU_END_PLACES];
static const char *volatile name;
static volatile pid_t program;

void fsu_end_remove(enum fsu_end_place place, const char *path)
{
	places[place] = path;
}

void fsu_end_program(pid_t pid)
{
	program = pid;
}

void fsu_end_name(const char *image)
{
	name = image;
}

static void remove_tree(const char *path)
{
	pid_t pid = _Fork();

	if (!pid) {
		execl("/bin/rm", "rm", "-rf", "--", path, (char *)NULL);
		_exit(FSU_FAILED);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void remove_place(const char *path)
{
	if (path && unlink(path) && (errno == EISDIR || errno == EPERM))
		remove_tree(path);
}

void fsu_end_remove_now(enum fsu_end_place place)
{
	remove_place(places[place]);
	places[place] = NULL;
}

static void remove_places(void)
{
	for (int i = 0; i < FSU_END_PLACES; i++)
		remove_place(places[i]);
}

static void print(const char *const parts[], int n)
{
	static char line[PART * PARTS + 1], shown[sizeof(line) * 4];
	size_t len = 0, size;

	for (int i = 0; i < n; i++) {
		size = strnlen(parts[i], PART);
		memcpy(line + len, parts[i], size);
		len += size;
	}
	line[len] = '\0';
	printable(shown, line, "");
	len = strlen(shown);
	shown[len] = '\n';
	if (write(STDERR_FILENO, shown, len + 1) < 0)
		return;		/* there is nobody left to tell */
}

void fsu_end(int code, ...)
{
	static atomic_flag ending = ATOMIC_FLAG_INIT;
	const char *image = name, *parts[PARTS] = { fsu_progname, ": " };
	int n = 2;
	sigset_t all;
	va_list ap;

	/* a limit's signal must not come between */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	while (atomic_flag_test_and_set(&ending))
		pause();
	if (image) {
		parts[n++] = image;
		parts[n++] = ": ";
	}
	va_start(ap, code);
	while (n < PARTS && (parts[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	if (program)
		kill(program, SIGTERM);
	remove_places();
	fsu_programs_end();
	print(parts, n);
	_exit(code);
}
