// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The entry in /run/mount/utab, through libmount, which locks the table and writes it anew.
 */
#include <errno.h>
#include <libmount/libmount.h>
#include <stdlib.h>

#include "utab.h"

/* `fs`: the entry to add; without it the one of `dir` is taken away. */
static int update(struct libmnt_fs *fs, const char *dir)
{
	struct libmnt_update *update = mnt_new_update();
	int rc;

	if (!update)
		return -ENOMEM;
	rc = mnt_update_set_fs(update, 0, fs ? NULL : dir, fs);
	if (rc == 0)
		rc = mnt_update_table(update, NULL);
	mnt_free_update(update);
	return rc > 0 ? 0 : rc;
}

int rump_utab_add(const char *source, const char *dir)
{
	const char *more = getenv(RUMP_UTAB_OPTIONS);
	struct libmnt_fs *fs = mnt_new_fs();
	int rc = -ENOMEM;

	if (fs && !mnt_fs_set_source(fs, source) && !mnt_fs_set_target(fs, dir) &&
	    !mnt_fs_set_options(fs, "uhelper=fuse.rump") &&
	    (!more || !mnt_fs_append_options(fs, more)))
		rc = update(fs, dir);
	mnt_unref_fs(fs);
	return rc;
}

int rump_utab_remove(const char *dir)
{
	return update(NULL, dir);
}
