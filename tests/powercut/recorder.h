/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two halves of the recorder: recorder.c has the log and the plain calls, ring.c io_uring. */
#ifndef RECORDER_H
#define RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

bool recorder_is_image(int fd);
void *recorder_next(const char *name);
void recorder_give_up(const char *what) __attribute__((noreturn));
/* A copy of what is to be written: what is logged is what is written, even where somebody still
 * changes the caller's buffer. */
char *recorder_snapshot(const struct iovec *iov, int n, size_t *len);
/* A request and its end; `data` only of a write. */
uint64_t recorder_begin(int op, int flags, off_t off, uint64_t len, void *data);
void recorder_done(uint64_t seq, ssize_t result);

#endif
