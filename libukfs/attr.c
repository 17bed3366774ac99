// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of files, by path. */
#include "internal.h"

int ukfs_stat(struct ukfs *u, const char *path, struct stat *st)
{
	return AT_PATH(u, "stat", path, rump_sys_newfstatat(at.dirfd, at.path, st, 0));
}

int ukfs_lstat(struct ukfs *u, const char *path, struct stat *st)
{
	return AT_PATH(u, "stat", path,
		       rump_sys_newfstatat(at.dirfd, at.path, st, AT_SYMLINK_NOFOLLOW));
}

int ukfs_fstatat(struct ukfs *u, int fd, const char *path, struct stat *st, int flags)
{
	return AT_FD_PATH(u, "stat", fd, path, rump_sys_newfstatat(at.dirfd, at.path, st, flags));
}

int ukfs_statx(struct ukfs *u, const char *path, int flags, unsigned int mask, struct statx *stx)
{
	return AT_PATH(u, "stat", path, rump_sys_statx(at.dirfd, at.path, flags, mask, stx));
}

int ukfs_access(struct ukfs *u, const char *path, int mode)
{
	return AT_PATH(u, "access", path, rump_sys_faccessat2(at.dirfd, at.path, mode, 0));
}

static int change_mode(struct ukfs *u, const char *path, mode_t mode, int flags)
{
	return AT_PATH(u, "change the mode of", path,
		       rump_sys_fchmodat2(at.dirfd, at.path, mode, flags));
}

int ukfs_chmod(struct ukfs *u, const char *path, mode_t mode)
{
	return change_mode(u, path, mode, 0);
}

int ukfs_lchmod(struct ukfs *u, const char *path, mode_t mode)
{
	return change_mode(u, path, mode, AT_SYMLINK_NOFOLLOW);
}

static int change_owner(struct ukfs *u, const char *path, uid_t uid, gid_t gid, int flags)
{
	return AT_PATH(u, "change the owner of", path,
		       rump_sys_fchownat(at.dirfd, at.path, uid, gid, flags));
}

int ukfs_chown(struct ukfs *u, const char *path, uid_t uid, gid_t gid)
{
	return change_owner(u, path, uid, gid, 0);
}

int ukfs_lchown(struct ukfs *u, const char *path, uid_t uid, gid_t gid)
{
	return change_owner(u, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

static int set_times(struct ukfs *u, const char *path, const struct timespec ts[2], int flags)
{
	return AT_PATH(u, "set the times of", path,
		       rump_sys_utimensat(at.dirfd, at.path, ts, flags));
}

int ukfs_utimens(struct ukfs *u, const char *path, const struct timespec ts[2])
{
	return set_times(u, path, ts, 0);
}

int ukfs_lutimens(struct ukfs *u, const char *path, const struct timespec ts[2])
{
	return set_times(u, path, ts, AT_SYMLINK_NOFOLLOW);
}
