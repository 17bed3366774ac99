// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Direct I/O takes pages, and a client's memory has none here: what it reads and writes with
 * O_DIRECT goes through memory of ours, wherever its bytes lie.
 */
#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include "direct.h"

#define PIECE (256 << 10)	/* bytes that a driver gets at once */

static ssize_t move_piece(struct file *file, void *piece, size_t len, struct iov_iter *client,
			  loff_t *pos, rwf_t flags, int rw)
{
	struct bio_vec vec = { virt_to_page(piece), len };
	struct iov_iter iter;
	ssize_t n;

	iov_iter_bvec(&iter, rw, &vec, 1, len);
	if (rw == WRITE)
		return copy_from_iter(piece, len, client) != len ? -EFAULT :
		       vfs_iter_write(file, &iter, pos, flags);
	n = vfs_iter_read(file, &iter, pos, flags);
	return n > 0 && copy_to_iter(piece, n, client) != n ? -EFAULT : n;
}

static ssize_t move(struct file *file, struct iov_iter *client, loff_t *pos, rwf_t flags, int rw)
{
	void *piece = alloc_pages_exact(PIECE, GFP_KERNEL);
	ssize_t done = 0, n = 0;

	if (!piece)
		return -ENOMEM;
	while (iov_iter_count(client)) {
		const size_t len = min_t(size_t, iov_iter_count(client), PIECE);

		n = move_piece(file, piece, len, client, pos, flags, rw);
		if (n > 0)
			done += n;
		if (n != len)
			break;
	}
	free_pages_exact(piece, PIECE);
	return done ?: n;
}

/* `off` -1: at the file's position, as preadv2 and pwritev2 have it. */
static ssize_t transfer(struct file *file, const struct iovec __user *vec, int n, loff_t off,
			rwf_t flags, int rw)
{
	struct iovec stack[UIO_FASTIOV], *iov = stack;
	struct iov_iter client;
	ssize_t res = import_iovec(rw, vec, n, UIO_FASTIOV, &iov, &client);

	if (res < 0)
		return res;
	if (!(file->f_mode & (rw == WRITE ? FMODE_WRITE : FMODE_READ))) {
		res = -EBADF;
	} else if (off != -1) {
		res = move(file, &client, &off, flags, rw);
	} else {
		mutex_lock(&file->f_pos_lock);
		res = move(file, &client, &file->f_pos, flags, rw);
		mutex_unlock(&file->f_pos_lock);
	}
	kfree(iov);
	return res;
}

/* ---- the calls, which are the kernel's own but for files with O_DIRECT ---- */

static bool used;		/* somebody has asked for it: until then nobody need look */

static void note(int flags)
{
	if (flags & O_DIRECT)
		WRITE_ONCE(used, true);
}

static bool vector(unsigned int fd, const struct iovec __user *vec, int n, loff_t off, rwf_t flags,
		   int rw, long *res)
{
	struct file *file = unlikely(READ_ONCE(used)) ? fget(fd) : NULL;
	const bool direct = file && file->f_flags & O_DIRECT;

	if (direct)
		*res = off < -1 ? -EINVAL : transfer(file, vec, n, off, flags, rw);
	if (file)
		fput(file);
	return direct;
}

static bool buffer(unsigned int fd, const char __user *buf, size_t len, loff_t off, int rw,
		   long *res)
{
	struct iovec vec = { (void __user *)buf, len };

	return vector(fd, &vec, 1, off, 0, rw, res);
}

long direct_openat(int dir, const char __user *path, int flags, umode_t mode)
{
	note(flags);
	return sys_openat(dir, path, flags, mode);
}

long direct_openat2(int dir, const char __user *path, struct open_how __user *how, size_t size)
{
	if (size >= sizeof(how->flags))
		note(how->flags);
	return sys_openat2(dir, path, how, size);
}

long direct_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg)
{
	if (cmd == F_SETFL)
		note(arg);
	return sys_fcntl(fd, cmd, arg);
}

long direct_read(unsigned int fd, char __user *buf, size_t len)
{
	long res;

	return buffer(fd, buf, len, -1, READ, &res) ? res : sys_read(fd, buf, len);
}

long direct_write(unsigned int fd, const char __user *buf, size_t len)
{
	long res;

	return buffer(fd, buf, len, -1, WRITE, &res) ? res : sys_write(fd, buf, len);
}

/* -1, the file's position for the others, is none for these two. */

long direct_pread64(unsigned int fd, char __user *buf, size_t len, loff_t off)
{
	long res;

	return off >= 0 && buffer(fd, buf, len, off, READ, &res) ? res :
	       sys_pread64(fd, buf, len, off);
}

long direct_pwrite64(unsigned int fd, const char __user *buf, size_t len, loff_t off)
{
	long res;

	return off >= 0 && buffer(fd, buf, len, off, WRITE, &res) ? res :
	       sys_pwrite64(fd, buf, len, off);
}

long direct_preadv2(unsigned int fd, const struct iovec __user *vec, int n, loff_t off, int flags)
{
	long res;

	return vector(fd, vec, n, off, flags, READ, &res) ? res :
	       sys_preadv2(fd, vec, n, off, 0, flags);
}

long direct_pwritev2(unsigned int fd, const struct iovec __user *vec, int n, loff_t off, int flags)
{
	long res;

	return vector(fd, vec, n, off, flags, WRITE, &res) ? res :
	       sys_pwritev2(fd, vec, n, off, 0, flags);
}
