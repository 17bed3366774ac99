// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * File system types, their table, and libraries loaded by path.
 */
#include <rump/rumpuser.h>
#include "ukfscheck.h"

static void the_types_come_from_the_table(void **state)
{
	const char *const *t;
	bool found = false, tmpfs = false;

	(void)state;
	assert_int_equal(shell("mkdir -p mods; printf '%%s\\n' 'fs-ukfstest librumpfs_x.so' "
			       "'fs-ukfstest librumpfs_x.so' 'ext4 librumpfs_ext4.so' "
			       "'fs-ukfsnone librumpfs_x.so internal' >mods/rump-modules"),
			 0);
	for (t = ukfs_types(); *t; t++) {
		assert_false(found && strcmp(*t, "ukfstest") == 0);
		assert_string_not_equal(*t, "ukfsnone");
		found |= strcmp(*t, "ukfstest") == 0;
		tmpfs |= strcmp(*t, "tmpfs") == 0;
		if (t[1])
			assert_true(strcmp(t[0], t[1]) < 0);
	}
	assert_true(found && tmpfs);
	assert_ptr_equal(ukfs_types(), ukfs_types());
}

static void what_is_no_library_is_refused(void **state)
{
	(void)state;
	assert_int_equal(shell("echo text >librumpfs_text.so"), 0);
	FAILS(ENOENT, ukfs_modload("./missing.so"));
	SAYS("./missing.so: cannot load the library: ");
	FAILS(ENOENT, ukfs_modload("missing.so"));
	FAILS(ENOEXEC, ukfs_modload("./librumpfs_text.so"));
	FAILS(ENOEXEC, ukfs_modload("librumpfs_text.so"));
	FAILS(EINVAL, ukfs_modload(NULL));
	FAILS(EINVAL, ukfs_modload(""));
}

static void a_directory_is_loaded_as_a_whole(void **state)
{
	(void)state;
	assert_int_equal(shell("rm -rf empty bad; mkdir empty bad; "
			       ": >empty/other.so; echo x >bad/librumpfs_bad.so"), 0);
	assert_int_equal(OK(ukfs_modload_dir("empty")), 0);
	FAILS(ENOEXEC, ukfs_modload_dir("bad"));
	FAILS(ENOENT, ukfs_modload_dir("missing"));
	SAYS("missing: cannot read the directory: No such file or directory");
}

/* In front of the search path, so that the table of the tests is read besides the real one. */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_types_come_from_the_table),
		cmocka_unit_test(what_is_no_library_is_refused),
		cmocka_unit_test(a_directory_is_loaded_as_a_whole),
	};
	char with_ours[4096];

	snprintf(with_ours, sizeof(with_ours), "mods:%s", rumpuser_kernel_path());
	setenv("RUMP_MODULE_PATH", with_ours, 1);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
