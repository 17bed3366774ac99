// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree as a side that the copier reads: attributes are the tree's, the data is read from the
 * host's file or the spool.  The source has one file open at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

static const struct tree *tree;
static struct inode *opened;

void tree_side_use(const struct tree *t)
{
	tree = t;
}

static struct inode *find(const char *path)
{
	struct node *n = tree_find(tree, path);

	return n ? n->inode : NULL;
}

static int side_stat(struct copy *c, const char *path, bool follow, struct stat *st)
{
	struct inode *i = find(path);

	(void)c;
	(void)follow;
	if (!i)
		return -ENOENT;
	*st = i->st;
	return 0;
}

static int side_names(struct copy *c, const char *path, struct fsu_names *names)
{
	struct node *dir = tree_find(tree, path);

	(void)c;
	memset(names, 0, sizeof(*names));
	for (size_t i = 0; dir && i < dir->nchildren; i++) {
		const struct node *n = dir->children[i];

		fsu_names_add(names, n->name, n->inode->st.st_ino, IFTODT(n->inode->st.st_mode));
	}
	return dir ? 0 : -ENOENT;
}

static ssize_t side_readlink(struct copy *c, const char *path, char *buf, size_t size)
{
	struct inode *i = find(path);
	size_t len = i && i->target ? strlen(i->target) : 0;

	(void)c;
	if (!i || !i->target)
		return -EINVAL;
	memcpy(buf, i->target, len < size ? len : size);
	return len < size ? len : size;
}

static ssize_t side_listxattr(struct copy *c, int fd, const char *path, char *buf, size_t size)
{
	struct inode *i = fd >= 0 ? opened : find(path);
	size_t len = 0;

	(void)c;
	for (struct xattr *x = i ? i->xattrs : NULL; x; x = x->next) {
		size_t n = strlen(x->name) + 1;

		if (size && len + n > size)
			return -ERANGE;
		if (size)
			memcpy(buf + len, x->name, n);
		len += n;
	}
	return len;
}

static ssize_t side_getxattr(struct copy *c, int fd, const char *path, const char *name,
			     void *value, size_t size)
{
	struct inode *i = fd >= 0 ? opened : find(path);
	struct xattr *x = i ? i->xattrs : NULL;

	(void)c;
	while (x && strcmp(x->name, name))
		x = x->next;
	if (!x)
		return -ENODATA;
	if (size && size < x->size)
		return -ERANGE;
	if (size)
		memcpy(value, x->value, x->size);
	return x->size;
}

static int side_open(struct copy *c, const char *path, int flags, mode_t mode)
{
	(void)c;
	opened = find(path);
	if (!opened)
		return -ENOENT;
	/* without the copy: its limits are the destination's where a builder's folder is filled */
	return opened->host ? host_side.open(NULL, opened->host, flags, mode) : tree->spool;
}

static int side_close(struct copy *c, int fd)
{
	return opened->host ? host_side.close(c, fd) : 0;
}

/* A file of the host may have changed since it was looked at: its size is what it is now. */
static int side_fstat(struct copy *c, int fd, struct stat *st)
{
	struct stat now;
	int err = 0;

	*st = opened->st;
	if (opened->host) {
		err = host_side.fstat(c, fd, &now);
		if (!err && S_ISREG(now.st_mode)) {
			st->st_size = now.st_size;
			st->st_blocks = now.st_blocks;
		}
	}
	return err;
}

/* The spool has no descriptor for a file without data. */
static ssize_t side_pread(struct copy *c, int fd, void *buf, size_t size, off_t off)
{
	off_t left = opened->st.st_size - off;

	if (opened->host)
		return host_side.pread(c, fd, buf, size, off);
	if (left <= 0)
		return 0;
	return host_side.pread(c, fd, buf, (off_t)size < left ? (off_t)size : left,
			       opened->spool + off);
}

static off_t side_seek(struct copy *c, int fd, off_t off, int whence)
{
	off_t at;

	if (opened->host)
		return host_side.seek(c, fd, off, whence);
	at = host_side.seek(c, fd, opened->spool + off, whence);
	if (at < 0)
		return at;
	at -= opened->spool;
	if (at > opened->st.st_size)
		return whence == SEEK_DATA ? -ENXIO : opened->st.st_size;
	return at;
}

static void side_readahead(struct copy *c, int fd)
{
	if (opened->host)
		host_side.readahead(c, fd);
}

const struct side tree_side = {
	.stat = side_stat, .names = side_names, .readlink = side_readlink,
	.listxattr = side_listxattr, .getxattr = side_getxattr, .open = side_open,
	.close = side_close, .fstat = side_fstat, .pread = side_pread, .seek = side_seek,
	.readahead = side_readahead,
};
