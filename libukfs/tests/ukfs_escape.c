// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No path leads out of an image: not "..", not a symbolic link, not a descriptor, not a node.
 * each: ext4 xfs btrfs tmpfs
 */
#include "ukfscheck.h"

static struct stat root;

static void is_root(const char *path)
{
	struct stat st;

	OK(ukfs_stat(u, path, &st));
	assert_int_equal(st.st_dev, root.st_dev);
	assert_int_equal(st.st_ino, root.st_ino);
}

static void dotdot_stops_at_the_root(void **state)
{
	(void)state;
	OK(ukfs_stat(u, "/", &root));
	is_root("/..");
	is_root("/../../../..");
	is_root("/t/../..");
	is_root("../../../../../..");
}

static void chdir_cannot_climb_out(void **state)
{
	char buf[64];

	(void)state;
	OK(ukfs_stat(u, "/", &root));
	OK(ukfs_chdir(u, "../../.."));
	assert_string_equal(ukfs_getcwd(u, buf, sizeof(buf)), "/");
	for (int i = 0; i < 20; i++)
		OK(ukfs_chdir(u, ".."));
	assert_string_equal(ukfs_getcwd(u, buf, sizeof(buf)), "/");
	is_root(".");
	is_root("..");
}

static void symlinks_resolve_inside(void **state)
{
	(void)state;
	OK(ukfs_stat(u, "/", &root));
	put("secret", "inside");
	OK(ukfs_symlink(u, "/", "abs"));
	OK(ukfs_symlink(u, "../../../../..", "up"));
	OK(ukfs_symlink(u, "/../../t/secret", "both"));
	is_root("abs");
	is_root("abs/..");
	is_root("up");
	is_root("up/t/abs/t/up");
	holds("both", "inside");
	holds("abs/t/secret", "inside");
}

/* The kernel side's own root has these; the image does not. */
static void the_kernel_sides_root_is_out_of_sight(void **state)
{
	static const char *const names[] = { "/dev", "/mnt", "/dev/rd0", "/proc", "/sys" };
	struct stat st;
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FAILS(ENOENT, ukfs_stat(u, names[i], &st));
		snprintf(path, sizeof(path), "/t/../../..%s", names[i]);
		FAILS(ENOENT, ukfs_stat(u, path, &st));
	}
	FAILS(ENOENT, ukfs_stat(u, ukfs_getmp(u), &st));
}

static void proc_links_made_by_hand_lead_nowhere(void **state)
{
	uint8_t buf[8];

	(void)state;
	OK(ukfs_symlink(u, "/proc/self/root", "p"));
	OK(ukfs_symlink(u, "/proc/1/cwd", "q"));
	OK(ukfs_symlink(u, "/dev/fd/0", "r"));
	FAILS(ENOENT, ukfs_read(u, "p", 0, buf, 8));
	FAILS(ENOENT, ukfs_chdir(u, "q"));
	FAILS(ENOENT, ukfs_open(u, "r", O_RDONLY));
	assert_null(ukfs_opendir(u, "p/.."));
}

static void a_directory_moved_away_under_the_cwd(void **state)
{
	char buf[64];

	(void)state;
	OK(ukfs_stat(u, "/", &root));
	OK(ukfs_util_builddirs(u, "a/b/c/d/x", 0755));
	OK(ukfs_chdir(u, "a/b/c/d"));
	OK(ukfs_rename(u, "/t/a/b/c", "/t/c"));
	assert_string_equal(ukfs_getcwd(u, buf, sizeof(buf)), "/t/c/d");
	is_root("../../../../../..");
}

static void a_removed_cwd_has_no_way_up(void **state)
{
	struct stat st;

	(void)state;
	OK(ukfs_mkdir(u, "gone", 0755));
	OK(ukfs_chdir(u, "gone"));
	OK(ukfs_rmdir(u, "/t/gone"));
	FAILS(ENOENT, ukfs_create(u, "f", 0600));
	FAILS(ENOENT, ukfs_stat(u, "f", &st));
	OK(ukfs_stat(u, "/", &root));
	is_root("/");
}

static void a_disk_node_in_the_image_gives_no_disk(void **state)
{
	static const unsigned int majors[] = { 1, 7, 8, 252, 253, 254, 259 };
	uint8_t buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(majors) / sizeof(majors[0]); i++) {
		char name[16];

		snprintf(name, sizeof(name), "disk%u", majors[i]);
		OK(ukfs_mknod(u, name, S_IFBLK | 0666, majors[i] << 8));
		FAILS(EACCES, ukfs_read(u, name, 0, buf, sizeof(buf)));
	}
}

/* A subdirectory of the image as the handle's root is a root like any other. */
static void a_subdirectory_as_root_is_closed_too(void **state)
{
	struct stat st;

	(void)state;
	if (strcmp(fstype, "tmpfs") == 0)
		skip();
	OK(ukfs_mkdir(u, "sub", 0755));
	put("outer", "outer");
	put("sub/inner", "inner");
	OK(ukfs_symlink(u, "/inner", "sub/abs"));
	OK(ukfs_symlink(u, "../outer", "sub/rel"));
	OK(ukfs_chdir(u, "/"));
	OK(ukfs_release(u, 0));
	u = ukfs_mount(NULL, "test.img", "/t/sub", 0, NULL, 0);
	assert_non_null(u);
	holds("/inner", "inner");
	holds("abs", "inner");
	FAILS(ENOENT, ukfs_stat(u, "/../outer", &st));
	FAILS(ENOENT, ukfs_stat(u, "rel", &st));
	FAILS(ENOENT, ukfs_stat(u, "/t", &st));
	OK(ukfs_release(u, 0));
	u = must_mount_with(NULL, "test.img", 0, NULL);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(dotdot_stops_at_the_root, fresh_dir),
		cmocka_unit_test_setup(chdir_cannot_climb_out, fresh_dir),
		cmocka_unit_test_setup(symlinks_resolve_inside, fresh_dir),
		cmocka_unit_test_setup(the_kernel_sides_root_is_out_of_sight, fresh_dir),
		cmocka_unit_test_setup(proc_links_made_by_hand_lead_nowhere, fresh_dir),
		cmocka_unit_test_setup(a_directory_moved_away_under_the_cwd, fresh_dir),
		cmocka_unit_test_setup(a_removed_cwd_has_no_way_up, fresh_dir),
		cmocka_unit_test_setup(a_disk_node_in_the_image_gives_no_disk, fresh_dir),
		cmocka_unit_test_setup(a_subdirectory_as_root_is_closed_too, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
