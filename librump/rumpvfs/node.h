/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes: what the files that implement include/rump/rump_vfs.h share. */
#ifndef RUMPVFS_NODE_H
#define RUMPVFS_NODE_H

#include <linux/fs.h>
#include <linux/mount.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/rhashtable-types.h>
#include <linux/stat.h>
#include <rump/rump_vfs.h>
#include "enter.h"

struct rump_node {
	struct path path;		/* one of its names; perhaps removed since */
	struct inode *inode;		/* the path's: the key */
	atomic_long_t count;
	struct rhash_head hash;
	struct rcu_head rcu;
	struct mutex reading;		/* a directory's: of the position of `dir` */
	struct file *dir;		/* open where it was read and not to the end */
};

/* The node of a path, whose references it takes over in any case. */
struct rump_node *rump_node_get(const struct path *path);
/* The same of a dentry beside another node; the caller keeps its reference. */
struct rump_node *rump_node_get_dentry(struct rump_node *beside, struct dentry *dentry);
void rump_node_put(struct rump_node *node, unsigned long count);

int rump_node_statx(const struct path *path, unsigned int mask, struct statx *stx);
/* All of them, where they are asked for: `stx` may be NULL. */
int rump_node_describe(const struct path *path, struct statx *stx);
/* The node and, where they are asked for, its attributes: what calls that make or find one give. */
int rump_node_result(struct rump_node *beside, struct dentry *dentry, struct rump_node **node,
		     struct statx *stx);
/* The entry `name` of `dir` with dir locked and held for writing; ended by rump_name_end. */
struct dentry *rump_name_begin(struct rump_node *dir, const char *name);
void rump_name_end(struct rump_node *dir, struct dentry *dentry);
/* 0, -ENOTDIR, -EINVAL. */
int rump_name_check(struct rump_node *dir, const char *name);

static inline struct mnt_idmap *node_idmap(struct rump_node *node)
{
	return mnt_idmap(node->path.mnt);
}

#endif
