// SPDX-License-Identifier: GPL-2.0-or-later
/* nodes TYPE IMAGE: a node stays its file whatever becomes of its names. */
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vfstest.h"

static void same_file_same_node(void)
{
	struct rump_node *a = file_in(root, "a", S_IFREG | 0644), *found, *by_path, *other;
	struct rump_file *file;
	struct statx stx, again;

	CHECK(rump_vfs_lookup(root, "a", &found, &stx), 0);
	CHECK(rump_vfs_node("/m/a", 0, &by_path), 0);
	TRUE(a == found && a == by_path);
	CHECK(rump_vfs_statx(a, STATX_BASIC_STATS | STATX_BTIME, &again), 0);
	CHECK(memcmp(&stx, &again, sizeof(stx)), 0);
	CHECK(stx.stx_nlink, 1);
	TRUE(stx.stx_mask & STATX_BTIME);
	other = file_in(root, "b", S_IFREG | 0644);
	TRUE(other != a);
	/* the counts: an open file is none of them, and two of three go at once */
	CHECK(rump_vfs_open(a, O_RDONLY, &file), 0);
	rump_vfs_release(a, 2);
	CHECK(stat_of(by_path).stx_ino, stx.stx_ino);
	rump_vfs_release(by_path, 1);
	rump_vfs_release(other, 1);
	rump_vfs_close(file);
	rump_vfs_release(NULL, 1);
	rump_vfs_close(NULL);
	CHECK(rump_vfs_unlink(root, "a"), 0);
	CHECK(rump_vfs_unlink(root, "b"), 0);
}

static void refusals(void)
{
	struct rump_node *file = file_in(root, "plain", S_IFREG | 0644), *none;
	char longname[258], path[] = "/m/missing";

	memset(longname, 'n', 257);
	longname[257] = 0;
	CHECK(rump_vfs_node(path, 0, &none), -ENOENT);
	CHECK(rump_vfs_node("/m", 1, &none), -EINVAL);
	CHECK(rump_vfs_node("/m/plain/x", 0, &none), -ENOTDIR);
	CHECK(rump_vfs_lookup(root, "missing", &none, NULL), -ENOENT);
	CHECK(rump_vfs_lookup(root, "..", &none, NULL), -EINVAL);
	CHECK(rump_vfs_lookup(root, ".", &none, NULL), -EINVAL);
	CHECK(rump_vfs_lookup(root, "", &none, NULL), -EINVAL);
	CHECK(rump_vfs_lookup(root, "a/b", &none, NULL), -EINVAL);
	CHECK(rump_vfs_lookup(root, longname, &none, NULL), fat ? -ENOENT : -ENAMETOOLONG);
	CHECK(rump_vfs_lookup(file, "b", &none, NULL), -ENOTDIR);
	CHECK(rump_vfs_mkdir(root, "plain", 0755, &none, NULL), -EEXIST);
	CHECK(rump_vfs_mknod(root, "plain", S_IFREG | 0644, 0, &none, NULL), -EEXIST);
	CHECK(rump_vfs_mkdir(root, "..", 0755, &none, NULL), -EINVAL);
	CHECK(rump_vfs_mknod(root, "x", S_IFDIR | 0644, 0, &none, NULL), -EINVAL);
	CHECK(rump_vfs_mkdir(file, "x", 0755, &none, NULL), -ENOTDIR);
	CHECK(rump_vfs_mkdir(root, longname, 0755, &none, NULL), -ENAMETOOLONG);
	CHECK(rump_vfs_unlink(root, "missing"), -ENOENT);
	CHECK(rump_vfs_rmdir(root, "plain"), -ENOTDIR);
	CHECK(rump_vfs_unlink(root, "."), -EINVAL);
	CHECK(rump_vfs_readlink(file, longname, sizeof(longname)), -EINVAL);
	CHECK(rump_vfs_unlink(root, "plain"), 0);
	rump_vfs_release(file, 1);
}

static void outlives_its_names(void)
{
	static const char text[] = "the same file";
	struct rump_node *a = file_in(root, "a", S_IFREG | 0644);
	struct rump_node *over = file_in(root, "over", S_IFREG | 0644);
	struct rump_node *dir = dir_in(root, "dir", 0755);
	struct rump_node *gone = dir_in(root, "gone", 0755), *none;
	struct rump_file *file;
	char buf[sizeof(text)];

	CHECK(rump_vfs_open(a, O_RDWR, &file), 0);
	CHECK(rump_vfs_write(file, text, sizeof(text), 0, 0), sizeof(text));
	rump_vfs_close(file);
	CHECK(rump_vfs_rename(root, "a", dir, "b", 0), 0);
	TRUE(!is_there(root, "a"));
	CHECK(rump_vfs_rename(dir, "b", root, "over", 0), 0);
	CHECK(stat_of(over).stx_nlink, 0);
	TRUE(found_in(root, "over") == a);
	rump_vfs_release(a, 1);
	CHECK(rump_vfs_unlink(root, "over"), 0);
	CHECK(stat_of(a).stx_nlink, 0);
	CHECK(stat_of(a).stx_size, sizeof(text));
	CHECK(rump_vfs_open(a, O_RDONLY, &file), 0);
	CHECK(rump_vfs_read(file, buf, sizeof(buf), 0), sizeof(buf));
	CHECK(memcmp(buf, text, sizeof(text)), 0);
	rump_vfs_close(file);
	CHECK(rump_vfs_rmdir(root, "gone"), 0);
	CHECK(rump_vfs_mkdir(gone, "x", 0755, &none, NULL), -ENOENT);
	CHECK(rump_vfs_lookup(gone, "x", &none, NULL), -ENOENT);
	CHECK(rump_vfs_rmdir(root, "dir"), 0);
	rump_vfs_release(a, 1);
	rump_vfs_release(over, 1);
	rump_vfs_release(dir, 1);
	rump_vfs_release(gone, 1);
}

/* What an unlinked file takes is free when the last reference goes. */
static void space_comes_back(void)
{
	struct rump_node *big = file_in(root, "big", S_IFREG | 0644);
	struct statfs before, held, after;
	struct rump_file *file;
	static char block[1 << 20];

	memset(block, 7, sizeof(block));
	CHECK(rump_vfs_open(big, O_RDWR, &file), 0);
	for (int i = 0; i < 8; i++)
		CHECK(rump_vfs_write(file, block, sizeof(block), (int64_t)i << 20, 0),
		      sizeof(block));
	CHECK(rump_vfs_fsync(file, 0), 0);
	rump_vfs_close(file);
	CHECK(rump_vfs_sync(root), 0);
	CHECK(rump_vfs_statfs(root, &before), 0);
	CHECK(rump_vfs_unlink(root, "big"), 0);
	CHECK(rump_vfs_sync(root), 0);
	CHECK(rump_vfs_statfs(root, &held), 0);
	rump_vfs_release(big, 1);
	CHECK(rump_vfs_sync(root), 0);
	/* xfs and btrfs free in the background */
	for (int i = 0; i < 20000; i++) {
		CHECK(rump_vfs_statfs(root, &after), 0);
		if (is("btrfs") || (after.f_bfree - before.f_bfree) * before.f_bsize >= 7 << 20)
			break;
		usleep(10000);
	}
	TRUE(before.f_namelen >= 255 && before.f_blocks > 0);
	if (is("btrfs"))
		return;
	TRUE((held.f_bfree - before.f_bfree) * before.f_bsize < 1 << 20);
	TRUE((after.f_bfree - before.f_bfree) * before.f_bsize >= 7 << 20);
}

static void renames(void)
{
	struct rump_node *a = file_in(root, "ra", S_IFREG | 0644);
	struct rump_node *b = file_in(root, "rb", S_IFREG | 0644);
	struct rump_node *dir = dir_in(root, "rdir", 0755), *in = dir_in(dir, "in", 0755);

	CHECK(rump_vfs_rename(root, "ra", root, "rb", RENAME_NOREPLACE), -EEXIST);
	CHECK(rump_vfs_rename(root, "ra", root, "none", RENAME_EXCHANGE), -ENOENT);
	CHECK(rump_vfs_rename(root, "none", root, "ra", 0), -ENOENT);
	CHECK(rump_vfs_rename(root, "ra", root, "..", 0), -EINVAL);
	CHECK(rump_vfs_rename(root, "ra", root, "rb", RENAME_NOREPLACE | RENAME_EXCHANGE), -EINVAL);
	CHECK(rump_vfs_rename(root, "ra", root, "rb", 1 << 20), -EINVAL);
	CHECK(rump_vfs_rename(a, "x", root, "rb", 0), -ENOTDIR);
	CHECK(rump_vfs_rename(root, "rdir", in, "below", 0), -EINVAL);
	CHECK(rump_vfs_rename(dir, "in", root, "rdir", 0), -ENOTEMPTY);
	CHECK(rump_vfs_rename(root, "ra", root, "rdir", 0), -EISDIR);
	CHECK(rump_vfs_rename(root, "ra", root, "rb", RENAME_EXCHANGE), 0);
	TRUE(found_in(root, "ra") == b && found_in(root, "rb") == a);
	rump_vfs_release(a, 2);
	rump_vfs_release(b, 2);
	CHECK(rump_vfs_rename(root, "ra", root, "rc", RENAME_NOREPLACE), 0);
	if (fat) {
		CHECK(rump_vfs_rename(root, "rb", root, "rd", RENAME_WHITEOUT), -EINVAL);
	} else {
		struct statx stx;

		CHECK(rump_vfs_rename(root, "rb", root, "rd", RENAME_WHITEOUT), 0);
		CHECK(rump_vfs_lookup(root, "rb", &a, &stx), 0);
		CHECK(stx.stx_mode & S_IFMT, S_IFCHR);
		CHECK(stx.stx_rdev_major | stx.stx_rdev_minor, 0);
		rump_vfs_release(a, 1);
		CHECK(rump_vfs_unlink(root, "rd"), 0);
	}
	CHECK(rump_vfs_unlink(root, "rb"), 0);
	CHECK(rump_vfs_unlink(root, "rc"), 0);
	CHECK(rump_vfs_rmdir(root, "rdir"), -ENOTEMPTY);
	CHECK(rump_vfs_rmdir(dir, "in"), 0);
	CHECK(rump_vfs_rmdir(root, "rdir"), 0);
	rump_vfs_release(dir, 1);
	rump_vfs_release(in, 1);
}

static void links(void)
{
	struct rump_node *a = file_in(root, "la", S_IFREG | 0644), *link, *dir, *none;
	struct statx stx;
	char target[16];

	if (fat) {
		CHECK(rump_vfs_link(a, root, "lb", &stx), -EPERM);
		CHECK(rump_vfs_symlink(root, "ls", "la", &none, NULL), -EPERM);
		rump_vfs_release(a, 1);
		CHECK(rump_vfs_unlink(root, "la"), 0);
		return;
	}
	dir = dir_in(root, "ldir", 0755);
	CHECK(rump_vfs_link(a, dir, "lb", &stx), 0);
	CHECK(stx.stx_nlink, 2);
	CHECK(rump_vfs_link(a, dir, "lc", NULL), 0);
	CHECK(rump_vfs_link(a, dir, "lb", &stx), -EEXIST);
	CHECK(rump_vfs_link(dir, root, "ld", &stx), -EPERM);
	TRUE(found_in(dir, "lb") == a);
	rump_vfs_release(a, 1);
	/* the name that the node was found by goes, the file has others */
	CHECK(rump_vfs_unlink(root, "la"), 0);
	CHECK(rump_vfs_link(a, root, "le", &stx), 0);
	CHECK(stx.stx_nlink, 3);
	CHECK(rump_vfs_symlink(root, "ls", "ldir/lb", &link, &stx), 0);
	CHECK(stx.stx_mode & S_IFMT, S_IFLNK);
	CHECK(stx.stx_size, 7);
	CHECK(rump_vfs_readlink(link, target, sizeof(target)), 7);
	CHECK(memcmp(target, "ldir/lb", 7), 0);
	CHECK(rump_vfs_readlink(link, target, 4), 4);
	CHECK(rump_vfs_node("/m/ls", 0, &none), 0);
	TRUE(none == a);
	rump_vfs_release(none, 1);
	CHECK(rump_vfs_node("/m/ls", AT_SYMLINK_NOFOLLOW, &none), 0);
	TRUE(none == link);
	rump_vfs_release(none, 2);
	rump_vfs_release(a, 1);
	CHECK(rump_vfs_unlink(root, "ls"), 0);
	CHECK(rump_vfs_unlink(root, "le"), 0);
	CHECK(rump_vfs_unlink(dir, "lb"), 0);
	CHECK(rump_vfs_unlink(dir, "lc"), 0);
	CHECK(rump_vfs_rmdir(root, "ldir"), 0);
	rump_vfs_release(dir, 1);
}

static void special_files(void)
{
	struct rump_node *node;
	struct statx stx;

	if (fat) {
		CHECK(rump_vfs_mknod(root, "fifo", S_IFIFO | 0644, 0, &node, &stx), -EPERM);
		return;
	}
	CHECK(rump_vfs_mknod(root, "dev", S_IFBLK | 0600, makedev(300, 70000), &node, &stx), 0);
	CHECK(stx.stx_mode, S_IFBLK | 0600);
	TRUE(stx.stx_rdev_major == 300 && stx.stx_rdev_minor == 70000);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "dev"), 0);
	CHECK(rump_vfs_mknod(root, "fifo", S_IFIFO | 0644, 0, &node, &stx), 0);
	CHECK(stx.stx_mode, S_IFIFO | 0644);
	CHECK(rump_vfs_fsync_node(node, 0), -EINVAL);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "fifo"), 0);
}

static void tmpfiles(void)
{
	struct rump_node *node;
	struct rump_file *file;
	struct statx stx;
	char byte = 0;

	if (fat) {
		CHECK(rump_vfs_tmpfile(root, O_RDWR, 0600, &node, &stx, &file), -EOPNOTSUPP);
		return;
	}
	CHECK(rump_vfs_tmpfile(root, O_RDWR, 0640, &node, &stx, &file), 0);
	CHECK(stx.stx_nlink, 0);
	CHECK(stx.stx_mode, S_IFREG | 0640);
	CHECK(rump_vfs_write(file, "t", 1, 0, 0), 1);
	CHECK(rump_vfs_link(node, root, "named", &stx), 0);
	CHECK(stx.stx_nlink, 1);
	CHECK(rump_vfs_read(file, &byte, 1, 0), 1);
	CHECK(byte, 't');
	rump_vfs_close(file);
	TRUE(found_in(root, "named") == node);
	rump_vfs_release(node, 2);
	CHECK(rump_vfs_unlink(root, "named"), 0);
	CHECK(rump_vfs_tmpfile(root, O_RDWR | O_EXCL, 0600, &node, &stx, &file), 0);
	CHECK(rump_vfs_link(node, root, "named", &stx), -ENOENT);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	TRUE(!is_there(root, "named"));
}

/* Where names have several spellings, who remembers them is told. */
static void loose_names(void)
{
	struct rump_node *a = file_in(root, "Mixed Case.text", S_IFREG | 0644), *b;

	CHECK(rump_vfs_loose_names(root), fat);
	CHECK(rump_vfs_lookup(root, "Mixed Case.text", &b, NULL), 0);
	TRUE(a == b);
	rump_vfs_release(b, 1);
	if (fat) {
		CHECK(rump_vfs_lookup(root, "mixed case.TEXT", &b, NULL), 0);
		TRUE(a == b);
		rump_vfs_release(b, 1);
		CHECK(rump_vfs_lookup(root, "MIXEDC~1.TEX", &b, NULL), 0);
		TRUE(a == b);
		rump_vfs_release(b, 1);
		CHECK(rump_vfs_mknod(root, "MIXED CASE.TEXT", S_IFREG | 0644, 0, &b, NULL),
		      -EEXIST);
		CHECK(rump_vfs_rename(root, "mixed case.text", root, "MIXED case.text", 0), 0);
		TRUE(found_in(root, "mixed CASE.text") == a);
		rump_vfs_release(a, 1);
	} else {
		CHECK(rump_vfs_lookup(root, "mixed case.TEXT", &b, NULL), -ENOENT);
	}
	CHECK(rump_vfs_unlink(root, fat ? "MIXED CASE.TEXT" : "Mixed Case.text"), 0);
	rump_vfs_release(a, 1);
}

/* A client that lost its users gives all back at once, and can unmount. */
static void release_all(void)
{
	struct rump_node *dir = dir_in(root, "many", 0755);
	struct rump_node *away, *node;
	char name[16], buf[512];

	CHECK(rump_vfs_node("/", 0, &away), 0);
	for (int i = 0; i < 2000; i++) {
		sprintf(name, "f%d", i);
		file_in(dir, name, S_IFREG | 0644);
		for (int j = 0; j < i % 3; j++)
			found_in(dir, name);
	}
	TRUE(rump_vfs_readdir(dir, 0, buf, sizeof(buf)) > 0);	/* not to the end */
	CHECK(rump_sys_umount2("/m", 0), -EBUSY);
	rump_vfs_release_all(dir);
	/* those of other file systems stay */
	CHECK(rump_vfs_lookup(away, "m", &node, NULL), 0);
	rump_vfs_release(node, 1);
	rump_vfs_release(away, 1);
	CHECK(rump_sys_umount2("/m", 0), 0);
	CHECK(rump_disk_detach(disk), 0);
}

int main(int argc, char **argv)
{
	begin(argc, argv);
	same_file_same_node();
	refusals();
	outlives_its_names();
	space_comes_back();
	renames();
	links();
	special_files();
	tmpfiles();
	loose_names();
	release_all();
	return 0;
}
