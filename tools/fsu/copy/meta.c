// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes of a copy.  The order matters: a new owner clears the set-id bits and capabilities,
 * an ACL changes the permissions, and anything changes the times.  What the object has already is
 * read once and not set again: most files need no more than their times.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sink.h"

static uid_t wanted_uid(const struct copy *c, const struct stat *st)
{
	return c->o.uid != (uid_t)-1 ? c->o.uid : st->st_uid;
}

static gid_t wanted_gid(const struct copy *c, const struct stat *st)
{
	return c->o.gid != (gid_t)-1 ? c->o.gid : st->st_gid;
}

static mode_t wanted_mode(const struct copy *c, const struct stat *st)
{
	mode_t all = S_ISDIR(st->st_mode) ? 0777 : 0666;
	mode_t sticky = c->o.like_cp && S_ISDIR(st->st_mode) ? S_ISVTX : 0;

	mode_t kept = c->o.no_special ? 01777 : 07777;

	if (c->o.no_mode)
		return all & ~c->umask;
	return c->o.keep & KEEP_MODE ? st->st_mode & kept :
				       st->st_mode & (0777 | sticky) & ~c->umask;
}

mode_t sink_create_mode(const struct sink *s, const struct stat *st)
{
	mode_t mode = wanted_mode(s->c, st) & 0777;

	/* until the owner is right, the group and others must not look into it */
	if ((s->c->o.keep & KEEP_OWNER) && s->to == &host_side &&
	    (wanted_uid(s->c, st) != geteuid() || wanted_gid(s->c, st) != getegid()))
		mode &= 0700;
	return S_ISDIR(st->st_mode) ? mode | 0700 : mode;
}

/* Returns whether the owner is the wanted one now.  A user who is not root cannot give files away
 * on the host: the group alone may go. */
static bool set_owner(struct sink *s, int fd, const struct stat *st, struct stat *now)
{
	struct copy *c = s->c;
	uid_t uid = wanted_uid(c, st);
	gid_t gid = wanted_gid(c, st);
	bool host_user = s->to == &host_side && !c->root;
	int err;

	if (!(c->o.keep & KEEP_OWNER) || (uid == now->st_uid && gid == now->st_gid))
		return true;
	err = s->to->chown(c, fd, s->path.s, host_user ? (uid_t)-1 : uid, gid);
	now->st_mode &= ~06000;
	if (host_user)
		return !err && uid == now->st_uid;
	if (!err)
		return true;
	/* an owner that was asked for by name is more
	 * than one that is kept where that is possible */
	if (c->o.uid == (uid_t)-1 && c->o.gid == (gid_t)-1 && s->to->unheld(c, s->path.s, -err))
		copy_unheld(c, LOSS_OWNERS);
	else
		copy_lost(c, LOSS_OWNERS, s->path.s, "owner", -err);
	return false;
}

static void set_xattrs(struct sink *s, int fd, const struct xattr *xattrs, struct stat *now)
{
	for (const struct xattr *x = xattrs; x; x = x->next) {
		bool acl = xattr_is_acl(x->name);
		int err;

		if (s->c->o.no_special && fsu_xattr_special(x->name)) {
			s->c->special++;
			continue;
		}
		err = s->to->setxattr(s->c, fd, s->path.s, x);
		if (err)
			copy_lost(s->c, acl ? LOSS_ACLS : LOSS_XATTRS, s->path.s, x->name, -err);
		else if (acl)
			now->st_mode = ~0u;	/* not known any more */
	}
}

/* vfat says yes to a mode and forgets it. */
static bool mode_is(struct sink *s, int fd, mode_t mode)
{
	struct stat st;
	int err = fd >= 0 ? s->to->fstat(s->c, fd, &st) : s->to->stat(s->c, s->path.s, false, &st);

	return err < 0 || (st.st_mode & 07777) == mode;
}

static void set_mode(struct sink *s, int fd, const struct stat *st, const struct stat *now,
		     bool owned)
{
	struct copy *c = s->c;
	mode_t mode = wanted_mode(c, st);
	int err;

	if (c->o.no_special && (c->o.keep & KEEP_MODE) && (st->st_mode & 06000))
		c->special++;
	/* a directory has it from its parent */
	if (!(c->o.keep & KEEP_MODE) && S_ISDIR(st->st_mode) && now->st_mode != ~0u)
		mode |= now->st_mode & S_ISGID;

	if (!owned && (mode & 06000)) {
		/* set-id for another user than the file's would be somebody else's rights */
		if (s->to == &host_side)
			copy_lost(c, LOSS_MODES, s->path.s, "set-user-ID or set-group-ID", EPERM);
		mode &= ~06000;
	}
	if (now->st_mode != ~0u && (now->st_mode & 07777) == mode)
		return;
	err = s->to->chmod(c, fd, s->path.s, mode);
	if (err && !s->to->unheld(c, s->path.s, -err))
		copy_lost(c, LOSS_MODES, s->path.s, "permissions", -err);
	else if (err || (s->to == &image_side && !mode_is(s, fd, mode)))
		copy_unheld(c, LOSS_MODES);
}

void sink_metadata(struct sink *s, int fd, const struct stat *st, const struct xattr *xattrs,
		   bool created)
{
	struct copy *c = s->c;
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	struct stat now;
	bool owned;
	int err = fd >= 0 ? s->to->fstat(c, fd, &now) : s->to->stat(c, s->path.s, false, &now);

	if (err < 0) {
		copy_failed(c, -err, "stat", s->path.s);
		return;
	}
	owned = set_owner(s, fd, st, &now);
	set_xattrs(s, fd, xattrs, &now);
	if (!S_ISLNK(st->st_mode) && (created || (c->o.keep & KEEP_MODE)))
		set_mode(s, fd, st, &now, owned);
	if (!(c->o.keep & KEEP_TIMES))
		return;
	err = s->to->utimens(c, fd, s->path.s, times);
	if (err)
		copy_lost(c, LOSS_TIMES, s->path.s, "times", -err);
}
