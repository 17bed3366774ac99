/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry of a mount in libmount's table /run/mount/utab.
 *
 * umount(8), started by root for a mount without such an entry, asks statfs(2) for the type, learns
 * "fuse" instead of "fuse.rump.TYPE" and does not find the helper that waits for the server.  With
 * an entry it reads mountinfo.
 */
#ifndef RUMP_UTAB_H
#define RUMP_UTAB_H

/* mount.rump sets it: options that the entry has besides, comma separated. */
#define RUMP_UTAB_OPTIONS "RUMP_UTAB"

/* Call it once the mount is there, and after it is gone.  0, or a negative errno value: without
 * root's rights there is no entry, and none is needed. */
int rump_utab_add(const char *source, const char *dir);
int rump_utab_remove(const char *dir);

#endif
