// SPDX-License-Identifier: GPL-2.0-or-later
/* Inode flags: immutable and append-only files and directories, and what the ioctls say of them. */
#include <linux/fs.h>
#include <linux/msdos_fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

#include "suite.h"

static int set_flags(const char *path, int flags)
{
	int fd = open(path, O_RDONLY), old, r;

	if (fd < 0)
		return -1;
	r = ioctl(fd, FS_IOC_GETFLAGS, &old);
	if (!r) {
		flags |= old & ~(FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL |
				 FS_SYNC_FL);
		r = ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	close(fd);
	return r;
}

static const char *get_flags(const char *path)
{
	int fd = must(open(path, O_RDONLY)), flags = 0;
	int r = ioctl(fd, FS_IOC_GETFLAGS, &flags);

	close(fd);
	return r ? strerrorname_np(errno) : text("%x", flags);
}

static const char *attributes(const char *path)
{
	struct statx x;

	look(path, &x);
	return text("%s%s%s%s", x.stx_attributes & STATX_ATTR_IMMUTABLE ? "immutable " : "",
		    x.stx_attributes & STATX_ATTR_APPEND ? "append " : "",
		    x.stx_attributes & STATX_ATTR_NODUMP ? "nodump " : "", "flags");
}

static void changes(const char *name)
{
	static const struct timespec past[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
	static const struct timespec mtime_now[2] = {
		{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_NOW}
	};
	int fd;

	opens_shut(text("%s open to write", name), NULL, open("f", O_WRONLY));
	opens_shut(text("%s open to append", name), NULL, open("f", O_WRONLY | O_APPEND));
	opens_shut(text("%s open with O_TRUNC", name), NULL, open("f", O_WRONLY | O_TRUNC));
	opens_shut(text("%s append with O_TRUNC", name), NULL,
		   open("f", O_WRONLY | O_APPEND | O_TRUNC));
	opens_shut(text("%s read", name), "ok", open("f", O_RDONLY));
	fd = open("f", O_WRONLY | O_APPEND);
	if (fd >= 0) {
		call(text("%s append", name), NULL, write(fd, "x", 1));
		call(text("%s ftruncate", name), NULL, ftruncate(fd, 0));
		call(text("%s drop O_APPEND", name), NULL, fcntl(fd, F_SETFL, 0));
		call(text("%s fallocate", name), NULL, fallocate(fd, 0, 0, 8192));
		call(text("%s punch", name), NULL, fallocate(fd, 3, 0, 4096));
		shut(fd);
	}
	call(text("%s truncate", name), "EPERM", truncate("f", 0));
	call(text("%s unlink", name), "EPERM", unlink("f"));
	call(text("%s rename", name), "EPERM", rename("f", "g"));
	call(text("%s rename over it", name), "EPERM", (make("other", ""), rename("other", "f")));
	call(text("%s link", name), "EPERM", link("f", "g"));
	call(text("%s chmod", name), "EPERM", chmod("f", 0600));
	call(text("%s chown", name), "EPERM", chown("f", ALICE, -1));
	call(text("%s setxattr", name), "EPERM", setxattr("f", "user.a", "x", 1, 0));
	call(text("%s times now", name), NULL, utimensat(AT_FDCWD, "f", NULL, 0));
	call(text("%s times set", name), "EPERM", utimensat(AT_FDCWD, "f", past, 0));
	call(text("%s mtime now", name), "EPERM", utimensat(AT_FDCWD, "f", mtime_now, 0));
	call(text("%s access", name), NULL, access("f", W_OK));
	shows(text("%s attributes", name), NULL, "%s", attributes("f"));
	shows(text("%s content", name), NULL, "%s", content("f"));
}

static void immutable(void)
{
	int fd;

	make("f", "data");
	fd = must(open("f", O_WRONLY));
	if (call("set", NULL, set_flags("f", FS_IMMUTABLE_FL)))
		return;
	shows("flags", NULL, "%s", get_flags("f"));
	changes("immutable");
	call("write to a descriptor from before", NULL, write(fd, "x", 1));
	call("fsync of it", NULL, fsync(fd));
	call("ftruncate of it", NULL, ftruncate(fd, 0));
	call("fallocate of it", NULL, fallocate(fd, 0, 0, 8192));
	call("fchmod of it", "EPERM", fchmod(fd, 0600));
	call("times of it", "EPERM", futimens(fd, NULL));
	call("clear", "ok", set_flags("f", 0));
	call("write then", "1", write(fd, "x", 1));
	call("unlink then", "ok", unlink("f"));
	syncfs(fd);	/* an error of the write above is not for those who come later */
}

static void append_only(void)
{
	make("f", "data");
	if (call("set", NULL, set_flags("f", FS_APPEND_FL)))
		return;
	shows("flags", NULL, "%s", get_flags("f"));
	changes("append");
	call("clear", "ok", set_flags("f", 0));
	call("unlink then", "ok", unlink("f"));
}

static void directories(void)
{
	static const struct {
		const char *name;
		int flag;
	} kinds[] = {{"immutable", FS_IMMUTABLE_FL}, {"append", FS_APPEND_FL}};

	for (size_t i = 0; i < 2; i++) {
		const char *name = kinds[i].name, *made = i ? "ok" : "EPERM|EACCES";

		must(mkdir("d", 0755) ?: mkdir("d/s", 0755));
		make("d/f", "data");
		if (call(text("set %s", name), NULL, set_flags("d", kinds[i].flag)))
			return;
		opens_shut(text("%s create", name), made, open("d/n", O_CREAT | O_WRONLY, 0644));
		call(text("%s mkdir", name), made, mkdir("d/m", 0755));
		call(text("%s unlink", name), "EPERM|EACCES", unlink("d/f"));
		call(text("%s rmdir", name), "EPERM|EACCES", rmdir("d/s"));
		call(text("%s rename in it", name), "EPERM|EACCES", rename("d/f", "d/g"));
		call(text("%s rename out of it", name), "EPERM|EACCES", rename("d/f", "g"));
		call(text("%s rename of it", name), "EPERM|EACCES", rename("d", "e"));
		call(text("%s write in a file of it", name), "4",
		     write(must(open("d/f", O_WRONLY)), "more", 4));
		call(text("%s chmod", name), "EPERM", chmod("d", 0700));
		call(text("clear %s", name), "ok", set_flags("d", 0));
		unlink("d/n"), rmdir("d/m"), unlink("d/f"), rmdir("d/s");
		must(rmdir("d"));
	}
}

static void others(void)
{
	static const int flags[] = {FS_NODUMP_FL, FS_NOATIME_FL, FS_SYNC_FL, FS_DIRSYNC_FL,
		FS_COMPR_FL, FS_NOCOW_FL, FS_EXTENT_FL, FS_TOPDIR_FL, FS_PROJINHERIT_FL,
		FS_CASEFOLD_FL};

	make("f", "");
	must(mkdir("d", 0755));
	shows("a new file", NULL, "%s", get_flags("f"));
	shows("a new directory", NULL, "%s", get_flags("d"));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		call(text("set %x", flags[i]), NULL, set_flags("f", flags[i]));
		shows(text("after %x", flags[i]), NULL, "%s", get_flags("f"));
		call(text("set %x of a directory", flags[i]), NULL, set_flags("d", flags[i]));
		shows(text("after %x of a directory", flags[i]), NULL, "%s", get_flags("d"));
		set_flags("f", 0);
		set_flags("d", 0);
	}
	touches("setting one touches", NULL, "f", set_flags("f", FS_NODUMP_FL));
	shows("statx", NULL, "%s", attributes("f"));
	must(set_flags("d", FS_NODUMP_FL));
	make("d/f", "");
	shows("a file inherits", NULL, "%s", get_flags("d/f"));
}

static void rights(void)
{
	make("f", "");
	must(chown("f", ALICE, ALICE));
	if (child_as(&alice)) {
		call("immutable by the owner", "EPERM", set_flags("f", FS_IMMUTABLE_FL));
		call("append by the owner", "EPERM", set_flags("f", FS_APPEND_FL));
		call("nodump by the owner", NULL, set_flags("f", FS_NODUMP_FL));
		leave();
	}
	if (child_as(&bob)) {
		int fd = must(open("f", O_RDONLY)), version = 7;

		call("nodump by another", "EPERM|EACCES", set_flags("f", 0));
		call("version by another", "EPERM|ENOTTY", ioctl(fd, FS_IOC_SETVERSION, &version));
		leave();
	}
}

/* What DOS calls attributes of a file, on file systems that have them. */
static void dos(void)
{
	make("f", "");
	must(chmod("f", 0644));
	if (child_as(&bob)) {
		int fd = must(open("f", O_RDONLY));
		__u32 attributes = ATTR_HIDDEN;

		call("attributes by another", "EPERM|ENOTTY",
		     ioctl(fd, FAT_IOCTL_SET_ATTRIBUTES, &attributes));
		leave();
	}
}

static void extended(void)
{
	struct fsxattr x = {0};
	int fd, version = 0;

	make("f", "");
	fd = must(open("f", O_RDWR));
	call("get", NULL, ioctl(fd, FS_IOC_FSGETXATTR, &x));
	shows("flags", NULL, "%x project %u extents %u", x.fsx_xflags & ~FS_XFLAG_HASATTR,
	      x.fsx_projid, x.fsx_nextents);
	x.fsx_xflags |= FS_XFLAG_NODUMP;
	call("set nodump", NULL, ioctl(fd, FS_IOC_FSSETXATTR, &x));
	shows("as flags", NULL, "%s", get_flags("f"));
	x.fsx_projid = 5;
	call("set project", NULL, ioctl(fd, FS_IOC_FSSETXATTR, &x));
	call("get", NULL, ioctl(fd, FS_IOC_FSGETXATTR, &x));
	shows("project", NULL, "%u", x.fsx_projid);
	call("version", NULL, ioctl(fd, FS_IOC_GETVERSION, &version) < 0 ? -1 : 0);
	call("an ioctl that is not one", "ENOTTY", ioctl(fd, _IO('Z', 99)));
}

const struct part chattr_parts[] = {
	{"immutable", immutable, NEEDS_ROOT | NEEDS_OWNERS},
	{"append", append_only, NEEDS_ROOT | NEEDS_OWNERS},
	{"directory", directories, NEEDS_ROOT | NEEDS_OWNERS},
	{"others", others, NEEDS_OWNERS},
	{"rights", rights, NEEDS_ROOT | NEEDS_OWNERS},
	{"dos", dos, NEEDS_ROOT},
	{"extended", extended, NEEDS_OWNERS},
	{0}
};
