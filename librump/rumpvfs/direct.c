// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Direct I/O takes pages, and a client's memory has none here: what it reads and writes with
 * O_DIRECT goes through pages of ours, wherever its bytes lie.
 */
#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include "direct.h"

#define PIECE (1 << 20)		/* bytes that a driver gets at once */

struct pages {
	unsigned int count;
	struct bio_vec vec[];
};

static void pages_free(struct pages *p)
{
	while (p->count)
		__free_page(p->vec[--p->count].bv_page);
	kfree(p);
}

static struct pages *pages_alloc(size_t len)
{
	unsigned int count = DIV_ROUND_UP(len, PAGE_SIZE);
	struct pages *p = kzalloc(struct_size(p, vec, count), GFP_KERNEL);

	if (!p)
		return NULL;
	for (; p->count < count; p->count++) {
		struct bio_vec *v = &p->vec[p->count];

		v->bv_page = alloc_page(GFP_KERNEL);
		if (!v->bv_page) {
			pages_free(p);
			return NULL;
		}
		v->bv_len = PAGE_SIZE;
	}
	return p;
}

/* Between the client's memory and the pages; how much was copied. */
static size_t pages_copy(struct pages *p, struct iov_iter *client, size_t len, int rw)
{
	size_t done = 0, n;

	for (unsigned int i = 0; done < len; i++, done += n) {
		size_t most = min_t(size_t, len - done, PAGE_SIZE);

		if (rw == WRITE)
			n = copy_page_from_iter(p->vec[i].bv_page, 0, most, client);
		else
			n = copy_page_to_iter(p->vec[i].bv_page, 0, most, client);
		if (n != most)
			return done + n;
	}
	return done;
}

static ssize_t move_piece(struct file *file, struct pages *p, struct iov_iter *client, loff_t *pos,
			  rwf_t flags, int rw)
{
	size_t len = min_t(size_t, iov_iter_count(client), PIECE);
	struct iov_iter iter;
	ssize_t n;

	iov_iter_bvec(&iter, rw, p->vec, p->count, len);
	if (rw == READ) {
		n = vfs_iter_read(file, &iter, pos, flags);
		return n > 0 && pages_copy(p, client, n, rw) != n ? -EFAULT : n;
	}
	if (pages_copy(p, client, len, rw) != len)
		return -EFAULT;
	n = vfs_iter_write(file, &iter, pos, flags);
	if (n >= 0 && n < len)
		iov_iter_revert(client, len - n);
	return n;
}

static ssize_t move(struct file *file, struct iov_iter *client, loff_t *pos, rwf_t flags, int rw)
{
	struct pages *p = pages_alloc(min_t(size_t, iov_iter_count(client), PIECE));
	ssize_t done = 0, n = 0;

	if (!p)
		return -ENOMEM;
	while (iov_iter_count(client)) {
		const size_t len = min_t(size_t, iov_iter_count(client), PIECE);

		n = move_piece(file, p, client, pos, flags, rw);
		if (n > 0)
			done += n;
		if (n != len)
			break;
	}
	pages_free(p);
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
