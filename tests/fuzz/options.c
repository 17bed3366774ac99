// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mount options in libukfs: what is the VFS's, what names images, directories of images and owners,
 * and what is left for the driver.  Input: TYPE NUL OPTIONS NUL.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/kernel.h"

#define ROOM 4096

/* ---- what options lead to ---------------------------------------------------------------- */

int ukfsi_attach(const char *path, const struct ukfs_args *args, bool readonly,
		 char devpath[RUMP_DEVPATH_MAX])
{
	(void)args;
	(void)readonly;
	snprintf(devpath, RUMP_DEVPATH_MAX, "/dev/rd%zu", strlen(path) % 100);
	return *path ? 1 : -ENOENT;
}

int ukfsi_attach_error(const char *path, bool readonly, int err)
{
	(void)readonly;
	return ukfsi_error(err, "%s", path);
}

struct ukfs *ukfs_mount(const char *fstype, const char *devpath, const char *mntpath, int mntflag,
			void *arg, size_t arglen)
{
	struct ukfs *u = calloc(1, sizeof(*u));

	(void)fstype;
	(void)mntpath;
	(void)arg;
	(void)arglen;
	u->image = strdup(devpath);
	u->rdonly = mntflag & UKFS_RDONLY;
	strcpy(u->mountpoint, "/mnt/1");
	return u;
}

int ukfs_release(struct ukfs *u, int flags)
{
	(void)flags;
	free(u->image);
	free(u);
	return 0;
}

/* ---- the options ------------------------------------------------------------------------- */

/* An owner alone can be any number. */
static bool is_good(const char *owners)
{
	const char *id = owners + strlen("uid=");

	return (!strncmp(owners, "uid=", 4) || !strncmp(owners, "gid=", 4)) && *id &&
	       strspn(id, "0123456789") == strlen(id) && strlen(id) <= 10 &&
	       strtoull(id, NULL, 10) < UINT32_MAX;
}

static void split(const char *options, char *data, char *rest, char *owners)
{
	char kernel[UKFSI_KERNEL_MAX];
	unsigned long flags = 0;

	if (ukfsi_options(options, &flags, kernel, data, ROOM) < 0) {
		*data = *rest = *owners = '\0';
		return;
	}
	if (strlen(data) > strlen(options))
		abort();
	strcpy(rest, data);
	ukfsi_take_owners(rest, owners, ROOM);
	if (strlen(rest) + strlen(owners) > strlen(data))
		abort();
	ukfsi_owners_taken("/mnt/1", owners);
	if (ukfsi_idmap("/mnt/1", owners) < 0 && is_good(owners))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type = next_text(&data, &size), *options = next_text(&data, &size);
	/* of their own, so that a byte beyond is found */
	char *words = malloc(ROOM), *rest = malloc(ROOM), *owners = malloc(ROOM);
	const struct ukfs_args args = { .confinement = NULL };
	struct ukfs *u = calloc(1, sizeof(*u));

	if (options) {
		snprintf(u->fstype, sizeof(u->fstype), "%s", type);
		strcpy(u->source, "/dev/rd0");
		split(options, words, rest, owners);
		ukfsi_devices(u, &args, size % 2, words, ROOM);
		ukfsi_folders_release(u);
	}
	free(u);
	free(words);
	free(rest);
	free(owners);
	return 0;
}
