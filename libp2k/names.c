// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on names: finding, making, removing, renaming. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "internal.h"

/* A name that is not there is worth remembering too, unless another spelling may make it so. */
static void reply_missing(struct request *r)
{
	struct fuse_entry_out e = { .entry_valid = P2K_FOREVER };

	if (rump_vfs_loose_names(p2k_target(r)))
		p2k_reply_error(r, -ENOENT);
	else
		p2k_reply(r, 0, &e, sizeof(e));
}

static void reply_made(struct request *r, int err, struct rump_node *node, const struct statx *stx)
{
	if (err)
		p2k_reply_error(r, err);
	else
		p2k_reply_entry(r, node, stx);
}

/* "." is the node itself, which the host has forgotten and knows by a file handle; and "..". */
static int look_up(struct request *r, struct rump_node **node, struct statx *stx)
{
	const char *name = r->arg;

	if (!strcmp(name, "."))
		return rump_vfs_again(p2k_target(r), node, stx);
	if (!strcmp(name, ".."))
		return rump_vfs_parent(p2k_target(r), node, stx);
	return rump_vfs_lookup(p2k_target(r), name, node, stx);
}

void p2k_lookup(struct request *r)
{
	struct rump_node *node = NULL;
	struct statx stx;
	int res = p2k_act(r, 0, RUMP_ID_FSETID) ?: look_up(r, &node, &stx);

	if (res == -ENOENT)
		reply_missing(r);
	else
		reply_made(r, res, node, &stx);
}

static void forget(struct request *r, uint64_t id, uint64_t count)
{
	if (id && id != FUSE_ROOT_ID)
		rump_vfs_release(p2k_node(r->p, id), count);
}

void p2k_forget(struct request *r)
{
	const struct fuse_forget_in *in = r->arg;

	forget(r, r->in->nodeid, in->nlookup);
}

void p2k_batch_forget(struct request *r)
{
	const struct fuse_batch_forget_in *in = r->arg;
	const struct fuse_forget_one *one = (const void *)(in + 1);
	size_t there = (r->len - sizeof(*in)) / sizeof(*one);

	for (size_t i = 0; i < in->count && i < there; i++)
		forget(r, one[i].nodeid, one[i].nlookup);
}

void p2k_mknod(struct request *r)
{
	const struct fuse_mknod_in *in = r->arg;
	struct rump_node *node = NULL;
	struct statx stx;
	int err = p2k_act(r, in->umask, RUMP_ID_FSETID) ?:
		  rump_vfs_mknod(p2k_target(r), (const char *)(in + 1), in->mode, in->rdev, &node,
				 &stx);

	reply_made(r, err, node, &stx);
}

void p2k_mkdir(struct request *r)
{
	const struct fuse_mkdir_in *in = r->arg;
	struct rump_node *node = NULL;
	struct statx stx;
	int err = p2k_act(r, in->umask, RUMP_ID_FSETID) ?:
		  rump_vfs_mkdir(p2k_target(r), (const char *)(in + 1), in->mode, &node, &stx);

	reply_made(r, err, node, &stx);
}

void p2k_symlink(struct request *r)
{
	const char *name = r->arg, *target = name + strlen(name) + 1;
	struct rump_node *node = NULL;
	struct statx stx;
	int err = p2k_act(r, 0, RUMP_ID_FSETID) ?:
		  rump_vfs_symlink(p2k_target(r), name, target, &node, &stx);

	reply_made(r, err, node, &stx);
}

/* The reply adds a reference to the file, so one is taken: by looking the new name up. */
void p2k_link(struct request *r)
{
	const struct fuse_link_in *in = r->arg;
	const char *name = (const char *)(in + 1);
	struct rump_node *file = p2k_node(r->p, in->oldnodeid), *node = NULL;
	struct statx stx;
	int err = !file ? -EIO : p2k_act(r, 0, RUMP_ID_FSETID) ?:
		  rump_vfs_link(file, p2k_target(r), name, &stx) ?:
		  rump_vfs_lookup(p2k_target(r), name, &node, &stx);

	reply_made(r, err, node, &stx);
}

void p2k_unlink(struct request *r)
{
	p2k_reply_error(r, p2k_act(r, 0, RUMP_ID_FSETID) ?: rump_vfs_unlink(p2k_target(r), r->arg));
}

void p2k_rmdir(struct request *r)
{
	p2k_reply_error(r, p2k_act(r, 0, RUMP_ID_FSETID) ?: rump_vfs_rmdir(p2k_target(r), r->arg));
}

static void rename_to(struct request *r, uint64_t dir, const char *name, unsigned int flags)
{
	struct rump_node *to = p2k_node(r->p, dir);

	p2k_reply_error(r, !to ? -EIO : p2k_act(r, 0, RUMP_ID_FSETID) ?:
			rump_vfs_rename(p2k_target(r), name, to, name + strlen(name) + 1, flags));
}

void p2k_rename(struct request *r)
{
	const struct fuse_rename_in *in = r->arg;

	rename_to(r, in->newdir, (const char *)(in + 1), 0);
}

void p2k_rename2(struct request *r)
{
	const struct fuse_rename2_in *in = r->arg;

	rename_to(r, in->newdir, (const char *)(in + 1), in->flags);
}

void p2k_readlink(struct request *r)
{
	char target[PATH_MAX];
	long n = p2k_act(r, 0, RUMP_ID_FSETID) ?:
		 rump_vfs_readlink(p2k_target(r), target, sizeof(target) - 1);

	p2k_reply(r, n < 0 ? n : 0, target, n < 0 ? 0 : n);
}
