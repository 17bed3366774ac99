// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The inside of libukfs that needs no kernel side: mount options, the reasons taken from the
 * kernel's log, and listings that do not end.
 * run-as: self
 */
#include <dirent.h>
#include <sys/mount.h>

#include "internal.h"
#include "ukfscheck.h"

static void options_are_split(void **state)
{
	static const struct {
		const char *in;
		unsigned long flags;
		const char *out;
	} cases[] = {
		{ NULL, 0, "" },
		{ "", 0, "" },
		{ "defaults", 0, "" },
		{ "ro", MS_RDONLY, "" },
		{ "ro,rw", 0, "" },
		{ "rw,ro", MS_RDONLY, "" },
		{ "noatime,sync,dirsync", MS_NOATIME | MS_SYNCHRONOUS | MS_DIRSYNC, "" },
		{ "nosuid,nodev,noexec", MS_NOSUID | MS_NODEV | MS_NOEXEC, "" },
		{ "data=journal,ro,commit=5", MS_RDONLY, "data=journal,commit=5" },
		{ ",,acl,,", 0, "acl" },
		{ "rodata", 0, "rodata" },
		{ "r", 0, "r" },
		{ "errors=ro", 0, "errors=ro" },
		{ "context=\"a,ro\",ro", MS_RDONLY, "context=\"a,ro\"" },
		{ "relatime,lazytime", MS_RELATIME | (1 << 25), "" },
		{ "acl,kernel=6.1,ro", MS_RDONLY, "acl" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned long flags = 0;
		char data[64], kernel[UKFSI_KERNEL_MAX];

		assert_int_equal(ukfsi_options(cases[i].in, &flags, kernel, data, sizeof(data)), 0);
		assert_int_equal(flags, cases[i].flags);
		assert_string_equal(kernel,
				    cases[i].in && strstr(cases[i].in, "kernel=") ? "6.1" : "");
		assert_string_equal(data, cases[i].out);
	}
}

static void options_that_do_not_fit_are_refused(void **state)
{
	unsigned long flags = 0;
	char data[8], kernel[UKFSI_KERNEL_MAX];

	(void)state;
	assert_int_equal(ukfsi_options("1234567", &flags, kernel, data, sizeof(data)),
			 -ENAMETOOLONG);
	assert_int_equal(ukfsi_options("123456,ro", &flags, kernel, data, sizeof(data)), 0);
}

/* Stands for librump's: the tests log by hand. */
static rump_log_fn log_line;

void rump_set_log(rump_log_fn fn, void *arg)
{
	(void)arg;
	log_line = fn;
}

static void quiet(void *arg, int level, const char *line)
{
	(void)level;
	(void)line;
	++*(int *)arg;
}

static char reason[512];

static const char *reason_of(int level, const char *line)
{
	uint64_t pos = ukfsi_log_position();

	log_line(NULL, level, line);
	ukfsi_log_reason(pos, "/dev/rd0", 3, reason, sizeof(reason));
	return reason;
}

static void the_drivers_prefix_is_taken_off(void **state)
{
	static const struct { const char *line, *want; } cases[] = {
		{ "EXT4-fs (rd0): bad geometry: x", "bad geometry: x" },
		{ "EXT4-fs error (device rd0): ext4_fill_super:5: y", "ext4_fill_super:5: y" },
		{ "XFS (rd0): Invalid superblock magic number", "Invalid superblock magic number" },
		{ "BTRFS error (device rd0): open_ctree failed", "open_ctree failed" },
		{ "FAT-fs (rd0): bogus number of reserved sectors.",
		  "bogus number of reserved sectors" },
		{ "SQUASHFS error: lzo is not supported", "lzo is not supported" },
		{ "ISOFS: Unable to identify CD-ROM format.", "Unable to identify CD-ROM format" },
		{ "ext4: Unknown parameter 'x'", "ext4: Unknown parameter 'x'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(reason_of(4, cases[i].line), cases[i].want);
}

static void lines_that_are_no_reason_are_left_out(void **state)
{
	(void)state;
	assert_string_equal(reason_of(6, "EXT4-fs (rd0): mounted filesystem"), "");
	assert_string_equal(reason_of(3, "EXT4-fs (rd1): of another disk"), "");
	assert_string_equal(reason_of(3, "XFS (rd01): of another disk"), "");
	assert_string_equal(reason_of(3, "XFS (rd0p1): of its partition"), "of its partition");
	assert_string_equal(reason_of(1, "00000000: 58 46 53 42 00 00 10 00  XFSB....."), "");
}

static void lines_are_joined_once_each(void **state)
{
	uint64_t pos = ukfsi_log_position();

	(void)state;
	log_line(NULL, 3, "XFS (rd0): one");
	log_line(NULL, 3, "XFS (rd0): one");
	log_line(NULL, 3, "XFS (rd0): two");
	log_line(NULL, 3, "XFS (rd0): three");
	log_line(NULL, 3, "XFS (rd0): four");
	assert_int_equal(ukfsi_log_reason(pos, "/dev/rd0", 3, reason, sizeof(reason)), 3);
	assert_string_equal(reason, "one; two; three");
}

static void old_lines_fall_out_of_the_ring(void **state)
{
	uint64_t pos = ukfsi_log_position();

	(void)state;
	log_line(NULL, 3, "XFS (rd0): the first");
	for (int i = 0; i < 1000; i++)
		log_line(NULL, 6, "noise");
	assert_int_equal(ukfsi_log_reason(pos, "/dev/rd0", 3, reason, sizeof(reason)), 0);
}

static void the_programs_sink_gets_every_line(void **state)
{
	int n = 0;

	(void)state;
	ukfs_set_log(quiet, &n);
	log_line(NULL, 0, "a");
	log_line(NULL, 7, "b");
	assert_int_equal(n, 2);
	ukfs_set_log(NULL, NULL);
}

/* ---- listings ---- */

#define DISK (1 << 20)

int rump_disk_size(int disk, uint64_t *bytes)
{
	(void)disk;
	*bytes = DISK;
	return 0;
}

/* The entry of this number of a listing that returns `period' entries again and again.  What is
 * 'c': counted up, 'r': repeated, 's': the same for all. */
static struct dirent64 entry(uint64_t n, uint64_t period, char ino, char off, char name)
{
	struct dirent64 d = { 0 };
	const uint64_t values[] = { ['c'] = n, ['r'] = n % period, ['s'] = 7 };

	d.d_ino = values[(int)ino];
	d.d_off = values[(int)off];
	snprintf(d.d_name, sizeof(d.d_name), "name-%ju", (uintmax_t)values[(int)name]);
	return d;
}

/* How many entries it takes; 0: it is taken for one that ends. */
static uint64_t listed(uint64_t most, uint64_t period, int disk, const char how[3])
{
	struct ukfsi_listing l = { 0 };
	struct ukfs u = { .image = "disk.img", .disk = disk };

	for (uint64_t n = 1; n <= most; n++) {
		struct dirent64 d = entry(n, period, how[0], how[1], how[2]);

		if (ukfsi_listing_next(&l, &u, &d) == 0)
			continue;
		assert_int_equal(errno, EUCLEAN);
		assert_non_null(strstr(ukfs_errmsg(), "the directory does not end"));
		assert_int_equal(ukfsi_listing_next(&l, &u, &d), -1);
		return n;
	}
	return 0;
}

static void circles_are_found(void **state)
{
	static const char *const ways[] = { "rrr", "rcr", "crr" };
	static const uint64_t periods[] = { 1, 2, 63, 64, 65, 1000, 100000 };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		for (size_t j = 0; j < sizeof(periods) / sizeof(periods[0]); j++) {
			uint64_t n = listed(UINT32_MAX, periods[j], -1, ways[i]);

			assert_in_range(n, 2 * periods[j], 16 * periods[j] + 128);
		}
}

/* Hashed positions, names that no character set has, inode numbers that the driver makes up. */
static void what_is_no_circle_is_none(void **state)
{
	static const char *const ways[] = { "ccc", "csc", "scc", "ccs", "ssc" };

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		assert_int_equal(listed(1000000, 10, -1, ways[i]), 0);
}

static void no_image_has_more_entries_than_room(void **state)
{
	(void)state;
	assert_int_equal(listed(DISK, 1, 0, "ccc"), 0);
	assert_in_range(listed(UINT32_MAX, 1, 0, "ccc"), DISK, 8 * DISK);
}

static int start_log(void **state)
{
	(void)state;
	ukfsi_log_start();
	return log_line ? 0 : -1;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_split),
		cmocka_unit_test(options_that_do_not_fit_are_refused),
		cmocka_unit_test(the_drivers_prefix_is_taken_off),
		cmocka_unit_test(lines_that_are_no_reason_are_left_out),
		cmocka_unit_test(lines_are_joined_once_each),
		cmocka_unit_test(old_lines_fall_out_of_the_ring),
		cmocka_unit_test(the_programs_sink_gets_every_line),
		cmocka_unit_test(circles_are_found),
		cmocka_unit_test(what_is_no_circle_is_none),
		cmocka_unit_test(no_image_has_more_entries_than_room),
	};

	return cmocka_run_group_tests(tests, start_log, NULL) != 0;
}
