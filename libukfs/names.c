// SPDX-License-Identifier: GPL-2.0-or-later
/* Names: making, removing, linking and renaming them, and the current directory. */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static int make_node(struct ukfs *u, const char *op, const char *path, mode_t mode, dev_t dev)
{
	unsigned int kdev = (unsigned int)dev;

	/* the kernel's encoding is the low half of libc's */
	if (kdev != dev)
		return ukfsi_fail(u, op, path, -EINVAL);
	return AT_PATH(u, op, path, rump_sys_mknodat(at.dirfd, at.path, mode, kdev));
}

int ukfs_create(struct ukfs *u, const char *path, mode_t mode)
{
	return make_node(u, "create", path, S_IFREG | (mode & 07777), 0);
}

int ukfs_mknod(struct ukfs *u, const char *path, mode_t mode, dev_t dev)
{
	return make_node(u, "make the node", path, mode, dev);
}

int ukfs_mkfifo(struct ukfs *u, const char *path, mode_t mode)
{
	return make_node(u, "make the fifo", path, S_IFIFO | (mode & 07777), 0);
}

int ukfs_mkdir(struct ukfs *u, const char *path, mode_t mode)
{
	return AT_PATH(u, "make the directory", path, rump_sys_mkdirat(at.dirfd, at.path, mode));
}

int ukfs_remove(struct ukfs *u, const char *path)
{
	return AT_PATH(u, "remove", path, rump_sys_unlinkat(at.dirfd, at.path, 0));
}

int ukfs_rmdir(struct ukfs *u, const char *path)
{
	return AT_PATH(u, "remove the directory", path,
		       rump_sys_unlinkat(at.dirfd, at.path, AT_REMOVEDIR));
}

/* The second path of a call that takes two. */
static int link_to(const struct ukfsi_at *from, const char *newpath)
{
	struct ukfsi_at to;
	int res = ukfsi_at_begin(&to, newpath);

	if (res >= 0) {
		res = rump_sys_linkat(from->dirfd, from->path, to.dirfd, to.path, 0);
		ukfsi_at_end(&to);
	}
	return res;
}

int ukfs_link(struct ukfs *u, const char *path, const char *newpath)
{
	return WITH_SECOND(newpath, AT_PATH(u, "link", path, link_to(&at, newpath)));
}

int ukfs_symlink(struct ukfs *u, const char *target, const char *linkpath)
{
	return WITH_SECOND(target, AT_PATH(u, "make the symbolic link", linkpath,
					   rump_sys_symlinkat(target, at.dirfd, at.path)));
}

ssize_t ukfs_readlink(struct ukfs *u, const char *path, char *buf, size_t size)
{
	return AT_PATH(u, "read the symbolic link", path,
		       rump_sys_readlinkat(at.dirfd, at.path, buf, size));
}

static int rename_to(const struct ukfsi_at *from, const char *newpath, unsigned int flags)
{
	struct ukfsi_at to;
	int res = ukfsi_at_begin(&to, newpath);

	if (res >= 0) {
		res = rump_sys_renameat2(from->dirfd, from->path, to.dirfd, to.path, flags);
		ukfsi_at_end(&to);
	}
	return res;
}

int ukfs_rename(struct ukfs *u, const char *from, const char *to)
{
	return ukfs_renameat2(u, from, to, 0);
}

int ukfs_renameat2(struct ukfs *u, const char *from, const char *to, unsigned int flags)
{
	return WITH_SECOND(to, AT_PATH(u, "rename", from, rename_to(&at, to, flags)));
}

static int change_directory(const struct ukfsi_at *at)
{
	int fd, res;

	/* cppcheck-suppress [uninitvar, ctuuninitvar] ; ukfsi_at_begin has set it */
	if (at->dirfd == AT_FDCWD)
		return rump_sys_chdir(at->path);
	fd = rump_sys_openat(at->dirfd, at->path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	res = rump_sys_fchdir(fd);
	rump_sys_close(fd);
	return res;
}

int ukfs_chdir(struct ukfs *u, const char *path)
{
	return AT_PATH(u, "change to the directory", path, change_directory(&at));
}

char *ukfs_getcwd(struct ukfs *u, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t len = IN_CONTEXT(u, "name the current directory", NULL,
				 rump_sys_getcwd(path, sizeof(path)));

	if (len < 0)
		return NULL;
	if (!buf && size == 0)
		size = len;
	if (size < (size_t)len) {
		ukfsi_fail(u, "name the current directory", NULL, -ERANGE);
		return NULL;
	}
	if (!buf && !(buf = malloc(size))) {
		ukfsi_fail(u, "name the current directory", NULL, -ENOMEM);
		return NULL;
	}
	return memcpy(buf, path, len);
}

/* One step down: make `name` in the directory *dirfd where it is missing, and go there. */
static int step_down(int *dirfd, const char *name, mode_t mode)
{
	int fd, res = rump_sys_mkdirat(*dirfd, name, mode);

	if (res < 0 && res != -EEXIST)
		return res;
	fd = rump_sys_openat(*dirfd, name, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	rump_sys_close(*dirfd);
	*dirfd = fd;
	return 0;
}

static int build_dirs(const char *path, mode_t mode)
{
	char name[NAME_MAX * 4 + 1];
	int dirfd, res = 0;
	size_t len;

	dirfd = rump_sys_openat(AT_FDCWD, *path == '/' ? "/" : ".", O_PATH | O_DIRECTORY, 0);
	if (dirfd < 0)
		return dirfd;
	while (res >= 0) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!path[len + strspn(path + len, "/")])
			break;
		if (len >= sizeof(name)) {
			res = -ENAMETOOLONG;
			break;
		}
		memcpy(name, path, len);
		name[len] = '\0';
		res = step_down(&dirfd, name, mode);
		path += len;
	}
	rump_sys_close(dirfd);
	return res;
}

int ukfs_util_builddirs(struct ukfs *u, const char *path, mode_t mode)
{
	return IN_CONTEXT(u, "make the directories of", path, build_dirs(path, mode));
}
