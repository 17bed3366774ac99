// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Handles: mounting, releasing, several at once, each with its own directory and descriptors.
 * each: ext4 xfs btrfs
 */
#include "rump/rump_syscalls.h"
#include "ukfscheck.h"

static void released_images_can_be_mounted_again(void **state)
{
	(void)state;
	make_image(fstype, "a.img");
	for (int i = 0; i < 5; i++) {
		char name[16];

		u = must_mount_with(NULL, "a.img", 0, NULL);
		snprintf(name, sizeof(name), "f%d", i);
		put(name, name);
		for (int j = 0; j <= i; j++) {
			snprintf(name, sizeof(name), "f%d", j);
			holds(name, name);
		}
		OK(ukfs_release(u, 0));
	}
}

static void a_handle_tells_what_it_is(void **state)
{
	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	assert_string_equal(ukfs_fstype(u), fstype);
	assert_false(ukfs_rdonly(u));
	assert_true(ukfs_getmp(u)[0] == '/');
	OK(ukfs_release(u, 0));
	u = must_mount_with(fstype, "a.img", 0, "ro");
	assert_true(ukfs_rdonly(u));
	OK(ukfs_release(u, 0));
}

static void open_files_keep_a_handle_alive(void **state)
{
	struct ukfs_dir *d;
	int fd;

	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	fd = OK(ukfs_open(u, "f", O_RDWR | O_CREAT, 0600));
	FAILS(EBUSY, ukfs_release(u, 0));
	SAYS("a.img: still open: 1");
	OK(ukfs_pwrite(u, fd, "x", 1, 0));
	OK(ukfs_close(u, fd));
	d = ukfs_opendir(u, "/");
	FAILS(EBUSY, ukfs_release(u, 0));
	OK(ukfs_closedir(d));
	OK(ukfs_release(u, 0));
}

static void force_closes_what_is_open(void **state)
{
	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	OK(ukfs_pwrite(u, OK(ukfs_open(u, "f", O_RDWR | O_CREAT, 0600)), "kept", 4, 0));
	OK(ukfs_release(u, UKFS_RELFLAG_FORCE));
	u = must_mount_with(NULL, "a.img", 0, NULL);
	holds("f", "kept");
	OK(ukfs_release(u, 0));
}

/* Somebody sits below ukfs_getmp by the lower interface: the handle stays as it was. */
static void a_busy_mount_leaves_the_handle_usable(void **state)
{
	char buf[32];
	int fd;

	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	OK(ukfs_mkdir(u, "d", 0755));
	OK(ukfs_chdir(u, "d"));
	fd = rump_sys_openat(AT_FDCWD, ukfs_getmp(u), O_RDONLY, 0);
	assert_true(fd >= 0);
	FAILS(EBUSY, ukfs_release(u, 0));
	SAYS("still in use");
	assert_string_equal(ukfs_getcwd(u, buf, sizeof(buf)), "/d");
	put("f", "x");
	rump_sys_close(fd);
	OK(ukfs_release(u, 0));
}

static void handles_do_not_mix(void **state)
{
	struct ukfs *h[4];
	char name[24], buf[64];
	struct stat st;
	int fd[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "h%d.img", i);
		make_image(fstype, name);
		h[i] = must_mount_with(NULL, name, 0, NULL);
		snprintf(name, sizeof(name), "dir%d", i);
		OK(ukfs_mkdir(h[i], name, 0755));
		OK(ukfs_chdir(h[i], name));
		fd[i] = OK(ukfs_open(h[i], "f", O_RDWR | O_CREAT, 0600));
		OK(ukfs_pwrite(h[i], fd[i], name, 5, 0));
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(fd[i], fd[0]);
		snprintf(name, sizeof(name), "/dir%d", i);
		assert_string_equal(ukfs_getcwd(h[i], buf, sizeof(buf)), name);
		OK(ukfs_pread(h[i], fd[i], buf, 5, 0));
		assert_memory_equal(buf, name + 1, 4);
		snprintf(name, sizeof(name), "/dir%d", (i + 1) % 4);
		FAILS(ENOENT, ukfs_stat(h[i], name, &st));
	}
	for (int i = 0; i < 4; i++) {
		OK(ukfs_close(h[i], fd[i]));
		OK(ukfs_release(h[i], 0));
	}
}

static void the_callers_own_context_is_kept(void **state)
{
	struct rump_context *mine, *prev;
	char buf[64];

	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	assert_int_equal(rump_context_create(&mine), 0);
	prev = rump_context_switch(mine);
	assert_int_equal(rump_sys_chdir("/mnt"), 0);
	OK(ukfs_mkdir(u, "/d", 0755));
	assert_int_equal(rump_sys_getcwd(buf, sizeof(buf)), 5);
	OK(ukfs_release(u, 0));
	assert_ptr_equal(rump_context_switch(prev), mine);
	assert_int_equal(rump_context_destroy(mine), 0);
}

static void sum(const char *image, char *buf, size_t size)
{
	char cmd[128];
	FILE *f;

	snprintf(cmd, sizeof(cmd), "sha256sum '%s'", image);
	f = popen(cmd, "r");
	assert_non_null(fgets(buf, size, f));
	pclose(f);
}

static void read_only_writes_not_one_byte(void **state)
{
	char before[200], after[200];
	uint8_t byte;

	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	put("f", "x");
	OK(ukfs_release(u, 0));
	sum("a.img", before, sizeof(before));
	u = must_mount_with(NULL, "a.img", UKFS_RDONLY, NULL);
	holds("f", "x");
	OK(ukfs_read(u, "f", 0, &byte, 1));
	FAILS(EROFS, ukfs_create(u, "g", 0600));
	FAILS(EROFS, ukfs_chmod(u, "f", 0));
	FAILS(EROFS, ukfs_write(u, "f", 0, &byte, 1));
	OK(ukfs_release(u, 0));
	sum("a.img", after, sizeof(after));
	assert_string_equal(before, after);
}

static void readers_share_an_image_writers_do_not(void **state)
{
	struct ukfs *other;

	(void)state;
	make_image(fstype, "a.img");
	u = must_mount_with(NULL, "a.img", 0, NULL);
	refused(NULL, "a.img", 0, NULL, EBUSY);
	SAYS("a.img: in use");
	OK(ukfs_release(u, 0));
	if (strcmp(fstype, "ext4") != 0)	/* one UUID cannot be mounted twice in a kernel */
		return;
	u = must_mount_with(NULL, "a.img", UKFS_RDONLY, NULL);
	other = must_mount_with(NULL, "a.img", UKFS_RDONLY, NULL);
	OK(ukfs_release(other, 0));
	OK(ukfs_release(u, 0));
}

static void options_reach_the_file_system(void **state)
{
	static const struct { const char *type, *option; } known[] = {
		{ "ext4", "noatime,data=journal,commit=7" },
		{ "xfs", "lazytime,logbsize=64k,inode32" },
		{ "btrfs", "ro,compress=zstd:3,noatime" },
	};

	(void)state;
	make_image(fstype, "a.img");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].type, fstype) != 0)
			continue;
		u = must_mount_with(NULL, "a.img", 0, known[i].option);
		OK(ukfs_release(u, 0));
	}
	refused(NULL, "a.img", 0, "noatime,nosuchoption=1", EINVAL);
	SAYS("nosuchoption");
	SAYS("[EINVAL]");
}

static void tmpfs_needs_no_image(void **state)
{
	struct stat st;

	(void)state;
	u = must_mount_with("tmpfs", NULL, 0, "size=1m,mode=0750");
	OK(ukfs_stat(u, "/", &st));
	assert_int_equal(st.st_mode & 07777, 0750);
	put("f", "x");
	assert_string_equal(ukfs_fstype(u), "tmpfs");
	OK(ukfs_release(u, 0));
}

static void release_of_nothing_is_fine(void **state)
{
	(void)state;
	OK(ukfs_release(NULL, 0));
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(released_images_can_be_mounted_again),
		cmocka_unit_test(a_handle_tells_what_it_is),
		cmocka_unit_test(open_files_keep_a_handle_alive),
		cmocka_unit_test(force_closes_what_is_open),
		cmocka_unit_test(a_busy_mount_leaves_the_handle_usable),
		cmocka_unit_test(handles_do_not_mix),
		cmocka_unit_test(the_callers_own_context_is_kept),
		cmocka_unit_test(read_only_writes_not_one_byte),
		cmocka_unit_test(readers_share_an_image_writers_do_not),
		cmocka_unit_test(options_reach_the_file_system),
		cmocka_unit_test(tmpfs_needs_no_image),
		cmocka_unit_test(release_of_nothing_is_fine),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
