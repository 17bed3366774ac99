// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Device nodes in the kernel side's first root directory: a task that has another root must not
 * get them in its image, so the folder is remembered.
 */
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched/task.h>

#include "internal.h"

static struct path dev;	/* /dev */

/* The entry `name` of the folder, whose lock the caller holds. */
static struct dentry *lookup(struct dentry *dir, const char *name)
{
	return lookup_one_len(name, dir, strlen(name));
}

int __init rumpblk_node_init(void)
{
	struct dentry *dir;
	struct path root;
	struct inode *in;
	int err = 0;

	get_fs_root(init_task.fs, &root);
	in = d_inode(root.dentry);
	inode_lock(in);
	dir = lookup(root.dentry, "dev");
	if (IS_ERR(dir))
		err = PTR_ERR(dir);
	else if (d_really_is_negative(dir))
		err = vfs_mkdir(mnt_idmap(root.mnt), in, dir, 0755);
	inode_unlock(in);
	if (err) {
		path_put(&root);
		return err;
	}
	dev.mnt = root.mnt;	/* and its reference */
	dev.dentry = dir;
	dput(root.dentry);
	return 0;
}

int rumpblk_node_create(const char *name, dev_t number)
{
	struct inode *in = d_inode(dev.dentry);
	struct dentry *node;
	int err;

	inode_lock(in);
	node = lookup(dev.dentry, name);
	err = PTR_ERR_OR_ZERO(node);
	if (!err) {
		err = vfs_mknod(mnt_idmap(dev.mnt), in, node, S_IFBLK | 0600, number);
		dput(node);
	}
	inode_unlock(in);
	return err;
}

void rumpblk_node_remove(const char *name)
{
	struct inode *in = d_inode(dev.dentry);
	struct dentry *node;

	inode_lock(in);
	node = lookup(dev.dentry, name);
	if (!IS_ERR(node)) {
		if (d_really_is_positive(node))
			vfs_unlink(mnt_idmap(dev.mnt), in, node, NULL);
		dput(node);
	}
	inode_unlock(in);
}
