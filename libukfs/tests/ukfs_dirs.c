// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading directories.
 * each: ext4 xfs btrfs vfat exfat tmpfs
 */
#include <dirent.h>

#include "ukfscheck.h"

#define MANY 3000

static void every_entry_comes_once(void **state)
{
	static unsigned char seen[MANY];
	struct ukfs_dirent *e;
	struct ukfs_dir *d;
	char name[64];
	int dots = 0, i;

	(void)state;
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "a-file-with-a-longer-name-%d", i);
		OK(ukfs_create(u, name, 0600));
	}
	d = ukfs_opendir(u, ".");
	assert_non_null(d);
	errno = 0;
	while ((e = ukfs_readdir(d))) {
		if (sscanf(e->d_name, "a-file-with-a-longer-name-%d", &i) == 1) {
			assert_true(i >= 0 && i < MANY);
			assert_int_equal(seen[i]++, 0);
			assert_int_equal(e->d_type, DT_REG);
		} else {
			dots++;
		}
	}
	assert_int_equal(errno, 0);
	assert_null(ukfs_readdir(d));
	OK(ukfs_closedir(d));
	assert_int_equal(dots, 2);
	for (i = 0; i < MANY; i++)
		assert_int_equal(seen[i], 1);
}

static void entries_have_type_and_inode(void **state)
{
	struct ukfs_dirent *e;
	struct ukfs_dir *d;
	struct stat st;

	(void)state;
	OK(ukfs_mkdir(u, "sub", 0755));
	d = ukfs_opendir(u, "/t");
	while ((e = ukfs_readdir(d)) && strcmp(e->d_name, "sub") != 0)
		;
	assert_non_null(e);
	assert_int_equal(e->d_type, DT_DIR);
	if (strcmp(fstype, "vfat") != 0 && strcmp(fstype, "exfat") != 0) {
		OK(ukfs_stat(u, "sub", &st));
		assert_int_equal(e->d_ino, st.st_ino);
	}
	OK(ukfs_closedir(d));
}

static void getdents_goes_on_from_its_offset(void **state)
{
	_Alignas(struct dirent64) uint8_t buf[sizeof(struct dirent64) + 64];
	off_t off = 0;
	int count = 0;
	ssize_t n;

	(void)state;
	for (int i = 0; i < 100; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		OK(ukfs_create(u, name, 0600));
	}
	while ((n = OK(ukfs_getdents(u, "/t", &off, buf, sizeof(buf)))) > 0)
		for (ssize_t pos = 0; pos < n; count++) {
			uint16_t reclen;

			memcpy(&reclen, buf + pos + offsetof(struct dirent64, d_reclen), 2);
			pos += reclen;
		}
	assert_int_equal(count, 102);
}

static void names_are_looked_up_from_a_directory(void **state)
{
	struct ukfs_dir *d, *sub;
	struct stat a, b;
	char far[5000];

	(void)state;
	OK(ukfs_mkdir(u, "sub", 0755));
	put("sub/f", "abc");
	d = ukfs_opendirat(u, AT_FDCWD, ".");
	assert_non_null(d);
	sub = ukfs_opendirat(u, ukfs_dirfd(d), "sub");
	assert_non_null(sub);
	OK(ukfs_stat(u, "sub/f", &a));
	OK(ukfs_fstatat(u, ukfs_dirfd(sub), "f", &b, AT_SYMLINK_NOFOLLOW));
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(b.st_size, 3);
	OK(ukfs_fstatat(u, ukfs_dirfd(sub), "/t/sub/f", &b, 0));
	OK(ukfs_fstatat(u, ukfs_dirfd(sub), "../../../../../t/sub/f", &b, 0));
	FAILS(ENOENT, ukfs_fstatat(u, ukfs_dirfd(d), "f", &b, 0));
	SAYS("cannot stat f: No such file");
	FAILS(EFAULT, ukfs_fstatat(u, ukfs_dirfd(d), NULL, &b, 0));
	memset(far, '/', sizeof(far));
	far[sizeof(far) - 1] = '\0';
	FAILS(ENAMETOOLONG, ukfs_fstatat(u, ukfs_dirfd(d), far, &b, 0));
	OK(ukfs_fstatat(u, AT_FDCWD, far, &b, 0));
	if (ukfs_symlink(u, "f", "sub/link") == 0) {
		OK(ukfs_fstatat(u, ukfs_dirfd(sub), "link", &b, 0));
		assert_true(S_ISREG(b.st_mode));
		OK(ukfs_fstatat(u, ukfs_dirfd(sub), "link", &b, AT_SYMLINK_NOFOLLOW));
		assert_true(S_ISLNK(b.st_mode));
	}
	OK(ukfs_closedir(sub));
	FAILS(EBADF, ukfs_fstatat(u, 999, "f", &b, 0));
	assert_null(ukfs_opendirat(u, 999, "sub"));
	assert_int_equal(errno, EBADF);
	OK(ukfs_closedir(d));
}

static void what_is_no_directory_is_refused(void **state)
{
	uint8_t buf[256];
	off_t off = 0;

	(void)state;
	put("f", "");
	assert_null(ukfs_opendir(u, "f"));
	assert_int_equal(errno, ENOTDIR);
	SAYS("cannot open the directory f: Not a directory");
	assert_null(ukfs_opendir(u, "none"));
	assert_int_equal(errno, ENOENT);
	FAILS(ENOTDIR, ukfs_getdents(u, "f", &off, buf, sizeof(buf)));
}

static void a_buffer_that_is_too_small_is_einval(void **state)
{
	uint8_t buf[8];
	off_t off = 0;

	(void)state;
	FAILS(EINVAL, ukfs_getdents(u, "/t", &off, buf, sizeof(buf)));
}

/* 255 characters of three bytes each: longer than any name of ext4 */
static void long_unicode_names_are_whole(void **state)
{
	char name[1024] = "";
	struct ukfs_dirent *e;
	struct ukfs_dir *d;

	(void)state;
	if (strcmp(fstype, "vfat") != 0 && strcmp(fstype, "exfat") != 0)
		skip();
	for (int i = 0; i < 200; i++)
		strcat(name, "\xe4\xb8\xad");
	if (ukfs_create(u, name, 0600) < 0)
		skip();
	d = ukfs_opendir(u, ".");
	while ((e = ukfs_readdir(d)) && e->d_name[0] == '.')
		;
	assert_non_null(e);
	assert_string_equal(e->d_name, name);
	OK(ukfs_closedir(d));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_entry_comes_once, fresh_dir),
		cmocka_unit_test_setup(entries_have_type_and_inode, fresh_dir),
		cmocka_unit_test_setup(names_are_looked_up_from_a_directory, fresh_dir),
		cmocka_unit_test_setup(getdents_goes_on_from_its_offset, fresh_dir),
		cmocka_unit_test_setup(what_is_no_directory_is_refused, fresh_dir),
		cmocka_unit_test_setup(a_buffer_that_is_too_small_is_einval, fresh_dir),
		cmocka_unit_test_setup(long_unicode_names_are_whole, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
