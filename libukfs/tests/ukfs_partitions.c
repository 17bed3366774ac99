// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images with a partition table: listing, choosing, and what is said where nothing is obvious.
 * each: gpt dos
 * needs: sfdisk mkfs.ext4 mkswap
 */
#include "ukfscheck.h"

#define MIB (1024 * 1024ULL)

static const char *label = "gpt";

/* A disk of partitions of 32 MiB from 1 MiB on, each with what its mkfs line makes of it. */
static void make_disk(const char *image, int n, const char *const mkfs[])
{
	int res = shell("rm -f %s; truncate -s %dM %s; export PATH=$PATH:/usr/sbin:/sbin; "
			"{ echo label: %s; for i in $(seq %d); do echo size=32MiB,type=L; done; } |"
			" sfdisk -q %s >sfdisk.log 2>&1",
			image, n * 32 + 8, image, label, n, image);

	assert_int_equal(res, 0);
	for (int i = 0; i < n; i++) {
		if (!mkfs[i])
			continue;
		res = shell("export PATH=$PATH:/usr/sbin:/sbin; rm -f part; "
			    "truncate -s 32M part && %s part >mkfs.log 2>&1 && "
			    "dd if=part of=%s bs=1M seek=%d conv=notrunc "
			    "status=none && rm part", mkfs[i], image, 1 + 32 * i);
		assert_int_equal(res, 0);
	}
}

static struct ukfs *mount_partition(const char *image, int number)
{
	struct ukfs_args args = { .partition = number };

	return ukfs_mount(NULL, image, NULL, 0, &args, sizeof(args));
}

static void the_list_has_place_type_and_label(void **state)
{
	struct ukfs_partition p[8];

	(void)state;
	make_disk("d.img", 3, (const char *[]){ "mkfs.ext4 -qF -L first", NULL, "mkfs.ext4 -qF" });
	assert_int_equal(OK(ukfs_partitions("d.img", NULL, p, 8)), 3);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(p[i].number, i + 1);
		assert_int_equal(p[i].start, (1 + 32 * i) * MIB);
		assert_int_equal(p[i].size, 32 * MIB);
	}
	assert_string_equal(p[0].type, "ext4");
	assert_string_equal(p[0].label, "first");
	assert_string_equal(p[1].type, "");
	assert_string_equal(p[2].type, "ext4");
	memset(p, 0, sizeof(p));
	assert_int_equal(OK(ukfs_partitions("d.img", NULL, p, 1)), 3);
	assert_int_equal(p[1].number, 0);
}

static void an_image_without_a_table_has_none(void **state)
{
	struct ukfs_partition p[2];

	(void)state;
	make_image("ext4", "plain.img");
	assert_int_equal(OK(ukfs_partitions("plain.img", NULL, p, 2)), 0);
	assert_null(mount_partition("plain.img", 1));
	assert_int_equal(errno, ENXIO);
	SAYS("there is no partition 1, nor any other");
}

static void the_partition_that_is_named_is_mounted(void **state)
{
	(void)state;
	make_disk("d.img", 2, (const char *[]){ "mkfs.ext4 -qF", "mkfs.ext4 -qF" });
	for (int i = 1; i <= 2; i++) {
		u = mount_partition("d.img", i);
		assert_non_null(u);
		put(i == 1 ? "one" : "two", "x");
		OK(ukfs_release(u, 0));
	}
	u = mount_partition("d.img", 2);
	assert_non_null(u);
	holds("two", "x");
	FAILS(ENOENT, ukfs_access(u, "one", 0));
	OK(ukfs_release(u, 0));
}

static void the_only_candidate_is_picked(void **state)
{
	(void)state;
	make_disk("d.img", 3, (const char *[]){ NULL, "mkfs.ext4 -qF", "mkswap" });
	u = mount_partition("d.img", 0);
	if (!u)
		fail_msg("%s", ukfs_errmsg());
	put("f", "x");
	OK(ukfs_release(u, 0));
	u = mount_partition("d.img", 2);
	holds("f", "x");
	OK(ukfs_release(u, 0));
}

static void two_candidates_are_listed(void **state)
{
	(void)state;
	make_disk("d.img", 2, (const char *[]){ "mkfs.ext4 -qF -L root", "mkfs.ext4 -qF" });
	refused(NULL, "d.img", 0, NULL, ENOTUNIQ);
	SAYS("d.img: choose a partition: 1 (ext4 \"root\", 32 MiB), 2 (ext4, 32 MiB)");
}

static void the_type_may_decide(void **state)
{
	(void)state;
	make_disk("d.img", 2, (const char *[]){ "mkfs.ext4 -qF", "mkfs.ext2 -qF" });
	u = must_mount_with("ext4", "d.img", 0, NULL);
	assert_string_equal(ukfs_fstype(u), "ext4");
	OK(ukfs_release(u, 0));
	refused("xfs", "d.img", 0, NULL, EINVAL);
	SAYS("d.img: no partition that can be mounted as xfs: 1 (ext4, 32 MiB), 2 (ext2, 32 MiB)");
}

static void none_that_can_be_mounted_is_said(void **state)
{
	(void)state;
	make_disk("d.img", 2, (const char *[]){ NULL, "mkswap" });
	refused(NULL, "d.img", 0, NULL, EINVAL);
	SAYS("d.img: no partition that can be mounted: 1 (unknown, 32 MiB), 2 (swap, 32 MiB)");
	assert_null(mount_partition("d.img", 2));
	SAYS("d.img: holds swap, which is not a file system");
	assert_null(mount_partition("d.img", 1));
	SAYS("d.img: no file system found");
}

static void a_number_that_is_not_there_is_enxio(void **state)
{
	(void)state;
	make_disk("d.img", 1, (const char *[]){ "mkfs.ext4 -qF" });
	assert_null(mount_partition("d.img", 7));
	assert_int_equal(errno, ENXIO);
	SAYS("d.img: there is no partition 7, the image has 1 (ext4, 32 MiB)");
	assert_null(mount_partition("d.img", -1));
	assert_int_equal(errno, EINVAL);
	FAILS(ENOENT, ukfs_partitions("missing.img", NULL, NULL, 0));
	SAYS("missing.img: No such file or directory");
}

/* A file system that fills the disk counts, whatever a table in its first sector says. */
static void a_file_system_on_the_whole_disk_comes_first(void **state)
{
	(void)state;
	make_image("ext4", "d.img");
	u = must_mount_with(NULL, "d.img", 0, NULL);
	put("whole", "x");
	OK(ukfs_release(u, 0));
	if (strcmp(label, "dos") == 0)
		assert_int_equal(shell("echo size=4MiB | PATH=$PATH:/usr/sbin:/sbin sfdisk -q "
				       "--wipe never d.img >sfdisk.log 2>&1"), 0);
	u = must_mount_with(NULL, "d.img", 0, NULL);
	holds("whole", "x");
	OK(ukfs_release(u, 0));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_place_type_and_label),
		cmocka_unit_test(an_image_without_a_table_has_none),
		cmocka_unit_test(the_partition_that_is_named_is_mounted),
		cmocka_unit_test(the_only_candidate_is_picked),
		cmocka_unit_test(two_candidates_are_listed),
		cmocka_unit_test(the_type_may_decide),
		cmocka_unit_test(none_that_can_be_mounted_is_said),
		cmocka_unit_test(a_number_that_is_not_there_is_enxio),
		cmocka_unit_test(a_file_system_on_the_whole_disk_comes_first),
	};

	if (argc > 1)
		label = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
