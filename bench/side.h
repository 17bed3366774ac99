/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two sides that are compared: the same workload runs on the host's system calls and on
 * librump's, through one table of functions.  Results: >= 0, or negative.
 */
#ifndef BENCH_SIDE_H
#define BENCH_SIDE_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct side {
	const char *name;
	int (*open)(const char *path, int flags, mode_t mode);
	int (*close)(int fd);
	int (*fstat)(int fd, struct stat *st);
	int (*stat)(const char *path, struct stat *st);
	int (*unlink)(const char *path);
	int (*mkdir)(const char *path, mode_t mode);
	int (*pipe)(int fds[2]);
	ssize_t (*read)(int fd, void *buf, size_t size);
	ssize_t (*write)(int fd, const void *buf, size_t size);
	int (*null)(void);		/* the cheapest call there is */
};

/*
 * "host" or "rump".  `where`: a directory of the host, or an image, which is mounted; *dir is the
 * directory to work in.  Ends the program with a sentence on failure.
 */
const struct side *side_open(const char *name, const char *where, const char **dir);
void side_close(void);

uint64_t now_ns(void);
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The workloads: argc and argv begin at their own name. */
int bench_null(int argc, char **argv);
int bench_fstat(int argc, char **argv);
int bench_pipe(int argc, char **argv);
int bench_meta(int argc, char **argv);
int bench_time(int argc, char **argv);

#endif
