// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on attributes: of files, extended ones, of the file system. */
#include <errno.h>
#include <string.h>
#include <sys/vfs.h>

#include "internal.h"

static void reply_attr(struct request *r, int err, const struct statx *stx)
{
	struct fuse_attr_out out = { 0 };

	if (!err) {
		out.attr_valid = p2k_attr_valid(stx);
		p2k_fill_attr(r->p, &out.attr, stx);
	}
	p2k_reply(r, err, &out, sizeof(out));
}

void p2k_getattr(struct request *r)
{
	struct statx stx;

	reply_attr(r, rump_vfs_statx(p2k_target(r), STATX_BASIC_STATS, &stx), &stx);
}

static struct fuse_sx_time sx_time(struct statx_timestamp t)
{
	return (struct fuse_sx_time){ .tv_sec = t.tv_sec, .tv_nsec = t.tv_nsec };
}

void p2k_statx(struct request *r)
{
	const struct fuse_statx_in *in = r->arg;
	struct fuse_statx_out out = { 0 };
	struct statx s;
	int err = rump_vfs_statx(p2k_target(r), in->sx_mask | STATX_BASIC_STATS, &s);

	if (!err) {
		out.attr_valid = p2k_attr_valid(&s);
		out.stat = (struct fuse_statx){
			.mask = s.stx_mask & (STATX_BASIC_STATS | STATX_BTIME),
			.blksize = s.stx_blksize,
			.attributes = s.stx_attributes,
			.attributes_mask = s.stx_attributes_mask,
			.nlink = s.stx_nlink,
			.uid = s.stx_uid,
			.gid = s.stx_gid,
			.mode = s.stx_mode,
			.ino = s.stx_ino,
			.size = s.stx_size,
			.blocks = s.stx_blocks,
			.atime = sx_time(s.stx_atime),
			.btime = sx_time(s.stx_btime),
			.ctime = sx_time(s.stx_ctime),
			.mtime = sx_time(s.stx_mtime),
			.rdev_major = s.stx_rdev_major,
			.rdev_minor = s.stx_rdev_minor,
			.dev_major = s.stx_dev_major,
			.dev_minor = s.stx_dev_minor,
		};
	}
	p2k_reply(r, err, &out, sizeof(out));
}

static const struct { uint32_t fuse; unsigned int set; } set_bits[] = {
	{ FATTR_MODE, RUMP_SET_MODE },
	{ FATTR_UID, RUMP_SET_UID },
	{ FATTR_GID, RUMP_SET_GID },
	{ FATTR_SIZE, RUMP_SET_SIZE },
	{ FATTR_FH, RUMP_SET_OPEN },
	{ FATTR_ATIME_NOW, RUMP_SET_ATIME_NOW },
	{ FATTR_MTIME_NOW, RUMP_SET_MTIME_NOW },
	{ FATTR_ATIME, RUMP_SET_ATIME },
	{ FATTR_MTIME, RUMP_SET_MTIME },
};

/*
 * The host collects writes and gives the times of the last one.  It tells a user who sets the
 * modification time alone apart from that as little as this function does.
 */
static bool times_of_writes(const struct request *r, uint32_t valid)
{
	return r->p->features & FUSE_WRITEBACK_CACHE && valid & FATTR_CTIME &&
	       (valid & ~(FATTR_FH | FATTR_CTIME)) == FATTR_MTIME;
}

void p2k_setattr(struct request *r)
{
	const struct fuse_setattr_in *in = r->arg;
	struct rump_attr attr = {
		.mode = in->mode, .uid = in->uid, .gid = in->gid, .size = in->size,
		.atime = in->atime, .atime_ns = in->atimensec,
		.mtime = in->mtime, .mtime_ns = in->mtimensec,
	};
	struct statx stx;
	bool kill;
	int err;

	for (size_t i = 0; i < sizeof(set_bits) / sizeof(set_bits[0]); i++)
		if (in->valid & set_bits[i].fuse)
			attr.valid |= set_bits[i].set;
	if (times_of_writes(r, in->valid))
		attr.valid |= RUMP_SET_WRITTEN;
	if (attr.valid & RUMP_SET_ATIME_NOW)
		attr.valid &= ~RUMP_SET_ATIME;
	if (attr.valid & RUMP_SET_MTIME_NOW)
		attr.valid &= ~RUMP_SET_MTIME;
	/* The host says so with every chown, too, where the kernel side's own rules are enough. */
	kill = in->valid & FATTR_KILL_SUIDGID && in->valid & FATTR_SIZE;
	err = p2k_act(r, 0, kill ? 0 : RUMP_ID_FSETID) ?:
	      rump_vfs_setattr(p2k_target(r), &attr) ?:
	      rump_vfs_statx(p2k_target(r), STATX_BASIC_STATS, &stx);
	reply_attr(r, err, &stx);
}

void p2k_statfs(struct request *r)
{
	struct statfs st;
	struct fuse_statfs_out out = { 0 };
	int err = rump_vfs_statfs(p2k_target(r), &st);

	if (!err)
		out.st = (struct fuse_kstatfs){
			.blocks = st.f_blocks,
			.bfree = st.f_bfree,
			.bavail = st.f_bavail,
			.files = st.f_files,
			.ffree = st.f_ffree,
			.bsize = st.f_bsize,
			.namelen = st.f_namelen,
			.frsize = st.f_frsize,
		};
	p2k_reply(r, err, &out, sizeof(out));
}

void p2k_syncfs(struct request *r)
{
	p2k_reply_error(r, rump_vfs_sync(p2k_target(r)));
}

/* A value, or with size 0 how long it is. */
static void reply_value(struct request *r, long n, const char *value, uint32_t size)
{
	struct fuse_getxattr_out len = { .size = n < 0 ? 0 : n };

	if (n < 0 || size)
		p2k_reply(r, n < 0 ? n : 0, value, n < 0 ? 0 : n);
	else
		p2k_reply(r, 0, &len, sizeof(len));
}

#define SELINUX "security.selinux"

static bool supports(struct p2k *p, const char *name)
{
	return rump_vfs_getxattr(p->root, name, NULL, 0) != -EOPNOTSUPP;
}

void p2k_look_at_xattrs(struct p2k *p)
{
	p->acls = supports(p, "system.posix_acl_access");
	p->xattrs = p->acls || supports(p, "user.rump") || supports(p, SELINUX);
	p->labelled = rump_vfs_getxattr(p->root, SELINUX, NULL, 0) >= 0;
}

/* How the host is told best that there is no such attribute. */
static long no_value(struct p2k *p, const char *name, long n)
{
	/* It asks no more then. */
	if (n == -EOPNOTSUPP && !p->xattrs)
		return -ENOSYS;
	/* It asks for ACLs to check permissions: that a file can have none is no error. */
	if (n == -EOPNOTSUPP && p->acls && !strncmp(name, "system.posix_acl_", 17))
		return -ENODATA;
	/*
	 * Programs ask for the label of each file, and the host keeps no answers; where labels are
	 * not supported they ask once.  A file system whose root has none is not labelled.
	 */
	if (n == -ENODATA && !p->labelled && !strcmp(name, SELINUX))
		return -EOPNOTSUPP;
	return n;
}

/* How much of a value or a list the answer has room for. */
static size_t value_room(const struct fuse_getxattr_in *in)
{
	return in->size < P2K_MAX_WRITE ? in->size : P2K_MAX_WRITE;
}

void p2k_getxattr(struct request *r)
{
	const struct fuse_getxattr_in *in = r->arg;
	char *value = p2k_out(r->w);
	long n = value ? p2k_act(r, 0, RUMP_ID_FSETID) : -ENOMEM;

	if (!n)
		n = rump_vfs_getxattr(p2k_target(r), (const char *)(in + 1), value, value_room(in));
	n = no_value(r->p, (const char *)(in + 1), n);
	reply_value(r, n, value, in->size);
}

void p2k_listxattr(struct request *r)
{
	const struct fuse_getxattr_in *in = r->arg;
	char *list = p2k_out(r->w);
	long n = list ? p2k_act(r, 0, RUMP_ID_FSETID) : -ENOMEM;

	if (!n)
		n = rump_vfs_listxattr(p2k_target(r), list, value_room(in));
	reply_value(r, n, list, in->size);
}

void p2k_setxattr(struct request *r)
{
	const struct fuse_setxattr_in *in = r->arg;
	bool extended = r->p->features & FUSE_SETXATTR_EXT;
	size_t head = extended ? sizeof(*in) : FUSE_COMPAT_SETXATTR_IN_SIZE;
	const char *name = (const char *)r->arg + head;
	bool kill;
	int err;

	if (r->len < head || !p2k_names_end(name, r->len - head, 1) ||
	    r->len - head - strlen(name) - 1 < in->size) {
		p2k_reply_error(r, -EIO);
		return;
	}
	kill = extended && in->setxattr_flags & FUSE_SETXATTR_ACL_KILL_SGID;
	if (!strcmp(name, SELINUX))
		r->p->labelled = true;
	err = p2k_act(r, 0, kill ? 0 : RUMP_ID_FSETID) ?:
	      rump_vfs_setxattr(p2k_target(r), name, name + strlen(name) + 1, in->size, in->flags);
	p2k_forget_attr(r);		/* its blocks, or what the attribute stands for */
	p2k_reply_error(r, err);
}

void p2k_removexattr(struct request *r)
{
	int err = p2k_act(r, 0, RUMP_ID_FSETID) ?: rump_vfs_removexattr(p2k_target(r), r->arg);

	p2k_forget_attr(r);
	p2k_reply_error(r, err);
}

void p2k_bmap(struct request *r)
{
	const struct fuse_bmap_in *in = r->arg;
	struct fuse_bmap_out out = { .block = in->block };
	int err = rump_vfs_bmap(p2k_target(r), &out.block);

	p2k_reply(r, err, &out, sizeof(out));
}
