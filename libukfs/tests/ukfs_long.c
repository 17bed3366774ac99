// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths beyond PATH_MAX, in every call that takes one.
 * each: ext4 xfs btrfs tmpfs
 */
#include <sys/xattr.h>

#include "ukfscheck.h"

#define DEPTH 60			/* times 200 bytes: three times PATH_MAX */

static char deep[DEPTH * 201 + 64];	/* "/t/ddd.../ddd.../" */
static char path[sizeof(deep) + 64], other[sizeof(deep) + 64];

static const char *in_deep(char *buf, const char *name)
{
	snprintf(buf, sizeof(path), "%s%s", deep, name);
	return buf;
}

static int deep_dir(void **state)
{
	size_t len;

	if (fresh_dir(state) < 0)
		return -1;
	strcpy(deep, "/t/");
	for (int i = 0; i < DEPTH; i++) {
		len = strlen(deep);
		memset(deep + len, 'd', 200);
		strcpy(deep + len + 200, "/");
	}
	return ukfs_util_builddirs(u, in_deep(path, "x"), 0755);
}

static void data_calls(void **state)
{
	uint8_t buf[8];
	off_t a = 0, b = 0;
	int fd;

	(void)state;
	in_deep(path, "f");
	in_deep(other, "g");
	put(path, "deep");
	holds(path, "deep");
	OK(ukfs_truncate(u, path, 2));
	holds(path, "de");
	OK(ukfs_fsync(u, path));
	assert_int_equal(OK(ukfs_lseek(u, path, 0, SEEK_END)), 2);
	put(other, "");
	assert_int_equal(OK(ukfs_copy_file_range(u, path, &a, other, &b, 9)), 2);
	holds(other, "de");
	fd = OK(ukfs_open(u, path, O_RDONLY));
	OK(ukfs_pread(u, fd, buf, 1, 0));
	OK(ukfs_close(u, fd));
}

static void name_calls(void **state)
{
	char text[8];

	(void)state;
	OK(ukfs_mkdir(u, in_deep(path, "d"), 0755));
	OK(ukfs_rmdir(u, path));
	OK(ukfs_mkfifo(u, in_deep(path, "p"), 0644));
	OK(ukfs_remove(u, path));
	put(in_deep(path, "a"), "A");
	OK(ukfs_link(u, path, in_deep(other, "b")));
	OK(ukfs_rename(u, other, "/t/short"));
	OK(ukfs_rename(u, "/t/short", other));
	OK(ukfs_rename(u, other, in_deep(path, "c")));
	holds(path, "A");
	OK(ukfs_symlink(u, "a", in_deep(path, "s")));
	assert_int_equal(OK(ukfs_readlink(u, path, text, 8)), 1);
	holds(path, "A");
}

static void attribute_calls(void **state)
{
	struct timespec ts[2] = { { 1, 0 }, { 2, 0 } };
	unsigned long flags;
	struct statx stx;
	struct stat st;

	(void)state;
	put(in_deep(path, "f"), "");
	OK(ukfs_stat(u, path, &st));
	OK(ukfs_lstat(u, path, &st));
	OK(ukfs_statx(u, path, 0, STATX_SIZE, &stx));
	OK(ukfs_access(u, path, R_OK));
	OK(ukfs_chmod(u, path, 0600));
	OK(ukfs_lchmod(u, path, 0600));
	OK(ukfs_chown(u, path, 1, 1));
	OK(ukfs_lchown(u, path, 1, 1));
	OK(ukfs_utimens(u, path, ts));
	OK(ukfs_lutimens(u, path, ts));
	OK(ukfs_getflags(u, path, &flags));
	OK(ukfs_chflags(u, path, flags));
}

static void xattr_calls(void **state)
{
	char value[8], list[64], before[128], after[128];

	(void)state;
	put(in_deep(path, "f"), "");
	assert_non_null(ukfs_getcwd(u, before, sizeof(before)));
	OK(ukfs_setxattr(u, path, "trusted.a", "v", 1, 0));
	OK(ukfs_lsetxattr(u, path, "trusted.b", "v", 1, 0));
	assert_int_equal(OK(ukfs_getxattr(u, path, "trusted.a", value, 8)), 1);
	assert_int_equal(OK(ukfs_lgetxattr(u, path, "trusted.b", value, 8)), 1);
	assert_int_equal(OK(ukfs_listxattr(u, path, list, 64)), 20);
	assert_int_equal(OK(ukfs_llistxattr(u, path, list, 64)), 20);
	OK(ukfs_removexattr(u, path, "trusted.a"));
	OK(ukfs_lremovexattr(u, path, "trusted.b"));
	FAILS(ENODATA, ukfs_getxattr(u, path, "trusted.a", value, 8));
	assert_non_null(ukfs_getcwd(u, after, sizeof(after)));
	assert_string_equal(before, after);
}

static void directory_calls(void **state)
{
	uint8_t buf[512];
	struct ukfs_dir *d;
	struct stat a, b;
	off_t off = 0;

	(void)state;
	put(in_deep(path, "f"), "");
	d = ukfs_opendir(u, deep);
	assert_non_null(d);
	assert_non_null(ukfs_readdir(d));
	OK(ukfs_closedir(d));
	assert_true(OK(ukfs_getdents(u, deep, &off, buf, sizeof(buf))) > 0);
	OK(ukfs_stat(u, path, &a));
	OK(ukfs_chdir(u, deep));
	OK(ukfs_stat(u, "f", &b));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_null(ukfs_getcwd(u, (char *)buf, sizeof(buf)));
}

static void relative_and_with_dots(void **state)
{
	size_t len = 0;

	(void)state;
	put("f", "found");
	while (len < 9000)
		len += sprintf(path + len, ".//./");
	strcpy(path + len, "f");
	holds(path, "found");
	len = 0;
	while (len < 9000)
		len += sprintf(path + len, "../t/");
	strcpy(path + len, "f");
	holds(path, "found");
	memset(path, '/', 9000);
	strcpy(path + 9000, "t/f");
	holds(path, "found");
	memset(path + 9000, '/', 9000 > sizeof(path) - 9001 ? sizeof(path) - 9001 : 9000);
	path[9100] = '\0';
	OK(ukfs_access(u, path, F_OK));
}

static void long_paths_do_not_climb_out(void **state)
{
	struct stat root, st;
	size_t len = 0;

	(void)state;
	OK(ukfs_stat(u, "/", &root));
	while (len < 9000)
		len += sprintf(path + len, "../");
	OK(ukfs_stat(u, path, &st));
	assert_true(st.st_ino == root.st_ino && st.st_dev == root.st_dev);
}

static void errors_on_the_way(void **state)
{
	struct stat st;

	(void)state;
	FAILS(ENOENT, ukfs_stat(u, in_deep(path, "no/f"), &st));
	put(in_deep(path, "f"), "");
	FAILS(ENOTDIR, ukfs_stat(u, in_deep(path, "f/x"), &st));
	memset(path, 'n', 5000);
	path[5000] = '\0';
	FAILS(ENAMETOOLONG, ukfs_stat(u, path, &st));
	FAILS(ENAMETOOLONG, ukfs_getxattr(u, path, "user.x", NULL, 0));
	memset(path, 'n', 5000);
	path[2] = '/';
	FAILS(ENOENT, ukfs_stat(u, path, &st));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(data_calls, deep_dir),
		cmocka_unit_test_setup(name_calls, deep_dir),
		cmocka_unit_test_setup(attribute_calls, deep_dir),
		cmocka_unit_test_setup(xattr_calls, deep_dir),
		cmocka_unit_test_setup(directory_calls, deep_dir),
		cmocka_unit_test_setup(relative_and_with_dots, fresh_dir),
		cmocka_unit_test_setup(long_paths_do_not_climb_out, fresh_dir),
		cmocka_unit_test_setup(errors_on_the_way, deep_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
