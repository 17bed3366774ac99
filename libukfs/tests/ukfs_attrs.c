// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes and extended attributes by path.
 * each: ext4 xfs btrfs tmpfs
 */
#include <linux/fs.h>
#include <sys/xattr.h>

#include "ukfscheck.h"

static void stat_follows_and_lstat_does_not(void **state)
{
	struct stat st;

	(void)state;
	put("f", "abc");
	OK(ukfs_symlink(u, "f", "s"));
	OK(ukfs_stat(u, "s", &st));
	assert_true(S_ISREG(st.st_mode) && st.st_size == 3);
	OK(ukfs_lstat(u, "s", &st));
	assert_true(S_ISLNK(st.st_mode) && st.st_size == 1);
}

static void statx_fills_what_is_asked(void **state)
{
	struct statx stx;

	(void)state;
	put("f", "abc");
	OK(ukfs_symlink(u, "f", "s"));
	OK(ukfs_statx(u, "s", 0, STATX_BASIC_STATS | STATX_BTIME, &stx));
	assert_int_equal(stx.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
	assert_int_equal(stx.stx_size, 3);
	OK(ukfs_statx(u, "s", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &stx));
	assert_true(S_ISLNK(stx.stx_mode));
	FAILS(EINVAL, ukfs_statx(u, "f", 0x40000000, STATX_TYPE, &stx));
}

static void modes_are_set_with_all_bits(void **state)
{
	struct stat st;

	(void)state;
	put("f", "");
	OK(ukfs_symlink(u, "f", "s"));
	for (mode_t m = 0; m < 010000; m += 0111) {
		OK(ukfs_chmod(u, "s", m));
		OK(ukfs_stat(u, "f", &st));
		assert_int_equal(st.st_mode & 07777, m);
	}
	OK(ukfs_lchmod(u, "f", 0640));
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_mode & 07777, 0640);
	FAILS(EOPNOTSUPP, ukfs_lchmod(u, "s", 0640));
}

static void owners_are_any_32_bit_number(void **state)
{
	struct stat st;

	(void)state;
	put("f", "");
	OK(ukfs_symlink(u, "f", "s"));
	OK(ukfs_chown(u, "s", 4000000000u, 70000));
	OK(ukfs_stat(u, "f", &st));
	assert_true(st.st_uid == 4000000000u && st.st_gid == 70000);
	OK(ukfs_lchown(u, "s", 5, (gid_t)-1));
	OK(ukfs_lstat(u, "s", &st));
	assert_true(st.st_uid == 5 && st.st_gid == 0);
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_uid, 4000000000u);
}

static void times_have_nanoseconds(void **state)
{
	struct timespec ts[2] = { { 1234567890, 123456789 }, { 987654321, 987654321 } };
	struct stat st;

	(void)state;
	put("f", "");
	OK(ukfs_symlink(u, "f", "s"));
	OK(ukfs_utimens(u, "s", ts));
	OK(ukfs_stat(u, "f", &st));
	assert_memory_equal(&st.st_atim, &ts[0], sizeof(ts[0]));
	assert_memory_equal(&st.st_mtim, &ts[1], sizeof(ts[1]));
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_sec = 5;
	OK(ukfs_lutimens(u, "s", ts));
	OK(ukfs_lstat(u, "s", &st));
	assert_int_equal(st.st_mtim.tv_sec, 5);
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_mtim.tv_sec, 987654321);
	OK(ukfs_utimens(u, "f", NULL));
}

static void access_asks_whether_it_is_there(void **state)
{
	(void)state;
	put("f", "");
	OK(ukfs_access(u, "f", F_OK));
	OK(ukfs_access(u, "f", R_OK | W_OK));
	FAILS(ENOENT, ukfs_access(u, "g", F_OK));
	FAILS(EINVAL, ukfs_access(u, "f", 0xff));
}

static void flags_are_those_of_chattr(void **state)
{
	unsigned long flags;

	(void)state;
	put("f", "");
	OK(ukfs_getflags(u, "f", &flags));
	OK(ukfs_chflags(u, "f", flags | FS_IMMUTABLE_FL));
	FAILS(EPERM, ukfs_write(u, "f", 0, (const uint8_t *)"x", 1));
	FAILS(EPERM, ukfs_remove(u, "f"));
	OK(ukfs_getflags(u, "f", &flags));
	assert_true(flags & FS_IMMUTABLE_FL);
	OK(ukfs_chflags(u, "f", flags & ~(unsigned long)FS_IMMUTABLE_FL));
	OK(ukfs_chflags(u, "/t", FS_NODUMP_FL));
	OK(ukfs_chflags(u, "/t", 0));
	FAILS(EINVAL, ukfs_chflags(u, "f", 1UL << 40));
}

static void requests_reach_the_file_system(void **state)
{
	struct fsxattr x = { 0 };
	unsigned long flags;
	int fd, from, shared;

	(void)state;
	put("f", "abc");
	put("g", "");
	OK(ukfs_getflags(u, "f", &flags));
	OK(ukfs_chflags(u, "f", flags | FS_NODUMP_FL));
	OK(ukfs_ioctl(u, "f", FS_IOC_FSGETXATTR, &x));
	assert_true(x.fsx_xflags & FS_XFLAG_NODUMP);
	OK(fd = ukfs_open(u, "g", O_WRONLY));
	OK(ukfs_fioctl(u, fd, FS_IOC_FSGETXATTR, (unsigned long)&x));
	assert_false(x.fsx_xflags & FS_XFLAG_NODUMP);
	OK(from = ukfs_open(u, "f", O_RDONLY));
	shared = ukfs_fioctl(u, fd, FICLONE, from);
	assert_true(shared == 0 || errno == EOPNOTSUPP);
	OK(ukfs_close(u, from));
	FAILS(EBADF, ukfs_fioctl(u, fd, FICLONE, from));
	OK(ukfs_close(u, fd));
	FAILS(ENOTTY, ukfs_ioctl(u, "f", _IO('?', 77), NULL));
	FAILS(ENOENT, ukfs_ioctl(u, "missing", FS_IOC_FSGETXATTR, &x));
}

static void statvfs_has_the_figures(void **state)
{
	struct statvfs st;

	(void)state;
	OK(ukfs_statvfs(u, &st));
	assert_true(st.f_bsize >= 512 && st.f_frsize >= 512);
	assert_true(st.f_bfree <= st.f_blocks && st.f_bavail <= st.f_bfree);
	assert_int_equal(st.f_namemax, 255);
	assert_false(st.f_flag & ST_RDONLY);
}

static bool user_xattrs(void)
{
	put("probe", "");
	return ukfs_setxattr(u, "probe", "user.x", "", 0, 0) == 0;
}

static void xattrs_are_set_read_listed_and_removed(void **state)
{
	char value[64], list[256];
	ssize_t n;

	(void)state;
	if (!user_xattrs())
		skip();
	put("f", "");
	OK(ukfs_setxattr(u, "f", "user.a", "va\0lue", 6, 0));
	OK(ukfs_setxattr(u, "f", "trusted.b", "", 0, XATTR_CREATE));
	FAILS(EEXIST, ukfs_setxattr(u, "f", "user.a", "x", 1, XATTR_CREATE));
	FAILS(ENODATA, ukfs_setxattr(u, "f", "user.z", "x", 1, XATTR_REPLACE));
	assert_int_equal(OK(ukfs_getxattr(u, "f", "user.a", NULL, 0)), 6);
	assert_int_equal(OK(ukfs_getxattr(u, "f", "user.a", value, sizeof(value))), 6);
	assert_memory_equal(value, "va\0lue", 6);
	FAILS(ERANGE, ukfs_getxattr(u, "f", "user.a", value, 3));
	n = OK(ukfs_listxattr(u, "f", list, sizeof(list)));
	assert_int_equal(n, sizeof("user.a") + sizeof("trusted.b"));
	OK(ukfs_removexattr(u, "f", "user.a"));
	FAILS(ENODATA, ukfs_removexattr(u, "f", "user.a"));
	FAILS(ENODATA, ukfs_getxattr(u, "f", "user.a", value, 3));
}

static void xattrs_of_symlinks(void **state)
{
	char value[8], list[64];

	(void)state;
	put("f", "");
	OK(ukfs_symlink(u, "f", "s"));
	if (ukfs_lsetxattr(u, "s", "trusted.l", "link", 4, 0) < 0)
		skip();
	assert_int_equal(OK(ukfs_lgetxattr(u, "s", "trusted.l", value, 8)), 4);
	FAILS(ENODATA, ukfs_getxattr(u, "s", "trusted.l", value, 8));
	assert_int_equal(OK(ukfs_llistxattr(u, "s", list, 64)), sizeof("trusted.l"));
	OK(ukfs_lremovexattr(u, "s", "trusted.l"));
	FAILS(EPERM, ukfs_lsetxattr(u, "s", "user.l", "x", 1, 0));
}

/* u::rw-, u:1000:r--, g::r--, m::rw-, o::---, as the kernel lays it out */
static const uint8_t acl[] = {
	2, 0, 0, 0, 1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff, 2, 0, 4, 0, 0xe8, 3, 0, 0,
	4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, 0x10, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
	0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
};

static void acls_are_xattrs(void **state)
{
	uint8_t got[128];
	struct stat st;

	(void)state;
	put("f", "");
	OK(ukfs_setxattr(u, "f", "system.posix_acl_access", acl, sizeof(acl), 0));
	assert_int_equal(OK(ukfs_getxattr(u, "f", "system.posix_acl_access", got, sizeof(got))),
			 sizeof(acl));
	assert_memory_equal(got, acl, sizeof(acl));
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_mode & 0777, 0660);
	OK(ukfs_mkdir(u, "d", 0755));
	OK(ukfs_setxattr(u, "d", "system.posix_acl_default", acl, sizeof(acl), 0));
	OK(ukfs_create(u, "d/f", 0666));
	assert_int_equal(OK(ukfs_getxattr(u, "d/f", "system.posix_acl_access", got, sizeof(got))),
			 sizeof(acl));
	FAILS(EINVAL, ukfs_setxattr(u, "f", "system.posix_acl_access", acl, 6, 0));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(stat_follows_and_lstat_does_not, fresh_dir),
		cmocka_unit_test_setup(statx_fills_what_is_asked, fresh_dir),
		cmocka_unit_test_setup(modes_are_set_with_all_bits, fresh_dir),
		cmocka_unit_test_setup(owners_are_any_32_bit_number, fresh_dir),
		cmocka_unit_test_setup(times_have_nanoseconds, fresh_dir),
		cmocka_unit_test_setup(access_asks_whether_it_is_there, fresh_dir),
		cmocka_unit_test_setup(flags_are_those_of_chattr, fresh_dir),
		cmocka_unit_test_setup(requests_reach_the_file_system, fresh_dir),
		cmocka_unit_test_setup(statvfs_has_the_figures, fresh_dir),
		cmocka_unit_test_setup(xattrs_are_set_read_listed_and_removed, fresh_dir),
		cmocka_unit_test_setup(xattrs_of_symlinks, fresh_dir),
		cmocka_unit_test_setup(acls_are_xattrs, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
