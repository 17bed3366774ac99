// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Making, removing, linking and renaming names; the current directory.
 * each: ext4 ext2 xfs btrfs tmpfs
 */
#include <linux/fs.h>
#include <sys/sysmacros.h>

#include "ukfscheck.h"

static void create_is_exclusive_and_takes_the_mode_as_it_is(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_create(u, "f", 0666));
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_mode, S_IFREG | 0666);
	assert_int_equal(st.st_size, 0);
	FAILS(EEXIST, ukfs_create(u, "f", 0666));
	FAILS(ENOENT, ukfs_create(u, "no/f", 0666));
	SAYS("no/f: No such file");
}

static void device_nodes_keep_their_numbers(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_mknod(u, "c", S_IFCHR | 0600, makedev(60, 262143)));
	OK(ukfs_mknod(u, "b", S_IFBLK | 0640, makedev(8, 1)));
	OK(ukfs_mknod(u, "s", S_IFSOCK | 0700, 0));
	OK(ukfs_stat(u, "c", &st));
	assert_true(S_ISCHR(st.st_mode) && st.st_rdev == makedev(60, 262143));
	OK(ukfs_stat(u, "b", &st));
	assert_true(S_ISBLK(st.st_mode) && st.st_rdev == makedev(8, 1));
	OK(ukfs_stat(u, "s", &st));
	assert_true(S_ISSOCK(st.st_mode));
	FAILS(EINVAL, ukfs_mknod(u, "x", S_IFCHR | 0600, makedev(5000, 1)));
}

static void device_nodes_cannot_be_opened(void **state)
{
	uint8_t buf[1];

	(void)state;
	OK(ukfs_mknod(u, "null", S_IFCHR | 0666, makedev(1, 3)));
	FAILS(EACCES, ukfs_open(u, "null", O_RDWR));
	FAILS(EACCES, ukfs_read(u, "null", 0, buf, 1));
}

static void directories_are_made_and_removed(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_mkdir(u, "d", 0751));
	OK(ukfs_stat(u, "d", &st));
	assert_int_equal(st.st_mode, S_IFDIR | 0751);
	put("d/f", "");
	FAILS(ENOTEMPTY, ukfs_rmdir(u, "d"));
	FAILS(EISDIR, ukfs_remove(u, "d"));
	FAILS(ENOTDIR, ukfs_rmdir(u, "d/f"));
	OK(ukfs_remove(u, "d/f"));
	OK(ukfs_rmdir(u, "d"));
	FAILS(ENOENT, ukfs_rmdir(u, "d"));
	FAILS(ENOENT, ukfs_remove(u, "d"));
}

static void hard_links_share_the_inode(void **state)
{
	struct stat a, b;

	(void)state;
	put("a", "x");
	OK(ukfs_link(u, "a", "b"));
	OK(ukfs_stat(u, "a", &a));
	OK(ukfs_stat(u, "b", &b));
	assert_true(a.st_ino == b.st_ino && a.st_nlink == 2);
	FAILS(EEXIST, ukfs_link(u, "a", "b"));
	FAILS(EPERM, ukfs_link(u, "/t", "c"));
}

static void a_link_to_a_symlink_links_the_symlink(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_symlink(u, "nowhere", "s"));
	OK(ukfs_link(u, "s", "s2"));
	OK(ukfs_lstat(u, "s2", &st));
	assert_true(S_ISLNK(st.st_mode));
}

static void symlinks_keep_their_text(void **state)
{
	char buf[32];

	(void)state;
	OK(ukfs_symlink(u, "/any/where at all", "s"));
	memset(buf, '#', sizeof(buf));
	assert_int_equal(OK(ukfs_readlink(u, "s", buf, sizeof(buf))), 17);
	assert_memory_equal(buf, "/any/where at all#", 18);
	assert_int_equal(OK(ukfs_readlink(u, "s", buf, 4)), 4);
	FAILS(EINVAL, ukfs_readlink(u, "/t", buf, sizeof(buf)));
}

static void a_loop_of_symlinks_ends(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_symlink(u, "b", "a"));
	OK(ukfs_symlink(u, "a", "b"));
	FAILS(ELOOP, ukfs_stat(u, "a", &st));
}

static void rename_replaces_and_moves(void **state)
{
	(void)state;
	put("a", "A");
	put("b", "B");
	OK(ukfs_mkdir(u, "d", 0755));
	OK(ukfs_rename(u, "a", "b"));
	holds("b", "A");
	OK(ukfs_rename(u, "b", "/t/d/c"));
	holds("d/c", "A");
	FAILS(ENOENT, ukfs_rename(u, "b", "x"));
	FAILS(EINVAL, ukfs_rename(u, "d", "d/e"));
	put("plain", "");
	FAILS(EISDIR, ukfs_rename(u, "plain", "/t/d"));
}

static void rename_flags(void **state)
{
	(void)state;
	put("a", "A");
	put("b", "B");
	FAILS(EEXIST, ukfs_renameat2(u, "a", "b", RENAME_NOREPLACE));
	if (ukfs_renameat2(u, "a", "b", RENAME_EXCHANGE) < 0) {
		assert_int_equal(errno, EINVAL);
		return;
	}
	holds("a", "B");
	holds("b", "A");
}

static void chdir_moves_the_start_of_relative_paths(void **state)
{
	char buf[64], *own;

	(void)state;
	OK(ukfs_mkdir(u, "d", 0755));
	OK(ukfs_chdir(u, "d"));
	assert_string_equal(ukfs_getcwd(u, buf, sizeof(buf)), "/t/d");
	put("../f", "up");
	holds("/t/f", "up");
	own = ukfs_getcwd(u, NULL, 0);
	assert_string_equal(own, "/t/d");
	free(own);
	assert_null(ukfs_getcwd(u, buf, 4));
	assert_int_equal(errno, ERANGE);
	FAILS(ENOENT, ukfs_chdir(u, "no"));
	FAILS(ENOTDIR, ukfs_chdir(u, "../f"));
}

static void builddirs_makes_what_is_missing(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_util_builddirs(u, "a/b//c/./../x/file", 0700));
	OK(ukfs_stat(u, "a/b/c", &st));
	OK(ukfs_stat(u, "a/b/x", &st));
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	FAILS(ENOENT, ukfs_stat(u, "a/b/x/file", &st));
	OK(ukfs_util_builddirs(u, "/t/a/b/x/y/", 0700));
	FAILS(ENOENT, ukfs_stat(u, "a/b/x/y", &st));
	OK(ukfs_util_builddirs(u, "file", 0700));
	OK(ukfs_util_builddirs(u, "/file", 0700));
	put("f", "");
	FAILS(ENOTDIR, ukfs_util_builddirs(u, "f/x/y", 0700));
}

/* All bytes but '/' and NUL, alone (where that is a name), in front, and in a long name. */
static void any_byte_may_be_in_a_name(void **state)
{
	char name[256];
	int made = 0, seen = 0;
	struct ukfs_dir *d;

	(void)state;
	memset(name, '-', sizeof(name));
	for (int c = 1; c < 256; c++) {
		static const int length[] = { 1, 2, 255 };

		for (int i = 0; i < 3 && c != '/'; i++) {
			if (c == '.' && i == 0)
				continue;
			name[0] = (char)c;
			name[1] = '-';
			name[length[i]] = '\0';
			put(name, name);
			holds(name, name);
			name[length[i]] = '-';
			made++;
		}
	}
	d = ukfs_opendir(u, ".");
	while (ukfs_readdir(d))
		seen++;
	ukfs_closedir(d);
	assert_int_equal(seen, made + 2);
}

static void a_component_beyond_255_bytes_is_refused(void **state)
{
	char name[300];
	struct stat st;

	(void)state;
	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	OK(ukfs_create(u, name, 0600));
	name[255] = 'n';
	name[256] = '\0';
	FAILS(ENAMETOOLONG, ukfs_create(u, name, 0600));
	FAILS(ENAMETOOLONG, ukfs_stat(u, name, &st));
}

static void messages_hold_no_control_bytes(void **state)
{
	struct stat st;

	(void)state;
	FAILS(ENOENT, ukfs_stat(u, "a\x1b[31m\nb", &st));
	SAYS("a\\033[31m\\012b");
	FAILS(ENOENT, ukfs_stat(u, "c\xc2\x9b" "d\x9b", &st));	/* C1, as UTF-8 and as a byte */
	SAYS("c\\302\\233d\\233");
}

static void a_missing_path_is_efault(void **state)
{
	(void)state;
	FAILS(EFAULT, ukfs_mkdir(u, NULL, 0700));
	FAILS(ENOENT, ukfs_mkdir(u, "", 0700));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(create_is_exclusive_and_takes_the_mode_as_it_is, fresh_dir),
		cmocka_unit_test_setup(device_nodes_keep_their_numbers, fresh_dir),
		cmocka_unit_test_setup(device_nodes_cannot_be_opened, fresh_dir),
		cmocka_unit_test_setup(directories_are_made_and_removed, fresh_dir),
		cmocka_unit_test_setup(hard_links_share_the_inode, fresh_dir),
		cmocka_unit_test_setup(a_link_to_a_symlink_links_the_symlink, fresh_dir),
		cmocka_unit_test_setup(symlinks_keep_their_text, fresh_dir),
		cmocka_unit_test_setup(a_loop_of_symlinks_ends, fresh_dir),
		cmocka_unit_test_setup(rename_replaces_and_moves, fresh_dir),
		cmocka_unit_test_setup(rename_flags, fresh_dir),
		cmocka_unit_test_setup(chdir_moves_the_start_of_relative_paths, fresh_dir),
		cmocka_unit_test_setup(builddirs_makes_what_is_missing, fresh_dir),
		cmocka_unit_test_setup(any_byte_may_be_in_a_name, fresh_dir),
		cmocka_unit_test_setup(a_component_beyond_255_bytes_is_refused, fresh_dir),
		cmocka_unit_test_setup(messages_hold_no_control_bytes, fresh_dir),
		cmocka_unit_test_setup(a_missing_path_is_efault, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
