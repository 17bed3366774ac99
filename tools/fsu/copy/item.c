// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Items, extended attributes, and the table of inodes with several names.
 */
#include <stdlib.h>
#include <string.h>

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

bool fsu_xattr_special(const char *name)
{
	return strcmp(name, "security.capability") == 0 || strncmp(name, "trusted.", 8) == 0;
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

const char *inodes_get(const struct inodes *t, const struct stat *st)
{
	struct inode *n = t->buckets[bucket_of(st->st_dev, st->st_ino, t->size)];

	while (n && (n->ino != st->st_ino || n->dev != st->st_dev))
		n = n->next;
	return n ? n->text : NULL;
}

const char *inodes_find(struct inodes *t, const struct stat *st, const char *text)
{
	size_t b = bucket_of(st->st_dev, st->st_ino, t->size);
	const char *old = inodes_get(t, st);
	struct inode *n;

	if (old)
		return old;
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
