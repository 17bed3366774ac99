// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Open the image and close it again.  A command that only reads mounts read-only, so that not even
 * a journal is replayed into the image, unless the user says -o rw; where a journal should be
 * replayed, it reads what is there without and says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

static struct ukfs *mounted, *second;
static const char *image_path, *given_type;
static struct stat image_stat;
static bool image_known, only_read;

const char *fsu_image(void)
{
	return image_path;
}

const char *fsu_mounted_type(void)
{
	return mounted ? ukfs_fstype(mounted) : given_type;
}

bool fsu_is_image(const struct stat *st)
{
	return image_known && st->st_dev == image_stat.st_dev && st->st_ino == image_stat.st_ino;
}

/* Whether a comma separated list has this word; of several the last counts, as for mount(8). */
static bool last_is_rw(const char *options)
{
	bool rw = false;

	for (const char *s = options; s && *s; s = strchr(s, ',') ? strchr(s, ',') + 1 : NULL) {
		size_t len = strcspn(s, ",");

		if (len == 2 && strncmp(s, "rw", 2) == 0)
			rw = true;
		if (len == 2 && strncmp(s, "ro", 2) == 0)
			rw = false;
	}
	return rw;
}

void fsu_set_image(const char *image)
{
	image_path = image;
	image_known = stat(image, &image_stat) == 0;
}

static struct ukfs *open_image(const struct fsu_line *line, const char *image, bool rdonly,
			       const struct ukfs_confinement *confinement)
{
	const struct fsu_mount_options *mnt = line->mount;
	struct ukfs_args args = {
		.options = mnt->options,
		.partition = mnt->partition,
		.method = mnt->method,
		.nolock = mnt->nolock,
		.noflush = mnt->noflush,
		.sector_size = mnt->sector_size,
		.confinement = confinement,
	};
	int flags = rdonly ? UKFS_RDONLY | UKFS_UNRECOVERED : 0;
	struct ukfs *u = ukfs_mount(mnt->type, strcmp(image, "-") ? image : NULL, NULL, flags,
				    &args, sizeof(args));

	if (!u)
		fsu_message("%s%s", ukfs_errmsg(),
			    errno == ENOTUNIQ ? "; -p NUMBER says which" : "");
	else if (ukfs_unrecovered(u))
		fsu_message("%s: was not unmounted cleanly, read as it is: the latest changes, "
			    "which its journal has, may be missing", fsu_name(image));
	return u;
}

struct ukfs *fsu_mount(const struct fsu_line *line)
{
	/* fsu_sh's commands use what it has mounted */
	if (mounted)
		return mounted;
	fsu_set_image(line->image);
	given_type = line->mount->type;
	if (!line->read)
		fsu_catch_signals();
	only_read = line->read && !last_is_rw(line->mount->options);
	mounted = open_image(line, line->image, only_read, fsu_confinement(line->mount));
	return mounted;
}

struct ukfs *fsu_mount_second(const struct fsu_line *line, const char *image)
{
	if (second)
		ukfs_release(second, UKFS_RELFLAG_FORCE);
	second = open_image(line, image, true, NULL);
	return second;
}

bool fsu_unmount(void)
{
	struct ukfs *u = mounted;

	if (second)
		ukfs_release(second, UKFS_RELFLAG_FORCE);
	mounted = second = NULL;
	if (!u || ukfs_release(u, UKFS_RELFLAG_FORCE) == 0)
		return true;
	fsu_message("%s", ukfs_errmsg());
	return false;
}

bool fsu_unmount_last(void)
{
	return only_read || fsu_unmount();
}

void fsu_die(int code)
{
	fsu_unmount();
	fflush(stdout);
	exit(code);
}
