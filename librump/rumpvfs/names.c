// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_vfs_*: making, removing and renaming the entries of directories. */
#include <linux/fcntl.h>
#include <linux/namei.h>
#include "node.h"

struct dentry *rump_name_begin(struct rump_node *dir, const char *name)
{
	struct inode *inode = dir->inode;
	struct dentry *dentry;
	int err = rump_name_check(dir, name);

	err = err ?: mnt_want_write(dir->path.mnt);
	if (err)
		return ERR_PTR(err);
	inode_lock_nested(inode, I_MUTEX_PARENT);
	dentry = lookup_one(node_idmap(dir), name, dir->path.dentry, strlen(name));
	if (IS_ERR(dentry)) {
		inode_unlock(inode);
		mnt_drop_write(dir->path.mnt);
	}
	return dentry;
}

void rump_name_end(struct rump_node *dir, struct dentry *dentry)
{
	dput(dentry);
	inode_unlock(dir->inode);
	mnt_drop_write(dir->path.mnt);
}

/* What was made; a file system may have given it another dentry. */
static int made(struct rump_node *dir, struct dentry *dentry, const char *name,
		struct rump_node **node, struct statx *stx)
{
	struct dentry *found;
	int err;

	if (!d_unhashed(dentry) && d_really_is_positive(dentry))
		return rump_node_result(dir, dentry, node, stx);
	found = lookup_one(node_idmap(dir), name, dir->path.dentry, strlen(name));
	if (IS_ERR(found))
		return PTR_ERR(found);
	err = d_is_negative(found) ? -ENOENT : rump_node_result(dir, found, node, stx);
	dput(found);
	return err;
}

static int make(struct rump_node *dir, struct dentry *dentry, umode_t mode, dev_t dev,
		const char *target)
{
	struct mnt_idmap *idmap = node_idmap(dir);

	if (d_is_positive(dentry))
		return -EEXIST;
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return vfs_mkdir(idmap, dir->inode, dentry, mode & ~S_IFMT);
	case S_IFLNK:
		return vfs_symlink(idmap, dir->inode, dentry, target);
	case S_IFREG:
		return vfs_create(idmap, dir->inode, dentry, mode, true);
	default:
		return vfs_mknod(idmap, dir->inode, dentry, mode, dev);
	}
}

static int make_entry(struct rump_node *dir, const char *name, umode_t mode, dev_t dev,
		      const char *target, struct rump_node **node, struct statx *stx)
{
	struct dentry *dentry = rump_name_begin(dir, name);
	int err;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = make(dir, dentry, mode, dev, target) ?: made(dir, dentry, name, node, stx);
	rump_name_end(dir, dentry);
	return err;
}

static int link_entry(struct rump_node *file, struct rump_node *dir, const char *name,
		      struct statx *stx)
{
	struct dentry *dentry = rump_name_begin(dir, name);
	int err;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = d_is_positive(dentry) ? -EEXIST :
	      vfs_link(file->path.dentry, node_idmap(dir), dir->inode, dentry, NULL);
	rump_name_end(dir, dentry);
	return err ?: rump_node_describe(&file->path, stx);
}

static int remove_entry(struct rump_node *dir, const char *name, bool is_dir)
{
	struct dentry *dentry = rump_name_begin(dir, name);
	struct rump_node *node;
	int err;

	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	node = rump_node_keep(dir, dentry);
	if (d_is_negative(dentry))
		err = -ENOENT;
	else if (is_dir)
		err = vfs_rmdir(node_idmap(dir), dir->inode, dentry);
	else
		err = vfs_unlink(node_idmap(dir), dir->inode, dentry, NULL);
	rump_name_end(dir, dentry);
	rump_node_unkeep(node);
	return err;
}

/* Both directories are locked; `trap` is the one that must not be moved below itself. */
static int rename_locked(struct rump_node *from, struct dentry *old, struct rump_node *to,
			 struct dentry *new, struct dentry *trap, unsigned int flags)
{
	struct renamedata rd = {
		.old_mnt_idmap = node_idmap(from),
		.old_dir = from->inode,
		.old_dentry = old,
		.new_mnt_idmap = node_idmap(to),
		.new_dir = to->inode,
		.new_dentry = new,
		.flags = flags,
	};

	if (d_is_negative(old))
		return -ENOENT;
	if (flags & RENAME_NOREPLACE && d_is_positive(new))
		return -EEXIST;
	if (flags & RENAME_EXCHANGE && d_is_negative(new))
		return -ENOENT;
	if (old == trap)
		return -EINVAL;
	if (new == trap)
		return flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	return vfs_rename(&rd);
}

static int rename_entries(struct rump_node *from, const char *oldname, struct rump_node *to,
			  const char *newname, struct dentry *trap, unsigned int flags)
{
	struct rump_node *replaced = NULL;
	struct dentry *old, *new;
	int err;

	old = lookup_one(node_idmap(from), oldname, from->path.dentry, strlen(oldname));
	if (IS_ERR(old))
		return PTR_ERR(old);
	new = lookup_one(node_idmap(to), newname, to->path.dentry, strlen(newname));
	err = PTR_ERR_OR_ZERO(new);
	if (!err) {
		replaced = rump_node_keep(to, new);
		err = rename_locked(from, old, to, new, trap, flags);
		dput(new);
	}
	dput(old);
	rump_node_unkeep(replaced);
	return err;
}

static int rename(struct rump_node *from, const char *oldname, struct rump_node *to,
		  const char *newname, unsigned int flags)
{
	struct dentry *trap;
	int err = rump_name_check(from, oldname) ?: rump_name_check(to, newname);

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT) ||
	    (flags & RENAME_EXCHANGE && flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)))
		err = -EINVAL;
	if (!err && from->path.mnt != to->path.mnt)
		err = -EXDEV;
	err = err ?: mnt_want_write(from->path.mnt);
	if (err)
		return err;
	trap = lock_rename(from->path.dentry, to->path.dentry);
	err = PTR_ERR_OR_ZERO(trap);
	if (!err) {
		err = rename_entries(from, oldname, to, newname, trap, flags);
		unlock_rename(from->path.dentry, to->path.dentry);
	}
	mnt_drop_write(from->path.mnt);
	return err;
}

static long readlink(struct rump_node *node, char *buf, size_t size)
{
	DEFINE_DELAYED_CALL(done);
	const char *link;
	size_t len;

	if (!d_is_symlink(node->path.dentry))
		return -EINVAL;
	link = vfs_get_link(node->path.dentry, &done);
	if (IS_ERR(link))
		return PTR_ERR(link);
	touch_atime(&node->path);
	len = min(strlen(link), size);
	memcpy(buf, link, len);
	do_delayed_call(&done);
	return len;
}

int rump_vfs_mknod(struct rump_node *dir, const char *name, uint32_t mode, uint64_t dev,
		   struct rump_node **node, struct statx *stx)
{
	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	if (S_ISDIR(mode) || S_ISLNK(mode))
		return -EINVAL;
	return NODE_CALL(dir, make_entry(dir, name, mode, new_decode_dev(dev), NULL, node, stx));
}

int rump_vfs_mkdir(struct rump_node *dir, const char *name, uint32_t mode,
		   struct rump_node **node, struct statx *stx)
{
	return NODE_CALL(dir,
			 make_entry(dir, name, (mode & ~S_IFMT) | S_IFDIR, 0, NULL, node, stx));
}

int rump_vfs_symlink(struct rump_node *dir, const char *name, const char *target,
		     struct rump_node **node, struct statx *stx)
{
	return NODE_CALL(dir, make_entry(dir, name, S_IFLNK, 0, target, node, stx));
}

int rump_vfs_link(struct rump_node *file, struct rump_node *dir, const char *name,
		  struct statx *stx)
{
	return NODE_CALL(dir, NODE_HELD(file, link_entry(file, dir, name, stx)));
}

int rump_vfs_unlink(struct rump_node *dir, const char *name)
{
	return NODE_CALL(dir, remove_entry(dir, name, false));
}

int rump_vfs_rmdir(struct rump_node *dir, const char *name)
{
	return NODE_CALL(dir, remove_entry(dir, name, true));
}

int rump_vfs_rename(struct rump_node *from, const char *oldname, struct rump_node *to,
		    const char *newname, unsigned int flags)
{
	return NODE_CALL(from, NODE_HELD(to, rename(from, oldname, to, newname, flags)));
}

long rump_vfs_readlink(struct rump_node *node, char *buf, size_t size)
{
	return NODE_CALL(node, readlink(node, buf, size));
}
