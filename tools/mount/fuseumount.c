// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding the host's side of the mount, and taking it away. */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount.h"

extern char **environ;

static bool is_of(struct libmnt_fs *fs, const char *image)
{
	const char *type = mnt_fs_get_fstype(fs), *source = mnt_fs_get_source(fs);

	return type && !strncmp(type, "fuse.rump.", 10) &&
	       (!image || (source && !strcmp(source, image)));
}

/*
 * The mount of the device and of `image`, if that is given, or where the device is 0, the last one
 * on the directory; both are filled in.
 */
static bool find_mount(dev_t *dev, const char *image, char *dir, size_t size)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_BACKWARD);
	struct libmnt_fs *fs;
	bool found = false;

	while (table && iter && !found && !mnt_table_next_fs(table, iter, &fs))
		found = is_of(fs, image) && (*dev ? mnt_fs_get_devno(fs) == *dev :
			/* cppcheck-suppress uninitvar ; only where it is given */
			!strcmp(mnt_fs_get_target(fs), dir));
	if (found) {
		snprintf(dir, size, "%s", mnt_fs_get_target(fs));
		*dev = mnt_fs_get_devno(fs);
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return found;
}

bool fuse_image_mounted(const char *image)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	bool found = table && mnt_table_find_srcpath(table, image, MNT_ITER_FORWARD);

	mnt_unref_table(table);
	return found;
}

/* Where the directory is now. */
static bool dir_path(const struct mount_options *o, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", o->dir_fd);
	n = readlink(link, path, size - 1);
	path[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

dev_t fuse_mount_device(const struct mount_options *o)
{
	char path[PATH_MAX];
	dev_t dev = 0;

	return dir_path(o, path, sizeof(path)) && find_mount(&dev, NULL, path, sizeof(path)) ?
	       dev : 0;
}

/*
 * The name to unmount `dir` by.  Others may be able to rename the directories that lead there, but
 * not the one that is mounted on: its name in the directory that holds it is safe.  A mount that
 * was moved has its path only.
 */
static const char *safe_name(const struct mount_options *o, const char *dir, char *name,
			     size_t size)
{
	const char *slash = strrchr(dir, '/');
	char path[PATH_MAX];

	if (!slash || !slash[1] || !dir_path(o, path, sizeof(path)) || strcmp(path, dir) != 0)
		return dir;
	snprintf(name, size, "/proc/self/fd/%d%s", o->parent_fd, slash);
	return name;
}

static int run_fusermount(const char *dir, bool lazy)
{
	char *argv[] = { "fusermount3", "-u", "-q", lazy ? "-z" : "--", (char *)dir, NULL };
	int status;
	pid_t pid;
	int err = posix_spawnp(&pid, "fusermount3", NULL, NULL, argv, environ);

	if (err)
		return err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : EBUSY;
}

/* Whether the server of a mount has ended. */
static bool is_dead(const char *dir)
{
	struct statfs sf;

	return statfs(dir, &sf) && (errno == ENOTCONN || errno == ECONNABORTED);
}

/*
 * The number of a mount that has gone may be another's by now, for which even a look at it would be
 * in the way: the image is compared too, and lazy is for a mount without a server.
 */
int fuse_unmount(const struct mount_options *o, dev_t dev, bool lazy)
{
	char dir[PATH_MAX], name[PATH_MAX + 32];

	if (!dev || !find_mount(&dev, o->image, dir, sizeof(dir)) || (lazy && !is_dead(dir)))
		return 0;
	if (!umount2(safe_name(o, dir, name, sizeof(name)),
		     (lazy ? MNT_DETACH : 0) | UMOUNT_NOFOLLOW))
		return 0;
	return errno == EPERM ? run_fusermount(dir, lazy) : errno;
}
