// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bad input: each case gives one errno and one sentence that says what is wrong.
 */
#include "ukfscheck.h"

static void no_such_image(void **state)
{
	(void)state;
	refused(NULL, "missing.img", 0, NULL, ENOENT);
	SAYS("missing.img: No such file or directory");
}

static void a_directory(void **state)
{
	(void)state;
	refused(NULL, ".", 0, NULL, EISDIR);
	SAYS(".: is a directory, not an image");
}

static void a_fifo_or_a_device_that_is_no_disk(void **state)
{
	(void)state;
	assert_int_equal(shell("rm -f fifo; mkfifo fifo"), 0);
	refused(NULL, "fifo", 0, NULL, ENOTBLK);
	refused(NULL, "/dev/null", 0, NULL, ENOTBLK);
	SAYS("/dev/null: is neither a regular file nor a block device");
}

static void an_empty_file(void **state)
{
	(void)state;
	assert_int_equal(shell("rm -f e.img; : >e.img"), 0);
	refused(NULL, "e.img", 0, NULL, EINVAL);
	SAYS("e.img: the file is empty");
}

static void a_text_file(void **state)
{
	(void)state;
	assert_int_equal(shell("seq 100000 >text"), 0);
	refused(NULL, "text", 0, NULL, EINVAL);
	SAYS("text: no file system found (the kernel side knows: ");
	SAYS("tmpfs");
}

static void a_text_file_with_a_type(void **state)
{
	(void)state;
	assert_int_equal(shell("seq 100000 >text"), 0);
	refused("ext4", "text", 0, NULL, EINVAL);
	SAYS("text: cannot mount as ext4: ");
	SAYS("find ext4 filesystem");
	SAYS("[EINVAL]");
}

static void a_truncated_image(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	assert_int_equal(shell("truncate -s 4M t.img"), 0);
	refused(NULL, "t.img", 0, NULL, EINVAL);
	SAYS("t.img: cannot mount as ext4: bad geometry: block count ");
	assert_null(strstr(ukfs_errmsg(), "EXT4-fs"));
}

static void another_type_than_it_is(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	refused("xfs", "t.img", 0, NULL, EINVAL);
	SAYS("t.img: cannot mount as xfs: Invalid superblock magic number [EINVAL]");
}

static void an_unknown_type(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	refused("nosuchfs", "t.img", 0, NULL, ENODEV);
	SAYS("t.img: there is no library for file system type nosuchfs (the kernel side knows: ");
	refused("nosuchfs", NULL, 0, NULL, ENODEV);
	refused(NULL, NULL, 0, NULL, EINVAL);
	SAYS("an image or a file system type is needed");
}

static void an_unknown_option(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	refused(NULL, "t.img", 0, "nosuch=5", EINVAL);
	SAYS("t.img: cannot mount as ext4: ");
	SAYS("Unknown parameter 'nosuch'");
}

static void options_beyond_a_page(void **state)
{
	char options[6000];

	(void)state;
	memset(options, 'x', sizeof(options));
	options[sizeof(options) - 1] = '\0';
	make_image("ext4", "t.img");
	refused(NULL, "t.img", 0, options, EINVAL);
	SAYS("the mount options are longer than 4096 bytes");
}

static void flags_of_a_later_version(void **state)
{
	struct ukfs_args args[2];

	(void)state;
	memset(args, 0, sizeof(args));
	assert_null(ukfs_mount(NULL, "t.img", NULL, 0x8000, NULL, 0));
	assert_int_equal(errno, EINVAL);
	assert_null(ukfs_mount(NULL, "t.img", NULL, 0, args, sizeof(args)));
	assert_int_equal(errno, EINVAL);
}

static void no_permission(void **state)
{
	(void)state;
	if (geteuid() == 0)
		skip();
	make_image("ext4", "t.img");
	assert_int_equal(shell("chmod 0 t.img"), 0);
	refused(NULL, "t.img", 0, NULL, EACCES);
	SAYS("t.img: Permission denied");
	assert_int_equal(shell("chmod 0400 t.img"), 0);
	refused(NULL, "t.img", 0, NULL, EACCES);
	SAYS("t.img: Permission denied: it cannot be opened for writing, only mounted read-only");
	u = must_mount_with(NULL, "t.img", UKFS_RDONLY_FALLBACK, NULL);
	assert_true(ukfs_rdonly(u));
	OK(ukfs_release(u, 0));
	u = must_mount_with(NULL, "t.img", 0, "ro");
	assert_true(ukfs_rdonly(u));
	OK(ukfs_release(u, 0));
}

static void a_directory_of_the_image_that_is_not_there(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	assert_null(ukfs_mount(NULL, "t.img", "/no/such", 0, NULL, 0));
	assert_int_equal(errno, ENOENT);
	SAYS("t.img: cannot enter /no/such: No such file or directory");
	u = must_mount_with(NULL, "t.img", 0, NULL);
	OK(ukfs_release(u, 0));
}

static void a_journal_that_must_not_be_replayed(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	/* needs_recovery, as a crash leaves it */
	assert_int_equal(shell("PATH=$PATH:/usr/sbin:/sbin debugfs -w -R 'feature needs_recovery' "
			       "t.img >debugfs.log 2>&1"), 0);
	refused(NULL, "t.img", UKFS_RDONLY, NULL, EROFS);
	SAYS("t.img: cannot mount as ext4 read-only: ");
	SAYS("noload");
	u = must_mount_with(NULL, "t.img", UKFS_RDONLY, "noload");
	OK(ukfs_release(u, 0));
	u = must_mount_with(NULL, "t.img", UKFS_RDONLY | UKFS_UNRECOVERED, "noatime");
	assert_true(ukfs_rdonly(u) && ukfs_unrecovered(u));
	OK(ukfs_release(u, 0));
	make_image("ext4", "t.img");
	u = must_mount_with(NULL, "t.img", UKFS_RDONLY | UKFS_UNRECOVERED, NULL);
	assert_false(ukfs_unrecovered(u));
	OK(ukfs_release(u, 0));
}

static void a_full_image(void **state)
{
	static uint8_t buf[1 << 20];
	off_t off = 0;

	(void)state;
	make_image("ext4", "t.img");
	u = must_mount_with(NULL, "t.img", 0, NULL);
	OK(ukfs_create(u, "f", 0600));
	while (ukfs_write(u, "f", off, buf, sizeof(buf)) > 0)
		off += sizeof(buf);
	assert_int_equal(errno, ENOSPC);
	SAYS("t.img: cannot write to f: No space left on device");
	OK(ukfs_release(u, 0));
}

static void a_failed_mount_leaves_the_image_free(void **state)
{
	(void)state;
	make_image("ext4", "t.img");
	for (int i = 0; i < 20; i++)
		refused(NULL, "t.img", 0, "nosuch", EINVAL);
	u = must_mount_with(NULL, "t.img", 0, NULL);
	OK(ukfs_release(u, 0));
}

static void the_message_lasts_until_the_next_failure(void **state)
{
	(void)state;
	u = must_mount_with("tmpfs", NULL, 0, NULL);
	FAILS(ENOENT, ukfs_access(u, "a", 0));
	OK(ukfs_access(u, "/", 0));
	SAYS("tmpfs: cannot access a: No such file or directory");
	OK(ukfs_release(u, 0));
	SAYS("tmpfs: cannot access a: No such file or directory");
}

static void both_paths_are_named(void **state)
{
	uint8_t b = 0;

	(void)state;
	u = must_mount_with("tmpfs", NULL, 0, NULL);
	OK(ukfs_create(u, "a", 0600));
	FAILS(ENOENT, ukfs_rename(u, "a", "x/b"));
	SAYS("tmpfs: cannot rename a to x/b: No such file or directory");
	FAILS(ENOENT, ukfs_link(u, "a", "x/b"));
	SAYS("tmpfs: cannot link a to x/b: No such file or directory");
	FAILS(ENOENT, ukfs_symlink(u, "a", "x/b"));
	SAYS("tmpfs: cannot make the symbolic link x/b to a: No such file or directory");
	FAILS(ENOENT, ukfs_copy_file_range(u, "a", NULL, "b", NULL, 1));
	SAYS("tmpfs: cannot copy from a to b: No such file or directory");
	FAILS(ENOENT, ukfs_read(u, "b", 0, &b, 1));
	SAYS("tmpfs: cannot read b: No such file or directory");
	OK(ukfs_release(u, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_paths_are_named),
		cmocka_unit_test(no_such_image),
		cmocka_unit_test(a_directory),
		cmocka_unit_test(a_fifo_or_a_device_that_is_no_disk),
		cmocka_unit_test(an_empty_file),
		cmocka_unit_test(a_text_file),
		cmocka_unit_test(a_text_file_with_a_type),
		cmocka_unit_test(a_truncated_image),
		cmocka_unit_test(another_type_than_it_is),
		cmocka_unit_test(an_unknown_type),
		cmocka_unit_test(an_unknown_option),
		cmocka_unit_test(options_beyond_a_page),
		cmocka_unit_test(flags_of_a_later_version),
		cmocka_unit_test(no_permission),
		cmocka_unit_test(a_directory_of_the_image_that_is_not_there),
		cmocka_unit_test(a_journal_that_must_not_be_replayed),
		cmocka_unit_test(a_full_image),
		cmocka_unit_test(a_failed_mount_leaves_the_image_free),
		cmocka_unit_test(the_message_lasts_until_the_next_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
