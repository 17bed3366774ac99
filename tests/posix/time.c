// SPDX-License-Identifier: GPL-2.0-or-later
/* Times: which operation moves which, how they are set, and how exactly they are kept. */
#include <dirent.h>
#include <sys/mman.h>
#include <time.h>

#include "suite.h"

static int read_some(const char *path)
{
	int fd = must(open(path, O_RDONLY));
	char buf[16];

	must(read(fd, buf, sizeof(buf)));
	return close(fd);
}

static int list(const char *path)
{
	DIR *d = opendir(path);

	while (d && readdir(d))
		;
	return d ? closedir(d) : -1;
}

static int write_some(const char *path, int flags, const char *s)
{
	int fd = must(open(path, O_WRONLY | flags));

	must(write(fd, s, strlen(s)));
	return close(fd);
}

static int map_write(const char *path)
{
	int fd = must(open(path, O_RDWR));
	char *p = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	p[0] = 'm';
	must(msync(p, 4, MS_SYNC));
	must(munmap(p, 4));
	return close(fd);
}

static void of_files(void)
{
	int fd;

	make("f", "data");
	touches("stat", "none", "f", access("f", F_OK));
	touches("open", "none", "f", close(must(open("f", O_RDWR))));
	touches("write", "mtime ctime", "f", write_some("f", 0, "x"));
	touches("write of nothing", "none", "f", write_some("f", 0, ""));
	touches("append", "mtime ctime", "f", write_some("f", O_APPEND, "x"));
	touches("mmap write", NULL, "f", map_write("f"));
	touches("truncate", "mtime ctime", "f", truncate("f", 2));
	touches("truncate to the same size", NULL, "f", truncate("f", 2));
	touches("longer truncate", "mtime ctime", "f", truncate("f", 100));
	fd = must(open("f", O_RDWR));
	touches("ftruncate", "mtime ctime", "f", ftruncate(fd, 3));
	touches("ftruncate to the same size", "mtime ctime", "f", ftruncate(fd, 3));
	touches("fallocate", NULL, "f", posix_fallocate(fd, 0, 8192));
	touches("fsync", "none", "f", fsync(fd));
	touches("close", "none", "f", close(fd));
	touches("O_TRUNC", "mtime ctime", "f", close(must(open("f", O_WRONLY | O_TRUNC))));
	touches("O_TRUNC of an empty one", "mtime ctime", "f",
		close(must(open("f", O_WRONLY | O_TRUNC))));
	touches("O_CREAT of an existing one", "none", "f",
		close(must(open("f", O_RDWR | O_CREAT, 0))));
	touches("chmod", "ctime", "f", chmod("f", 0600));
	touches("chmod to the same", "ctime", "f", chmod("f", 0600));
	touches("chown to the same", "ctime", "f", chown("f", geteuid(), getegid()));
	touches("chown without change", NULL, "f", chown("f", -1, -1));
	touches("utimensat", "atime mtime ctime", "f", utimensat(AT_FDCWD, "f", NULL, 0));
}

static void of_directories(void)
{
	must(mkdir("d", 0755));
	touches("create", "mtime ctime", "d", close(must(open("d/f", O_CREAT | O_WRONLY, 0644))));
	touches("write in a file", "none", "d", write_some("d/f", 0, "x"));
	touches("chmod of a file", "none", "d", chmod("d/f", 0600));
	touches("mkdir", "mtime ctime", "d", mkdir("d/s", 0755));
	touches("mkdir in a subdirectory", "none", "d", mkdir("d/s/t", 0755));
	touches("rmdir in a subdirectory", "mtime ctime", "d/s", rmdir("d/s/t"));
	touches("rmdir", "mtime ctime", "d", rmdir("d/s"));
	touches("mknod", "mtime ctime", "d", mkfifo("d/p", 0644));
	touches("unlink", "mtime ctime", "d", unlink("d/p"));
	touches("rename in it", "mtime ctime", "d", rename("d/f", "d/g"));
	touches("refused mkdir", "none", "d", mkdir("d/g", 0755) * 0);
	touches("refused unlink", "none", "d", unlink("d/none") * 0);
	touches("lookup", "none", "d", access("d/none", F_OK) * 0);
	touches("chmod", "ctime", "d", chmod("d", 0700));
}

/* relatime: a read moves atime where it was not later than mtime or ctime, and then no more. */
static void relatime(void)
{
	struct timespec old[2] = {{1000000000, 0}, {0, UTIME_OMIT}};
	char buf[4];

	make("f", "data");
	touches("read after write", "atime", "f", read_some("f"));
	touches("read again", "none", "f", read_some("f"));
	tick();
	must(write_some("f", 0, "x"));
	touches("read after another write", "atime", "f", read_some("f"));
	must(utimensat(AT_FDCWD, "f", old, 0));
	touches("read when atime is a day old", "atime", "f", read_some("f"));
	make("empty", "");
	touches("read of an empty file", NULL, "empty", read_some("empty"));
	must(mkdir("d", 0755));
	touches("list", NULL, "d", list("d"));
	touches("list again", "none", "d", list("d"));
	tick();
	must(mkdir("d/x", 0755));
	touches("list after a change", "atime", "d", list("d"));
	make("n", "data");
	tick();
	touches("O_NOATIME", "none", "n", read(must(open("n", O_RDONLY | O_NOATIME)), buf, 4));
}

static void relatime_links(void)
{
	char buf[8];

	must(symlink("x", "l"));
	tick();
	touches("readlink", NULL, "l", readlink("l", buf, 8));
	touches("readlink again", NULL, "l", readlink("l", buf, 8));
}

static const char *both(const char *path)
{
	struct stat st;

	must(lstat(path, &st));
	return text("%lld.%09ld %lld.%09ld", (long long)st.st_atim.tv_sec, st.st_atim.tv_nsec,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void setting(void)
{
	static const long long seconds[] = {
		0, 1, -1, -2147483648LL, -2147483649LL, 2147483647LL, 2147483648LL, 4294967295LL,
		4294967296LL, 15032385535LL, 15032385536LL, 16299260424LL, 20000000000LL, 1LL << 40,
	};

	make("f", "");
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		struct timespec t[2] = {{seconds[i], 999999999}, {seconds[i], 1}};

		call(text("set %lld", seconds[i]), "ok", utimensat(AT_FDCWD, "f", t, 0));
		shows(text("is %lld", seconds[i]),
		      seconds[i] >= 0 && seconds[i] <= 2147483647 ?
		      text("%lld.999999999 %lld.000000001", seconds[i], seconds[i]) : NULL, "%s",
		      both("f"));
	}
}

/* Whether it is a time since `before`, a second of difference between clocks aside. */
static bool is_since(const struct timespec *t, time_t before)
{
	return t->tv_sec >= before - 1 && t->tv_sec <= time(NULL) + 1;
}

static void utimens(void)
{
	struct timespec t[2] = {{1000000000, 123456789}, {1100000000, 987654321}};
	struct timespec omit[2] = {{0, UTIME_OMIT}, {5, 6}}, now[2] = {{0, UTIME_NOW}, {7, 8}};
	struct timespec none[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
	struct timespec bad[2] = {{0, 1000000000}, {0, 0}};
	time_t before;
	struct stat st;
	int fd;

	make("f", "");
	call("both", "ok", utimensat(AT_FDCWD, "f", t, 0));
	shows("they are", "1000000000.123456789 1100000000.987654321", "%s", both("f"));
	call("omit one", "ok", utimensat(AT_FDCWD, "f", omit, 0));
	shows("they are", "1000000000.123456789 5.000000006", "%s", both("f"));
	touches("omit both", "none", "f", utimensat(AT_FDCWD, "f", none, 0));
	before = time(NULL);
	call("now for one", "ok", utimensat(AT_FDCWD, "f", now, 0));
	must(lstat("f", &st));
	shows("it is now", "yes", "%s", is_since(&st.st_atim, before) ? "yes" : "no");
	shows("the other", "7.8", "%ld.%ld", st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	call("bad nanoseconds", "EINVAL", utimensat(AT_FDCWD, "f", bad, 0));
	call("nothing there", "ENOENT", utimensat(AT_FDCWD, "none", t, 0));
	fd = must(open("f", O_RDONLY));
	call("of a read-only descriptor", "ok", futimens(fd, t));
	shows("they are", "1000000000.123456789 1100000000.987654321", "%s", both("f"));
	call("mtime before ctime", "ok", futimens(fd, omit));
	must(mkdir("d", 0755));
	call("of a directory", "ok", utimensat(AT_FDCWD, "d", t, 0));
	shows("they are", "1000000000.123456789 1100000000.987654321", "%s", both("d"));
}

static void rights(void)
{
	struct timespec t[2] = {{1, 0}, {1, 0}}, now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
	struct timespec half[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
	struct timespec omit[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

	make("f", "");
	must(chown("f", ALICE, ALICE));
	must(chmod("f", 0666));
	if (child_as(&bob)) {
		call("set by one who may write", "EPERM", utimensat(AT_FDCWD, "f", t, 0));
		call("now by one who may write", "ok", utimensat(AT_FDCWD, "f", now, 0));
		call("NULL by one who may write", "ok", utimensat(AT_FDCWD, "f", NULL, 0));
		call("one of them now", "EPERM", utimensat(AT_FDCWD, "f", half, 0));
		call("omit both", "ok", utimensat(AT_FDCWD, "f", omit, 0));
		opens_shut("O_NOATIME by another", "EPERM", open("f", O_RDONLY | O_NOATIME));
		leave();
	}
	must(chmod("f", 0444));
	if (child_as(&bob)) {
		call("now by one who may not", "EACCES", utimensat(AT_FDCWD, "f", now, 0));
		leave();
	}
	if (child_as(&alice)) {
		call("set by the owner", "ok", utimensat(AT_FDCWD, "f", t, 0));
		call("now by the owner of a read-only one", "ok", utimensat(AT_FDCWD, "f", now, 0));
		opens_shut("O_NOATIME by the owner", "ok", open("f", O_RDONLY | O_NOATIME));
		leave();
	}
}

static void birth(void)
{
	struct timespec t[2] = {{1, 0}, {1, 0}};
	struct statx a, b;

	make("f", "");
	look("f", &a);
	shows("there is one", NULL, "%s", a.stx_mask & STATX_BTIME ? "yes" : "no");
	shows("a new file's times", NULL, "%s", a.stx_mtime.tv_sec == a.stx_btime.tv_sec &&
	      a.stx_mtime.tv_nsec == a.stx_btime.tv_nsec ? "equal" : "differ");
	tick();
	make("f", "data");
	must(chmod("f", 0600) ?: rename("f", "g") ?: utimensat(AT_FDCWD, "g", t, 0));
	look("g", &b);
	shows("it stays", "yes", "%s", a.stx_btime.tv_sec == b.stx_btime.tv_sec &&
	      a.stx_btime.tv_nsec == b.stx_btime.tv_nsec ? "yes" : "no");
}

/* A new file's times are those of now, all the same. */
static void fresh(void)
{
	time_t before = time(NULL);
	struct stat st;

	make("f", "");
	must(stat("f", &st));
	shows("new file is of now", "yes", "%s", is_since(&st.st_mtim, before) &&
	      is_since(&st.st_ctim, before) ? "yes" : "no");
	must(mkdir("d", 0755));
	must(stat("d", &st));
	shows("atime, mtime and ctime of a new directory", NULL, "%s",
	      st.st_atim.tv_sec == st.st_mtim.tv_sec && st.st_mtim.tv_sec == st.st_ctim.tv_sec &&
	      st.st_mtim.tv_nsec == st.st_ctim.tv_nsec ? "equal" : "differ");
}

/* What was written with an old time set keeps that time: no late update at write-back or close. */
static void set_after_write(void)
{
	struct timespec t[2] = {{1000000000, 5}, {1000000000, 6}};
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	must(write(fd, "data", 4));
	must(futimens(fd, t));
	shows("at once", "1000000000.000000005 1000000000.000000006", "%s", both("f"));
	must(fsync(fd));
	shows("after fsync", "1000000000.000000005 1000000000.000000006", "%s", both("f"));
	must(close(fd));
	shows("after close", "1000000000.000000005 1000000000.000000006", "%s", both("f"));
}

const struct part time_parts[] = {
	{"files", of_files, NEEDS_TIMES},
	{"directories", of_directories, NEEDS_TIMES | NEEDS_SPECIAL},
	{"relatime", relatime, NEEDS_TIMES},
	{"relatime-links", relatime_links, NEEDS_TIMES | NEEDS_LINKS},
	{"setting", setting, NEEDS_TIMES},
	{"utimensat", utimens, NEEDS_TIMES},
	{"rights", rights, NEEDS_ROOT | NEEDS_OWNERS},
	{"birth", birth, NEEDS_TIMES},
	{"fresh", fresh, NEEDS_TIMES},
	{"set-after-write", set_after_write, NEEDS_TIMES},
	{0}
};
