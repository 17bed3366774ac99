// SPDX-License-Identifier: GPL-2.0-or-later
/* Synchronizing, statx, file handles, pathconf: calls about a file or file system as a whole. */
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

#include "suite.h"

static void synchronizing(void)
{
	int fd, dir;
	char *p;

	make_sized("f", 100000);
	fd = must(open("f", O_RDWR));
	dir = must(open(".", O_RDONLY));
	call("fsync", "ok", fsync(fd));
	call("fdatasync", "ok", fdatasync(fd));
	call("fsync of a directory", "ok", fsync(dir));
	call("fdatasync of a directory", "ok", fdatasync(dir));
	call("syncfs", "ok", syncfs(fd));
	call("syncfs of a directory", "ok", syncfs(dir));
	call("sync_file_range", "ok", sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	call("sync_file_range of a part", "ok", sync_file_range(fd, 4096, 4096,
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER));
	call("sync_file_range negative", "EINVAL", sync_file_range(fd, -1, 1, 0));
	call("sync_file_range, unknown flag", "EINVAL", sync_file_range(fd, 0, 0, 64));
	call("fsync of a read-only descriptor", "ok", fsync(must(open("f", O_RDONLY))));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	p[0] = 'x';
	call("msync", "ok", msync(p, 8192, MS_SYNC));
	call("msync asynchronous", "ok", msync(p, 8192, MS_ASYNC));
	call("msync with both", "EINVAL", msync(p, 8192, MS_SYNC | MS_ASYNC));
	call("readahead", "ok", readahead(fd, 0, 100000));
	shows("fadvise", "0 0 0", "%d %d %d", posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED),
	      posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED),
	      posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
	shows("fadvise with nonsense", text("%d", EINVAL), "%d", posix_fadvise(fd, 0, 0, 77));
}

static void extended(const char *path)
{
	struct statx x;
	struct stat st;

	must(statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0x7fff, &x));
	must(lstat(path, &st));
	shows(text("%s mask", path), NULL, "%x", x.stx_mask & ~STATX_MNT_ID & 0xfff);
	shows(text("%s attributes", path), NULL, "%llx of %llx",
	      (long long)(x.stx_attributes & ~0x2000ULL), (long long)x.stx_attributes_mask);
	shows(text("%s agrees with stat", path), "yes", "%s", x.stx_ino == st.st_ino &&
	      x.stx_mode == st.st_mode && x.stx_nlink == st.st_nlink &&
	      x.stx_size == (uint64_t)st.st_size && x.stx_blocks == (uint64_t)st.st_blocks &&
	      x.stx_dev_major == major(st.st_dev) && x.stx_dev_minor == minor(st.st_dev) ?
	      "yes" : "no");
	shows(text("%s block size", path), NULL, "%u", x.stx_blksize);
}

static void statx_calls(void)
{
	struct statx x;
	int fd;

	make("f", "data");
	extended(".");
	extended("f");
	call("forced", "ok", statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_BASIC_STATS, &x));
	call("not synchronized", "ok",
	     statx(AT_FDCWD, "f", AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &x));
	call("both", "EINVAL",
	     statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, 0, &x));
	call("reserved bit", "EINVAL", statx(AT_FDCWD, "f", 0, 0x80000000U, &x));
	call("bad flag", "EINVAL", statx(AT_FDCWD, "f", 0x40000000, 0, &x));
	call("nothing there", "ENOENT", statx(AT_FDCWD, "none", 0, 0, &x));
	fd = must(open("f", O_RDONLY));
	call("of a descriptor", "ok", statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x));
	shows("its size", "4", "%lld", (long long)x.stx_size);
}

static void statx_links(void)
{
	must(symlink("x", "l") ?: mkfifo("p", 0644));
	extended("l");
	extended("p");
}

/* A large file grows in one process, and another one sees size and blocks. */
static void sizes_seen(void)
{
	struct stat st;
	int fd;

	make("f", "");
	fd = must(open("f", O_RDWR));
	for (int i = 1; i <= 5; i++) {
		must(pwrite(fd, "0123456789", 10, i * 1000));
		if (child_as(NULL)) {
			must(stat("f", &st));
			shows(text("after write %d", i), text("%d", i * 1000 + 10), "%lld",
			      (long long)st.st_size);
			leave();
		}
	}
	if (child_as(NULL)) {
		must(truncate("f", 77));
		leave();
	}
	must(fstat(fd, &st));
	shows("truncated by another process", "77", "%lld", (long long)st.st_size);
	call("seek to the end", "77", lseek(fd, 0, SEEK_END));
}

static void handles(void)
{
	struct {
		struct file_handle head;
		unsigned char bytes[MAX_HANDLE_SZ];
	} h = {.head.handle_bytes = MAX_HANDLE_SZ};
	int id, fd, dir;

	make("f", "data");
	dir = must(open(".", O_RDONLY));
	if (call("name_to_handle_at", NULL, name_to_handle_at(AT_FDCWD, "f", &h.head, &id, 0)))
		return;
	fd = opens("open_by_handle_at", NULL, open_by_handle_at(dir, &h.head, O_RDONLY));
	if (fd >= 0)
		shows("it is", "file 0644 0:0 links 1 size 4", "%s", shape_fd(fd));
	shut(fd);
	must(rename("f", "g"));
	opens_shut("after rename", NULL, open_by_handle_at(dir, &h.head, O_RDONLY));
	must(unlink("g"));
	opens_shut("after unlink", NULL, open_by_handle_at(dir, &h.head, O_RDONLY));
}

static void limits_of_names(void)
{
	shows("NAME_MAX", NULL, "%ld", pathconf(".", _PC_NAME_MAX));
	shows("PATH_MAX", "4096", "%ld", pathconf(".", _PC_PATH_MAX));
	shows("LINK_MAX", NULL, "%ld", pathconf(".", _PC_LINK_MAX));
	shows("FILESIZEBITS", NULL, "%ld", pathconf(".", _PC_FILESIZEBITS));
	shows("CHOWN_RESTRICTED", NULL, "%ld", pathconf(".", _PC_CHOWN_RESTRICTED));
	shows("NO_TRUNC", "1", "%ld", pathconf(".", _PC_NO_TRUNC));
}

const struct part meta_parts[] = {
	{"sync", synchronizing, 0},
	{"statx", statx_calls, NEEDS_OWNERS},
	{"statx-links", statx_links, NEEDS_LINKS | NEEDS_SPECIAL},
	{"sizes", sizes_seen, 0},
	{"handles", handles, NEEDS_ROOT | NEEDS_OWNERS},
	{"pathconf", limits_of_names, 0},
	{0}
};
