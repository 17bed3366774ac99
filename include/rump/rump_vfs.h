/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files without paths: nodes of the kernel side's VFS.
 *
 * A node is a reference to a file, whatever its names are now: it stays the same file when that is
 * renamed or unlinked.  What can be done with an open file is done through rump_vfs_open and
 * rump_sys_*; what changes a directory through the *at calls, with a descriptor of the directory.
 * Results: 0 or >= 0, or a negative errno value.  Thread-safe; a node may be used by several threads,
 * and is released once.
 */
#ifndef RUMP_VFS_H
#define RUMP_VFS_H

#ifdef __cplusplus
extern "C" {
#endif

struct rump_node;
struct statx;

/*
 * The node that `path` leads to in the calling thread's context.  `flags`: 0 or AT_SYMLINK_NOFOLLOW.
 * The caller releases *node.  -ENOENT, -ENOTDIR, -ELOOP, -EACCES, -ENAMETOOLONG, -ENOMEM.
 */
int rump_vfs_node(const char *path, int flags, struct rump_node **node);

/*
 * The entry `name` (one component, not "." or "..") of the directory `dir`; symbolic links are not
 * followed.  The caller releases *node.  -ENOENT; -ENOTDIR: `dir` is none; -EINVAL: no such name can
 * be; -EACCES, -EIO, -ENOMEM.
 */
int rump_vfs_lookup(struct rump_node *dir, const char *name, struct rump_node **node);

/* The node of an open descriptor of the context.  The caller releases *node.  -EBADF, -ENOMEM. */
int rump_vfs_fdnode(int fd, struct rump_node **node);

/* What statx(2) says of it; `mask`: STATX_*. */
int rump_vfs_statx(struct rump_node *node, unsigned int mask, struct statx *stx);

/* Open it: a descriptor of the context, >= 0.  `flags`: O_*, without O_CREAT,
 * O_TRUNC and O_TMPFILE (-EINVAL).  Errors of open(2). */
int rump_vfs_open(struct rump_node *node, int flags);

/* Are they the same file?  1 or 0. */
int rump_vfs_same(const struct rump_node *a, const struct rump_node *b);

/* Give the reference up.  An unlinked file's space is free when the last one goes.  NULL is nothing. */
void rump_vfs_release(struct rump_node *node);

#ifdef __cplusplus
}
#endif
#endif
