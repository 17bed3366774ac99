// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who may open an image at the same time: readers together, a writer alone, in one process and in
 * several.
 * each: sync mmap async queue
 * run-as: root-first
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blktest.h"

#define IMG "test.img"

enum { READER = RUMPUSER_BLK_RDONLY, WRITER = 0 };

/* What a new process gets that opens the image. */
static int other_process(int flags)
{
	struct image img;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		status = image_try(&img, IMG, flags);
		_exit(status ? status : image_close(&img));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void a_writer_is_alone(void **state)
{
	struct image img, second;

	(void)state;
	make_file(IMG, MIB);
	image_open(&img, IMG, WRITER);
	assert_int_equal(other_process(WRITER), EBUSY);
	assert_int_equal(other_process(READER), EBUSY);
	assert_int_equal(image_try(&second, IMG, WRITER), EBUSY);
	assert_int_equal(image_try(&second, IMG, READER), EBUSY);
	assert_int_equal(image_close(&img), 0);
}

static void readers_share_and_keep_writers_out(void **state)
{
	struct image img, second;

	(void)state;
	make_file(IMG, MIB);
	image_open(&img, IMG, READER);
	assert_int_equal(other_process(READER), 0);
	assert_int_equal(image_try(&second, IMG, READER), 0);
	assert_int_equal(other_process(WRITER), EBUSY);
	assert_int_equal(image_close(&second), 0);
	assert_int_equal(other_process(WRITER), EBUSY);
	assert_int_equal(image_close(&img), 0);
}

static void closing_unlocks_at_once(void **state)
{
	struct image img;
	int i;

	(void)state;
	make_file(IMG, MIB);
	for (i = 0; i < 20; i++) {
		image_open(&img, IMG, WRITER);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, "x", 0, 1), 0);
		assert_int_equal(image_close(&img), 0);
		assert_int_equal(other_process(WRITER), 0);
	}
}

static void closing_unlocks_in_spite_of_a_child(void **state)
{
	struct image img;
	int hold[2];
	pid_t pid;

	(void)state;
	make_file(IMG, MIB);
	image_open(&img, IMG, WRITER);
	assert_int_equal(pipe(hold), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {	/* has a copy of the descriptor until the pipe is closed */
		close(hold[1]);
		_exit(read(hold[0], hold, 1) != 0);
	}
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(other_process(WRITER), 0);
	close(hold[0]);
	close(hold[1]);
	waitpid(pid, NULL, 0);
}

static void a_descriptor_is_an_image(void **state)
{
	struct image img;
	char path[32];
	int fd;

	(void)state;
	make_file(IMG, MIB);
	fd = open(IMG, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	assert_int_equal(chmod(IMG, 0), 0);	/* the descriptor's rights count, not the file's */
	image_open(&img, path, WRITER);
	close(fd);
	assert_int_equal(chmod(IMG, 0600), 0);
	assert_int_equal(other_process(READER), EBUSY);
	assert_int_equal(image_close(&img), 0);
	assert_int_equal(other_process(WRITER), 0);

	fd = open(IMG, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	assert_int_equal(image_try(&img, path, WRITER), EACCES);
	image_open(&img, path, READER);
	assert_int_equal(image_close(&img), 0);
	close(fd);
	assert_int_equal(image_try(&img, path, READER), EBADF);
}

static void nolock_neither_locks_nor_looks(void **state)
{
	struct image img, second;

	(void)state;
	make_file(IMG, MIB);
	image_open(&img, IMG, WRITER);
	assert_int_equal(image_try(&second, IMG, WRITER | RUMPUSER_BLK_NOLOCK), 0);
	assert_int_equal(image_close(&second), 0);
	assert_int_equal(other_process(WRITER), EBUSY);
	assert_int_equal(image_close(&img), 0);
	image_open(&img, IMG, WRITER | RUMPUSER_BLK_NOLOCK);
	assert_int_equal(other_process(WRITER), 0);
	assert_int_equal(image_close(&img), 0);
}

/* A loop device, which goes away when the descriptor that is returned is closed; -1: none. */
static int attach_loop(char *name, size_t size)
{
	FILE *f = geteuid() ? NULL : popen("losetup -f --show " IMG " 2>/dev/null", "re");
	char command[128];
	int fd = -1;

	if (f && fgets(name, size, f)) {
		name[strcspn(name, "\n")] = '\0';
		fd = open(name, O_RDONLY | O_CLOEXEC);
		snprintf(command, sizeof(command), "losetup -d %s", name);
		assert_int_equal(system(command), 0);
	}
	if (f)
		pclose(f);
	return fd;
}

static void a_device_in_use_by_the_host_is_busy(void **state)
{
	struct image img, second;
	int hold, claim, i;
	char loop[64];

	(void)state;
	make_file(IMG, MIB);
	hold = attach_loop(loop, sizeof(loop));
	if (hold < 0)
		skip();
	if (mode->method == RUMPUSER_BLK_MMAP) {
		assert_int_equal(image_try(&img, loop, WRITER), EINVAL);
		close(hold);
		return;
	}
	if (!backend.claims_devices) {
		assert_int_equal(image_try(&img, loop, WRITER), EOPNOTSUPP);
		assert_int_equal(image_try(&img, loop, READER), EOPNOTSUPP);
		image_open(&img, loop, READER | RUMPUSER_BLK_NOLOCK);
		assert_int_equal(img.info.size, MIB);
		assert_int_equal(image_close(&img), 0);
		close(hold);
		return;
	}
	image_open(&img, loop, READER);
	assert_int_equal(img.info.size, MIB);
	assert_int_equal(image_try(&second, loop, READER), 0);
	assert_int_equal(image_close(&second), 0);
	assert_int_equal(image_try(&second, loop, WRITER), EBUSY);
	assert_int_equal(image_close(&img), 0);
	for (i = 0; i < 10; i++) {
		image_open(&img, loop, WRITER);
		assert_int_equal(image_rw(&img, RUMPUSER_BIO_WRITE, "x", 0, 1), 0);
		assert_int_equal(image_try(&second, loop, READER), EBUSY);
		assert_int_equal(image_close(&img), 0);
	}
	claim = open(loop, O_RDONLY | O_EXCL | O_CLOEXEC);	/* as a mount does */
	assert_true(claim >= 0);
	assert_int_equal(image_try(&img, loop, WRITER), EBUSY);
	assert_int_equal(image_try(&img, loop, READER), EBUSY);
	close(claim);
	close(hold);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_writer_is_alone),
		cmocka_unit_test(readers_share_and_keep_writers_out),
		cmocka_unit_test(closing_unlocks_at_once),
		cmocka_unit_test(closing_unlocks_in_spite_of_a_child),
		cmocka_unit_test(a_descriptor_is_an_image),
		cmocka_unit_test(nolock_neither_locks_nor_looks),
		cmocka_unit_test(a_device_in_use_by_the_host_is_busy),
	};

	choose_mode(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
