// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's system calls and librump's behind one table.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/ukfs.h>

#include "side.h"

static struct ukfs *mounted;

static int host_open(const char *path, int flags, mode_t mode)
{
	return open(path, flags, mode);
}

static int host_pipe(int fds[2])
{
	return pipe2(fds, O_CLOEXEC);
}

static int host_null(void)
{
	return syscall(SYS_getppid);
}

static int rump_open(const char *path, int flags, mode_t mode)
{
	return rump_sys_openat(AT_FDCWD, path, flags, mode);
}

static int rump_stat(const char *path, struct stat *st)
{
	return rump_sys_newfstatat(AT_FDCWD, path, st, 0);
}

static int rump_unlink(const char *path)
{
	return rump_sys_unlinkat(AT_FDCWD, path, 0);
}

static int rump_mkdir(const char *path, mode_t mode)
{
	return rump_sys_mkdirat(AT_FDCWD, path, mode);
}

static int rump_pipe(int fds[2])
{
	return rump_sys_pipe2(fds, 0);
}

static const struct side sides[] = {
	{ "host", host_open, close, fstat, stat, unlink, mkdir, host_pipe, read, write, host_null },
	{ "rump", rump_open, rump_sys_close, rump_sys_fstat, rump_stat, rump_unlink, rump_mkdir,
	  rump_pipe, rump_sys_read, rump_sys_write, rump_sys_null },
};

const struct side *side_open(const char *name, const char *where, const char **dir)
{
	const struct side *s = &sides[!strcmp(name, "rump")];

	if (strcmp(name, s->name))
		die("a side is host or rump, not %s", name);
	*dir = where;
	if (s == &sides[0])
		return s;
	mounted = ukfs_mount(NULL, where, NULL, 0, NULL, 0);
	if (!mounted)
		die("%s: %s", where, ukfs_errmsg());
	*dir = ukfs_getmp(mounted);
	return s;
}

void side_close(void)
{
	if (mounted && ukfs_release(mounted, 0))
		die("release: %s", ukfs_errmsg());
	mounted = NULL;
}

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("rumpbench: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	_Exit(1);
}
