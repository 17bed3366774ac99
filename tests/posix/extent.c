// SPDX-License-Identifier: GPL-2.0-or-later
/* fallocate in all modes, copy_file_range, clones: what they refuse, and what they leave. */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

#include "suite.h"

#define K4 4096LL
#define K64 65536LL
#define MIB (1LL << 20)

static const char *now(const char *path)
{
	struct stat st;

	must(stat(path, &st));
	return text("size %lld, content %016llx", (long long)st.st_size, (long long)digest(path));
}

static int fresh(const char *path, size_t size)
{
	int fd;

	unlink(path);
	make_sized(path, size);
	fd = must(open(path, O_RDWR));
	must(fsync(fd));
	return fd;
}

static void modes(void)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{"allocate", 0}, {"keep", FALLOC_FL_KEEP_SIZE},
		{"punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE},
		{"punch without keep", FALLOC_FL_PUNCH_HOLE},
		{"zero", FALLOC_FL_ZERO_RANGE},
		{"zero keep", FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE},
		{"collapse", FALLOC_FL_COLLAPSE_RANGE}, {"insert", FALLOC_FL_INSERT_RANGE},
		{"unshare", FALLOC_FL_UNSHARE_RANGE}, {"unknown", 1 << 20},
		{"collapse and insert", FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE},
	};
	static const struct {
		const char *name;
		off_t at, length;
	} ranges[] = {
		{"inside", K64, K64}, {"unaligned", K64 + 5, K64 + 10}, {"at the start", 0, K4},
		{"to the end", MIB - K64, K64}, {"across the end", MIB - K64, 3 * K64},
		{"behind the end", 2 * MIB, K64}, {"no length", 0, 0}, {"negative", -1, K4},
		{"all", 0, MIB},
	};

	for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++)
		for (size_t r = 0; r < sizeof(ranges) / sizeof(ranges[0]); r++) {
			const char *check = text("%s %s", modes[m].name, ranges[r].name);
			const char *expected = ranges[r].length <= 0 || ranges[r].at < 0 ?
				"EINVAL|EOPNOTSUPP" : NULL;
			int fd = fresh("f", MIB);

			call(check, expected, fallocate(fd, modes[m].mode, ranges[r].at,
							ranges[r].length));
			shows(text("%s, then", check), NULL, "%s", now("f"));
			shut(fd);
		}
}

static void preallocation(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	struct stat st;

	call("keep size", NULL, fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, MIB));
	must(fsync(fd));
	must(fstat(fd, &st));
	shows("size", "0", "%lld", (long long)st.st_size);
	shows("blocks", NULL, "%s", st.st_blocks >= 2048 ? "1 MiB" : "fewer");
	call("more", NULL, fallocate(fd, 0, 0, MIB));
	must(fstat(fd, &st));
	shows("size", NULL, "%lld", (long long)st.st_size);
	shows("content", NULL, "%s", now("f"));
	must(ftruncate(fd, 0));
	must(fsync(fd));
	must(fstat(fd, &st));
	shows("blocks after truncate", NULL, "%s", st.st_blocks >= 2048 ? "1 MiB" : "fewer");
}

static void punched(void)
{
	struct stat a, b;
	int fd = fresh("f", 4 * MIB);

	must(fstat(fd, &a));
	call("punch", NULL,
	     fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, MIB, 2 * MIB));
	must(fsync(fd));
	must(fstat(fd, &b));
	shows("blocks", NULL, "%s", a.st_blocks - b.st_blocks >= 4096 ? "freed" : "kept");
	shows("data from the hole", NULL, "%lld", (long long)lseek(fd, MIB + K64, SEEK_DATA));
	shows("hole from the start", NULL, "%lld", (long long)lseek(fd, 0, SEEK_HOLE));
	shows("then", NULL, "%s", now("f"));
}

static void refused(void)
{
	int fd;

	make("f", "");
	must(mkdir("d", 0755));
	fd = must(open("f", O_RDONLY));
	call("read-only descriptor", "EBADF", fallocate(fd, 0, 0, K4));
	call("directory", "EBADF|EISDIR|ENODEV", fallocate(must(open("d", O_RDONLY)), 0, 0, K4));
	fd = must(open("f", O_RDWR));
	call("too large", "EFBIG", fallocate(fd, 0, INT64_MAX - 10, 100));
	call("more than there is", NULL, fallocate(fd, 0, 0, 1LL << 43));
	shows("size then", NULL, "%s", shape_fd(fd));
}

/* The same as the modes, but with the data still only in the cache. */
static void dirty(void)
{
	int fd;

	make_sized("f", MIB);
	fd = must(open("f", O_RDWR));
	call("collapse", NULL, fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, K64, K64));
	shows("collapse, then", NULL, "%s", now("f"));
	make_sized("f", MIB);
	call("insert", NULL, fallocate(fd, FALLOC_FL_INSERT_RANGE, K64, K64));
	shows("insert, then", NULL, "%s", now("f"));
	make_sized("f", MIB);
	call("zero", NULL, fallocate(fd, FALLOC_FL_ZERO_RANGE, K64 + 1, K64));
	shows("zero, then", NULL, "%s", now("f"));
	make_sized("f", MIB);
	call("punch", NULL,
	     fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, K64 + 1, K64));
	shows("punch, then", NULL, "%s", now("f"));
	must(pwrite(fd, "late", 4, K64 + 100));
	shows("written into it", NULL, "%s", now("f"));
}

static long copy(int in, off_t from, int out, off_t to, size_t length)
{
	return copy_file_range(in, &from, out, &to, length, 0);
}

static void copying(void)
{
	int in = fresh("in", MIB), out = must(open("out", O_CREAT | O_RDWR, 0644));

	call("all", "1048576", copy(in, 0, out, 0, MIB));
	shows("same", "yes", "%s", digest("in") == digest("out") ? "yes" : "no");
	call("past the end", "ok", copy(in, 2 * MIB, out, 0, K4));
	call("across the end", "100", copy(in, MIB - 100, out, 0, K4));
	call("unaligned", "10000", copy(in, 3, out, 100001, 10000));
	shows("then", NULL, "%s", now("out"));
	call("within a file", "65536", copy(in, 0, in, 8 * K64, K64));
	call("overlapping", "EINVAL", copy(in, 0, in, 100, K4));
	call("behind the end of the other", "4096", copy(in, 0, out, 3 * MIB, K4));
	shows("then", NULL, "%s", now("out"));
	call("no length", "ok", copy(in, 0, out, 0, 0));
	call("with a flag", "EINVAL", copy_file_range(in, NULL, out, NULL, 1, 1));
	call("to a read-only descriptor", "EBADF", copy(in, 0, must(open("out", O_RDONLY)), 0, K4));
	call("to an appending descriptor", "EBADF",
	     copy(in, 0, must(open("out", O_WRONLY | O_APPEND)), 0, K4));
	call("from a directory", "EISDIR", copy(must(open(".", O_RDONLY)), 0, out, 0, K4));
	must(lseek(in, 10, SEEK_SET));
	call("with the offsets of the descriptors", "20",
	     copy_file_range(in, NULL, out, NULL, 20, 0));
	call("which move", "30", lseek(in, 0, SEEK_CUR));
	touches("it touches the target", "mtime ctime", "out", copy(in, 0, out, 0, K4));
}

static void sending(void)
{
	int in = fresh("in", MIB), out = must(open("out", O_CREAT | O_RDWR, 0644));
	off_t at = 0;

	call("sendfile", "1048576", sendfile(out, in, &at, MIB));
	shows("same", "yes", "%s", digest("in") == digest("out") ? "yes" : "no");
	call("sendfile at the end", "ok", sendfile(out, in, &at, 10));
}

static void clones(void)
{
	int in = fresh("in", MIB), out = must(open("out", O_CREAT | O_RDWR, 0644));
	struct file_clone_range odd = {.src_fd = in, .src_offset = 100, .src_length = K4};
	struct file_clone_range part = {.src_fd = in, .src_length = K64, .dest_offset = 2 * MIB};

	call("clone", NULL, ioctl(out, FICLONE, in));
	shows("then", NULL, "%s", now("out"));
	must(pwrite(out, "changed", 7, 100));
	shows("the source stays", NULL, "%s", now("in"));
	call("clone of a range", NULL, ioctl(out, FICLONERANGE, &part));
	shows("then", NULL, "%s", now("out"));
	call("unaligned", "EINVAL|EOPNOTSUPP", ioctl(out, FICLONERANGE, &odd));
	call("to a read-only descriptor", "EBADF", ioctl(must(open("out", O_RDONLY)), FICLONE, in));
	call("across file systems", "EXDEV|EOPNOTSUPP",
	     ioctl(out, FICLONE, must(open("/proc/self/exe", O_RDONLY))));
}

static void dedupe(void)
{
	int in = fresh("in", MIB), out = fresh("out", MIB);
	struct {
		struct file_dedupe_range head;
		struct file_dedupe_range_info info;
	} range = {{.src_length = K64, .dest_count = 1}, {.dest_fd = out}};

	call("dedupe", NULL, ioctl(in, FIDEDUPERANGE, &range));
	shows("bytes and status", NULL, "%lld %d", (long long)range.info.bytes_deduped,
	      range.info.status);
	shows("content", "same", "%s", digest("in") == digest("out") ? "same" : "another");
}

const struct part extent_parts[] = {
	{"modes", modes, NEEDS_HOLES},
	{"preallocation", preallocation, 0},
	{"punched", punched, NEEDS_HOLES},
	{"refused", refused, NEEDS_HOLES},
	{"dirty", dirty, NEEDS_HOLES},
	{"copy", copying, NEEDS_TIMES},
	{"sendfile", sending, 0},
	{"clone", clones, NEEDS_HOLES},
	{"dedupe", dedupe, NEEDS_HOLES},
	{0}
};
