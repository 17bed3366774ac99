// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_vfs_*: open files.  A struct rump_file is a struct file. */
#include <linux/fs.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include <fs/internal.h>
#include "node.h"

static struct file *file_of(struct rump_file *f)
{
	return (struct file *)f;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* As the kernel's own open does it, for a file that is found already. */
static int may_open_node(struct rump_node *node, int flags)
{
	struct inode *inode = node->inode;
	int err;

	if (flags & (O_CREAT | __O_TMPFILE | O_DIRECT))
		return -EINVAL;
	if (flags & O_DIRECTORY && !S_ISDIR(inode->i_mode))
		return -ENOTDIR;
	if (S_ISDIR(inode->i_mode) && (flags & O_ACCMODE) != O_RDONLY)
		return -EISDIR;
	if (S_ISLNK(inode->i_mode))
		return -ELOOP;
	err = inode_permission(node_idmap(node), inode, MAY_OPEN | ACC_MODE(flags));
	if (err)
		return err;
	if (IS_APPEND(inode) && (flags & O_TRUNC || ((flags & O_ACCMODE) != O_RDONLY &&
						     !(flags & O_APPEND))))
		return -EPERM;
	if (flags & O_NOATIME && !inode_owner_or_capable(node_idmap(node), inode))
		return -EPERM;
	return 0;
}

static int open_node(struct rump_node *node, int flags, struct rump_file **out)
{
	struct file *file;
	int err = may_open_node(node, flags);

	if (!err && flags & O_TRUNC)
		err = rump_node_truncate(node, 0, true);
	if (err)
		return err;
	file = dentry_open(&node->path, (flags & ~(O_TRUNC | O_EXCL | O_NOCTTY)) | O_LARGEFILE,
			   current_cred());
	if (IS_ERR(file))
		return PTR_ERR(file);
	*out = (struct rump_file *)file;
	return 0;
}

/* 1: it was there before. */
static int create_entry(struct rump_node *dir, const char *name, int flags, umode_t mode,
			struct rump_node **node, struct statx *stx)
{
	struct dentry *dentry = rump_name_begin(dir, name);
	bool found;
	int err = 0;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	found = d_is_positive(dentry);
	if (found && flags & O_EXCL)
		err = -EEXIST;
	else if (!found)
		err = vfs_create(node_idmap(dir), dir->inode, dentry, S_IFREG | (mode & S_IALLUGO),
				 flags & O_EXCL);
	err = err ?: rump_node_result(dir, dentry, node, stx);
	rump_name_end(dir, dentry);
	return err ?: found;
}

/* Whatever its mode says: who has made a file may open it. */
static int open_new(struct rump_node *node, int flags, struct rump_file **out)
{
	struct file *file = dentry_open(&node->path, (flags & ~(O_TRUNC | O_NOCTTY)) | O_LARGEFILE,
					current_cred());

	*out = (struct rump_file *)file;
	return PTR_ERR_OR_ZERO(file);
}

static int open_old(struct rump_node *node, int flags, struct statx *stx, struct rump_file **out)
{
	int err = open_node(node, flags, out);

	if (!err && flags & O_TRUNC)
		err = rump_node_describe(&node->path, stx);
	return err;
}

static int create(struct rump_node *dir, const char *name, int flags, umode_t mode,
		  struct rump_node **node, struct statx *stx, struct rump_file **out)
{
	int found = create_entry(dir, name, flags, mode, node, stx), err;

	if (found < 0)
		return found;
	flags &= ~(O_CREAT | O_EXCL);
	if (found)
		err = NODE_HELD(*node, open_old(*node, flags, stx, out));
	else
		err = NODE_HELD(*node, open_new(*node, flags, out));
	if (err)
		rump_node_put(*node, 1);
	return err;
}

static int tmpfile(struct rump_node *dir, int flags, umode_t mode, struct rump_node **node,
		   struct statx *stx, struct rump_file **out)
{
	struct file *file;
	int err = mnt_want_write(dir->path.mnt);

	if (err)
		return err;
	file = kernel_tmpfile_open(node_idmap(dir), &dir->path, S_IFREG | (mode & S_IALLUGO),
				   (flags & ~(O_CREAT | O_TRUNC | O_DIRECTORY)) |
				   __O_TMPFILE | O_LARGEFILE, current_cred());
	mnt_drop_write(dir->path.mnt);
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = rump_node_result(dir, file_dentry(file), node, stx);
	if (err)
		fput(file);
	else
		*out = (struct rump_file *)file;
	return err;
}

static int close_file(struct file *file)
{
	fput(file);
	return 0;
}

/* ---- data ------------------------------------------------------------------------------------ */

static long read_file(struct file *file, void *buf, size_t size, loff_t off)
{
	struct iov_iter iter;
	size_t done = 0;
	ssize_t n = 0;

	while (done < size) {
		iov_iter_ubuf(&iter, ITER_DEST, (void __user *)buf + done, size - done);
		n = vfs_iter_read(file, &iter, &off, 0);
		if (n <= 0)
			break;
		done += n;
	}
	return done ?: n;
}

/* A thread's own pipe is the list of pages that it refers to, as for the kernel's sendfile. */
static struct pipe_inode_info *page_list(unsigned int pages)
{
	struct pipe_inode_info *pipe = current->splice_pipe;
	unsigned int slots = roundup_pow_of_two(pages + 1);

	if (!pipe) {
		pipe = alloc_pipe_info();
		if (!pipe)
			return NULL;
		pipe->readers = 1;
		current->splice_pipe = pipe;
	}
	if (slots > pipe->ring_size && pipe_resize_ring(pipe, slots))
		return NULL;
	return pipe;
}

static int put_pages(void)
{
	struct pipe_inode_info *pipe = current->splice_pipe;
	unsigned int i;

	if (!pipe)
		return 0;
	for (i = pipe->tail; i != pipe->head; i++) {
		struct pipe_buffer *buf = &pipe->bufs[i & (pipe->ring_size - 1)];

		if (buf->ops)
			pipe_buf_release(pipe, buf);
	}
	pipe->head = pipe->tail = 0;
	return 0;
}

/* The pages' addresses; neighbours become one. */
static long describe(struct pipe_inode_info *pipe, struct iovec *iov, int max, int *count)
{
	unsigned int i;
	long total = 0;
	int n = 0;

	for (i = pipe->tail; i != pipe->head; i++) {
		struct pipe_buffer *buf = &pipe->bufs[i & (pipe->ring_size - 1)];
		void *at = page_address(buf->page) + buf->offset;
		int err = pipe_buf_confirm(pipe, buf);

		if (err)
			return total ?: err;
		if (n && iov[n - 1].iov_base + iov[n - 1].iov_len == (void __user *)at) {
			iov[n - 1].iov_len += buf->len;
		} else {
			if (n == max)
				break;
			iov[n++] = (struct iovec){ (void __user *)at, buf->len };
		}
		total += buf->len;
		*count = n;
	}
	return total;
}

static long read_pages(struct file *file, size_t size, loff_t off, struct iovec *iov, int max,
		       int *count)
{
	unsigned int pages = (size + offset_in_page(off) + PAGE_SIZE - 1) / PAGE_SIZE;
	struct pipe_inode_info *pipe = page_list(pages);
	size_t done = 0;
	long n = 0;

	*count = 0;
	if (!pipe)
		return -ENOMEM;
	while (done < size) {
		n = splice_file_to_pipe(file, pipe, &off, size - done, SPLICE_F_NONBLOCK);
		if (n <= 0)
			break;
		done += n;
	}
	if (!done)
		return n;
	n = describe(pipe, iov, max, count);
	if (n < 0)
		put_pages();
	return n;
}

static long write_at(struct file *file, const void *buf, size_t size, loff_t off)
{
	struct iov_iter iter;
	struct kiocb kiocb;
	long n;

	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!file->f_op->write_iter)
		return -EINVAL;
	n = rw_verify_area(WRITE, file, &off, size);
	if (n)
		return n;
	iov_iter_ubuf(&iter, ITER_SOURCE, (void __user *)buf, size);
	init_sync_kiocb(&kiocb, file);
	kiocb.ki_flags &= ~IOCB_APPEND;
	kiocb.ki_pos = off;
	file_start_write(file);
	n = file->f_op->write_iter(&kiocb, &iter);
	file_end_write(file);
	return n;
}

static long write_file(struct file *file, const void *buf, size_t size, loff_t off, int opener)
{
	const struct cred *old = opener ? override_creds(file->f_cred) : NULL;
	size_t done = 0;
	long n = 0;

	while (done < size) {
		n = write_at(file, buf + done, size - done, off + done);
		if (n <= 0)
			break;
		done += n;
	}
	if (old)
		revert_creds(old);
	/* Nobody looks how much of the opener's collected writes was written: all or an error. */
	return opener && n < 0 ? n : done ?: n;
}

static long control(struct file *file, unsigned int cmd, void *arg)
{
	int fd = get_unused_fd_flags(0);
	long res;

	if (fd < 0)
		return fd;
	fd_install(fd, get_file(file));
	res = sys_ioctl(fd, cmd, (unsigned long)arg);
	close_fd(fd);
	return res;
}

int rump_vfs_open(struct rump_node *node, int flags, struct rump_file **file)
{
	return NODE_CALL(node, open_node(node, flags, file));
}

int rump_vfs_create(struct rump_node *dir, const char *name, int flags, uint32_t mode,
		    struct rump_node **node, struct statx *stx, struct rump_file **file)
{
	return NODE_CALL(dir, create(dir, name, flags, mode, node, stx, file));
}

int rump_vfs_tmpfile(struct rump_node *dir, int flags, uint32_t mode,
		     struct rump_node **node, struct statx *stx, struct rump_file **file)
{
	return NODE_CALL(dir, tmpfile(dir, flags, mode, node, stx, file));
}

void rump_vfs_close(struct rump_file *file)
{
	if (file)
		(void)RUMP_CALL(close_file(file_of(file)));
}

long rump_vfs_read(struct rump_file *file, void *buf, size_t size, int64_t off)
{
	return RUMP_CALL(read_file(file_of(file), buf, size, off));
}

long rump_vfs_read_pages(struct rump_file *file, size_t size, int64_t off, struct iovec *iov,
			 int max, int *count)
{
	return RUMP_CALL(read_pages(file_of(file), size, off, iov, max, count));
}

void rump_vfs_pages_put(void)
{
	(void)RUMP_CALL(put_pages());
}

long rump_vfs_write(struct rump_file *file, const void *buf, size_t size, int64_t off, int opener)
{
	return RUMP_CALL(write_file(file_of(file), buf, size, off, opener));
}

int rump_vfs_fsync(struct rump_file *file, int datasync)
{
	return RUMP_CALL(vfs_fsync(file_of(file), datasync));
}

int rump_vfs_fallocate(struct rump_file *file, int mode, int64_t off, int64_t len)
{
	return RUMP_CALL(vfs_fallocate(file_of(file), mode, off, len));
}

int64_t rump_vfs_lseek(struct rump_file *file, int64_t off, int whence)
{
	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return -EINVAL;
	return RUMP_CALL(vfs_llseek(file_of(file), off, whence));
}

long rump_vfs_copy(struct rump_file *in, int64_t in_off, struct rump_file *out, int64_t out_off,
		   size_t len, unsigned int flags)
{
	return RUMP_CALL(vfs_copy_file_range(file_of(in), in_off, file_of(out), out_off, len,
					     flags));
}

long rump_vfs_ioctl(struct rump_file *file, unsigned int cmd, void *arg)
{
	return RUMP_CALL(control(file_of(file), cmd, arg));
}
