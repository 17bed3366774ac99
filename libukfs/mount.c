// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From an image to a handle.  ukfs_mount takes the steps below in their order, each of which notes
 * its error; ukfsi_handle_undo takes back those that were taken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <rump/rumpuser.h>

#include "internal.h"

#define OPTIONS_MAX 4096		/* a page, what mount(2) takes */

struct request {
	const char *fstype, *subdir;
	struct ukfs_args args;
	bool rdonly, fallback, unrecovered;
	unsigned long flags;
	char kernel[UKFSI_KERNEL_MAX];	/* "": whatever there is */
	char data[OPTIONS_MAX];
};

static int read_request(struct request *rq, const char *fstype, const char *mntpath, int mntflag,
			const struct ukfs_args *arg, size_t arglen)
{
	memset(rq, 0, sizeof(*rq));
	if (mntflag & ~(UKFS_RDONLY | UKFS_RDONLY_FALLBACK | UKFS_UNRECOVERED) ||
	    (arg && arglen > sizeof(rq->args)))
		return ukfsi_error(EINVAL, "unknown flags or arguments: built with a later ukfs.h");
	if (arg)
		memcpy(&rq->args, arg, arglen);
	rq->fstype = fstype && *fstype ? fstype : NULL;
	rq->subdir = mntpath && *mntpath && strcmp(mntpath, "/") != 0 ? mntpath : NULL;
	/* devices of an image are data: opening one would reach the disks of other handles */
	rq->flags = MS_NODEV;
	if (ukfsi_options(rq->args.options, &rq->flags, rq->kernel, rq->data,
			  sizeof(rq->data)) < 0)
		return ukfsi_error(EINVAL, "the mount options are longer than %d bytes",
				   OPTIONS_MAX);
	if (rq->flags & UKFSI_SNAPSHOT)
		rq->args.snapshot = 1;
	rq->flags &= ~UKFSI_SNAPSHOT;
	if (rq->args.partition < 0)
		return ukfsi_error(EINVAL, "partition %d: numbers start at 1", rq->args.partition);
	if (mntflag & UKFS_RDONLY)
		rq->flags |= MS_RDONLY;
	rq->rdonly = rq->flags & MS_RDONLY;
	rq->fallback = mntflag & UKFS_RDONLY_FALLBACK;
	rq->unrecovered = mntflag & UKFS_UNRECOVERED;
	return 0;
}

static int attach_error(const struct ukfs *u, const struct request *rq, int err)
{
	char reason[512];

	/* the image was fine, the temporary file is not */
	if (u->snapshot && ukfsi_log_reason(u->logpos, "", 1, reason, sizeof(reason)))
		return ukfsi_error(err, "%s: %s [%s]", u->image, reason, ukfsi_errname(err));
	return ukfsi_attach_error(u->image, rq->rdonly || u->snapshot, err);
}

static int attach(struct ukfs *u, struct request *rq, const struct ukfsi_probe *whole)
{
	/* the journal of a snapshot is replayed for readers too */
	bool rdonly = rq->rdonly && !rq->args.snapshot;
	char name[UKFSI_EARLY_MAX];
	const char *image = ukfsi_early_name(name, u->image, u->fd);

	/* such an image may lie on a medium that cannot be written, and many may read it at once */
	if (ukfsi_type_readonly(whole->type))
		rq->rdonly = rdonly = true;
	u->snapshot = rq->args.snapshot && !rdonly;
	u->disk = ukfsi_attach(image, &rq->args, rdonly, u->devpath);
	if (!rdonly && !u->snapshot && rq->fallback &&
	    (u->disk == -EACCES || u->disk == -EROFS || u->disk == -EPERM)) {
		rq->rdonly = true;
		u->disk = ukfsi_attach(image, &rq->args, true, u->devpath);
	}
	if (u->disk < 0)
		return attach_error(u, rq, -u->disk);
	if (rq->rdonly)
		rq->flags |= MS_RDONLY;
	return 0;
}

static int unknown_content(const struct ukfs *u, const struct ukfsi_probe *found)
{
	char types[512];

	if (found->all[0])
		return ukfsi_error(EINVAL, "%s: several file system types match (%s), name one",
				   u->image, found->all);
	if (found->type[0])
		return ukfsi_error(EINVAL, "%s: holds %s, which is not a file system", u->image,
				   found->type);
	ukfsi_type_list(types, sizeof(types));
	return ukfsi_error(EINVAL, "%s: no file system found (the kernel side knows: %s)",
			   u->image, types);
}

/* Attach the image and settle on its type and partition. */
static int prepare_disk(struct ukfs *u, struct request *rq)
{
	struct ukfsi_probe whole, found;
	int fd, res;

	if (ukfsi_confine_probe() < 0)
		return -1;
	fd = ukfsi_image_open(u->image, u->fd);
	if (fd < 0)
		return -1;
	res = ukfsi_probe(fd, 0, 0, &whole);
	if (res < 0)
		res = ukfsi_error(-res, "%s: cannot read it: %s", u->image, ukfsi_strerror(-res));
	if (res == 0)
		res = attach(u, rq, &whole);
	if (res == 0)
		res = ukfsi_choose(u, fd, &rq->args, rq->fstype, &whole, &found);
	if (res == 0 && !rq->fstype && !found.filesystem)
		res = unknown_content(u, &found);
	if (res == 0)
		snprintf(u->fstype, sizeof(u->fstype), "%s", rq->fstype ? rq->fstype : found.type);
	close(fd);
	return res;
}

static int make_mountpoint(struct ukfs *u)
{
	static atomic_uint next;
	char path[UKFSI_MP_MAX];
	int res;

	res = rump_sys_mkdirat(AT_FDCWD, "/mnt", 0755);
	do {
		snprintf(path, sizeof(path), "/mnt/ukfs%u", next++);
		res = rump_sys_mkdirat(AT_FDCWD, path, 0755);
	} while (res == -EEXIST);
	if (res < 0)
		return ukfsi_error(-res, "%s: cannot make a directory to mount on: %s", u->image,
				   ukfsi_strerror(-res));
	strcpy(u->mountpoint, path);
	return 0;
}

/* The option that mounts without the journal, where that may be what the mount failed for. */
static const char *journal_option(const struct ukfs *u, const struct request *rq, int err)
{
	char reason[768];

	if (!rq->rdonly)
		return NULL;
	ukfsi_log_reason(u->logpos, u->devpath, 8, reason, sizeof(reason));
	return ukfsi_norecovery(u->fstype, err, reason);
}

static int no_driver(const struct ukfs *u)
{
	const char *running = rumpuser_kernel(), *other = ukfsi_type_kernel(u->fstype, running);
	char types[512];

	if (other)
		return ukfsi_error(ENODEV, "%s: kernel %s has no %s, the option kernel=%s names "
				   "one that has it",
				   u->image, running, u->fstype, other);
	ukfsi_type_list(types, sizeof(types));
	return ukfsi_error(ENODEV, "%s: there is no library for file system type %s "
			   "(the kernel side knows: %s)", u->image, u->fstype, types);
}

static int mount_error(const struct ukfs *u, const struct request *rq, int err)
{
	const char *hint;
	char reason[768];

	if (err == ENODEV)
		return no_driver(u);
	ukfsi_log_reason(u->logpos, u->devpath, 3, reason, sizeof(reason));
	hint = journal_option(u, rq, err);
	if (hint && strstr(reason, hint))
		hint = NULL;
	return ukfsi_error(err, "%s: cannot mount as %s%s: %s%s%s [%s]", u->image, u->fstype,
			   rq->rdonly ? " read-only" : "",
			   reason[0] ? reason : ukfsi_strerror(err),
			   hint ? "; it may need its journal replayed, which the option skips: "
				: "",
			   hint ? hint : "", ukfsi_errname(err));
}

static int try_mount(struct ukfs *u, const struct request *rq)
{
	return rump_sys_mount(u->source, u->mountpoint, u->fstype, rq->flags,
			      rq->data[0] ? rq->data : NULL);
}

/* The file system has no owners of its own to set (uid=, gid=): the mount maps them. */
static int map_owners(struct ukfs *u, struct request *rq, const char *owners)
{
	int res;

	u->logpos = ukfsi_log_position();
	res = try_mount(u, rq);
	if (res < 0)
		return mount_error(u, rq, -res);
	u->mounted = true;
	res = ukfsi_idmap(u->mountpoint, owners);
	if (res == -EINVAL)
		return ukfsi_error(EINVAL, "%s: cannot map owners by \"%s\": %s takes uid=ID or "
				   "uid=IMAGE-ID:ID[:COUNT], without overlaps, if its driver can "
				   "be mapped at all",
				   u->image, owners, u->fstype);
	if (res < 0)
		return ukfsi_error(-res, "%s: cannot map owners by \"%s\": %s [%s]", u->image,
				   owners, ukfsi_strerror(-res), ukfsi_errname(-res));
	return 0;
}

/* Whether uid= and gid= are for the mount to do, as the driver refuses or ignores them. */
static bool wants_map(struct ukfs *u, int res, const char *owners)
{
	if (!owners[0] || (res < 0 && res != -EINVAL))
		return false;
	if (res >= 0 && ukfsi_owners_taken(u->mountpoint, owners))
		return false;
	if (res >= 0)
		rump_sys_umount2(u->mountpoint, 0);
	return true;
}

static int do_mount(struct ukfs *u, struct request *rq)
{
	char rest[OPTIONS_MAX], owners[OPTIONS_MAX];
	const char *option;
	size_t len;
	int res;

	strcpy(rest, rq->data);
	ukfsi_take_owners(rest, owners, sizeof(owners));
	res = try_mount(u, rq);
	if (wants_map(u, res, owners)) {
		strcpy(rq->data, rest);
		return map_owners(u, rq, owners);
	}
	option = res < 0 && rq->unrecovered ? journal_option(u, rq, -res) : NULL;
	len = strlen(rq->data);

	if (option && len + strlen(option) + 2 <= sizeof(rq->data)) {
		sprintf(rq->data + len, "%s%s", len ? "," : "", option);
		res = try_mount(u, rq);
		u->unrecovered = res >= 0;
	}
	if (res < 0)
		return mount_error(u, rq, -res);
	u->mounted = true;
	return 0;
}

int ukfsi_boot(const char *kernel)
{
	char reason[512];
	uint64_t pos;
	int res;

	ukfsi_log_start();
	pos = ukfsi_log_position();
	res = rump_load_kernel(kernel);
	if (res >= 0) {
		pos = 0;
		res = rump_init();
	}
	if (res >= 0)
		return 0;
	ukfsi_log_reason(pos, "", 1, reason, sizeof(reason));
	return ukfsi_error(-res, "the kernel side does not start: %s [%s]",
			   reason[0] ? reason : ukfsi_strerror(-res), ukfsi_errname(-res));
}

/* A type that is named has its driver before a byte of the image is read. */
static int settle_type(struct ukfs *u, struct request *rq, const char *devpath)
{
	if (rq->fstype) {
		snprintf(u->fstype, sizeof(u->fstype), "%s", rq->fstype);
		if (ukfsi_load_drivers(u, &rq->args, rq->data) < 0)
			return -1;
	}
	if (devpath && prepare_disk(u, rq) < 0)
		return -1;
	return rq->fstype ? 0 : ukfsi_load_drivers(u, &rq->args, rq->data);
}

static int mount_steps(struct ukfs *u, struct request *rq, const char *devpath)
{
	if (rq->subdir && !(u->subdir = strdup(rq->subdir)))
		return ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
	if (settle_type(u, rq, devpath) < 0)
		return -1;
	snprintf(u->source, sizeof(u->source), "%s", devpath ? u->devpath : u->fstype);
	if (ukfsi_flash(u, rq->rdonly, rq->flags & MS_SYNCHRONOUS, rq->data) < 0 ||
	    ukfsi_devices(u, &rq->args, rq->rdonly, rq->data, sizeof(rq->data)) < 0 ||
	    make_mountpoint(u) < 0 || do_mount(u, rq) < 0)
		return -1;
	return ukfsi_handle_enter(u);
}

struct ukfs *ukfs_mount(const char *fstype, const char *devpath, const char *mntpath, int mntflag,
			void *arg, size_t arglen)
{
	struct rump_context *prev;
	struct request rq;
	struct ukfs *u;
	int err, fd = -1;

	if (read_request(&rq, fstype, mntpath, mntflag, arg, arglen) < 0)
		return NULL;
	if (!devpath && !rq.fstype) {
		ukfsi_error(EINVAL, "an image or a file system type is needed");
		return NULL;
	}
	/* It says whose folder can be read afterwards; an error is told by the boot. */
	if (rq.args.confinement) {
		rump_load_kernel(rq.kernel[0] ? rq.kernel : NULL);
		fd = ukfsi_confine_early(&rq.args, rq.fstype, devpath, rq.data, rq.rdonly);
	}
	u = fd < -1 || ukfsi_boot(rq.kernel[0] ? rq.kernel : NULL) < 0 ? NULL :
	    ukfsi_handle_new(devpath ? devpath : rq.fstype);
	if (!u) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	u->fd = fd;
	prev = rump_context_switch(NULL);
	if (mount_steps(u, &rq, devpath) < 0) {
		err = errno;
		ukfsi_handle_undo(u);
		errno = err;
		u = NULL;
	}
	rump_context_switch(prev);
	return u;
}
