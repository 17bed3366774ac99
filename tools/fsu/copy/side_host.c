// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host as a side of a copy.  Each call starts at hostpath_begin's descriptor: a path has any
 * length, and stays beneath the directory that the user typed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "copy.h"

#define RESULT(call) ({ __auto_type r_ = (call); r_ < 0 ? (__typeof__(r_))-errno : r_; })

#define LIMITS(c) ((c) ? (c)->beneath : NULL)

/* Evaluate a call with p.fd and p.rest standing for a path.  makefs has no copy, and no limits. */
#define AT(path, call) ({					\
	struct hostpath p;					\
	int err_ = hostpath_begin(LIMITS(c), &p, path);		\
	__typeof__(call) r_ = -err_;				\
	if (!err_) {						\
		r_ = RESULT(call);				\
		hostpath_end(&p);				\
	}							\
	r_; })

static int host_stat(struct copy *c, const char *path, bool follow, struct stat *st)
{
	return AT(path, fstatat(p.fd, p.rest, st, follow ? 0 : AT_SYMLINK_NOFOLLOW));
}

static int by_inode(const void *a, const void *b)
{
	const struct fsu_name_entry *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* In the order of inode numbers, which mostly is the one in which a disk has them. */
static int host_names(struct copy *c, const char *path, struct fsu_names *names)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (LIMITS(c) ? O_NOFOLLOW : 0);
	int fd = AT(path, openat(p.fd, p.rest, flags));
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;
	int err;

	memset(names, 0, sizeof(*names));
	if (fd < 0)
		return fd;
	if (!dir) {
		err = errno;
		close(fd);
		return -err;
	}
	errno = 0;
	while ((d = readdir(dir))) {
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			fsu_names_add(names, d->d_name, d->d_ino, d->d_type);
		errno = 0;
	}
	err = errno;
	closedir(dir);
	if (names->count)
		qsort(names->list, names->count, sizeof(*names->list), by_inode);
	return -err;
}

static ssize_t host_readlink(struct copy *c, const char *path, char *buf, size_t size)
{
	return AT(path, readlinkat(p.fd, p.rest, buf, size));
}

/* The xattr calls know no directory descriptor; /proc gives a path to one. */
static char *xattr_path(const struct hostpath *p, char buf[PATH_MAX * 2])
{
	if (p->fd == AT_FDCWD)
		return (char *)p->rest;
	snprintf(buf, PATH_MAX * 2, "/proc/self/fd/%d/%s", p->fd, p->rest);
	return buf;
}

static ssize_t host_listxattr(struct copy *c, int fd, const char *path, char *buf, size_t size)
{
	char name[PATH_MAX * 2];

	if (fd >= 0)
		return RESULT(flistxattr(fd, buf, size));
	return AT(path, llistxattr(xattr_path(&p, name), buf, size));
}

static ssize_t host_getxattr(struct copy *c, int fd, const char *path, const char *name,
			     void *value, size_t size)
{
	char at[PATH_MAX * 2];

	if (fd >= 0)
		return RESULT(fgetxattr(fd, name, value, size));
	return AT(path, lgetxattr(xattr_path(&p, at), name, value, size));
}

static int host_setxattr(struct copy *c, int fd, const char *path, const struct xattr *x)
{
	char at[PATH_MAX * 2];

	if (fd >= 0)
		return RESULT(fsetxattr(fd, x->name, x->value, x->size, 0));
	return AT(path, lsetxattr(xattr_path(&p, at), x->name, x->value, x->size, 0));
}

static int host_chown(struct copy *c, int fd, const char *path, uid_t uid, gid_t gid)
{
	if (fd >= 0)
		return RESULT(fchown(fd, uid, gid));
	return AT(path, fchownat(p.fd, p.rest, uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int host_chmod(struct copy *c, int fd, const char *path, mode_t mode)
{
	if (fd >= 0)
		return RESULT(fchmod(fd, mode));
	return AT(path, fchmodat(p.fd, p.rest, mode, LIMITS(c) ? AT_SYMLINK_NOFOLLOW : 0));
}

static int host_utimens(struct copy *c, int fd, const char *path, const struct timespec ts[2])
{
	if (fd >= 0)
		return RESULT(futimens(fd, ts));
	return AT(path, utimensat(p.fd, p.rest, ts, AT_SYMLINK_NOFOLLOW));
}

/* On the host a refusal is about what the user may do. */
static bool host_unheld(struct copy *c, const char *path, int err)
{
	(void)c;
	(void)path;
	(void)err;
	return false;
}

static int host_open(struct copy *c, const char *path, int flags, mode_t mode)
{
	return AT(path, openat(p.fd, p.rest, flags | O_CLOEXEC | O_NOCTTY, mode));
}

static int host_close(struct copy *c, int fd)
{
	(void)c;
	return RESULT(close(fd));
}

static int host_fstat(struct copy *c, int fd, struct stat *st)
{
	(void)c;
	return RESULT(fstat(fd, st));
}

static ssize_t host_pread(struct copy *c, int fd, void *buf, size_t size, off_t off)
{
	(void)c;
	return RESULT(pread(fd, buf, size, off));
}

static ssize_t host_pwrite(struct copy *c, int fd, const void *buf, size_t size, off_t off)
{
	(void)c;
	return RESULT(pwrite(fd, buf, size, off));
}

static off_t host_seek(struct copy *c, int fd, off_t off, int whence)
{
	(void)c;
	return RESULT(lseek(fd, off, whence));
}

static int host_ftruncate(struct copy *c, int fd, off_t size)
{
	(void)c;
	return RESULT(ftruncate(fd, size));
}

static void host_readahead(struct copy *c, int fd)
{
	(void)c;
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
}

static int host_mkdir(struct copy *c, const char *path, mode_t mode)
{
	return AT(path, mkdirat(p.fd, p.rest, mode));
}

static int host_unlink(struct copy *c, const char *path)
{
	return AT(path, unlinkat(p.fd, p.rest, 0));
}

static int host_symlink(struct copy *c, const char *target, const char *path)
{
	return AT(path, symlinkat(target, p.fd, p.rest));
}

static int host_mknod(struct copy *c, const char *path, mode_t mode, dev_t dev)
{
	return AT(path, mknodat(p.fd, p.rest, mode, dev));
}

static int host_link(struct copy *c, const char *old, const char *path)
{
	struct hostpath from;
	int err = hostpath_begin_second(LIMITS(c), &from, old), ret;

	if (err)
		return -err;
	ret = AT(path, linkat(from.fd, from.rest, p.fd, p.rest, 0));
	hostpath_end(&from);
	return ret;
}

const struct side host_side = {
	.stat = host_stat, .names = host_names, .readlink = host_readlink,
	.listxattr = host_listxattr, .getxattr = host_getxattr, .setxattr = host_setxattr,
	.chown = host_chown, .chmod = host_chmod, .utimens = host_utimens,
	.unheld = host_unheld, .open = host_open,
	.close = host_close, .fstat = host_fstat, .pread = host_pread, .pwrite = host_pwrite,
	.seek = host_seek, .ftruncate = host_ftruncate, .readahead = host_readahead,
	.mkdir = host_mkdir, .unlink = host_unlink, .symlink = host_symlink, .mknod = host_mknod,
	.link = host_link,
};
