// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a server that root started becomes. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sandbox.h"

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
		return sandbox_fail(-EINVAL, why, len, "runas: the name is too long");
	memcpy(user, runas, n);
	user[n] = '\0';
	pw = number(user, uid) ? getpwuid(*uid) : getpwnam(user);
	if (!pw && !(number(user, uid) && group))
		return sandbox_fail(-EINVAL, why, len, "runas: there is no user %s%s", user,
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
		return sandbox_fail(-EINVAL, why, len, "runas: there is no group %s", group);
	*gid = gr->gr_gid;
	return 0;
}

int sandbox_user(const char *runas, int image_fd, uid_t *uid, gid_t *gid, char *why, size_t len)
{
	struct passwd *pw;
	struct stat st;

	if (runas)
		return named(runas, uid, gid, why, len);
	if (fstat(image_fd, &st))
		return sandbox_fail(-errno, why, len, "cannot find out the image's owner: %s",
				    strerror(errno));
	pw = st.st_uid ? getpwuid(st.st_uid) : getpwnam("nobody");
	*uid = pw ? pw->pw_uid : st.st_uid ? st.st_uid : NOBODY;
	*gid = pw ? pw->pw_gid : st.st_uid && st.st_gid ? st.st_gid : NOBODY;
	return 0;
}
