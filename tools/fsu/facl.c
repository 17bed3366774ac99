// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * POSIX ACLs as the kernel has them in extended attributes.
 */
#include <endian.h>
#include <errno.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>

#include "facl.h"

#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"

static int order(const struct facl_entry *e)
{
	static const int tags[] = { ACL_USER_OBJ, ACL_USER, ACL_GROUP_OBJ, ACL_GROUP, ACL_MASK,
				    ACL_OTHER };
	int i = 0;

	while (i < 5 && tags[i] != e->tag)
		i++;
	return i;
}

static bool has_id(int tag)
{
	return tag == ACL_USER || tag == ACL_GROUP;
}

struct facl_entry *facl_find(const struct facl *acl, int tag, uint32_t id)
{
	for (int i = 0; i < acl->n; i++)
		if (acl->list[i].tag == tag && (!has_id(tag) || acl->list[i].id == id))
			return &acl->list[i];
	return NULL;
}

void facl_set(struct facl *acl, int tag, uint32_t id, unsigned int perm)
{
	struct facl_entry *e = facl_find(acl, tag, id), new = { tag, perm, id };
	int at;

	if (e) {
		e->perm = perm;
		return;
	}
	acl->list = fsu_realloc(acl->list, (acl->n + 1) * sizeof(*acl->list));
	for (at = acl->n++; at; at--) {
		const struct facl_entry *before = &acl->list[at - 1];

		if (order(before) < order(&new) || (before->tag == tag && before->id < id))
			break;
		acl->list[at] = *before;
	}
	acl->list[at] = new;
}

void facl_remove(struct facl *acl, struct facl_entry *e)
{
	acl->n--;
	memmove(e, e + 1, (acl->list + acl->n - e) * sizeof(*e));
}

bool facl_is_mode(const struct facl *acl)
{
	for (int i = 0; i < acl->n; i++)
		if (has_id(acl->list[i].tag) || acl->list[i].tag == ACL_MASK)
			return false;
	return true;
}

void facl_calc_mask(struct facl *acl)
{
	unsigned int perm = 0;

	for (int i = 0; i < acl->n; i++)
		if (has_id(acl->list[i].tag) || acl->list[i].tag == ACL_GROUP_OBJ)
			perm |= acl->list[i].perm;
	facl_set(acl, ACL_MASK, 0, perm);
}

void facl_free(struct facl *acl)
{
	free(acl->list);
	memset(acl, 0, sizeof(*acl));
}

char *facl_perm_text(char buf[4], unsigned int perm)
{
	for (int i = 0; i < 3; i++)
		buf[i] = perm & (4 >> i) ? "rwx"[i] : '-';
	buf[3] = '\0';
	return buf;
}

/* ---- the attribute ----------------------------------------------------------------------- */

static void from_mode(struct facl *acl, mode_t mode)
{
	facl_set(acl, ACL_USER_OBJ, 0, mode >> 6 & 7);
	facl_set(acl, ACL_GROUP_OBJ, 0, mode >> 3 & 7);
	facl_set(acl, ACL_OTHER, 0, mode & 7);
}

static int decode(const void *value, size_t size, struct facl *acl)
{
	const struct posix_acl_xattr_header *header = value;
	const struct posix_acl_xattr_entry *e = (const void *)(header + 1);

	if (size < sizeof(*header) || le32toh(header->a_version) != POSIX_ACL_XATTR_VERSION ||
	    (size - sizeof(*header)) % sizeof(*e))
		return EINVAL;
	for (size -= sizeof(*header); size; size -= sizeof(*e), e++)
		facl_set(acl, le16toh(e->e_tag), le32toh(e->e_id), le16toh(e->e_perm) & 7);
	return 0;
}

int facl_read(struct ukfs *u, const char *path, const struct stat *st, bool defaults,
	      struct facl *acl)
{
	char *value = fsu_malloc(65536);
	ssize_t size = -1;
	int err = 0;

	memset(acl, 0, sizeof(*acl));
	errno = ENODATA;
	if (!defaults || S_ISDIR(st->st_mode))
		size = ukfs_getxattr(u, path, defaults ? DEFAULT : ACCESS, value, 65536);
	if (size >= 0)
		err = decode(value, size, acl);
	else if (errno != ENODATA && errno != EOPNOTSUPP)
		err = errno;
	else if (!defaults)
		from_mode(acl, st->st_mode);
	free(value);
	return err;
}

int facl_write(struct ukfs *u, const char *path, bool defaults, const struct facl *acl)
{
	const char *name = defaults ? DEFAULT : ACCESS;
	struct posix_acl_xattr_header *header;
	struct posix_acl_xattr_entry *e;
	size_t size = sizeof(*header) + acl->n * sizeof(*e);
	int res;

	if (!acl->n) {
		res = ukfs_removexattr(u, path, name);
		return res && errno != ENODATA ? errno : 0;
	}
	header = fsu_malloc(size);
	header->a_version = htole32(POSIX_ACL_XATTR_VERSION);
	e = (void *)(header + 1);
	for (int i = 0; i < acl->n; i++)
		e[i] = (struct posix_acl_xattr_entry){
			.e_tag = htole16(acl->list[i].tag), .e_perm = htole16(acl->list[i].perm),
			.e_id = htole32(has_id(acl->list[i].tag) ? acl->list[i].id :
					ACL_UNDEFINED_ID),
		};
	res = ukfs_setxattr(u, path, name, header, size, 0) ? errno : 0;
	free(header);
	return res;
}
