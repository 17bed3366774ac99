// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and directories that have no name any more, but are open or somebody's place. */
#include <dirent.h>
#include <sys/mman.h>

#include "suite.h"

static void open_file(void)
{
	char buf[16] = "";
	int fd, other;

	make("f", "data");
	fd = must(open("f", O_RDWR));
	other = must(open("f", O_RDONLY));
	must(unlink("f"));
	shows("shape", text("file 0644 %u:%u links 0 size 4", geteuid(), getegid()), "%s",
	      shape_fd(fd));
	call("read", "4", pread(fd, buf, 16, 0));
	call("write", "8", pwrite(fd, "re of it", 8, 4));
	call("read by another descriptor", "12", pread(other, buf, 16, 0));
	shows("it is", "datare of it", "%.12s", buf);
	call("ftruncate", "ok", ftruncate(fd, 6));
	call("fsync", "ok", fsync(fd));
	opens_shut("open through /proc", "ok", open(text("/proc/self/fd/%d", fd), O_RDWR));
	opens_shut("its name", "ENOENT", open("f", O_RDONLY));
	make("f", "new");
	shows("another file of the name", "\"new\"", "%s", content("f"));
	shows("does not change it", text("file 0644 %u:%u links 0 size 6", geteuid(), getegid()),
	      "%s", shape_fd(other));
	if (child_as(NULL)) {
		call("a child writes", "1", pwrite(fd, "C", 1, 0));
		leave();
	}
	must(pread(other, buf, 6, 0));
	shows("and it is seen", "Catare", "%.6s", buf);
}

static void attributes(void)
{
	struct timespec t[2] = {{1000000000, 0}, {1000000000, 0}};
	struct stat st;
	int fd;

	make("f", "data");
	fd = must(open("f", O_RDWR));
	must(unlink("f"));
	call("fchmod", "ok", fchmod(fd, 0600));
	call("futimens", "ok", futimens(fd, t));
	must(fstat(fd, &st));
	shows("they hold", "0600 1000000000", "%04o %ld", st.st_mode & 07777, st.st_mtim.tv_sec);
	call("fchown", "ok", fchown(fd, geteuid(), getegid()));
}

static void relink(void)
{
	int fd;

	make("f", "data");
	fd = must(open("f", O_RDWR));
	must(unlink("f"));
	call("linkat from /proc", "ENOENT",
	     linkat(AT_FDCWD, text("/proc/self/fd/%d", fd), AT_FDCWD, "g", AT_SYMLINK_FOLLOW));
	make("h", "linked");
	must(link("h", "i"));
	fd = must(open("h", O_RDWR));
	must(unlink("h"));
	call("where another name is left", "ok",
	     linkat(AT_FDCWD, text("/proc/self/fd/%d", fd), AT_FDCWD, "g", AT_SYMLINK_FOLLOW));
	shows("content", "\"linked\"", "%s", content("g"));
	shows("links", "2", "%lu", (long)links("g"));
}

static void working_directory(void)
{
	char buf[PATH_MAX];
	int top = must(open(".", O_RDONLY)), entries = 0;
	struct stat st;
	DIR *d;

	make("f", "");
	must(mkdir("d", 0755));
	must(chdir("d"));
	call("rmdir of it", "ok", rmdir("../d"));
	errno = 0;
	shows("getcwd", "ENOENT", "%s", getcwd(buf, sizeof(buf)) ? "ok" : strerrorname_np(errno));
	call("stat", "ok", stat(".", &st));
	shows("links", NULL, "%lu", (long)st.st_nlink);
	opens_shut("create in it", "ENOENT", open("f", O_CREAT | O_WRONLY, 0644));
	call("mkdir in it", "ENOENT", mkdir("e", 0755));
	call("symlink in it", "ENOENT", symlink("x", "l"));
	call("rename into it", "ENOENT", renameat(top, "f", AT_FDCWD, "x"));
	call("rmdir of dot", "EINVAL", rmdir("."));
	call("dot-dot", "ok", access("..", F_OK));
	opens_shut("open of dot", "ok", open(".", O_RDONLY));
	d = opendir(".");
	while (d && readdir(d))
		entries++;
	shows("entries", NULL, "%d", entries);
	call("chmod of dot", "ok", chmod(".", 0700));
	must(fchdir(top));
	call("a new one of the name", "ok", mkdir("d", 0755));
}

static void open_directory(void)
{
	int fd, entries = 0;
	struct stat st;
	DIR *d;

	must(mkdir("d", 0755));
	make("d/a", "");
	fd = must(open("d", O_RDONLY));
	d = opendir("d");
	must(unlink("d/a"));
	must(rmdir("d"));
	must(fstat(fd, &st));
	shows("links", NULL, "%lu", (long)st.st_nlink);
	opens_shut("openat", "ENOENT", openat(fd, "f", O_CREAT | O_WRONLY, 0644));
	call("unlinkat", "ENOENT", unlinkat(fd, "a", 0));
	while (d && readdir(d))
		entries++;
	shows("entries of an open stream", NULL, "%d", entries);
	call("fchmod", "ok", fchmod(fd, 0700));
	call("fsync", "ok", fsync(fd));
}

static void replaced_directory(void)
{
	int fd;

	must(mkdir("a", 0755) ?: mkdir("b", 0755));
	make("a/f", "in a");
	fd = must(open("b", O_RDONLY));
	must(rename("a", "b"));
	opens_shut("create in the replaced one", "ENOENT",
		   openat(fd, "x", O_CREAT | O_WRONLY, 0644));
	shows("content", "\"in a\"", "%s", content("b/f"));
}

/* A large one keeps all of its data, and gives its space back in the end. */
static void large(void)
{
	uint64_t before;
	int fd;

	make_sized("f", 8 << 20);
	before = digest("f");
	fd = must(open("f", O_RDWR));
	must(fsync(fd));
	must(unlink("f"));
	must(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	shows("content", "same", "%s",
	      digest(text("/proc/self/fd/%d", fd)) == before ? "same" : "another");
	must(pwrite(fd, "x", 1, 9 << 20));
	shows("grown", text("file 0644 %u:%u links 0 size 9437185", geteuid(), getegid()), "%s",
	      shape_fd(fd));
}

static void removed_tree(void)
{
	must(mkdir("a", 0755) ?: mkdir("a/b", 0755) ?: mkdir("a/b/c", 0755));
	must(chdir("a/b/c"));
	must(rmdir("../../../a/b/c"));
	must(rmdir("../../../a/b"));
	call("dot-dot of a removed place", NULL, access("..", F_OK));
	call("twice", NULL, access("../..", F_OK));
	call("chdir to it", NULL, chdir(".."));
}

const struct part unlinked_parts[] = {
	{"file", open_file, NEEDS_OWNERS},
	{"attributes", attributes, NEEDS_OWNERS},
	{"relink", relink, NEEDS_LINKS},
	{"cwd", working_directory, NEEDS_LINKS | NEEDS_OWNERS},
	{"directory", open_directory, NEEDS_OWNERS},
	{"replaced", replaced_directory, 0},
	{"large", large, NEEDS_OWNERS},
	{"cwd-tree", removed_tree, 0},
	{0}
};
