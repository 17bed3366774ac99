/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of attempts, for the programs that make them. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RW (PROT_READ | PROT_WRITE)
#define HERE ((long)"/etc/passwd")

static const struct attempt {
	const char *name;
	long arg[6];
	int call;
	int expected;		/* 0: EPERM */
} attempts[] = {
#define TRY(call, ...) { #call, { __VA_ARGS__ }, SYS_##call, 0 }
#define TRY_AS(name, call, ...) { name, { __VA_ARGS__ }, SYS_##call, 0 }
#define TRY_FOR(error, call, ...) { #call, { __VA_ARGS__ }, SYS_##call, error }
#include "attempts.def"
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

#endif
