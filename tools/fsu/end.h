/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a process that no caller of its decides: a crash of the kernel's code.
 */
#ifndef FSU_END_H
#define FSU_END_H

#include <stdbool.h>
#include <sys/types.h>

/* librump's exit code for a panic. */
enum { FSU_CRASHED = 70 };

/* What fsu_end removes: a file, or a directory with all that is in it.  The caller keeps the path
 * until it sets another, or NULL. */
enum fsu_end_place { FSU_END_IMAGE, FSU_END_TREE, FSU_END_PLACES };
void fsu_end_remove(enum fsu_end_place place, const char *path);
/* A program that works for this process: fsu_end sends it SIGTERM.  0: none. */
void fsu_end_program(pid_t pid);
/* What the user calls the image; NULL: there is none. */
void fsu_end_name(const char *image);

/* Print "PROGRAM: IMAGE: " and the strings behind `code', up to NULL, as one line on standard
 * error, and end the process.  Async-signal-safe.  Of threads that call it at once one does it. */
_Noreturn void fsu_end(int code, ...) __attribute__((sentinel));

/* From here on a crash of the kernel's code ends the process by fsu_end, with FSU_CRASHED. */
void fsu_crash_line(void);

#endif
