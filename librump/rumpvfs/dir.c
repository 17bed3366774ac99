// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_vfs_*: nodes without an open file of the client's: reading directories, fsync. */
#include <linux/fs.h>
#include <linux/dirent.h>
#include <linux/file.h>
#include "node.h"

struct entries {
	struct dir_context ctx;
	struct linux_dirent64 *last;
	char *at;
	size_t left;
	bool full;
};

static bool add_entry(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino,
		      unsigned int type)
{
	struct entries *e = container_of(ctx, struct entries, ctx);
	struct linux_dirent64 *d = (void *)e->at;
	size_t size = ALIGN(offsetof(struct linux_dirent64, d_name) + len + 1, sizeof(u64));

	if (e->last)
		e->last->d_off = off;
	if (size > e->left) {
		e->full = true;
		return false;
	}
	d->d_ino = ino;
	d->d_reclen = size;
	d->d_type = type;
	memcpy(d->d_name, name, len);
	memset(d->d_name + len, 0, size - offsetof(struct linux_dirent64, d_name) - len);
	e->last = d;
	e->at += size;
	e->left -= size;
	return true;
}

static int open_dir(struct rump_node *node, int flags, struct file **out)
{
	struct file *file = dentry_open(&node->path, flags | O_LARGEFILE, current_cred());

	if (IS_ERR(file))
		return PTR_ERR(file);
	*out = file;
	return 0;
}

static long read_entries(struct rump_node *dir, loff_t off, void *buf, size_t size)
{
	struct entries e = { .ctx.actor = add_entry, .at = buf, .left = size };
	loff_t pos;
	long err = 0;

	if (!dir->dir)
		err = open_dir(dir, O_RDONLY | O_DIRECTORY, &dir->dir);
	if (err)
		return err;
	/* From the start: what was opened long ago may have an old idea of the end. */
	if (off != dir->dir->f_pos || !off) {
		pos = vfs_llseek(dir->dir, off, SEEK_SET);
		if (pos < 0)
			return pos;
	}
	err = iterate_dir(dir->dir, &e.ctx);
	if (err < 0 && !e.last)
		return err;
	if (e.last) {
		e.last->d_off = e.ctx.pos;
		return size - e.left;
	}
	fput(dir->dir);
	dir->dir = NULL;
	return e.full ? -EINVAL : 0;
}

static long read_dir(struct rump_node *dir, loff_t off, void *buf, size_t size)
{
	long n;

	if (!S_ISDIR(dir->inode->i_mode))
		return -ENOTDIR;
	n = inode_permission(node_idmap(dir), dir->inode, MAY_READ);
	if (n)
		return n;
	mutex_lock(&dir->lock);
	n = read_entries(dir, off, buf, size);
	mutex_unlock(&dir->lock);
	return n;
}

static int fsync_node(struct rump_node *node, int datasync)
{
	struct file *file;
	int err;

	/* To open a pipe or a device is more than to have it written. */
	if (!S_ISREG(node->inode->i_mode) && !S_ISDIR(node->inode->i_mode))
		return -EINVAL;
	err = open_dir(node, O_RDONLY, &file);
	if (err)
		return err;
	err = vfs_fsync(file, datasync);
	fput(file);
	return err;
}

long rump_vfs_readdir(struct rump_node *dir, int64_t off, void *buf, size_t size)
{
	return NODE_CALL(dir, read_dir(dir, off, buf, size));
}

int rump_vfs_fsync_node(struct rump_node *node, int datasync)
{
	return NODE_CALL(node, fsync_node(node, datasync));
}
