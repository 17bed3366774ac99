// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The content of files: by path and by descriptor.
 * each: ext4 ext2 xfs btrfs vfat exfat tmpfs
 */
#include "ukfscheck.h"

static bool has_holes(void)
{
	return strcmp(fstype, "vfat") != 0 && strcmp(fstype, "exfat") != 0;
}

static void what_is_written_is_read(void **state)
{
	(void)state;
	put("f", "hello");
	holds("f", "hello");
	OK(ukfs_write(u, "/t/f", 5, (const uint8_t *)" world", 6));
	holds("/t/f", "hello world");
}

static void read_takes_an_offset_and_stops_at_the_end(void **state)
{
	uint8_t buf[16];

	(void)state;
	put("f", "0123456789");
	assert_int_equal(OK(ukfs_read(u, "f", 7, buf, sizeof(buf))), 3);
	assert_memory_equal(buf, "789", 3);
	assert_int_equal(OK(ukfs_read(u, "f", 10, buf, sizeof(buf))), 0);
	assert_int_equal(OK(ukfs_read(u, "f", 100000, buf, sizeof(buf))), 0);
	FAILS(EINVAL, ukfs_read(u, "f", -1, buf, sizeof(buf)));
}

static void write_neither_creates_nor_truncates(void **state)
{
	(void)state;
	FAILS(ENOENT, ukfs_write(u, "missing", 0, (const uint8_t *)"x", 1));
	put("f", "abcdef");
	OK(ukfs_write(u, "f", 0, (const uint8_t *)"X", 1));
	holds("f", "Xbcdef");
}

static void directories_are_not_data(void **state)
{
	uint8_t buf[1] = { 0 };

	(void)state;
	FAILS(EISDIR, ukfs_read(u, "/t", 0, buf, 1));
	FAILS(EISDIR, ukfs_write(u, "/t", 0, buf, 1));
	FAILS(EISDIR, ukfs_truncate(u, "/t", 0));
	FAILS(ENOTDIR, (put("f", ""), ukfs_read(u, "f/x", 0, buf, 1)));
}

static void a_fifo_does_not_block(void **state)
{
	uint8_t buf[1] = { 0 };

	(void)state;
	if (ukfs_mkfifo(u, "p", 0644) < 0)
		skip();
	FAILS(ESPIPE, ukfs_read(u, "p", 0, buf, 1));
	FAILS(ENXIO, ukfs_write(u, "p", 0, buf, 1));
}

static void truncate_cuts_and_extends_with_zeros(void **state)
{
	uint8_t buf[8];

	(void)state;
	put("f", "abcdef");
	OK(ukfs_truncate(u, "f", 3));
	holds("f", "abc");
	OK(ukfs_truncate(u, "f", 6));
	assert_int_equal(OK(ukfs_read(u, "f", 0, buf, 8)), 6);
	assert_memory_equal(buf, "abc\0\0\0", 6);
	FAILS(EINVAL, ukfs_truncate(u, "f", -1));
}

static void large_writes_come_back(void **state)
{
	size_t size = 3 * 1024 * 1024 + 17;
	uint8_t *out = malloc(size), *in = malloc(size);

	(void)state;
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)(i * 2654435761u >> 13);
	OK(ukfs_create(u, "big", 0600));
	assert_int_equal(OK(ukfs_write(u, "big", 0, out, size)), size);
	OK(ukfs_fsync(u, "big"));
	assert_int_equal(OK(ukfs_read(u, "big", 0, in, size)), size);
	assert_memory_equal(in, out, size);
	free(out);
	free(in);
}

static void holes_are_found(void **state)
{
	off_t data, hole, end = 4 << 20;

	(void)state;
	if (!has_holes())
		skip();
	OK(ukfs_create(u, "sparse", 0600));
	OK(ukfs_write(u, "sparse", 1 << 20, (const uint8_t *)"data", 4));
	OK(ukfs_truncate(u, "sparse", end));
	OK(ukfs_fsync(u, "sparse"));
	data = OK(ukfs_lseek(u, "sparse", 0, SEEK_DATA));
	hole = OK(ukfs_lseek(u, "sparse", data, SEEK_HOLE));
	if (strcmp(fstype, "ext2") != 0 || data != 0) {
		assert_true(data > 0 && data <= 1 << 20);
		assert_true(hole > 1 << 20 && hole < end);
		FAILS(ENXIO, ukfs_lseek(u, "sparse", hole, SEEK_DATA));
	}
	assert_int_equal(OK(ukfs_lseek(u, "sparse", 0, SEEK_END)), end);
	FAILS(ENXIO, ukfs_lseek(u, "sparse", end + 1, SEEK_HOLE));
}

static void fallocate_reserves_and_punches(void **state)
{
	struct stat st;
	uint8_t buf[2];

	(void)state;
	OK(ukfs_create(u, "f", 0600));
	if (ukfs_fallocate(u, "f", 0, 0, 1 << 20) < 0 && errno == EOPNOTSUPP)
		skip();
	OK(ukfs_stat(u, "f", &st));
	assert_int_equal(st.st_size, 1 << 20);
	assert_true(st.st_blocks >= 2048);
	OK(ukfs_write(u, "f", 65536, (const uint8_t *)"xx", 2));
	if (ukfs_fallocate(u, "f", 3, 0, 131072) < 0 && errno == EOPNOTSUPP)
		return;
	OK(ukfs_read(u, "f", 65536, buf, 2));
	assert_memory_equal(buf, "\0\0", 2);
	FAILS(EINVAL, ukfs_fallocate(u, "f", 0, 0, 0));
}

static void copy_file_range_copies_inside(void **state)
{
	off_t from = 2, to = 1;

	(void)state;
	put("a", "0123456789");
	put("b", "xxxxxxxx");
	assert_int_equal(OK(ukfs_copy_file_range(u, "a", &from, "b", &to, 3)), 3);
	assert_int_equal(from, 5);
	assert_int_equal(to, 4);
	holds("b", "x234xxxx");
	FAILS(ENOENT, ukfs_copy_file_range(u, "a", &from, "missing", &to, 3));
	FAILS(ENOENT, ukfs_copy_file_range(u, "missing", &from, "b", &to, 3));
}

static void descriptors_read_and_write(void **state)
{
	char buf[8] = "";
	struct stat st;
	int fd;

	(void)state;
	fd = OK(ukfs_open(u, "f", O_RDWR | O_CREAT | O_EXCL, 0640));
	assert_int_equal(OK(ukfs_pwrite(u, fd, "abcdef", 6, 2)), 6);
	assert_int_equal(OK(ukfs_pread(u, fd, buf, 8, 0)), 8);
	assert_memory_equal(buf, "\0\0abcdef", 8);
	OK(ukfs_ftruncate(u, fd, 4));
	OK(ukfs_ffsync(u, fd));
	OK(ukfs_sync_file_range(u, fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	FAILS(EINVAL, ukfs_sync_file_range(u, fd, -1, 0, SYNC_FILE_RANGE_WRITE));
	OK(ukfs_fstat(u, fd, &st));
	assert_int_equal(st.st_size, 4);
	assert_int_equal(OK(ukfs_flseek(u, fd, 1, SEEK_SET)), 1);
	assert_int_equal(OK(ukfs_flseek(u, fd, 0, SEEK_END)), 4);
	OK(ukfs_close(u, fd));
	FAILS(EBADF, ukfs_close(u, fd));
	FAILS(EBADF, ukfs_pread(u, fd, buf, 1, 0));
	FAILS(EBADF, ukfs_sync_file_range(u, fd, 0, 0, 0));
	FAILS(EEXIST, ukfs_open(u, "f", O_RDWR | O_CREAT | O_EXCL, 0640));
}

static void an_unlinked_open_file_stays_readable(void **state)
{
	char buf[5];
	int fd;

	(void)state;
	put("f", "still");
	fd = OK(ukfs_open(u, "f", O_RDONLY));
	OK(ukfs_remove(u, "f"));
	assert_int_equal(OK(ukfs_pread(u, fd, buf, 5, 0)), 5);
	assert_memory_equal(buf, "still", 5);
	OK(ukfs_close(u, fd));
}

/* Descriptor 0 would be the root directory's, which belongs to the library. */
static void the_librarys_own_descriptor_is_out_of_reach(void **state)
{
	struct stat st;

	(void)state;
	FAILS(EBADF, ukfs_close(u, 0));
	FAILS(EBADF, ukfs_fchmod(u, 0, 0));
	FAILS(EBADF, ukfs_fstat(u, 0, &st));
	OK(ukfs_sync(u));
}

static void attributes_by_descriptor(void **state)
{
	struct timespec ts[2] = { { 1000000000, 0 }, { 1200000000, 0 } };
	struct stat st;
	int fd;

	(void)state;
	if (!has_holes())
		skip();
	fd = OK(ukfs_open(u, "f", O_RDWR | O_CREAT, 0600));
	OK(ukfs_fchown(u, fd, 1234, 70000));
	OK(ukfs_fchmod(u, fd, 04711));
	OK(ukfs_futimens(u, fd, ts));
	OK(ukfs_fsetxattr(u, fd, "trusted.t", "v", 1, 0));
	OK(ukfs_fstat(u, fd, &st));
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_gid, 70000);
	assert_int_equal(st.st_mode & 07777, 04711);
	assert_int_equal(st.st_atim.tv_sec, 1000000000);
	OK(ukfs_close(u, fd));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_written_is_read, fresh_dir),
		cmocka_unit_test_setup(read_takes_an_offset_and_stops_at_the_end, fresh_dir),
		cmocka_unit_test_setup(write_neither_creates_nor_truncates, fresh_dir),
		cmocka_unit_test_setup(directories_are_not_data, fresh_dir),
		cmocka_unit_test_setup(a_fifo_does_not_block, fresh_dir),
		cmocka_unit_test_setup(truncate_cuts_and_extends_with_zeros, fresh_dir),
		cmocka_unit_test_setup(large_writes_come_back, fresh_dir),
		cmocka_unit_test_setup(holes_are_found, fresh_dir),
		cmocka_unit_test_setup(fallocate_reserves_and_punches, fresh_dir),
		cmocka_unit_test_setup(copy_file_range_copies_inside, fresh_dir),
		cmocka_unit_test_setup(descriptors_read_and_write, fresh_dir),
		cmocka_unit_test_setup(an_unlinked_open_file_stays_readable, fresh_dir),
		cmocka_unit_test_setup(the_librarys_own_descriptor_is_out_of_reach, fresh_dir),
		cmocka_unit_test_setup(attributes_by_descriptor, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
