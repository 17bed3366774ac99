// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A handle's life: its context in the kernel side, from which there is no way out of the image, and
 * its end.  leave and discard take back what exists of a handle, so they accept it at any stage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

struct ukfs *ukfsi_handle_new(const char *name)
{
	struct ukfs *u = calloc(1, sizeof(*u));

	if (u)
		u->image = strdup(name);
	if (!u || !u->image) {
		free(u);
		ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
		return NULL;
	}
	u->disk = u->mtd = u->ubi = -1;
	u->rootfd = u->fd = -1;
	u->logpos = ukfsi_log_position();
	return u;
}

/* Runs in the new context: there is no way back to the kernel side's own root from here. */
static int enter_root(struct ukfs *u, const char *cwd)
{
	int res = rump_sys_chdir(u->mountpoint);

	if (res >= 0)
		res = rump_sys_chroot(".");
	if (res >= 0 && u->subdir) {
		res = rump_sys_chdir(u->subdir);
		if (res >= 0)
			res = rump_sys_chroot(".");
	}
	if (res >= 0)
		res = rump_sys_openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (res >= 0) {
		u->rootfd = res;
		rump_sys_umask(0);
	}
	/* it may have been removed; the root is the current directory already */
	if (res >= 0 && cwd)
		rump_sys_chdir(cwd);
	return res;
}

static int make_context(struct ukfs *u, const char *cwd)
{
	int res = rump_context_create(&u->ctx);

	if (res < 0) {
		u->ctx = NULL;
		return res;
	}
	rump_context_switch(u->ctx);
	res = enter_root(u, cwd);
	rump_context_switch(NULL);
	if (res < 0) {
		rump_context_destroy(u->ctx);
		u->ctx = NULL;
		u->rootfd = -1;
	}
	return res;
}

int ukfsi_handle_enter(struct ukfs *u)
{
	struct rump_context *prev;
	struct statfs st;
	int res = make_context(u, NULL);

	if (res >= 0) {
		prev = rump_context_switch(u->ctx);
		res = rump_sys_fstatfs(u->rootfd, &st);
		rump_context_switch(prev);
		u->rdonly = res >= 0 && (st.f_flags & ST_RDONLY);
	}
	if (res < 0)
		return ukfsi_error(-res, "%s: cannot enter %s: %s", u->image,
				   u->subdir ? u->subdir : "/", ukfsi_strerror(-res));
	return 0;
}

/*
 * Leave the kernel side: end the context and unmount, as far as there is one.  -EBUSY: somebody
 * is inside and the handle is as it was, but for the descriptors of a context that had to go.
 */
static int leave(struct ukfs *u)
{
	struct rump_context *prev;
	char cwd[PATH_MAX];
	int res, err = 0;

	if (u->ctx) {
		prev = rump_context_switch(u->ctx);
		if (rump_sys_getcwd(cwd, sizeof(cwd)) < 0)
			strcpy(cwd, "/");
		rump_context_switch(prev);
		err = rump_context_destroy(u->ctx);
		if (err == -EBUSY)
			return err;
		u->ctx = NULL;
		u->rootfd = -1;
		u->nopen = 0;
	}
	if (u->mounted) {
		res = rump_sys_umount2(u->mountpoint, 0);
		if (res == -EBUSY && make_context(u, cwd) >= 0)
			return res;
		err = err < 0 ? err : res;
	}
	return err;
}

/* What is left of a handle after `leave`, which may be all of it; returns the first error. */
static int discard(struct ukfs *u)
{
	int res, err = 0;

	if (u->mountpoint[0])
		err = rump_sys_unlinkat(AT_FDCWD, u->mountpoint, AT_REMOVEDIR);
	res = ukfsi_folders_release(u);
	err = err < 0 ? err : res;
	res = ukfsi_flash_detach(u);
	err = err < 0 ? err : res;
	while (u->nmore > 0) {
		res = rump_disk_detach(u->more[--u->nmore]);
		err = err < 0 ? err : res;
	}
	if (u->disk >= 0) {
		res = rump_disk_detach(u->disk);
		err = err < 0 ? err : res;
	}
	if (u->fd >= 0)
		close(u->fd);
	free(u->subdir);
	free(u->image);
	free(u);
	return err;
}

void ukfsi_handle_undo(struct ukfs *u)
{
	leave(u);
	discard(u);
}

static int sync_handle(struct ukfs *u)
{
	struct rump_context *prev;
	int res;

	if (u->rootfd < 0)
		return 0;
	prev = rump_context_switch(u->ctx);
	res = rump_sys_syncfs(u->rootfd);
	rump_context_switch(prev);
	return res;
}

/* In the initial context.  A write error that shows in any of the steps is the result. */
static int release(struct ukfs *u, const char *image)
{
	char reason[512] = "";
	int err, left, res;

	err = sync_handle(u);
	left = leave(u);
	if (left == -EBUSY)
		return ukfsi_error(EBUSY, "%s: still in use", image);
	if (u->snapshot)
		ukfsi_log_reason(u->logpos, u->devpath, 1, reason, sizeof(reason));
	res = discard(u);
	err = err < 0 ? err : left < 0 ? left : res;
	/* EBUSY would mean that the handle is still there */
	if (err == -EBUSY)
		return ukfsi_error(EIO, "%s: unmounted, but its disk is still open", image);
	if (err < 0)
		return ukfsi_error(-err, "%s: not everything could be written: %s [%s]", image,
				   reason[0] ? reason : ukfsi_strerror(-err), ukfsi_errname(-err));
	return 0;
}

int ukfs_release(struct ukfs *u, int flags)
{
	struct rump_context *prev;
	char image[256];
	int res, n;

	if (!u)
		return 0;
	n = u->nopen;
	if (n && !(flags & UKFS_RELFLAG_FORCE))
		return ukfsi_error(EBUSY, "%s: still open: %d files or directories", u->image, n);
	snprintf(image, sizeof(image), "%s", u->image);
	prev = rump_context_switch(NULL);
	res = release(u, image);
	rump_context_switch(prev);
	return res;
}

const char *ukfs_getmp(const struct ukfs *u)
{
	return u->mountpoint;
}

const char *ukfs_fstype(const struct ukfs *u)
{
	return u->fstype;
}

int ukfs_rdonly(const struct ukfs *u)
{
	return u->rdonly;
}

int ukfs_unrecovered(const struct ukfs *u)
{
	return u->unrecovered;
}
