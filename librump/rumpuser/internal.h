/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of librumpuser share among themselves; nothing of it is exported.
 *
 * The files here are those of every host.  What only one kind of host has, and what replaces it
 * elsewhere, are files of the same name in linux/ and posix/: the build takes one of the two
 * folders.
 */
#ifndef RUMPUSER_INTERNAL_H
#define RUMPUSER_INTERNAL_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <time.h>

#include <rump/rumpuser.h>

/* The kernel side's entry points, set by rumpuser_init. */
extern struct rumpuser_upcalls rumpuser_up;

/*
 * A hypercall may run inside any call of the application's: what it does to errno stays inside.
 * First in each hypercall that may set it.
 */
#define KEEP_ERRNO \
	int kept_errno __attribute__((unused, cleanup(rumpuser_restore_errno))) = errno

static inline void rumpuser_restore_errno(int *kept)
{
	errno = *kept;
}

int rumpuser_thread_init(void);

/* The signals which tasks of the kernel side block:
 * all but those that say where one has crashed. */
extern sigset_t rumpuser_kernel_mask;

/* The process is about to end: the log goes to standard error too, whatever its sink is. */
extern volatile bool rumpuser_panicking;

/* The environment's value; NULL where it is another user's: in a program with set-user-ID or
 * file capabilities. */
const char *rumpuser_env(const char *name);

/* Is the parameter set to something else than "" and "0"? */
bool rumpuser_param_true(const char *name);

/* Private zero pages, which take memory as they are touched.  NULL: none. */
void *rumpuser_sparse(unsigned long size);

/* The object that the arena is, once there is one. */
extern int rumpuser_arena_fd;
/* mmap at a place that must be free, and over a range that is ours.  0 or an errno value. */
int rumpuser_map_new(void *base, unsigned long size, int prot, int flags, int fd);
int rumpuser_map_over(void *va, unsigned long len, int prot, int flags, int fd,
		      unsigned long offset);

/* The moment on CLOCK_MONOTONIC that is `ns` from now. */
struct timespec rumpuser_deadline(long long ns);

/* The calling thread's name for the host's tools, where it has such names. */
void rumpuser_thread_name(const char *name);

/* The calling thread's backtrace, from its caller on. */
void rumpuser_log_stack(int level);

void rumpuser_logf(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
