/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files without paths: nodes of the kernel side's VFS.
 *
 * A node is a file, whatever its names are now: it stays the same file when that is renamed or
 * unlinked.  The same file is the same node, counted: each call that gives one out adds a
 * reference, which the caller gives back with rump_vfs_release.  Names are single components.
 *
 * Every call runs with the calling thread's identity (rump_vfs_identity); the initial one may do
 * all.  Results: 0 or >= 0, or a negative errno value.  Thread-safe.
 */
#ifndef RUMP_VFS_H
#define RUMP_VFS_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

struct rump_node;
struct rump_file;
struct statx;
struct statfs;
struct iovec;

/* ---- who acts ---------------------------------------------------------------------------- */

#define RUMP_ID_TRUSTED	0x1	/* permission to reach files was checked by the caller: modes and
				   ACLs are not looked at again */
#define RUMP_ID_FSETID	0x2	/* writing and truncating keeps set-user-ID bits, changing a mode
				   the set-group-ID bit of a foreign group */

/*
 * The calling thread acts as this user until the next call; the thread's context is its own
 * where `mask` is used.  User 0 may do all but what the flags leave out.  -ENOMEM.
 */
struct rump_identity {
	uint32_t uid, gid;
	uint32_t mask;		/* umask */
	uint32_t flags;		/* RUMP_ID_* */
};
int rump_vfs_identity(const struct rump_identity *id);

/* ---- nodes ------------------------------------------------------------------------------- */

/*
 * The node that `path` leads to in the calling thread's context.  `flags`: 0 or
 * AT_SYMLINK_NOFOLLOW.  -ENOENT, -ENOTDIR, -ELOOP, -EACCES, -ENAMETOOLONG, -ENOMEM.
 */
int rump_vfs_node(const char *path, int flags, struct rump_node **node);

/*
 * The entry `name` (not "." or "..") of the directory `dir`; symbolic links are not followed.
 * `stx` (or NULL): its attributes, all that the file system has.
 * -ENOENT; -ENOTDIR: `dir` is none; -EINVAL: no such name can be; -EACCES, -EIO, -ENOMEM.
 */
int rump_vfs_lookup(struct rump_node *dir, const char *name, struct rump_node **node,
		    struct statx *stx);

/*
 * 1 where the directory's names have several spellings (case, short names), else 0.  Who remembers
 * what a name leads to must not do so there: it may be removed by another one.
 */
int rump_vfs_loose_names(struct rump_node *dir);

/* Give `count` references back.  An unlinked file's space is free when the last one goes. */
void rump_vfs_release(struct rump_node *node, unsigned long count);

/*
 * From now on nodes whose file can be found by its file handle (name_to_handle_at(2)) are
 * remembered when their last reference has been given back, the last 65,536 of them.  They keep
 * nothing but their own memory, until rump_vfs_release_all.
 */
void rump_vfs_remember(void);

/*
 * The node, of those, that was at the address `id`, with a new reference; `stx` as for
 * rump_vfs_lookup.  -ESTALE: it is not remembered, or its file is gone; -EIO, -ENOMEM.
 */
int rump_vfs_again(const void *id, struct rump_node **node, struct statx *stx);

/* A number that no other node at the same address has had. */
uint32_t rump_vfs_generation(const struct rump_node *node);

/*
 * The directory that the directory `dir` is in; `stx` as for rump_vfs_lookup.
 * -EXDEV: `dir` is the root of what is mounted; -ENOTDIR, -EIO, -ENOMEM, -ESTALE.
 */
int rump_vfs_parent(struct rump_node *dir, struct rump_node **node, struct statx *stx);

/*
 * Give back all references to nodes of `node`'s file system, its own included: for a client that
 * has lost its users, and before an unmount.  Nobody may use them any more.
 */
void rump_vfs_release_all(struct rump_node *node);

/* ---- attributes -------------------------------------------------------------------------- */

/* What statx(2) says of it; `mask`: STATX_*. */
int rump_vfs_statx(struct rump_node *node, unsigned int mask, struct statx *stx);

#define RUMP_SET_MODE	0x01
#define RUMP_SET_UID	0x02
#define RUMP_SET_GID	0x04
#define RUMP_SET_SIZE	0x08
#define RUMP_SET_ATIME	0x10
#define RUMP_SET_MTIME	0x20
#define RUMP_SET_ATIME_NOW 0x40
#define RUMP_SET_MTIME_NOW 0x80
#define RUMP_SET_OPEN	0x100	/* the size, as ftruncate(2):
				   a size that stays counts as a change */
#define RUMP_SET_WRITTEN 0x200	/* the times are those of writes, which are made already */

/* Change what `valid` (RUMP_SET_*) names.  As chmod(2), chown(2), truncate(2), utimensat(2). */
struct rump_attr {
	unsigned int valid;
	uint32_t mode, uid, gid;
	int64_t size;		/* bytes */
	int64_t atime, mtime;	/* seconds, and nanoseconds: */
	uint32_t atime_ns, mtime_ns;
};
int rump_vfs_setattr(struct rump_node *node, const struct rump_attr *attr);

/* As statfs(2), and syncfs(2) of the node's file system. */
int rump_vfs_statfs(struct rump_node *node, struct statfs *st);

/*
 * After -ENOSPC or -EDQUOT: wait for files that have lost their last name and that a client is
 * about to release.  1: space may have become free, so try again; 0: none is on its way.
 */
int rump_vfs_wait_space(void);
int rump_vfs_sync(struct rump_node *node);

/* Extended attributes, as lgetxattr(2) and its kin; POSIX ACLs are "system.posix_acl_access"... */
long rump_vfs_getxattr(struct rump_node *node, const char *name, void *value, size_t size);
int rump_vfs_setxattr(struct rump_node *node, const char *name, const void *value, size_t size,
		      int flags);
long rump_vfs_listxattr(struct rump_node *node, char *list, size_t size);
int rump_vfs_removexattr(struct rump_node *node, const char *name);

/* The block of the device that has the file's block *block; 0: a hole.  -EINVAL: has no blocks. */
int rump_vfs_bmap(struct rump_node *node, uint64_t *block);

/* ---- names ------------------------------------------------------------------------------- */

/*
 * Make an entry of `dir`: as mknod(2) (regular files too), mkdir(2), symlink(2), link(2).  *node is
 * the new file; `stx` as for rump_vfs_lookup.
 */
int rump_vfs_mknod(struct rump_node *dir, const char *name, uint32_t mode, uint64_t dev,
		   struct rump_node **node, struct statx *stx);
int rump_vfs_mkdir(struct rump_node *dir, const char *name, uint32_t mode,
		   struct rump_node **node, struct statx *stx);
int rump_vfs_symlink(struct rump_node *dir, const char *name, const char *target,
		     struct rump_node **node, struct statx *stx);
int rump_vfs_link(struct rump_node *file, struct rump_node *dir, const char *name,
		  struct statx *stx);

int rump_vfs_unlink(struct rump_node *dir, const char *name);
int rump_vfs_rmdir(struct rump_node *dir, const char *name);

/* `flags`: RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT. */
int rump_vfs_rename(struct rump_node *from, const char *oldname, struct rump_node *to,
		    const char *newname, unsigned int flags);

/* The target, not ended by NUL: its length, at most `size`. */
long rump_vfs_readlink(struct rump_node *node, char *buf, size_t size);

/* ---- open files -------------------------------------------------------------------------- */

/*
 * `flags`: O_*; no O_CREAT, O_TMPFILE or O_DIRECT (-EINVAL).  The file is closed with
 * rump_vfs_close.  O_APPEND is checked (append-only files), and otherwise of no effect: writes have
 * positions.
 */
int rump_vfs_open(struct rump_node *node, int flags, struct rump_file **file);

/* Make an entry and open it; with O_EXCL it must be new,
 * else it may be there: then it is opened. */
int rump_vfs_create(struct rump_node *dir, const char *name, int flags, uint32_t mode,
		    struct rump_node **node, struct statx *stx, struct rump_file **file);

/* A file without a name, as O_TMPFILE makes it. */
int rump_vfs_tmpfile(struct rump_node *dir, int flags, uint32_t mode,
		     struct rump_node **node, struct statx *stx, struct rump_file **file);

void rump_vfs_close(struct rump_file *file);

/* As pread(2); short only at the file's end.  The file may be any node's open file. */
long rump_vfs_read(struct rump_file *file, void *buf, size_t size, int64_t off);

/*
 * The same without a copy: `iov` (room for `max`) tells where the bytes are, in the page cache.
 * *count is how many it has become; all of them stay until the calling thread calls
 * rump_vfs_pages_put, which must come before its next read.  Returns the bytes, at most `size`.
 */
long rump_vfs_read_pages(struct rump_file *file, size_t size, int64_t off, struct iovec *iov,
			 int max, int *count);
void rump_vfs_pages_put(void);

/* As pwrite(2).  `opener` set: as the user who opened the file, not the thread's identity. */
long rump_vfs_write(struct rump_file *file, const void *buf, size_t size, int64_t off, int opener);

int rump_vfs_fsync(struct rump_file *file, int datasync);
int rump_vfs_fallocate(struct rump_file *file, int mode, int64_t off, int64_t len);
/* `whence`: SEEK_DATA or SEEK_HOLE. */
int64_t rump_vfs_lseek(struct rump_file *file, int64_t off, int whence);
long rump_vfs_copy(struct rump_file *in, int64_t in_off, struct rump_file *out, int64_t out_off,
		   size_t len, unsigned int flags);
/* `arg` is passed as it is: it must be what the command expects. */
long rump_vfs_ioctl(struct rump_file *file, unsigned int cmd, void *arg);

/*
 * Entries of a directory from position `off` (0, or what an entry's d_off said) on, as
 * getdents64(2) gives them; 0 at the end.  Each directory's last position is kept, so that
 * reading on where the last call ended is cheap.  -EINVAL: not even one entry fits.
 */
long rump_vfs_readdir(struct rump_node *dir, int64_t off, void *buf, size_t size);

/* fsync(2) of a directory, or of any node that no file is open of. */
int rump_vfs_fsync_node(struct rump_node *node, int datasync);

#ifdef __cplusplus
}
#endif
#endif
