// SPDX-License-Identifier: GPL-2.0-or-later
/* Descriptors of a handle: ukfs_open and the calls that take what it returns. */
#include <stdarg.h>

#include "internal.h"

int ukfs_open(struct ukfs *u, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	int fd;

	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	fd = AT_PATH(u, "open", path, rump_sys_openat(at.dirfd, at.path, flags, mode));
	if (fd >= 0)
		u->nopen++;
	return fd;
}

int ukfs_close(struct ukfs *u, int fd)
{
	int res = ON_FD(u, "close a file", fd, rump_sys_close(fd));

	/* a close that fails for another reason has closed it */
	if (res == 0 || errno != EBADF)
		u->nopen--;
	return res;
}

ssize_t ukfs_pread(struct ukfs *u, int fd, void *buf, size_t size, off_t off)
{
	return ON_FD(u, "read", fd, rump_sys_pread64(fd, buf, size, off));
}

ssize_t ukfs_pwrite(struct ukfs *u, int fd, const void *buf, size_t size, off_t off)
{
	return ON_FD(u, "write", fd, rump_sys_pwrite64(fd, buf, size, off));
}

int ukfs_fstat(struct ukfs *u, int fd, struct stat *st)
{
	return ON_FD(u, "stat an open file", fd, rump_sys_fstat(fd, st));
}

int ukfs_ffsync(struct ukfs *u, int fd)
{
	return ON_FD(u, "write a file to the medium", fd, rump_sys_fsync(fd));
}

int ukfs_sync_file_range(struct ukfs *u, int fd, off_t off, off_t len, unsigned int flags)
{
	return ON_FD(u, "write out an open file", fd,
		     rump_sys_sync_file_range(fd, off, len, flags));
}

int ukfs_ftruncate(struct ukfs *u, int fd, off_t length)
{
	return ON_FD(u, "truncate an open file", fd, rump_sys_ftruncate(fd, length));
}

int ukfs_ffallocate(struct ukfs *u, int fd, int mode, off_t off, off_t len)
{
	return ON_FD(u, "allocate space", fd, rump_sys_fallocate(fd, mode, off, len));
}

off_t ukfs_flseek(struct ukfs *u, int fd, off_t off, int whence)
{
	return ON_FD(u, "seek", fd, rump_sys_lseek(fd, off, whence));
}

int ukfs_fioctl(struct ukfs *u, int fd, unsigned long request, unsigned long arg)
{
	return ON_FD(u, "control an open file", fd, rump_sys_ioctl(fd, request, arg));
}

int ukfs_fchown(struct ukfs *u, int fd, uid_t uid, gid_t gid)
{
	return ON_FD(u, "change the owner of an open file", fd, rump_sys_fchown(fd, uid, gid));
}

int ukfs_fchmod(struct ukfs *u, int fd, mode_t mode)
{
	return ON_FD(u, "change the mode of an open file", fd, rump_sys_fchmod(fd, mode));
}

int ukfs_futimens(struct ukfs *u, int fd, const struct timespec ts[2])
{
	return ON_FD(u, "set the times of an open file", fd, rump_sys_utimensat(fd, NULL, ts, 0));
}

int ukfs_fsetxattr(struct ukfs *u, int fd, const char *name, const void *value, size_t size,
		   int flags)
{
	return ON_FD(u, "set an extended attribute", fd,
		     rump_sys_fsetxattr(fd, name, value, size, flags));
}
