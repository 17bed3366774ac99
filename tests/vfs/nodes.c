// SPDX-License-Identifier: GPL-2.0-or-later
/* nodes IMAGE: a node stays its file through rename and unlink, and is a way to it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/rump_vfs.h>

static const char text[] = "the same file";

static void check(int ok, const char *what, long result)
{
	if (ok)
		return;
	fprintf(stderr, "nodes: %s: %ld\n", what, result);
	exit(1);
}
#define CHECK(expr, expected)				\
	do {						\
		long r = (expr);			\
							\
		check(r == (expected), #expr, r);	\
	} while (0)

static void make_file(void)
{
	int fd = rump_sys_openat(AT_FDCWD, "/m/a", O_CREAT | O_RDWR, 0640);

	check(fd >= 0, "create", fd);
	CHECK(rump_sys_write(fd, text, sizeof(text)), sizeof(text));
	CHECK(rump_sys_symlinkat("a", AT_FDCWD, "/m/link"), 0);
	CHECK(rump_sys_close(fd), 0);
}

static void refusals(struct rump_node *root, struct rump_node *file)
{
	struct rump_node *none;

	CHECK(rump_vfs_node("/m/missing", 0, &none), -ENOENT);
	CHECK(rump_vfs_lookup(root, "missing", &none), -ENOENT);
	CHECK(rump_vfs_lookup(root, "..", &none), -EINVAL);
	CHECK(rump_vfs_lookup(root, "", &none), -EINVAL);
	CHECK(rump_vfs_lookup(root, "a/b", &none), -EINVAL);
	CHECK(rump_vfs_lookup(file, "b", &none), -ENOTDIR);
	CHECK(rump_vfs_fdnode(999, &none), -EBADF);
	CHECK(rump_vfs_open(file, O_RDONLY | O_CREAT), -EINVAL);
	CHECK(rump_vfs_open(file, O_RDONLY | O_DIRECTORY), -ENOTDIR);
	rump_vfs_release(NULL);
}

static void outlives_its_names(struct rump_node *file)
{
	char buf[sizeof(text)];
	struct statx stx;
	int fd;

	CHECK(rump_sys_renameat2(AT_FDCWD, "/m/a", AT_FDCWD, "/m/b", 0), 0);
	CHECK(rump_sys_unlinkat(AT_FDCWD, "/m/b", 0), 0);
	CHECK(rump_vfs_statx(file, STATX_BASIC_STATS, &stx), 0);
	CHECK(stx.stx_nlink, 0);
	CHECK(stx.stx_size, sizeof(text));
	CHECK(stx.stx_mode, S_IFREG | 0640);
	fd = rump_vfs_open(file, O_RDONLY);
	check(fd >= 0, "open by node", fd);
	CHECK(rump_sys_pread64(fd, buf, sizeof(buf), 0), sizeof(buf));
	CHECK(memcmp(buf, text, sizeof(text)), 0);
	CHECK(rump_sys_close(fd), 0);
}

int main(int argc, char **argv)
{
	struct rump_node *root, *file, *link, *again;
	char dev[RUMP_DEVPATH_MAX];
	int disk, fd;

	check(argc == 2, "usage: nodes IMAGE", argc);
	CHECK(rump_init(), 0);
	disk = rump_disk_attach(argv[1], NULL, dev);
	check(disk >= 0, "attach", disk);
	CHECK(rump_sys_mkdirat(AT_FDCWD, "/m", 0755), 0);
	CHECK(rump_sys_mount(dev, "/m", "ext4", 0, NULL), 0);
	make_file();

	CHECK(rump_vfs_node("/m", 0, &root), 0);
	CHECK(rump_vfs_lookup(root, "a", &file), 0);
	CHECK(rump_vfs_lookup(root, "link", &link), 0);
	CHECK(rump_vfs_same(file, link), 0);
	rump_vfs_release(link);
	CHECK(rump_vfs_node("/m/link", 0, &again), 0);
	CHECK(rump_vfs_same(file, again), 1);
	rump_vfs_release(again);
	fd = rump_vfs_open(file, O_RDWR);
	CHECK(rump_vfs_fdnode(fd, &again), 0);
	CHECK(rump_vfs_same(file, again), 1);
	rump_vfs_release(again);
	CHECK(rump_sys_close(fd), 0);

	refusals(root, file);
	outlives_its_names(file);
	CHECK(rump_sys_umount2("/m", 0), -EBUSY);
	rump_vfs_release(file);
	rump_vfs_release(root);
	CHECK(rump_sys_umount2("/m", 0), 0);
	CHECK(rump_disk_detach(disk), 0);
	return 0;
}
