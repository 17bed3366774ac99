// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of users and groups, as the host knows them.  A lookup can be slow (network services), so
 * each number is asked for once; a listing has few different ones.
 */
#include <ctype.h>
#include <grp.h>
#include <pwd.h>
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

static const char *user_name(unsigned int id)
{
	struct passwd *pw = getpwuid(id);

	return pw ? pw->pw_name : NULL;
}

static const char *group_name(unsigned int id)
{
	struct group *gr = getgrgid(id);

	return gr ? gr->gr_name : NULL;
}

static const char *lookup(struct owner **table, unsigned int id, const char *(*ask)(unsigned int))
{
	struct owner **bucket = &table[id % BUCKETS], *o;
	const char *name;

	for (o = *bucket; o; o = o->next)
		if (o->id == id)
			return o->name;
	name = ask(id);
	o = fsu_malloc(sizeof(*o));
	*o = (struct owner){ *bucket, id, name ? fsu_strdup(name) : NULL };
	*bucket = o;
	return o->name;
}

const char *fsu_user(uid_t uid)
{
	return lookup(users, uid, user_name);
}

const char *fsu_group(gid_t gid)
{
	return lookup(groups, gid, group_name);
}

static bool parse_id(const char *s, unsigned int *id, bool group)
{
	uint64_t n;

	if (fsu_parse_number(s, &n)) {
		*id = n;
		return n < UINT32_MAX;
	}
	if (group) {
		struct group *gr = getgrnam(s);

		*id = gr ? gr->gr_gid : 0;
		return gr;
	} else {
		struct passwd *pw = getpwnam(s);

		*id = pw ? pw->pw_uid : 0;
		return pw;
	}
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
