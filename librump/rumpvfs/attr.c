// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_vfs_*: attributes of nodes, extended ones, and of their file system. */
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/statfs.h>
#include <linux/xattr.h>
#include <fs/internal.h>
#include "node.h"

/* ---- setting --------------------------------------------------------------------------------- */

static const struct { unsigned int set, ia; } attr_bits[] = {
	{ RUMP_SET_MODE, ATTR_MODE },
	{ RUMP_SET_UID, ATTR_UID },
	{ RUMP_SET_GID, ATTR_GID },
	{ RUMP_SET_ATIME, ATTR_ATIME | ATTR_ATIME_SET },
	{ RUMP_SET_MTIME, ATTR_MTIME | ATTR_MTIME_SET },
	{ RUMP_SET_ATIME_NOW, ATTR_ATIME },
	{ RUMP_SET_MTIME_NOW, ATTR_MTIME },
};

#define SET_NOW		(RUMP_SET_ATIME_NOW | RUMP_SET_MTIME_NOW)
#define SET_TIMES	(SET_NOW | RUMP_SET_ATIME | RUMP_SET_MTIME)

/*
 * Setting both times to "now" requires write permission; any other change requires ownership, and
 * that the file is not append-only.  The times of writes that were made require nothing.
 */
static unsigned int time_rules(unsigned int valid)
{
	if ((valid & SET_TIMES) == SET_NOW)
		return ATTR_TOUCH;
	return valid & SET_TIMES && !(valid & RUMP_SET_WRITTEN) ? ATTR_TIMES_SET : 0;
}

static int change(struct rump_node *node, const struct rump_attr *a)
{
	struct inode *inode = node->inode;
	struct iattr ia = {
		.ia_valid = ATTR_CTIME | time_rules(a->valid),
		.ia_mode = (inode->i_mode & S_IFMT) | (a->mode & S_IALLUGO),
		.ia_vfsuid = VFSUIDT_INIT(make_kuid(current_user_ns(), a->uid)),
		.ia_vfsgid = VFSGIDT_INIT(make_kgid(current_user_ns(), a->gid)),
		.ia_atime = { .tv_sec = a->atime, .tv_nsec = a->atime_ns },
		.ia_mtime = { .tv_sec = a->mtime, .tv_nsec = a->mtime_ns },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(attr_bits); i++)
		if (a->valid & attr_bits[i].set)
			ia.ia_valid |= attr_bits[i].ia;
	if ((ia.ia_valid & ATTR_UID && !vfsuid_valid(ia.ia_vfsuid)) ||
	    (ia.ia_valid & ATTR_GID && !vfsgid_valid(ia.ia_vfsgid)))
		return -EINVAL;
	err = mnt_want_write(node->path.mnt);
	if (err)
		return err;
	inode_lock(inode);
	if (ia.ia_valid & (ATTR_UID | ATTR_GID) && !S_ISDIR(inode->i_mode)) {
		ia.ia_valid |= ATTR_KILL_PRIV;
		/* A mode that is given at the same time says what the bits shall be. */
		if (!(ia.ia_valid & ATTR_MODE))
			ia.ia_valid |= ATTR_KILL_SUID |
				       setattr_should_drop_sgid(node_idmap(node), inode);
	}
	err = notify_change(node_idmap(node), node->path.dentry, &ia, NULL);
	inode_unlock(inode);
	mnt_drop_write(node->path.mnt);
	return err;
}

int rump_node_truncate(struct rump_node *node, loff_t size, bool open)
{
	int err;

	if (!open)
		return vfs_truncate(&node->path, size);
	if (IS_APPEND(node->inode))
		return -EPERM;
	err = mnt_want_write(node->path.mnt);
	if (err)
		return err;
	err = do_truncate(node_idmap(node), node->path.dentry, size, ATTR_MTIME | ATTR_CTIME, NULL);
	mnt_drop_write(node->path.mnt);
	return err;
}

static int set_attributes(struct rump_node *node, const struct rump_attr *a)
{
	int err = 0;

	if (a->valid & RUMP_SET_SIZE)
		err = rump_node_truncate(node, a->size, a->valid & RUMP_SET_OPEN);
	if (!err && a->valid & ~(RUMP_SET_SIZE | RUMP_SET_OPEN | RUMP_SET_WRITTEN))
		err = change(node, a);
	return err;
}

/* ---- extended attributes --------------------------------------------------------------------- */

/* value: of the client, where user memory is as well. */
static long get_xattr(struct rump_node *node, const char *name, void *value, size_t size)
{
	struct xattr_name kname;
	struct xattr_ctx ctx = { .value = (void __user *)value, .size = size, .kname = &kname };
	long n;

	if (strscpy(kname.name, name, sizeof(kname.name)) <= 0)
		return -ERANGE;
	n = do_getxattr(node_idmap(node), node->path.dentry, &ctx);
	kvfree(ctx.kvalue);
	return n;
}

static int set_xattr(struct rump_node *node, const char *name, const void *value, size_t size,
		     int flags)
{
	struct xattr_name kname;
	struct xattr_ctx ctx = {
		.cvalue = (const void __user *)value, .size = size, .kname = &kname, .flags = flags,
	};
	int err = setxattr_copy((const char __user *)name, &ctx);

	if (err)
		return err;
	err = mnt_want_write(node->path.mnt);
	if (!err) {
		err = do_setxattr(node_idmap(node), node->path.dentry, &ctx);
		mnt_drop_write(node->path.mnt);
	}
	kvfree(ctx.kvalue);
	return err;
}

static long list_xattr(struct rump_node *node, char *list, size_t size)
{
	return vfs_listxattr(node->path.dentry, size ? list : NULL, size);
}

static int remove_xattr(struct rump_node *node, const char *name)
{
	struct mnt_idmap *idmap = node_idmap(node);
	int err = mnt_want_write(node->path.mnt);

	if (err)
		return err;
	err = is_posix_acl_xattr(name) ? vfs_remove_acl(idmap, node->path.dentry, name) :
					 vfs_removexattr(idmap, node->path.dentry, name);
	mnt_drop_write(node->path.mnt);
	return err;
}

/* ---- the file system ------------------------------------------------------------------------- */

static int stat_fs(struct rump_node *node, struct statfs *out)
{
	struct kstatfs st;
	int err = vfs_statfs(&node->path, &st);

	if (err)
		return err;
	*out = (struct statfs){
		.f_type = st.f_type,
		.f_bsize = st.f_bsize,
		.f_blocks = st.f_blocks,
		.f_bfree = st.f_bfree,
		.f_bavail = st.f_bavail,
		.f_files = st.f_files,
		.f_ffree = st.f_ffree,
		.f_fsid = st.f_fsid,
		.f_namelen = st.f_namelen,
		.f_frsize = st.f_frsize,
		.f_flags = st.f_flags,
	};
	return 0;
}

static int sync_fs(struct rump_node *node)
{
	struct super_block *sb = node->path.mnt->mnt_sb;
	int err;

	down_read(&sb->s_umount);
	err = sync_filesystem(sb);
	up_read(&sb->s_umount);
	return err;
}

static int map_block(struct rump_node *node, uint64_t *block)
{
	sector_t b = *block;
	int err = bmap(node->inode, &b);

	if (!err)
		*block = b;
	return err;
}

int rump_vfs_setattr(struct rump_node *node, const struct rump_attr *attr)
{
	return NODE_CALL(node, set_attributes(node, attr));
}

int rump_vfs_statfs(struct rump_node *node, struct statfs *st)
{
	return NODE_CALL(node, stat_fs(node, st));
}

int rump_vfs_sync(struct rump_node *node)
{
	return NODE_CALL(node, sync_fs(node));
}

long rump_vfs_getxattr(struct rump_node *node, const char *name, void *value, size_t size)
{
	return NODE_CALL(node, get_xattr(node, name, value, size));
}

int rump_vfs_setxattr(struct rump_node *node, const char *name, const void *value, size_t size,
		      int flags)
{
	return NODE_CALL(node, set_xattr(node, name, value, size, flags));
}

long rump_vfs_listxattr(struct rump_node *node, char *list, size_t size)
{
	return NODE_CALL(node, list_xattr(node, list, size));
}

int rump_vfs_removexattr(struct rump_node *node, const char *name)
{
	return NODE_CALL(node, remove_xattr(node, name));
}

int rump_vfs_bmap(struct rump_node *node, uint64_t *block)
{
	return NODE_CALL(node, map_block(node, block));
}
