/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX ACLs: what getfacl and setfacl share.
 * In memory they are lists, sorted as the kernel wants. */
#ifndef FSU_FACL_H
#define FSU_FACL_H

#include <linux/posix_acl.h>

#include "fsu.h"

struct facl_entry {
	int tag;		/* ACL_USER_OBJ ... */
	unsigned int perm;	/* 0 to 7 */
	uint32_t id;		/* of ACL_USER and ACL_GROUP */
};

struct facl {
	struct facl_entry *list;
	int n;
};

/* Read a file's ACL; one without has what its permissions say, or no entries as `defaults`.
 * 0 or an errno. */
int facl_read(struct ukfs *u, const char *path, const struct stat *st, bool defaults,
	      struct facl *acl);
/* Set it; a default ACL without entries is removed.  0 or an errno. */
int facl_write(struct ukfs *u, const char *path, bool defaults, const struct facl *acl);
struct facl_entry *facl_find(const struct facl *acl, int tag, uint32_t id);
/* Set or add an entry. */
void facl_set(struct facl *acl, int tag, uint32_t id, unsigned int perm);
void facl_remove(struct facl *acl, struct facl_entry *e);
/* Whether it says no more than permissions do. */
bool facl_is_mode(const struct facl *acl);
/* The mask that limits nobody. */
void facl_calc_mask(struct facl *acl);
void facl_free(struct facl *acl);
/* "rwx" */
char *facl_perm_text(char buf[4], unsigned int perm);

#endif
