// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers: what goes back to /dev/fuse. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "internal.h"

bool p2k_reply_iov(struct request *r, struct iovec *iov, int count, size_t len)
{
	struct fuse_out_header out = { .len = sizeof(out) + len, .unique = r->in->unique };

	iov[0] = (struct iovec){ &out, sizeof(out) };
	/* ENOENT: the requester was killed and waits no more. */
	return writev(r->p->args.fd, iov, count) >= 0;
}

#define MAX_RETRIES 8

/* Removed files may be about to give their space back. */
static bool try_again(struct request *r, int error)
{
	if ((error != -ENOSPC && error != -EDQUOT) || r->retries >= MAX_RETRIES ||
	    !rump_vfs_wait_space())
		return false;
	r->retries++;
	r->again = true;
	return true;
}

bool p2k_reply(struct request *r, int error, const void *data, size_t len)
{
	struct fuse_out_header out = { .error = error, .unique = r->in->unique };
	struct iovec iov[2] = { { &out, sizeof(out) }, { (void *)data, len } };

	if (try_again(r, error))
		return true;
	if (error < -1000 || error > 0)		/* numbers that only the kernel's inside knows */
		out.error = -EIO;
	if (error)
		iov[1].iov_len = 0;
	out.len = sizeof(out) + iov[1].iov_len;
	return writev(r->p->args.fd, iov, iov[1].iov_len ? 2 : 1) >= 0;
}

void p2k_fill_attr(const struct p2k *p, struct fuse_attr *attr, const struct statx *stx)
{
	*attr = (struct fuse_attr){
		.ino = stx->stx_ino,
		.size = stx->stx_size,
		.blocks = stx->stx_blocks,
		.atime = stx->stx_atime.tv_sec,
		.mtime = stx->stx_mtime.tv_sec,
		.ctime = stx->stx_ctime.tv_sec,
		.atimensec = stx->stx_atime.tv_nsec,
		.mtimensec = stx->stx_mtime.tv_nsec,
		.ctimensec = stx->stx_ctime.tv_nsec,
		.mode = stx->stx_mode,
		.nlink = stx->stx_nlink,
		.uid = stx->stx_uid,
		.gid = stx->stx_gid,
		.rdev = makedev(stx->stx_rdev_major, stx->stx_rdev_minor),
		.blksize = stx->stx_blksize,
	};
	/* A file system in the file system, whose inode numbers are its own: a subvolume, say. */
	if (S_ISDIR(stx->stx_mode) && (stx->stx_dev_major != p->root_dev_major ||
				       stx->stx_dev_minor != p->root_dev_minor))
		attr->flags = FUSE_ATTR_SUBMOUNT;
}

/*
 * Writing, truncating, allocating and copying into a file clear its set-user-ID and set-group-ID
 * bits, on the kernel side and, for what the host keeps, without its knowledge.  Attributes with
 * such a bit are therefore not kept: the host asks for them before it executes the file.
 */
uint64_t p2k_attr_valid(const struct statx *stx)
{
	return S_ISREG(stx->stx_mode) && stx->stx_mode & (S_ISUID | S_ISGID) ? 0 : P2K_FOREVER;
}

void p2k_fill_entry(const struct request *r, struct fuse_entry_out *e, struct rump_node *node,
		    const struct statx *stx)
{
	*e = (struct fuse_entry_out){
		.nodeid = node == r->p->root ? FUSE_ROOT_ID : (uintptr_t)node,
		.generation = rump_vfs_generation(node),
		.entry_valid = rump_vfs_loose_names(p2k_target(r)) ? 0 : P2K_FOREVER,
		.attr_valid = p2k_attr_valid(stx),
	};
	p2k_fill_attr(r->p, &e->attr, stx);
}

void p2k_reply_entry(struct request *r, struct rump_node *node, const struct statx *stx)
{
	struct fuse_entry_out e;

	p2k_fill_entry(r, &e, node, stx);
	if (!p2k_reply(r, 0, &e, sizeof(e)) || node == r->p->root)
		rump_vfs_release(node, 1);
}

void p2k_forget_attr(struct request *r)
{
	struct fuse_notify_inval_inode_out inval = { .ino = r->in->nodeid, .off = -1 };
	struct fuse_out_header out = { .len = sizeof(out) + sizeof(inval),
				       .error = FUSE_NOTIFY_INVAL_INODE };
	struct iovec iov[2] = { { &out, sizeof(out) }, { &inval, sizeof(inval) } };

	/* ENOENT: the host does not know the file any more. */
	(void)!writev(r->p->args.fd, iov, 2);
}

char *p2k_out(struct worker *w)
{
	if (!w->out)
		w->out = malloc(P2K_MAX_WRITE);
	return w->out;
}
