// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes that the kernel has seen before a change that is not about attributes.  stat(2) asks
 * for all of them, so a mount that keeps what was seen shows a stale one only where a program asks
 * for that one alone, or executes the file.
 */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "suite.h"

#define K64 65536LL

static struct statx only(const char *path, unsigned int mask)
{
	struct statx x;

	must(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, mask, &x));
	return x;
}

static const char *mode_alone(const char *path)
{
	return text("%04o", only(path, STATX_MODE).stx_mode & 07777);
}

/* ---- set-user-ID and set-group-ID ------------------------------------------------------------ */

static int by_write(int fd)
{
	return write(fd, "x", 1) == 1 ? 0 : -1;
}

static int by_large_write(int fd)
{
	static char data[3 << 20];

	return write(fd, data, sizeof(data)) == sizeof(data) ? 0 : -1;
}

static int by_direct_write(int fd)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(fcntl(fd, F_SETFL, O_DIRECT));
	return pwrite(fd, page, 4096, 0) == 4096 ? 0 : -1;
}

static int by_truncate(int fd)
{
	(void)fd;
	return truncate("f", 1);
}

static int by_ftruncate(int fd)
{
	return ftruncate(fd, 9000);
}

static int by_open(int fd)
{
	(void)fd;
	return open("f", O_WRONLY | O_TRUNC) < 0 ? -1 : 0;
}

static int by_create(int fd)
{
	(void)fd;
	return open("f", O_WRONLY | O_CREAT | O_TRUNC, 0644) < 0 ? -1 : 0;
}

static int by_fallocate(int fd)
{
	return fallocate(fd, 0, 0, K64);
}

static int by_keeping(int fd)
{
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, K64);
}

static int by_punch(int fd)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096);
}

static int by_copy(int fd)
{
	return copy_file_range(must(open("in", O_RDONLY)), NULL, fd, NULL, 1000, 0) == 1000 ?
	       0 : -1;
}

static int by_large_copy(int fd)
{
	return copy_file_range(must(open("in", O_RDONLY)), NULL, fd, NULL, K64, 0) == K64 ?
	       0 : -1;
}

static int by_sendfile(int fd)
{
	return sendfile(fd, must(open("in", O_RDONLY)), NULL, 1000) == 1000 ? 0 : -1;
}

static int by_mapping(int fd)
{
	char *p = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	p[0] = 'x';
	return msync(p, 4, MS_SYNC);
}

static const struct {
	const char *name;
	int (*run)(int fd);
	const char *expected;
} changes[] = {
	{"write", by_write, "0777"}, {"large write", by_large_write, "0777"},
	{"direct write", by_direct_write, "0777"},
	{"truncate", by_truncate, "0777"}, {"ftruncate", by_ftruncate, "0777"},
	{"open with O_TRUNC", by_open, "0777"}, {"create with O_TRUNC", by_create, "0777"},
	{"fallocate", by_fallocate, "0777"}, {"fallocate keeping the size", by_keeping, "0777"},
	{"punch", by_punch, "0777"}, {"copy_file_range", by_copy, "0777"},
	{"copy_file_range of blocks", by_large_copy, "0777"}, {"sendfile", by_sendfile, "0777"},
	{"mapping", by_mapping, NULL},
};

static void set_id_goes(void)
{
	make_sized("in", K64);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		int fd;

		make_sized("f", 8192);
		must(chmod("f", 06777));
		shows(text("before %s", changes[i].name), "6777", "%s", mode_alone("f"));
		fd = must(open("f", O_RDWR));
		call(changes[i].name, NULL, changes[i].run(fd));
		shows(text("mode after %s", changes[i].name), changes[i].expected, "%s",
		      mode_alone("f"));
		shut(fd);
		must(unlink("f"));
	}
}

static void set_id_goes_for_users(void)
{
	must(chmod(".", 0777));
	if (child_as(&alice)) {
		set_id_goes();
		leave();
	}
}

/* A file runs as its owner only while its content is the owner's. */
static void executed(void)
{
	char user[256] = "";
	int fd, out[2];
	pid_t pid;

	must(pipe(out));
	must(system("cp /usr/bin/id f"));
	must(chmod("f", 04777));
	shows("before", "4777", "%s", mode_alone("f"));
	if (child_as(&bob)) {
		fd = must(open("f", O_WRONLY));
		must(pwrite(fd, "\x7f", 1, 0));
		leave();
	}
	pid = must(fork());
	if (!pid) {
		must(dup2(out[1], 1));
		must(setgid(bob.gid) ?: setuid(bob.uid));
		execl("./f", "id", NULL);
		_exit(9);
	}
	must(waitpid(pid, NULL, 0));
	shut(out[1]);
	must(read(out[0], user, sizeof(user) - 1));
	shows("what a user wrote runs as root", "no", "%s", strstr(user, "euid=0") ? "yes" : "no");
}

/* ---- other attributes ------------------------------------------------------------------------ */

static bool later(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return b->tv_sec > a->tv_sec || (b->tv_sec == a->tv_sec && b->tv_nsec > a->tv_nsec);
}

/* Times and blocks of `path` around a change, each asked for alone. */
#define alone(check, path, change) do { \
	struct statx all_, atime_, mtime_, ctime_, blocks_; \
	must(statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &all_)); \
	tick(); \
	must(change); \
	blocks_ = only(path, STATX_BLOCKS); \
	atime_ = only(path, STATX_ATIME); \
	mtime_ = only(path, STATX_MTIME); \
	ctime_ = only(path, STATX_CTIME); \
	shows(check, NULL, "%s%s%s%lld blocks more", \
	      later(&all_.stx_atime, &atime_.stx_atime) ? "atime " : "", \
	      later(&all_.stx_mtime, &mtime_.stx_mtime) ? "mtime " : "", \
	      later(&all_.stx_ctime, &ctime_.stx_ctime) ? "ctime " : "", \
	      (long long)blocks_.stx_blocks - (long long)all_.stx_blocks); \
} while (0)

static int set_nodump(int fd)
{
	int flags;

	must(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	flags |= FS_NODUMP_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static void others(void)
{
	static char large[3000];
	int in, fd;

	make_sized("in", K64);
	make_sized("f", K64);
	in = must(open("in", O_RDWR));
	fd = must(open("f", O_RDWR));
	must(fsync(in) ?: fsync(fd));
	alone("target of copy_file_range", "f", copy_file_range(in, NULL, fd, NULL, 1000, 0));
	alone("source of copy_file_range", "in", copy_file_range(in, NULL, fd, NULL, 1000, 0));
	must(fsync(fd));
	alone("attribute", "f", setxattr("f", "user.a", "x", 1, 0));
	alone("large attribute", "f", setxattr("f", "user.b", large, sizeof(large), 0));
	alone("no large attribute", "f", removexattr("f", "user.b"));
	alone("flags", "f", set_nodump(fd));
	alone("allocation", "f", fallocate(fd, FALLOC_FL_KEEP_SIZE, K64, K64));
	alone("hole", "f", fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, K64));
	alone("link", "f", link("f", "g"));
	alone("no link", "f", unlink("g"));
	must(link("f", "g") ?: unlink("f"));
	alone("rename", "g", rename("g", "f") ?: link("f", "g"));
}

/* What is allocated ahead of a growing file is given back when it is closed, or soon after. */
static void closed(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	struct statx x;

	for (int i = 0; i < 80; i++) {
		must(write(fd, text("%08192d", i), 8192));
		if (i % 8 == 0)
			must(fsync(fd));
	}
	must(fsync(fd));
	x = only("f", STATX_BASIC_STATS);
	shut(fd);
	for (int i = 0; i < 100 && x.stx_blocks != 1280; i++) {
		usleep(20000);
		x = only("f", STATX_BASIC_STATS);
	}
	shows("blocks", NULL, "%lld", (long long)x.stx_blocks);
}

const struct part cached_parts[] = {
	{"set-id", set_id_goes_for_users, NEEDS_ROOT | NEEDS_OWNERS},
	{"executed", executed, NEEDS_ROOT | NEEDS_OWNERS},
	{"others", others, NEEDS_OWNERS | NEEDS_XATTRS | NEEDS_TIMES | NEEDS_LINKS},
	{"closed", closed, 0},
	{0}
};
