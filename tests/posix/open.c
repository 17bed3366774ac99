// SPDX-License-Identifier: GPL-2.0-or-later
/* open(2) and its flags, and what the descriptor then does. */
#include <sys/uio.h>
#include <sys/xattr.h>

#include "suite.h"

static void creating(void)
{
	int fd;

	opens_shut("nothing there", "ENOENT", open("f", O_RDONLY));
	opens_shut("O_CREAT", "ok", open("f", O_CREAT | O_WRONLY, 0644));
	opens_shut("O_EXCL of an existing one", "EEXIST",
		   open("f", O_CREAT | O_EXCL | O_WRONLY, 0644));
	opens_shut("O_EXCL", "ok", open("g", O_CREAT | O_EXCL | O_WRONLY, 0644));
	must(mkdir("d", 0755));
	opens_shut("O_CREAT of a directory", "EISDIR", open("d", O_CREAT | O_RDONLY, 0644));
	opens_shut("O_CREAT O_EXCL of a directory", "EEXIST",
		   open("d", O_CREAT | O_EXCL | O_RDONLY, 0644));
	opens_shut("O_CREAT O_DIRECTORY", NULL, open("e", O_CREAT | O_DIRECTORY | O_RDONLY, 0644));
	opens_shut("O_CREAT of a name with a slash", "EISDIR",
		   open("n/", O_CREAT | O_WRONLY, 0644));
	opens_shut("directory to write", "EISDIR", open("d", O_WRONLY));
	opens_shut("directory to read and write", "EISDIR", open("d", O_RDWR));
	opens_shut("directory with O_TRUNC", "EISDIR", open("d", O_RDONLY | O_TRUNC));
	opens_shut("directory to read", "ok", open("d", O_RDONLY));
	opens_shut("O_DIRECTORY of a file", "ENOTDIR", open("f", O_RDONLY | O_DIRECTORY));
	opens_shut("file with a slash", "ENOTDIR", open("f/", O_RDONLY));
	fd = must(open("d", O_RDONLY));
	call("read of a directory", "EISDIR", read(fd, &fd, 1));
	call("ftruncate of a directory", "EINVAL", ftruncate(fd, 0));
	call("truncate of a directory", "EISDIR", truncate("d", 0));
}

/* Exactly one of several processes makes the file. */
static void exclusive_race(void)
{
	int winners[2], n = 0;
	char c;

	must(pipe(winners));
	for (int round = 0; round < 50; round++) {
		pid_t pids[4];

		for (int i = 0; i < 4; i++) {
			pids[i] = must(fork());
			if (pids[i] == 0) {
				if (open(text("f%d", round), O_CREAT | O_EXCL | O_WRONLY,
					 0644) >= 0)
					must(write(winners[1], "w", 1));
				leave();
			}
		}
		for (int i = 0; i < 4; i++)
			reap(pids[i]);
	}
	close(winners[1]);
	while (read(winners[0], &c, 1) == 1)
		n++;
	shows("winners of 50 rounds", "50", "%d", n);
}

static void created_without_rights(void)
{
	char buf[4];
	int fd = must(open("f", O_CREAT | O_RDWR, 0));

	call("write where the mode is 0", "4", write(fd, "data", 4));
	call("read where the mode is 0", "4", pread(fd, buf, 4, 0));
	shut(fd);
	fd = must(open("g", O_CREAT | O_WRONLY, 0444));
	call("write where the mode is 0444", "4", write(fd, "data", 4));
	shows("content", "\"data\"", "%s", content("g"));
}

static void truncating(void)
{
	make("f", "data");
	must(chown("f", ALICE, ALICE) ?: chmod("f", 0644));
	if (child_as(&bob)) {
		opens_shut("O_TRUNC by one who may not write", "EACCES",
			   open("f", O_WRONLY | O_TRUNC));
		opens_shut("O_RDONLY O_TRUNC by one who may not write", "EACCES",
			   open("f", O_RDONLY | O_TRUNC));
		call("truncate by one who may not write", "EACCES", truncate("f", 0));
		leave();
	}
	shows("still there", "\"data\"", "%s", content("f"));
	opens_shut("O_RDONLY O_TRUNC", "ok", open("f", O_RDONLY | O_TRUNC));
	shows("size", "file 0644 4001:4001 links 1 size 0", "%s", shape("f"));
}

static void truncate_sizes(void)
{
	int fd;

	make("f", "data");
	call("shorter", "ok", truncate("f", 2));
	shows("content", "\"da\"", "%s", content("f"));
	call("longer", "ok", truncate("f", 6));
	shows("content", "\"da????\"|\"da____\"", "%s", content("f"));
	call("negative", "EINVAL", truncate("f", -1));
	call("nothing there", "ENOENT", truncate("none", 0));
	fd = must(open("f", O_RDONLY));
	call("of a read-only descriptor", "EINVAL", ftruncate(fd, 0));
	call("write to it", "EBADF", write(fd, "x", 1));
	shut(fd);
	fd = must(open("f", O_WRONLY));
	call("read of a write-only descriptor", "EBADF", read(fd, &fd, 1));
	call("ftruncate negative", "EINVAL", ftruncate(fd, -5));
}

static void offsets(void)
{
	char buf[16] = "";
	int fd, other;

	make("f", "0123456789");
	fd = must(open("f", O_RDWR));
	call("seek", "4", lseek(fd, 4, SEEK_SET));
	call("read", "2", read(fd, buf, 2));
	shows("it is", "45", "%.2s", buf);
	call("where it is", "6", lseek(fd, 0, SEEK_CUR));
	call("pread", "3", pread(fd, buf, 3, 0));
	call("pread moves nothing", "6", lseek(fd, 0, SEEK_CUR));
	call("from the end", "8", lseek(fd, -2, SEEK_END));
	call("before the start", "EINVAL", lseek(fd, -1, SEEK_SET));
	call("past the end", "20", lseek(fd, 20, SEEK_SET));
	call("read there", "ok", read(fd, buf, 2));
	call("bad whence", "EINVAL", lseek(fd, 0, 99));
	call("pread at a negative offset", "EINVAL", pread(fd, buf, 1, -1));
	call("pwrite at a negative offset", "EINVAL", pwrite(fd, buf, 1, -1));
	other = dup(fd);
	must(lseek(other, 3, SEEK_SET));
	call("a duplicate shares the offset", "3", lseek(fd, 0, SEEK_CUR));
	call("write at it", "1", write(fd, "X", 1));
	call("another open has its own", "ok", lseek(must(open("f", O_RDONLY)), 0, SEEK_CUR));
	if (child_as(NULL)) {
		must(lseek(fd, 7, SEEK_SET));
		leave();
	}
	call("a child shares it too", "7", lseek(fd, 0, SEEK_CUR));
	call("write past the end", "1", pwrite(fd, "Y", 1, 12));
	shows("content", "\"012X456789__Y\"|\"012X456789??Y\"", "%s", content("f"));
}

static void vectors(void)
{
	char a[3], b[5];
	struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cdefg", 5}}, in[2] = {{a, 3}, {b, 5}};
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	call("writev", "7", writev(fd, out, 3));
	call("preadv", "7", preadv(fd, in, 2, 0));
	shows("they are", "abc defg", "%.3s %.4s", a, b);
	call("no vectors", "ok", writev(fd, out, 0));
	call("pwritev2 with RWF_APPEND", "7", pwritev2(fd, out, 3, 0, RWF_APPEND));
	call("pwritev2 with RWF_DSYNC", "7", pwritev2(fd, out, 3, 20, RWF_DSYNC));
	call("pwritev2 with RWF_SYNC", "7", pwritev2(fd, out, 3, 30, RWF_SYNC));
	call("pwritev2 with an unknown flag", "EOPNOTSUPP", pwritev2(fd, out, 3, 0, 1 << 30));
	shows("size", NULL, "%s", shape("f"));
}

/* Records of several processes with O_APPEND: none is lost, none is torn. */
static void appending(void)
{
	enum { WRITERS = 4, RECORDS = 500, SIZE = 37 };
	char record[SIZE];
	int fd, torn = 0, seen[WRITERS] = {0};
	pid_t pids[WRITERS];

	make("f", "");
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = must(fork());
		if (pids[i] == 0) {
			fd = must(open("f", O_WRONLY | O_APPEND));
			memset(record, 'a' + i, SIZE);
			for (int n = 0; n < RECORDS; n++)
				must(write(fd, record, SIZE) == SIZE ? 0 : -1);
			leave();
		}
	}
	for (int i = 0; i < WRITERS; i++)
		reap(pids[i]);
	fd = must(open("f", O_RDONLY));
	while (read(fd, record, SIZE) == SIZE) {
		for (int i = 1; i < SIZE; i++)
			torn += record[i] != record[0];
		if (record[0] >= 'a' && record[0] < 'a' + WRITERS)
			seen[record[0] - 'a']++;
	}
	shows("records", "500 500 500 500, torn 0", "%d %d %d %d, torn %d", seen[0], seen[1],
	      seen[2], seen[3], torn);
}

static void append_flag(void)
{
	int fd, other;

	make("f", "0123");
	fd = must(open("f", O_RDWR | O_APPEND));
	must(lseek(fd, 0, SEEK_SET));
	call("write goes to the end", "1", write(fd, "a", 1));
	call("the offset follows", "5", lseek(fd, 0, SEEK_CUR));
	call("pwrite goes there too", "1", pwrite(fd, "b", 1, 0));
	other = must(open("f", O_WRONLY | O_APPEND));
	must(write(other, "c", 1));
	must(write(fd, "d", 1));
	must(ftruncate(other, 2));
	must(write(fd, "e", 1));
	shows("content", "\"01e\"", "%s", content("f"));
	call("flag by fcntl", "ok", fcntl(fd, F_SETFL, 0));
	call("pwrite then", "1", pwrite(fd, "X", 1, 0));
	shows("content", "\"X1e\"", "%s", content("f"));
}

static void path_only(void)
{
	char buf[4];
	int fd, dir;

	make("f", "data");
	must(chmod("f", 0));
	fd = opens("O_PATH of a file with mode 0", "ok", open("f", O_PATH));
	call("read", "EBADF", read(fd, buf, 4));
	call("write", "EBADF", write(fd, buf, 4));
	call("fchmod", "EBADF", fchmod(fd, 0644));
	call("fchown", "EBADF", fchown(fd, -1, -1));
	call("ftruncate", "EBADF", ftruncate(fd, 0));
	call("fsync", "EBADF", fsync(fd));
	shows("fstat", "file 0000", "%.9s", shape_fd(fd));
	call("fsetxattr", "EBADF", fsetxattr(fd, "user.x", "", 0, 0));
	must(chmod("f", 0644));
	opens_shut("open through /proc", "ok", open(text("/proc/self/fd/%d", fd), O_RDONLY));
	must(mkdir("d", 0755));
	make("d/g", "in d");
	dir = opens("O_PATH of a directory", "ok", open("d", O_PATH | O_DIRECTORY));
	opens_shut("openat", "ok", openat(dir, "g", O_RDONLY));
	call("fchdir", "ok", fchdir(dir) ?: chdir(".."));
	call("getdents", "EBADF", lseek(dir, 0, SEEK_SET));
}

static void path_of_links(void)
{
	char buf[8] = "";
	int fd;

	must(symlink("target", "l"));
	fd = opens("O_PATH O_NOFOLLOW", "ok", open("l", O_PATH | O_NOFOLLOW));
	shows("it is", "symlink", "%.7s", shape_fd(fd));
	call("readlinkat of it", "6", readlinkat(fd, "", buf, 8));
	call("linkat of it", NULL, linkat(fd, "", AT_FDCWD, "m", AT_EMPTY_PATH));
	opens_shut("O_DIRECTORY of it", "ENOTDIR", open("l", O_PATH | O_NOFOLLOW | O_DIRECTORY));
}

static void unnamed(void)
{
	char proc[40];
	int fd = opens("O_TMPFILE", NULL, open(".", O_TMPFILE | O_RDWR, 0640));

	if (fd < 0)
		return;
	shows("its shape", text("file 0640 %u:%u links 0 size 0", geteuid(), getegid()), "%s",
	      shape_fd(fd));
	must(write(fd, "data", 4));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	call("linkat", "ok", linkat(AT_FDCWD, proc, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	shows("content", "\"data\"", "%s", content("named"));
	shows("links", "1", "%lu", (long)links("named"));
	call("linkat once more", "ok",
	     linkat(AT_FDCWD, proc, AT_FDCWD, "again", AT_SYMLINK_FOLLOW));
	shut(fd);
	fd = opens("O_TMPFILE O_EXCL", "ok", open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	call("linkat of an exclusive one", "ENOENT",
	     linkat(AT_FDCWD, proc, AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
	opens_shut("O_TMPFILE to read", "EINVAL", open(".", O_TMPFILE | O_RDONLY, 0640));
	opens_shut("O_TMPFILE in a file", "ENOTDIR", open("named", O_TMPFILE | O_RDWR, 0640));
	fd = must(open(".", O_TMPFILE | O_RDWR, 0600));
	call("AT_EMPTY_PATH", geteuid() ? NULL : "ok",
	     linkat(fd, "", AT_FDCWD, "empty", AT_EMPTY_PATH));
}

static void direct(void)
{
	static const size_t sizes[] = {4096, 8192, 65536, 1 << 20};
	char *buf, *back;
	int fd = opens("O_DIRECT", NULL, open("f", O_CREAT | O_RDWR | O_DIRECT, 0644)), plain;

	if (fd < 0)
		return;
	buf = aligned_alloc(4096, 1 << 20);
	back = aligned_alloc(4096, 1 << 20);
	fill(buf, 1 << 20, 0);
	plain = must(open("f", O_RDWR));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i];

		call(text("write %zu", n), text("%zu", n), pwrite(fd, buf, n, n));
		call(text("plain read %zu", n), text("%zu", n), pread(plain, back, n, n));
		shows(text("same %zu", n), "yes", "%s", memcmp(buf, back, n) ? "no" : "yes");
	}
	must(pwrite(plain, "changed", 7, 8192));
	call("read after a plain write", "4096", pread(fd, back, 4096, 8192));
	shows("it sees", "changed", "%.7s", back);
	call("read past the end", "ok", pread(fd, back, 4096, 1 << 24));
	must(ftruncate(fd, 5000));
	call("short read at the end", NULL, pread(fd, back, 4096, 4096));
	call("odd size", NULL, pwrite(fd, buf, 100, 0));
	call("odd offset", NULL, pwrite(fd, buf, 4096, 10));
	call("odd buffer", NULL, pwrite(fd, buf + 1, 4096, 0));
	free(buf);
	free(back);
}

static void status_flags(void)
{
	static const struct {
		const char *name;
		int flag;
	} flags[] = {
		{"O_APPEND", O_APPEND}, {"O_NONBLOCK", O_NONBLOCK}, {"O_SYNC", O_SYNC},
		{"O_DSYNC", O_DSYNC}, {"O_NOATIME", O_NOATIME}, {"O_CLOEXEC", 0},
	};

	make("f", "");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		int fd = opens(flags[i].name, "ok", open("f", O_RDWR | flags[i].flag));

		shows(text("%s by fcntl", flags[i].name), "yes", "%s",
		      (fcntl(fd, F_GETFL) & flags[i].flag) == flags[i].flag ? "yes" : "no");
		call(text("%s write", flags[i].name), "1", write(fd, "x", 1));
		shut(fd);
	}
}

const struct part open_parts[] = {
	{"creating", creating, 0},
	{"exclusive-race", exclusive_race, 0},
	{"no-rights", created_without_rights, NEEDS_OWNERS},
	{"truncating", truncating, NEEDS_ROOT | NEEDS_OWNERS},
	{"truncate", truncate_sizes, 0},
	{"offsets", offsets, 0},
	{"vectors", vectors, 0},
	{"appending", appending, 0},
	{"append-flag", append_flag, 0},
	{"path", path_only, NEEDS_OWNERS},
	{"path-links", path_of_links, NEEDS_LINKS},
	{"unnamed", unnamed, NEEDS_TMPFILE},
	{"direct", direct, 0},
	{"flags", status_flags, 0},
	{0}
};
