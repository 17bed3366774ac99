/* SPDX-License-Identifier: GPL-2.0-or-later */
/* direct.c: the system calls that open, read and write files, which may have O_DIRECT. */
#ifndef RUMPVFS_DIRECT_H
#define RUMPVFS_DIRECT_H

#include <linux/fs.h>
#include <linux/openat2.h>

long direct_openat(int dir, const char __user *path, int flags, umode_t mode);
long direct_openat2(int dir, const char __user *path, struct open_how __user *how, size_t size);
long direct_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg);
long direct_read(unsigned int fd, char __user *buf, size_t len);
long direct_write(unsigned int fd, const char __user *buf, size_t len);
long direct_pread64(unsigned int fd, char __user *buf, size_t len, loff_t off);
long direct_pwrite64(unsigned int fd, const char __user *buf, size_t len, loff_t off);
long direct_preadv2(unsigned int fd, const struct iovec __user *vec, int n, loff_t off, int flags);
long direct_pwritev2(unsigned int fd, const struct iovec __user *vec, int n, loff_t off, int flags);

#endif
