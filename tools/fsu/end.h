/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a process that no caller of its decides: a crash of the kernel's code, a limit that is
 * exceeded.  Both may happen at any instruction.
 */
#ifndef FSU_END_H
#define FSU_END_H

#include <stdbool.h>
#include <sys/types.h>

/* The first is librump's for a panic. */
enum { FSU_CRASHED = 70, FSU_EXCEEDED = 71 };

/* What fsu_end removes: a file, or a directory with all that is in it.  The caller keeps the path
 * until it sets another, or NULL. */
enum fsu_end_place { FSU_END_IMAGE, FSU_END_TREE, FSU_END_PLACES };
void fsu_end_remove(enum fsu_end_place place, const char *path);
/* Remove it now, and forget it. */
void fsu_end_remove_now(enum fsu_end_place place);
/* A program that works for this process: fsu_end sends it SIGTERM.  0: none. */
void fsu_end_program(pid_t pid);
/* What the user calls the image; NULL: there is none. */
void fsu_end_name(const char *image);

/* Print "PROGRAM: IMAGE: " and the strings behind `code', up to NULL, as one line on standard
 * error, and end the process.  Async-signal-safe.  Of threads that call it at once one does it. */
_Noreturn void fsu_end(int code, ...) __attribute__((sentinel));

/* From here on a crash of the kernel's code ends the process by fsu_end, with FSU_CRASHED. */
void fsu_crash_line(void);

/* In seconds; 0: no limit. */
struct fsu_limits {
	unsigned int cpu, time;
};
/* The argument of --max-cpu or --max-time; false after a usage message. */
bool fsu_limit_parse(const char *option, const char *arg, unsigned int *seconds);
/* From here on they hold. */
void fsu_limits_start(const struct fsu_limits *limits);

#endif
