// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of users and groups, as the host knows them.  A lookup can be slow (network services), so
 * each number is asked for once; a listing has few different ones.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

#define BUCKETS 256

struct owner {
	struct owner *next;
	unsigned int id;
	char *name;
};

static struct owner *users[BUCKETS], *groups[BUCKETS];

static const char *lookup(struct owner **table, unsigned int id, bool group)
{
	struct owner **bucket = &table[id % BUCKETS], *o;

	for (o = *bucket; o; o = o->next)
		if (o->id == id)
			return o->name;
	o = fsu_malloc(sizeof(*o));
	*o = (struct owner){ *bucket, id, fsu_names_ask(group, id) };
	*bucket = o;
	return o->name;
}

const char *fsu_user(uid_t uid)
{
	return lookup(users, uid, false);
}

const char *fsu_group(gid_t gid)
{
	return lookup(groups, gid, true);
}

static bool parse_id(const char *s, unsigned int *id, bool group)
{
	uint64_t n;

	if (fsu_parse_number(s, &n)) {
		*id = n;
		return n < UINT32_MAX;
	}
	return fsu_names_find(group, s, id);
}

bool fsu_parse_owner(const char *s, uid_t *uid, gid_t *gid)
{
	size_t len = strcspn(s, ":");
	char *user = fsu_strndup(s, len);
	bool ok = true;

	*uid = -1;
	*gid = -1;
	if (*user)
		ok = parse_id(user, uid, false);
	if (ok && s[len] && s[len + 1])
		ok = parse_id(s + len + 1, gid, true);
	free(user);
	return ok && (*uid != (uid_t)-1 || *gid != (gid_t)-1);
}
