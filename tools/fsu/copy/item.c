// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Items, extended attributes, the table of inodes with several names, and host paths of any length.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"

void item_free(struct item *i)
{
	free(i->name);
	free(i->from);
	free(i->text);
	free(i->data);
	xattrs_free(i->xattrs);
	free(i);
}

struct xattr *xattr_new(const char *name, size_t size)
{
	size_t len = strlen(name) + 1;
	struct xattr *x = fsu_malloc(sizeof(*x) + len + size);

	x->next = NULL;
	x->value = x->name + len;
	x->size = size;
	memcpy(x->name, name, len);
	return x;
}

void xattrs_free(struct xattr *x)
{
	while (x) {
		struct xattr *next = x->next;

		free(x);
		x = next;
	}
}

/* Those that are not the driver's own view of what it stores ("hfs.type", "$LXUID",
 * "system.dos_attrib"). */
bool xattr_wanted(const char *name)
{
	static const char *const kept[] = { "user.", "trusted.", "security.", "system.posix_acl_" };

	/* xfs shows its ACLs a second time, as it stores them */
	if (strncmp(name, "trusted.SGI_ACL_", 16) == 0)
		return false;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strncmp(name, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

bool xattr_is_acl(const char *name)
{
	return strncmp(name, "system.posix_acl_", 17) == 0;
}

/* ---- inodes ------------------------------------------------------------------------------ */

struct inode {
	struct inode *next;
	dev_t dev;
	ino_t ino;
	char text[];
};

struct inodes {
	struct inode **buckets;
	size_t size, count;
};

static size_t bucket_of(dev_t dev, ino_t ino, size_t size)
{
	uint64_t h = (ino ^ ((uint64_t)dev << 32)) * 0x9e3779b97f4a7c15u;

	return (h >> 20) & (size - 1);
}

static void resize(struct inodes *t, size_t size)
{
	struct inode **buckets = fsu_malloc(size * sizeof(*buckets));

	memset(buckets, 0, size * sizeof(*buckets));
	for (size_t i = 0; i < t->size; i++)
		for (struct inode *n = t->buckets[i], *next; n; n = next) {
			size_t b = bucket_of(n->dev, n->ino, size);

			next = n->next;
			n->next = buckets[b];
			buckets[b] = n;
		}
	free(t->buckets);
	t->buckets = buckets;
	t->size = size;
}

struct inodes *inodes_new(void)
{
	struct inodes *t = fsu_malloc(sizeof(*t));

	*t = (struct inodes){ 0 };
	resize(t, 1024);
	return t;
}

const char *inodes_find(struct inodes *t, const struct stat *st, const char *text)
{
	size_t b = bucket_of(st->st_dev, st->st_ino, t->size);
	struct inode *n;

	for (n = t->buckets[b]; n; n = n->next)
		if (n->ino == st->st_ino && n->dev == st->st_dev)
			return n->text;
	n = fsu_malloc(sizeof(*n) + strlen(text) + 1);
	n->dev = st->st_dev;
	n->ino = st->st_ino;
	strcpy(n->text, text);
	n->next = t->buckets[b];
	t->buckets[b] = n;
	if (++t->count > t->size)
		resize(t, t->size * 2);
	return NULL;
}

void inodes_free(struct inodes *t)
{
	for (size_t i = 0; i < t->size; i++)
		for (struct inode *n = t->buckets[i], *next; n; n = next) {
			next = n->next;
			free(n);
		}
	free(t->buckets);
	free(t);
}

/* ---- host paths -------------------------------------------------------------------------- */

/* The kernel takes PATH_MAX bytes in one call: a longer path is opened piece by piece.  The rest
 * leaves room for /proc/self/fd/NUMBER/ before it. */
#define PIECE (PATH_MAX - 64)

int hostpath_begin(struct hostpath *p, const char *path)
{
	char piece[PIECE];

	*p = (struct hostpath){ AT_FDCWD, path, false };
	while (strnlen(p->rest, PIECE) >= PIECE) {
		size_t len = PIECE - 1;
		int fd;

		while (len && p->rest[len] != '/')
			len--;
		if (!len) {
			hostpath_end(p);
			return ENAMETOOLONG;
		}
		memcpy(piece, p->rest, len);
		piece[len] = '\0';
		fd = openat(p->fd, piece, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0) {
			int err = errno;

			hostpath_end(p);
			return err;
		}
		hostpath_end(p);
		p->fd = fd;
		p->opened = true;
		for (p->rest += len; *p->rest == '/'; p->rest++)
			;
	}
	return 0;
}

void hostpath_end(struct hostpath *p)
{
	if (p->opened)
		close(p->fd);
	p->opened = false;
}
