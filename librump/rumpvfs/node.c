// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_vfs_*: references to files; include/rump/rump_vfs.h says what they mean. */
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/uaccess.h>
#include "enter.h"

#pragma GCC diagnostic ignored "-Wmissing-prototypes"

struct rump_node {
	struct path path;
};

/* Takes over the reference. */
static int node_make(const struct path *path, struct rump_node **out)
{
	struct rump_node *node = kmalloc(sizeof(*node), GFP_KERNEL);

	if (!node) {
		path_put(path);
		return -ENOMEM;
	}
	node->path = *path;
	*out = node;
	return 0;
}

static int node_by_path(const char *name, int flags, struct rump_node **out)
{
	struct path path;
	int err;

	if (flags & ~AT_SYMLINK_NOFOLLOW)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, flags ? 0 : LOOKUP_FOLLOW, &path);
	return err ?: node_make(&path, out);
}

static int lookup(struct rump_node *dir, const char *name, struct rump_node **out)
{
	struct path path = { .mnt = dir->path.mnt };

	if (!d_is_dir(dir->path.dentry))
		return -ENOTDIR;
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	path.dentry = lookup_one_positive_unlocked(mnt_idmap(path.mnt), name, dir->path.dentry,
						   strlen(name));
	if (IS_ERR(path.dentry))
		return PTR_ERR(path.dentry);
	mntget(path.mnt);
	return node_make(&path, out);
}

static int node_by_fd(int fd, struct rump_node **out)
{
	struct fd f = fdget_raw(fd);
	struct path path;

	if (!fd_file(f))
		return -EBADF;
	path = fd_file(f)->f_path;
	path_get(&path);
	fdput(f);
	return node_make(&path, out);
}

static int open_node(struct rump_node *node, int flags)
{
	struct file *file;
	int fd;

	if (flags & (O_CREAT | O_TRUNC | __O_TMPFILE))
		return -EINVAL;
	if (flags & O_DIRECTORY && !d_is_dir(node->path.dentry))
		return -ENOTDIR;
	if (d_is_symlink(node->path.dentry) && !(flags & O_PATH))
		return -ELOOP;
	fd = get_unused_fd_flags(flags & O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = dentry_open(&node->path, flags | O_LARGEFILE, current_cred());
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

static struct statx_timestamp stamp(struct timespec64 ts)
{
	return (struct statx_timestamp){ .tv_sec = ts.tv_sec, .tv_nsec = ts.tv_nsec };
}

static int statx_node(struct rump_node *node, unsigned int mask, struct statx *stx)
{
	struct kstat st;
	int err = vfs_getattr(&node->path, &st, mask, 0);

	if (err)
		return err;
	*stx = (struct statx){
		.stx_mask = st.result_mask,
		.stx_blksize = st.blksize,
		.stx_attributes = st.attributes,
		.stx_attributes_mask = st.attributes_mask,
		.stx_nlink = st.nlink,
		.stx_uid = from_kuid_munged(current_user_ns(), st.uid),
		.stx_gid = from_kgid_munged(current_user_ns(), st.gid),
		.stx_mode = st.mode,
		.stx_ino = st.ino,
		.stx_size = st.size,
		.stx_blocks = st.blocks,
		.stx_atime = stamp(st.atime),
		.stx_btime = stamp(st.btime),
		.stx_ctime = stamp(st.ctime),
		.stx_mtime = stamp(st.mtime),
		.stx_rdev_major = MAJOR(st.rdev),
		.stx_rdev_minor = MINOR(st.rdev),
		.stx_dev_major = MAJOR(st.dev),
		.stx_dev_minor = MINOR(st.dev),
	};
	return 0;
}

int rump_vfs_node(const char *path, int flags, struct rump_node **node)
{
	return RUMP_CALL(node_by_path(path, flags, node));
}

int rump_vfs_lookup(struct rump_node *dir, const char *name, struct rump_node **node)
{
	return RUMP_CALL(lookup(dir, name, node));
}

int rump_vfs_fdnode(int fd, struct rump_node **node)
{
	return RUMP_CALL(node_by_fd(fd, node));
}

int rump_vfs_statx(struct rump_node *node, unsigned int mask, struct statx *stx)
{
	return RUMP_CALL(statx_node(node, mask, stx));
}

int rump_vfs_open(struct rump_node *node, int flags)
{
	return RUMP_CALL(open_node(node, flags));
}

int rump_vfs_same(const struct rump_node *a, const struct rump_node *b)
{
	return d_inode(a->path.dentry) == d_inode(b->path.dentry);
}

static int release(struct rump_node *node)
{
	path_put(&node->path);
	kfree(node);
	return 0;
}

void rump_vfs_release(struct rump_node *node)
{
	if (node)
		(void)RUMP_CALL(release(node));
}
