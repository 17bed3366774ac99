// SPDX-License-Identifier: GPL-2.0-or-later
/* What files look like, as text that is the same in every run; and files to look at. */
#include <stdarg.h>
#include <sys/statvfs.h>
#include <time.h>

#include <rump/p2k.h>
#include "suite.h"

#define RING 16

const char *text(const char *format, ...)
{
	static char *ring[RING];
	static unsigned int next;
	char **slot = &ring[next++ % RING];
	va_list ap;

	free(*slot);
	va_start(ap, format);
	if (vasprintf(slot, format, ap) < 0)
		abort();
	va_end(ap);
	return *slot;
}

static const char *type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "file";
	case S_IFDIR: return "directory";
	case S_IFLNK: return "symlink";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "socket";
	case S_IFCHR: return "character device";
	case S_IFBLK: return "block device";
	}
	return "no type";
}

/* The size of a directory and its link count are the format's own business. */
static const char *shape_stat(const struct stat *st)
{
	const char *head = text("%s %04o %u:%u", type_name(st->st_mode), st->st_mode & 07777,
				st->st_uid, st->st_gid);

	if (S_ISDIR(st->st_mode))
		return head;
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		return text("%s links %lu device %lx", head, (long)st->st_nlink, (long)st->st_rdev);
	return text("%s links %lu size %lld", head, (long)st->st_nlink, (long long)st->st_size);
}

const char *shape(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? strerrorname_np(errno) : shape_stat(&st);
}

const char *shape_fd(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? strerrorname_np(errno) : shape_stat(&st);
}

const char *kind(const char *path)
{
	struct stat st;

	if (!lstat(path, &st))
		return type_name(st.st_mode);
	return errno == ENOENT ? "absent" : strerrorname_np(errno);
}

const char *permissions(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? strerrorname_np(errno) : text("%04o", st.st_mode & 07777);
}

nlink_t links(const char *path)
{
	struct stat st;

	must(lstat(path, &st));
	return st.st_nlink;
}

bool same_inode(const char *a, const char *b)
{
	struct stat s, t;

	return !lstat(a, &s) && !lstat(b, &t) && s.st_ino == t.st_ino && s.st_dev == t.st_dev;
}

const char *content(const char *path)
{
	char buf[200];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return strerrorname_np(errno);
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n < 0)
		return strerrorname_np(errno);
	for (ssize_t i = 0; i < n; i++)
		if (buf[i] < ' ' || buf[i] > '~')
			buf[i] = buf[i] ? '?' : '_';
	buf[n] = 0;
	return text("\"%s\"", buf);
}

/* FNV-1a */
uint64_t digest(const char *path)
{
	static unsigned char buf[65536];
	uint64_t hash = 0xcbf29ce484222325;
	int fd = must(open(path, O_RDONLY));
	ssize_t n;

	while ((n = must(read(fd, buf, sizeof(buf)))) > 0)
		for (ssize_t i = 0; i < n; i++)
			hash = (hash ^ buf[i]) * 0x100000001b3;
	close(fd);
	return hash;
}

void make(const char *path, const char *data)
{
	int fd = must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));

	must(write(fd, data, strlen(data)));
	must(close(fd));
}

void fill(void *to, size_t size, size_t offset)
{
	unsigned char *p = to;

	for (size_t i = 0; i < size; i++)
		p[i] = (offset + i) * 7 + (offset + i) / 4096 + 1;
}

void make_sized(const char *path, size_t size)
{
	int fd = must(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
	char *buf = malloc(size);

	fill(buf, size, 0);
	must(write(fd, buf, size) == (ssize_t)size ? 0 : -1);
	must(close(fd));
	free(buf);
}

long long fill_up(int fd, size_t size, long long most)
{
	char *buf = malloc(size);
	long long at = 0;
	ssize_t n;

	do {
		fill(buf, size, at);
		errno = 0;
		n = pwrite(fd, buf, size, at);
		at += n > 0 ? n : 0;
	} while (n > 0 && at < most);
	free(buf);
	return at;
}

const char *checked(int fd, long long size)
{
	static char buf[65536], expected[65536];

	for (long long at = 0; at < size; ) {
		ssize_t n = pread(fd, buf, sizeof(buf), at);

		if (n <= 0)
			return n ? strerrorname_np(errno) : text("too short");
		fill(expected, n, at);
		if (memcmp(buf, expected, n))
			return text("changed");
		at += n;
	}
	return "same";
}

void tick(void)
{
	struct timespec t = {.tv_nsec = 12000000};	/* a jiffy is 10 ms at most */

	nanosleep(&t, NULL);
}

void look(const char *path, struct statx *x)
{
	must(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME, x));
}

static const char *moved(const char *name, const struct statx_timestamp *a,
			 const struct statx_timestamp *b)
{
	if (a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec)
		return "";
	if (b->tv_sec > a->tv_sec || (b->tv_sec == a->tv_sec && b->tv_nsec > a->tv_nsec))
		return text("%s ", name);
	return text("%s-back ", name);
}

void touched(const char *check, const char *expected, const char *path, const struct statx *a)
{
	const char *s;
	struct statx b;

	look(path, &b);
	s = text("%s%s%s%s", moved("atime", &a->stx_atime, &b.stx_atime),
		 moved("mtime", &a->stx_mtime, &b.stx_mtime),
		 moved("ctime", &a->stx_ctime, &b.stx_ctime),
		 moved("btime", &a->stx_btime, &b.stx_btime));
	shows(check, expected, "%.*s", *s ? (int)strlen(s) - 1 : 4, *s ? s : "none");
}

void settle(struct statvfs *now)
{
	struct statvfs before;
	int same = 0, fd = must(open(".", O_RDONLY));

	for (int i = 0; i < 1000 && same < 5; i++) {
		must(statvfs(".", &before));
		/* An error of a write from before is not the question.  A host does not pass it on
		 * to a mount server, which has a call for it. */
		syncfs(fd);
		ioctl(fd, RUMP_IOC_SYNC);
		usleep(50000);
		must(statvfs(".", now));
		same = now->f_bfree == before.f_bfree ? same + 1 : 0;
	}
	close(fd);
}
