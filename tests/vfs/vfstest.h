/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of rump_vfs.h share:
 * PROGRAM TYPE IMAGE, the image mounted, and how to be strict. */
#ifndef VFSTEST_H
#define VFSTEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/rump_vfs.h>

static inline void check(bool ok, const char *file, int line, const char *what, long result)
{
	if (ok)
		return;
	fprintf(stderr, "%s:%d: %s: %ld\n", file, line, what, result);
	_Exit(1);
}
#define CHECK(expr, expected)							\
	do {									\
		long r_ = (expr);						\
										\
		check(r_ == (long)(expected), __FILE__, __LINE__, #expr, r_);	\
	} while (0)
#define TRUE(expr) check((expr), __FILE__, __LINE__, #expr, 0)

static const char *type;
static bool fat;			/* no owners, links, attributes; names in any case */
static int disk;
static struct rump_node *root;
static const struct rump_identity everything = { .flags = RUMP_ID_FSETID };

static inline bool is(const char *name)
{
	return !strcmp(type, name);
}

static inline void begin(int argc, char **argv)
{
	char dev[RUMP_DEVPATH_MAX];

	TRUE(argc == 3);
	type = argv[1];
	fat = is("vfat");
	CHECK(rump_init(), 0);
	disk = rump_disk_attach(argv[2], NULL, dev);
	TRUE(disk >= 0);
	CHECK(rump_sys_mkdirat(AT_FDCWD, "/m", 0755), 0);
	CHECK(rump_sys_mount(dev, "/m", type, 0, NULL), 0);
	CHECK(rump_vfs_node("/m", 0, &root), 0);
	CHECK(rump_vfs_identity(&everything), 0);
}

/* Nothing else may be referred to any more: it cannot be unmounted else. */
static inline void end(void)
{
	CHECK(rump_vfs_identity(&everything), 0);
	CHECK(rump_sys_umount2("/m", 0), -EBUSY);
	rump_vfs_release(root, 1);
	CHECK(rump_sys_umount2("/m", 0), 0);
	CHECK(rump_disk_detach(disk), 0);
}

static inline struct statx stat_of(struct rump_node *node)
{
	struct statx stx;

	CHECK(rump_vfs_statx(node, STATX_BASIC_STATS, &stx), 0);
	return stx;
}

/* A new empty file. */
static inline struct rump_node *file_in(struct rump_node *dir, const char *name, uint32_t mode)
{
	struct rump_node *node;

	CHECK(rump_vfs_mknod(dir, name, mode, 0, &node, NULL), 0);
	return node;
}

static inline struct rump_node *dir_in(struct rump_node *dir, const char *name, uint32_t mode)
{
	struct rump_node *node;

	CHECK(rump_vfs_mkdir(dir, name, mode, &node, NULL), 0);
	return node;
}

static inline struct rump_node *found_in(struct rump_node *dir, const char *name)
{
	struct rump_node *node;

	TRUE(rump_vfs_lookup(dir, name, &node, NULL) >= 0);
	return node;
}

static inline bool is_there(struct rump_node *dir, const char *name)
{
	struct rump_node *node;
	int res = rump_vfs_lookup(dir, name, &node, NULL);

	if (res >= 0)
		rump_vfs_release(node, 1);
	else
		CHECK(res, -ENOENT);
	return res >= 0;
}

/* By path, beside the calls that are tested. */
static inline void write_by_path(const char *path, const char *text)
{
	int fd = rump_sys_openat(AT_FDCWD, path, O_CREAT | O_RDWR, 0640);

	TRUE(fd >= 0);
	CHECK(rump_sys_write(fd, text, strlen(text)), strlen(text));
	CHECK(rump_sys_close(fd), 0);
}

/* As whom the thread acts until it is `everything` again. */
static inline void act(uint32_t uid, uint32_t gid, uint32_t mask, uint32_t flags)
{
	const struct rump_identity id = { .uid = uid, .gid = gid, .mask = mask, .flags = flags };

	CHECK(rump_vfs_identity(&id), 0);
}

#endif
