// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of users and groups in manifests and archives: of the host, or of a folder with the files
 * passwd and group (the etc of the tree that is being made, say). */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "makefs.h"

static FILE *passwd, *group;

static FILE *open_file(const char *dir, const char *name)
{
	struct fsu_path path = { 0 };
	FILE *f;

	fsu_path_set(&path, dir);
	fsu_path_push(&path, name);
	f = fopen(path.s, "re");
	if (!f)
		fsu_message("cannot read the user database %s: %m", fsu_name(path.s));
	fsu_path_free(&path);
	return f;
}

bool userdb_open(const char *dir)
{
	passwd = open_file(dir, "passwd");
	group = passwd ? open_file(dir, "group") : NULL;
	return passwd && group;
}

bool userdb_user(const char *name, uid_t *uid)
{
	struct passwd *p;

	if (!passwd)
		return fsu_names_find(false, name, uid);
	rewind(passwd);
	while ((p = fgetpwent(passwd)) && strcmp(p->pw_name, name))
		;
	if (p)
		*uid = p->pw_uid;
	return p;
}

bool userdb_group(const char *name, gid_t *gid)
{
	struct group *g;

	if (!group)
		return fsu_names_find(true, name, gid);
	rewind(group);
	while ((g = fgetgrent(group)) && strcmp(g->gr_name, name))
		;
	if (g)
		*gid = g->gr_gid;
	return g;
}
