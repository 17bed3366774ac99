// SPDX-License-Identifier: GPL-2.0-or-later
/* The host's side of the mount: libfuse makes it, with mount(2) or fusermount3. */
#define FUSE_USE_VERSION 314
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <libmount/libmount.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <spawn.h>
#include <unistd.h>

#include "mount.h"

extern char **environ;

/* fsname ends at a comma for libfuse, unless that is escaped. */
static void add_escaped(char *to, const char *from)
{
	to += strlen(to);
	for (; *from; from++) {
		if (*from == ',' || *from == '\\')
			*to++ = '\\';
		*to++ = *from;
	}
	*to = 0;
}

static char *mount_options(const struct mount_options *o, const char *type, bool rdonly)
{
	char *opt = malloc(2 * strlen(o->image) + 256);

	if (!opt)
		return NULL;
	sprintf(opt, "default_permissions,subtype=rump.%s%s%s%s%s%s,fsname=", type,
		rdonly ? ",ro" : ",rw", o->allow_other ? ",allow_other" : "",
		o->nosuid ? ",nosuid" : ",suid", o->nodev ? ",nodev" : ",dev",
		o->noexec ? ",noexec" : ",exec");
	add_escaped(opt, o->image);
	return opt;
}

static bool in_path(const char *program)
{
	char path[4096];
	const char *dirs = getenv("PATH");

	for (const char *d = dirs ? dirs : "/usr/bin:/bin"; *d;
	     d += strcspn(d, ":"), d += *d == ':') {
		snprintf(path, sizeof(path), "%.*s/%s", (int)strcspn(d, ":"), d, program);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

/* Root may mount, and so may in its user namespace who has just this capability. */
static bool may_mount(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	return geteuid() == 0 ||
	       (!syscall(SYS_capget, &head, caps) && caps[0].effective & 1U << CAP_SYS_ADMIN);
}

/* Containers often have the device, but forbid it. */
static const char *closed_device(char *buf, size_t size)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	if (fd >= 0) {
		close(fd);
		return NULL;
	}
	snprintf(buf, size,
		 "/dev/fuse: %s: this user, or this container, needs permission to use it",
		 strerror(errno));
	return buf;
}

/* libfuse has only numbers for what would make the attempt fail. */
static const char *obstacle(const struct mount_options *o, char *buf, size_t size)
{
	struct stat st;

	if (stat(o->dir, &st) || !S_ISDIR(st.st_mode)) {
		snprintf(buf, size, "%s is not a directory", o->dir);
		return buf;
	}
	if (access("/dev/fuse", F_OK))
		return "the host has no /dev/fuse: load its module \"fuse\", or use the fsu tools, "
		       "which need none";
	if (may_mount())
		return closed_device(buf, size);
	if (!in_path("fusermount3"))
		return "ordinary users need the program fusermount3: install the package fuse3";
	if (access(o->dir, W_OK)) {
		snprintf(buf, size,
			 "%s: ordinary users can mount only on directories that they may write to",
			 o->dir);
		return buf;
	}
	return NULL;
}

bool fuse_can_mount(const struct mount_options *o)
{
	char buf[4200];
	const char *reason = obstacle(o, buf, sizeof(buf));

	if (reason)
		complain(o, "cannot mount: %s", reason);
	return !reason;
}

int fuse_mount_dir(const struct mount_options *o, const char *type, bool rdonly)
{
	static const struct fuse_lowlevel_ops none;
	char *opt = mount_options(o, type, rdonly);
	char *argv[] = { (char *)o->program, "-o", opt, NULL };
	struct fuse_args args = FUSE_ARGS_INIT(3, argv);
	struct fuse_session *se;
	int fd = -1;

	if (!opt) {
		complain(o, "cannot mount: out of memory");
		return -1;
	}
	se = fuse_session_new(&args, &none, sizeof(none), NULL);
	if (se && !fuse_session_mount(se, o->dir)) {
		/* The session is only the way to the mount: its descriptor is all that is kept. */
		fd = fcntl(fuse_session_fd(se), F_DUPFD_CLOEXEC, 3);
		if (fd >= 0)
			close(fuse_session_fd(se));
	}
	if (fd < 0)
		complain(o, "cannot mount on %s%s", o->dir,
			 o->allow_other && geteuid() ?
			 ": allow_other needs the line user_allow_other in /etc/fuse.conf" : "");
	free(opt);
	return fd;
}

/* True: written.  The host keeps its defaults otherwise. */
static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) >= 0;

	if (fd >= 0)
		close(fd);
	return done;
}

/* The host's defaults for FUSE are made for servers that it cannot trust with its memory. */
void fuse_tune(dev_t dev)
{
	static const struct { const char *name, *value; } tuning[] = {
		{ "read_ahead_kb", "1024" }, { "strict_limit", "0" }, { "max_ratio", "100" },
	};
	char path[128];

	for (size_t i = 0; i < sizeof(tuning) / sizeof(tuning[0]); i++) {
		snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/%s", major(dev), minor(dev),
			 tuning[i].name);
		if (!write_text(path, tuning[i].value))
			return;
	}
}

/* ---- finding and removing it ---- */

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
						    /* cppcheck-suppress uninitvar */
						    !strcmp(mnt_fs_get_target(fs), dir));
	if (found) {
		snprintf(dir, size, "%s", mnt_fs_get_target(fs));
		*dev = mnt_fs_get_devno(fs);
	}
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return found;
}

dev_t fuse_mount_device(const char *dir)
{
	char path[4096];
	dev_t dev = 0;

	snprintf(path, sizeof(path), "%s", dir);
	return find_mount(&dev, NULL, path, sizeof(path)) ? dev : 0;
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
	char dir[4096];

	if (!dev || !find_mount(&dev, o->image, dir, sizeof(dir)) || (lazy && !is_dead(dir)))
		return 0;
	if (!umount2(dir, (lazy ? MNT_DETACH : 0) | UMOUNT_NOFOLLOW))
		return 0;
	return errno == EPERM ? run_fusermount(dir, lazy) : errno;
}
