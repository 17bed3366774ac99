// SPDX-License-Identifier: GPL-2.0-or-later
/* Holes, offsets past 4 GiB, the largest file, and statvfs. */
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <signal.h>

#include "suite.h"

#define K64 65536
#define MIB (1 << 20)

/* Data and holes as lseek tells them, in KiB. */
static const char *layout(int fd)
{
	off_t end = must(lseek(fd, 0, SEEK_END)), at = 0;
	const char *s = "";

	for (int i = 0; i < 40 && at < end; i++) {
		off_t data = lseek(fd, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break;
		if (data < 0)
			return text("%s%s to %lld", s, strerrorname_np(errno),
				    (long long)end / 1024);
		hole = must(lseek(fd, data, SEEK_HOLE));
		s = text("%s%lld-%lld ", s, (long long)data / 1024, (long long)hole / 1024);
		at = hole;
	}
	return text("%sto %lld", s, (long long)end / 1024);
}

static void write_at(int fd, off_t at, size_t size)
{
	char *buf = malloc(size);

	fill(buf, size, at);
	must(pwrite(fd, buf, size, at) == (ssize_t)size ? 0 : -1);
	free(buf);
}

static void holes(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	struct stat st;

	write_at(fd, MIB, K64);
	write_at(fd, 3 * MIB, K64);
	must(ftruncate(fd, 5 * MIB));
	must(fsync(fd));
	shows("layout", "1024-1088 3072-3136 to 5120|0-5120 to 5120", "%s", layout(fd));
	call("data from 0", "1048576|ok", lseek(fd, 0, SEEK_DATA));
	call("hole from 0", "ok|5242880", lseek(fd, 0, SEEK_HOLE));
	call("data within data", NULL, lseek(fd, MIB + 100, SEEK_DATA));
	call("hole within data", NULL, lseek(fd, MIB + 100, SEEK_HOLE));
	call("data in the last hole", "ENXIO|4194304", lseek(fd, 4 * MIB, SEEK_DATA));
	call("hole in the last hole", NULL, lseek(fd, 4 * MIB, SEEK_HOLE));
	call("data at the end", "ENXIO", lseek(fd, 5 * MIB, SEEK_DATA));
	call("hole at the end", "ENXIO", lseek(fd, 5 * MIB, SEEK_HOLE));
	call("data past the end", "ENXIO", lseek(fd, 6 * MIB, SEEK_DATA));
	call("negative", "ENXIO|EINVAL", lseek(fd, -1, SEEK_DATA));
	must(fstat(fd, &st));
	shows("blocks", NULL, "%s", st.st_blocks * 512 <= MIB ? "few" : "all");
	must(ftruncate(fd, MIB + 100));
	must(fsync(fd));
	shows("layout when shorter", NULL, "%s", layout(fd));
	write_at(fd, 0, 4096);
	must(fsync(fd));
	shows("layout with a start", NULL, "%s", layout(fd));
}

/* What a hole reads as, also where old data was cut away. */
static void zeroes(void)
{
	char buf[100];
	int fd, bad = 0;

	make_sized("f", 300000);
	fd = must(open("f", O_RDWR));
	must(ftruncate(fd, 1000));
	must(ftruncate(fd, 300000));
	for (off_t at = 1000; at < 300000; at += 100) {
		must(pread(fd, buf, 100, at) == 100 ? 0 : -1);
		for (int i = 0; i < 100; i++)
			bad += buf[i] != 0;
	}
	shows("bytes left after shrinking and growing", "0", "%d", bad);
	must(pwrite(fd, "end", 3, 700000));
	for (off_t at = 300000; at < 700000; at += 100) {
		must(pread(fd, buf, 100, at) == 100 ? 0 : -1);
		for (int i = 0; i < 100; i++)
			bad += buf[i] != 0;
	}
	shows("bytes in a gap", "0", "%d", bad);
}

static void large(void)
{
	static const off_t places[] = {
		(1LL << 31) - 3, (1LL << 32) - 3, 5LL << 30, (1LL << 40) + 7,
	};
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	char buf[8];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *where = text("at %llx", (long long)places[i]);

		snprintf(buf, sizeof(buf), "byte %zu", i);
		call(text("write %s", where), "6", pwrite(fd, buf, 6, places[i]));
		shows(text("size %s", where), text("%lld", (long long)places[i] + 6), "%lld",
		      (long long)lseek(fd, 0, SEEK_END));
	}
	must(fsync(fd));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		must(pread(fd, buf, 6, places[i]));
		shows(text("read at %llx", (long long)places[i]), text("byte %zu", i), "%.6s", buf);
	}
	shows("layout", NULL, "%s", layout(fd));
	call("truncate to 4 GiB", "ok", ftruncate(fd, 1LL << 32));
	call("read at the end", "ok", pread(fd, buf, 6, 1LL << 32));
	call("read before it", "2", pread(fd, buf, 6, (1LL << 32) - 2));
}

static void limits(void)
{
	static const int shifts[] = {40, 41, 42, 43, 44, 45, 46, 50, 60, 62};
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
		call(text("ftruncate to 2^%d", shifts[i]), NULL, ftruncate(fd, 1LL << shifts[i]));
		must(ftruncate(fd, 0));
		call(text("write at 2^%d", shifts[i]), NULL, pwrite(fd, "x", 1, 1LL << shifts[i]));
		must(ftruncate(fd, 0));
		call(text("seek to 2^%d", shifts[i]), NULL,
		     lseek(fd, 1LL << shifts[i], SEEK_SET) < 0 ? -1 : 0);
	}
	call("ftruncate to the largest number", NULL, ftruncate(fd, INT64_MAX));
	must(ftruncate(fd, 0));
	call("write at the largest number", "EFBIG|EINVAL", pwrite(fd, "x", 1, INT64_MAX));
	call("read at the largest number", NULL, pread(fd, &fd, 1, INT64_MAX - 1));
	call("seek past the largest number", NULL, lseek(fd, INT64_MAX, SEEK_SET) < 0 ? -1 : 0);
}

static void on_xfsz(int sig)
{
	(void)sig;
}

/* RLIMIT_FSIZE is looked at by who writes, whichever file system it is. */
static void resource_limit(void)
{
	struct rlimit limit = {10000, RLIM_INFINITY};
	char buf[4096] = "";
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	signal(SIGXFSZ, on_xfsz);
	must(setrlimit(RLIMIT_FSIZE, &limit));
	call("below", "4096", pwrite(fd, buf, 4096, 0));
	call("across", "1808", pwrite(fd, buf, 4096, 8192));
	call("behind", "EFBIG", pwrite(fd, buf, 4096, 10000));
	call("ftruncate behind", "EFBIG", ftruncate(fd, 20000));
	call("truncate behind", "EFBIG", truncate("f", 20000));
	call("fallocate behind", "EFBIG|EOPNOTSUPP", fallocate(fd, 0, 0, 20000));
	call("ftruncate below", "ok", ftruncate(fd, 9000));
}

static void statistics(void)
{
	struct statvfs a, b;
	int fd;

	settle(&a);
	shows("block size", NULL, "%lu %lu", a.f_bsize, a.f_frsize);
	shows("longest name", NULL, "%lu", a.f_namemax);
	shows("flags", NULL, "%lx", a.f_flag);
	shows("there are inodes", NULL, "%s", a.f_files ? "yes" : "no");
	shows("order of the numbers", "ok", "%s", a.f_bavail <= a.f_bfree &&
	      a.f_bfree <= a.f_blocks &&
	      a.f_ffree <= a.f_files ? "ok" : "wrong");
	fd = must(open("f", O_CREAT | O_RDWR, 0644));
	for (int i = 0; i < 64; i++)
		write_at(fd, (off_t)i * K64, K64);
	must(fsync(fd));
	must(syncfs(fd));
	must(fstatvfs(fd, &b));
	shows("4 MiB written are missed", "yes", "%s",
	      (a.f_bfree - b.f_bfree) * a.f_frsize >= 4 * MIB - K64 ? "yes" : "no");
	shows("total size", "same", "%s", a.f_blocks == b.f_blocks ? "same" : "another");
	call("of a file", "ok", statvfs("f", &b));
	call("of nothing", "ENOENT", statvfs("none", &b));
}

static void blocks(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	struct stat st;

	must(fstat(fd, &st));
	shows("of an empty file", "0", "%ld", (long)st.st_blocks);
	shows("I/O size", NULL, "%ld", (long)st.st_blksize);
	write_at(fd, 0, MIB);
	must(fsync(fd));
	must(fstat(fd, &st));
	shows("of 1 MiB", NULL, "%s", st.st_blocks >= 2048 ? "all" : "too few");
	must(ftruncate(fd, 0));
	must(fsync(fd));
	must(fstat(fd, &st));
	shows("of a truncated file", NULL, "%ld", (long)st.st_blocks);
}

const struct part space_parts[] = {
	{"holes", holes, NEEDS_HOLES},
	{"zeroes", zeroes, 0},
	{"large", large, NEEDS_HOLES},
	{"limits", limits, NEEDS_HOLES},
	{"rlimit", resource_limit, 0},
	{"statvfs", statistics, 0},
	{"blocks", blocks, 0},
	{0}
};
