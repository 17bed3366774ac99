// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types that are never written: no permission to write is needed, and many may read at once.
 * each: squashfs erofs iso9660
 */
#include "ukfscheck.h"

static const struct { const char *type, *make; } makers[] = {
	{ "squashfs", "mksquashfs tree %s -no-progress -noappend" },
	{ "erofs", "mkfs.erofs %s tree" },
	{ "iso9660", "xorriso -outdev %s -map tree / -commit" },
};

static int make_read_only(void **state)
{
	char line[256];

	(void)state;
	if (shell("rm -rf tree ro.img; mkdir -p tree/sub; echo content >tree/sub/file; "
		  "ln -s sub/file tree/link"))
		return -1;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		if (strcmp(makers[i].type, fstype) != 0)
			continue;
		snprintf(line, sizeof(line), makers[i].make, "ro.img");
		if (shell("PATH=$PATH:/usr/sbin:/sbin; %s >make.log 2>&1 && chmod 0444 ro.img",
			  line) == 0)
			return 0;
		printf("does not work here: %s\n", line);
		exit(SKIP_CODE);
	}
	return -1;
}

static void the_tree_is_there(void **state)
{
	(void)state;
	u = must_mount_with(NULL, "ro.img", 0, NULL);
	assert_string_equal(ukfs_fstype(u), fstype);
	assert_true(ukfs_rdonly(u));
	holds("sub/file", "content\n");
	holds("link", "content\n");
	OK(ukfs_release(u, 0));
}

static void two_handles_read_one_image(void **state)
{
	struct ukfs *first;

	(void)state;
	first = must_mount_with(NULL, "ro.img", 0, NULL);
	u = must_mount_with(NULL, "ro.img", UKFS_RDONLY, NULL);
	holds("sub/file", "content\n");
	OK(ukfs_release(first, 0));
	holds("link", "content\n");
	OK(ukfs_release(u, 0));
}

static void nothing_can_be_changed(void **state)
{
	(void)state;
	u = must_mount_with(NULL, "ro.img", 0, NULL);
	FAILS(EROFS, ukfs_create(u, "new", 0600));
	FAILS(EROFS, ukfs_remove(u, "sub/file"));
	FAILS(EROFS, ukfs_truncate(u, "sub/file", 0));
	FAILS(EROFS, ukfs_chmod(u, "sub", 0700));
	OK(ukfs_util_builddirs(u, "/sub/x", 0700));
	OK(ukfs_release(u, 0));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_is_there),
		cmocka_unit_test(two_handles_read_one_image),
		cmocka_unit_test(nothing_can_be_changed),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, make_read_only, NULL) != 0;
}
