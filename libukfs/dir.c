// SPDX-License-Identifier: GPL-2.0-or-later
/* Directories: a reader with a buffer of its own, and raw records by path. */
#include <dirent.h>
#include <stdlib.h>

#include "internal.h"

#define BUFFER_SIZE 32768

struct ukfs_dir {
	struct ukfs *u;
	int fd;
	size_t pos, end;		/* of the records in buf */
	struct ukfsi_listing listing;
	struct ukfs_dirent entry;
	_Alignas(struct dirent64) uint8_t buf[BUFFER_SIZE];
};

struct ukfs_dir *ukfs_opendir(struct ukfs *u, const char *path)
{
	return ukfs_opendirat(u, AT_FDCWD, path);
}

struct ukfs_dir *ukfs_opendirat(struct ukfs *u, int fd, const char *path)
{
	struct ukfs_dir *dir = malloc(sizeof(*dir));

	if (!dir) {
		ukfsi_fail(u, "open the directory", path, -ENOMEM);
		return NULL;
	}
	dir->u = u;
	dir->pos = dir->end = 0;
	memset(&dir->listing, 0, sizeof(dir->listing));
	dir->fd = AT_FD_PATH(u, "open the directory", fd, path,
			     rump_sys_openat(at.dirfd, at.path,
					     O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
	if (dir->fd < 0) {
		free(dir);
		return NULL;
	}
	u->nopen++;
	return dir;
}

int ukfs_dirfd(const struct ukfs_dir *dir)
{
	return dir->fd;
}

static struct ukfs_dirent *take_record(struct ukfs_dir *dir)
{
	const struct dirent64 *d = (const struct dirent64 *)(dir->buf + dir->pos);
	size_t len = strlen(d->d_name);

	dir->pos += d->d_reclen;
	if (ukfsi_listing_next(&dir->listing, dir->u, d) < 0)
		return NULL;
	if (len >= sizeof(dir->entry.d_name)) {
		ukfsi_fail(dir->u, "return the name", d->d_name, -ENAMETOOLONG);
		return NULL;
	}
	dir->entry.d_ino = d->d_ino;
	dir->entry.d_off = d->d_off;
	dir->entry.d_type = d->d_type;
	memcpy(dir->entry.d_name, d->d_name, len + 1);
	return &dir->entry;
}

struct ukfs_dirent *ukfs_readdir(struct ukfs_dir *dir)
{
	ssize_t n;

	if (dir->pos >= dir->end) {
		n = IN_CONTEXT(dir->u, "read a directory", NULL,
			       rump_sys_getdents64(dir->fd, dir->buf, sizeof(dir->buf)));
		if (n <= 0)
			return NULL;
		dir->pos = 0;
		dir->end = n;
	}
	return take_record(dir);
}

int ukfs_closedir(struct ukfs_dir *dir)
{
	int res = IN_CONTEXT(dir->u, "close a directory", NULL, rump_sys_close(dir->fd));

	dir->u->nopen--;
	free(dir);
	return res;
}

static ssize_t read_records(int fd, off_t *off, uint8_t *buf, size_t bufsize)
{
	ssize_t n, pos;
	off_t res = rump_sys_lseek(fd, *off, SEEK_SET);

	if (res < 0)
		return res;
	n = rump_sys_getdents64(fd, buf, bufsize);
	for (pos = 0; pos < n;) {
		const struct dirent64 *d = (const struct dirent64 *)(buf + pos);

		*off = d->d_off;
		pos += d->d_reclen;
	}
	return n;
}

ssize_t ukfs_getdents(struct ukfs *u, const char *path, off_t *off, uint8_t *buf, size_t bufsize)
{
	off_t start = off ? *off : 0;
	ssize_t n = OPENED(u, "read the directory", path, O_RDONLY | O_DIRECTORY,
			   read_records(fd, off, buf, bufsize));

	/* the next call would read the same records again */
	return n > 0 && *off == start ? ukfsi_endless(u) : n;
}
