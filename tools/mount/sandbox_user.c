// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a server that root started becomes. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../libhost/confine.h"
#include "sandbox.h"

#define OURS "_rump"		/* has nothing on the host, and no other process */
#define NOBODY 65534

/* A decimal number that is a whole id.  (uid_t)-1 means "no change" to the host. */
static bool number(const char *s, unsigned int *id)
{
	unsigned long n;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	n = strtoul(s, &end, 10);
	*id = n;
	return !*end && n < (uid_t)-1;
}

static int named(const char *runas, uid_t *uid, gid_t *gid, char *why, size_t len)
{
	size_t n = strcspn(runas, ":");
	const char *group = runas[n] ? runas + n + 1 : NULL;
	char user[256];
	struct passwd *pw;
	struct group *gr;

	if (n >= sizeof(user))
		return confine_fail(-EINVAL, why, len, "runas: the name is too long");
	memcpy(user, runas, n);
	user[n] = '\0';
	pw = number(user, uid) ? getpwuid(*uid) : getpwnam(user);
	if (!pw && !(number(user, uid) && group))
		return confine_fail(-EINVAL, why, len, "runas: there is no user %s%s", user,
				    number(user, uid) ? "; a number without a name needs a group, "
				    "as in runas=UID:GID" : "");
	if (pw) {
		*uid = pw->pw_uid;
		*gid = pw->pw_gid;
	}
	if (!group || number(group, gid))
		return 0;
	gr = getgrnam(group);
	if (!gr)
		return confine_fail(-EINVAL, why, len, "runas: there is no group %s", group);
	*gid = gr->gr_gid;
	return 0;
}

/* Does the user namespace know this id?  Lines of `map`:
 * first id in it, first id outside, count. */
static bool mapped(const char *map, unsigned int id)
{
	unsigned int first, outside, count;
	bool found = false;
	FILE *f = fopen(map, "re");

	while (f && !found && fscanf(f, "%u %u %u", &first, &outside, &count) == 3)
		found = id >= first && id - first < count;
	if (f)
		fclose(f);
	return found;
}

int sandbox_user(const char *runas, uid_t *uid, gid_t *gid, char *why, size_t len)
{
	struct passwd *pw;

	if (runas)
		return named(runas, uid, gid, why, len);
	pw = getpwnam(OURS);
	if (!pw)
		pw = getpwnam("nobody");
	*uid = pw ? pw->pw_uid : NOBODY;
	*gid = pw ? pw->pw_gid : NOBODY;
	if (mapped("/proc/self/uid_map", *uid) && mapped("/proc/self/gid_map", *gid))
		return 0;
	/* The root of a namespace with few users is one of those, seen from outside. */
	*uid = geteuid();
	*gid = getegid();
	return 0;
}
