// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Extended attributes are passed on as they are; POSIX ACLs, which the kernel shows as attributes
 * in a format of its own, become libarchive's ACLs, so that other tars know them.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../copy/copy.h"
#include "tar.h"

#define ACL_ACCESS "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"
#define ACL_VERSION 2

struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
};

struct acl {
	uint32_t version;
	struct acl_entry entries[];
};

static const struct { uint16_t kernel; int archive; } tags[] = {
	{ 0x01, ARCHIVE_ENTRY_ACL_USER_OBJ }, { 0x02, ARCHIVE_ENTRY_ACL_USER },
	{ 0x04, ARCHIVE_ENTRY_ACL_GROUP_OBJ }, { 0x08, ARCHIVE_ENTRY_ACL_GROUP },
	{ 0x10, ARCHIVE_ENTRY_ACL_MASK }, { 0x20, ARCHIVE_ENTRY_ACL_OTHER },
};

#define NTAGS (sizeof(tags) / sizeof(tags[0]))

static void take_acl(struct archive_entry *e, int type, const struct acl *acl, size_t size)
{
	size_t n = size < sizeof(*acl) ? 0 : (size - sizeof(*acl)) / sizeof(acl->entries[0]);

	if (!n || le32toh(acl->version) != ACL_VERSION)
		return;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < NTAGS; j++)
			if (tags[j].kernel == le16toh(acl->entries[i].tag))
				archive_entry_acl_add_entry(e, type, le16toh(acl->entries[i].perm),
							    tags[j].archive,
							    le32toh(acl->entries[i].id), NULL);
}

static void take_attribute(struct tar *t, struct archive_entry *e, const char *path,
			   const char *name)
{
	ssize_t size = ukfs_lgetxattr(t->u, path, name, NULL, 0);
	void *value = size >= 0 ? fsu_malloc(size) : NULL;

	if (size >= 0)
		size = ukfs_lgetxattr(t->u, path, name, value, size);
	if (size < 0)
		tar_fail(t, errno, path);
	else if (strcmp(name, ACL_ACCESS) == 0)
		take_acl(e, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, value, size);
	else if (strcmp(name, ACL_DEFAULT) == 0)
		take_acl(e, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value, size);
	else
		archive_entry_xattr_add_entry(e, name, value, size);
	free(value);
}

void tar_take_attributes(struct tar *t, struct archive_entry *e, const char *path)
{
	ssize_t size = ukfs_llistxattr(t->u, path, NULL, 0);
	char *list;

	if (size <= 0)
		return;
	list = fsu_malloc(size);
	size = ukfs_llistxattr(t->u, path, list, size);
	for (char *name = list; size > 0 && name < list + size; name += strlen(name) + 1)
		if (xattr_wanted(name))
			take_attribute(t, e, path, name);
	free(list);
}

static int by_tag(const void *a, const void *b)
{
	const struct acl_entry *x = a, *y = b;
	int order = le16toh(x->tag) - le16toh(y->tag);

	return order ? order : le32toh(x->id) < le32toh(y->id) ? -1 : 1;
}

/* Other tars give names alone, which are the host's. */
static uint32_t id_of(int id, int tag, const char *name)
{
	char text[256];
	uid_t uid;
	gid_t gid;

	if (id >= 0 || !name || !*name)
		return id;
	snprintf(text, sizeof(text), "%s%s", tag == ARCHIVE_ENTRY_ACL_USER ? "" : ":", name);
	if (!fsu_parse_owner(text, &uid, &gid))
		return -1;
	return tag == ARCHIVE_ENTRY_ACL_USER ? uid : gid;
}

static void give_acl(struct tar *t, struct archive_entry *e, const char *path, int type,
		     const char *name)
{
	int n = archive_entry_acl_reset(e, type), kind, permset, tag, id, count = 0;
	struct acl *acl;
	const char *who;

	if (n <= 0)
		return;
	acl = fsu_malloc(sizeof(*acl) + n * sizeof(acl->entries[0]));
	acl->version = htole32(ACL_VERSION);
	while (count < n &&
	       archive_entry_acl_next(e, type, &kind, &permset, &tag, &id, &who) == ARCHIVE_OK)
		for (size_t j = 0; j < NTAGS; j++)
			if (tags[j].archive == tag)
				acl->entries[count++] = (struct acl_entry){ htole16(tags[j].kernel),
					htole16(permset & 7), htole32(id_of(id, tag, who)) };
	qsort(acl->entries, count, sizeof(acl->entries[0]), by_tag);
	if (ukfs_lsetxattr(t->u, path, name, acl,
			   sizeof(*acl) + count * sizeof(acl->entries[0]), 0))
		tar_fail(t, errno, path);
	free(acl);
}

void tar_give_attributes(struct tar *t, struct archive_entry *e, const char *path)
{
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(e);
	while (archive_entry_xattr_next(e, &name, &value, &size) == ARCHIVE_OK)
		if (!(t->no_special && fsu_xattr_special(name)) &&
		    ukfs_lsetxattr(t->u, path, name, value, size, 0))
			tar_fail(t, errno, path);
	if (archive_entry_filetype(e) == AE_IFLNK)
		return;
	give_acl(t, e, path, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, ACL_ACCESS);
	if (archive_entry_filetype(e) == AE_IFDIR)
		give_acl(t, e, path, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, ACL_DEFAULT);
}
