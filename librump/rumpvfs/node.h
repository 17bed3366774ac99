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

#define NODE_KEY_WORDS 8

/* What a file is known by: its file handle,
 * or where the file system has none its inode's address. */
struct node_key {
	struct super_block *sb;
	u32 type, words;		/* words 0: no handle */
	u32 raw[NODE_KEY_WORDS];
};

struct rump_node {
	struct path path;		/* one of its names; perhaps removed since; hold.c */
	struct inode *inode;		/* the path's */
	struct node_key key;
	atomic_long_t count;
	atomic_t holds;			/* calls that are at work on it; negative: let go */
	bool used;			/* since memory was last looked for */
	bool orphan;			/* its file has lost its last name; space.c */
	bool remembered;		/* from remember.c, with a reference */
	u32 generation;			/* of the node's address */
	struct list_head lru;		/* of those that are not let go */
	struct list_head forgotten;	/* by the client; remember.c */
	struct rhash_head hash;
	struct rcu_head rcu;
	struct mutex lock;		/* of `dir`, its position, and of finding the file again */
	struct file *dir;		/* open where it was read and not to the end */
};

/*
 * A call on a node: `path` and `inode` are there during it.  The value of `call`, or a negative
 * errno value: -ESTALE where the file is gone.
 */
#define NODE_CALL(node, call)			\
({						\
	long __n = rump_enter();		\
						\
	if (likely(!__n)) {			\
		__n = rump_node_hold(node);	\
		if (likely(!__n)) {		\
			__n = (call);		\
			rump_node_unhold(node);	\
		}				\
		rump_leave();			\
	}					\
	__n;					\
})
/* The same inside of one, on a second node. */
#define NODE_HELD(node, call)			\
({						\
	long __h = rump_node_hold(node);	\
						\
	if (likely(!__h)) {			\
		__h = (call);			\
		rump_node_unhold(node);		\
	}					\
	__h;					\
})

/* hold.c: files that no call is at work on may leave memory,
 * and are found again by their handles. */
int rump_node_find_again(struct rump_node *node);
void rump_node_listed(struct rump_node *node);
void rump_node_unlist(struct rump_node *node);
void rump_node_key(struct inode *inode, struct node_key *key);
/* Drop the node's file from memory, unless a call uses it or nothing is known about the handles of
 * its file system yet.  False: the handle does not lead back to the file, which has to stay. */
bool rump_node_let_go(struct rump_node *node);
/* The node was let go, perhaps, and here is its path: takes over the reference. */
void rump_node_refresh(struct rump_node *node, const struct path *path);

static inline int rump_node_hold(struct rump_node *node)
{
	if (unlikely(!atomic_inc_unless_negative(&node->holds)))
		return rump_node_find_again(node);
	if (!READ_ONCE(node->used))
		WRITE_ONCE(node->used, true);
	return 0;
}

static inline void rump_node_unhold(struct rump_node *node)
{
	atomic_dec(&node->holds);
}

/* The node of a path, whose references it takes over in any case. */
struct rump_node *rump_node_get(const struct path *path);
/* The same of a dentry beside another node; the caller keeps its reference. */
struct rump_node *rump_node_get_dentry(struct rump_node *beside, struct dentry *dentry);
void rump_node_put(struct rump_node *node, unsigned long count);
/* The node of a dentry if there is one, held: its file is about to lose its handle.  Or NULL. */
struct rump_node *rump_node_keep(struct rump_node *beside, struct dentry *dentry);
void rump_node_unkeep(struct rump_node *node);

/* remember.c: a new node; one that only remember.c refers to, besides the caller; one that goes:
 * whether there was a reference to give back. */
void rump_node_remember(struct rump_node *node);
void rump_node_forgotten(struct rump_node *node);
bool rump_node_unremember(struct rump_node *node);
/* Those that were forgotten before it was known whether their files are found again. */
void rump_nodes_settle(void);

/* space.c: the node's file lost a name; the node goes out of memory, and has. */
void rump_space_removed(struct rump_node *node);
void rump_space_leaving(const struct rump_node *node);
void rump_space_left(const struct rump_node *node);

int rump_node_statx(const struct path *path, unsigned int mask, struct statx *stx);
/* All of them, where they are asked for: `stx` may be NULL. */
int rump_node_describe(const struct path *path, struct statx *stx);
/* The node and, where they are asked for, its attributes: what calls that make or find one give. */
int rump_node_result(struct rump_node *beside, struct dentry *dentry, struct rump_node **node,
		     struct statx *stx);
/* The entry `name` of `dir` with dir locked and held for writing; ended by rump_name_end. */
struct dentry *rump_name_begin(struct rump_node *dir, const char *name);
void rump_name_end(struct rump_node *dir, struct dentry *dentry);
/* As truncate(2), or of an open file. */
int rump_node_truncate(struct rump_node *node, loff_t size, bool open);
/* 0, -ENOTDIR, -EINVAL. */
int rump_name_check(struct rump_node *dir, const char *name);

static inline struct mnt_idmap *node_idmap(struct rump_node *node)
{
	return mnt_idmap(node->path.mnt);
}

#endif
