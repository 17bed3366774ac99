// SPDX-License-Identifier: GPL-2.0-or-later
/* The host's side of the mount: libfuse makes it, with mount(2) or fusermount3. */
#define FUSE_USE_VERSION 314
#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "mount.h"

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

/* Is the directory still where the caller named it? */
static bool dir_in_place(const struct mount_options *o)
{
	struct stat named, held;

	if (!stat(o->dir, &named) && !fstat(o->dir_fd, &held) && named.st_dev == held.st_dev &&
	    named.st_ino == held.st_ino)
		return true;
	complain(o, "cannot mount on %s: it was replaced in the meantime", o->dir);
	return false;
}

/*
 * Mount on the directory that was opened, whatever its name leads to by now.  fusermount3 takes no
 * descriptor; it looks itself whether the user may mount where the name leads.  0, or -1.
 */
static int mount_session(const struct mount_options *o, struct fuse_session *se)
{
	char path[64];

	if (!may_mount())
		return fuse_session_mount(se, o->dir);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->dir_fd);
	return fuse_session_mount(se, path);
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
	if (!dir_in_place(o)) {
		free(opt);
		return -1;
	}
	se = fuse_session_new(&args, &none, sizeof(none), NULL);
	if (se && !mount_session(o, se)) {
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
