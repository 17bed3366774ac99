// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a program that has been confined can do.  Each case is a process of its own, whose exit code
 * is 0 where all was as it should be.
 */
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "ukfscheck.h"

#define MUST(condition) do {								\
	if (!(condition)) {								\
		dprintf(STDERR_FILENO, "line %d: %s; %s\n", __LINE__, #condition,	\
			ukfs_errmsg());							\
		_exit(1);								\
	}										\
} while (0)

static int in_child(int (*run)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(run());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static struct ukfs *mount_confined(const struct ukfs_confinement *c, bool rdonly)
{
	struct ukfs_args args = { .confinement = c };

	return ukfs_mount("ext4", "c.img", NULL, rdonly ? UKFS_RDONLY : 0, &args, sizeof(args));
}

static int alone(void)
{
	const struct ukfs_confinement c = { 0 };
	struct stat st;

	u = mount_confined(&c, false);
	MUST(u);
	MUST(ukfs_mkdir(u, "/made", 0755) == 0 && ukfs_stat(u, "/made", &st) == 0);
	MUST(open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM);
	MUST(open("c.img", O_RDONLY) < 0 && errno == EPERM);
	MUST(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
	MUST(syscall(SYS_memfd_create, "x", 0) < 0 && errno == EPERM);
	MUST(ukfs_release(u, 0) == 0);
	return 0;
}

/* In a child too: where the kernel side runs nothing can be confined any more. */
static int was_made(void)
{
	struct stat st;

	u = ukfs_mount("ext4", "c.img", NULL, UKFS_RDONLY, NULL, 0);
	MUST(u && ukfs_stat(u, "/made", &st) == 0);
	return 0;
}

static void without_anything_the_image_can_be_used_and_no_file(void **state)
{
	(void)state;
	make_image("ext4", "c.img");
	assert_int_equal(in_child(alone), 0);
	assert_int_equal(in_child(was_made), 0);
}

static int killed(void)
{
	const struct ukfs_confinement c = { 0 };

	MUST(mount_confined(&c, true));
	execl("/bin/true", "true", NULL);
	return 1;
}

static void another_program_ends_it(void **state)
{
	(void)state;
	make_image("ext4", "c.img");
	assert_int_equal(in_child(killed), 128 + SIGSYS);
}

static int with_a_folder(void)
{
	const struct ukfs_confine_path paths[] = {
		{ "kept", UKFS_CONFINE_READ | UKFS_CONFINE_MAKE },
		{ "read", UKFS_CONFINE_READ },
		{ "missing", UKFS_CONFINE_READ },
	};
	const struct ukfs_confinement c = { .paths = paths, .npaths = 3,
					    .flags = UKFS_CONFINE_HOST };

	MUST(mount_confined(&c, true));
	MUST(open("kept/new", O_WRONLY | O_CREAT, 0600) >= 0);
	MUST(rename("kept/new", "kept/sub/newer") == 0);
	MUST(open("read/file", O_RDONLY) >= 0);
	MUST(open("read/file", O_WRONLY) < 0 && errno == EACCES);
	MUST(open("read/new", O_WRONLY | O_CREAT, 0600) < 0 && errno == EACCES);
	MUST(open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES);
	MUST(open("/proc/self/status", O_RDONLY) < 0 && errno == EACCES);
	return 0;
}

static void folders_are_kept_with_their_access(void **state)
{
	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 2)
		skip();
	make_image("ext4", "c.img");
	assert_int_equal(shell("rm -rf kept read; mkdir -p kept/sub read; : >read/file"), 0);
	assert_int_equal(in_child(with_a_folder), 0);
}

static int a_second_image(void)
{
	const struct ukfs_confine_path path = { "d.img", UKFS_CONFINE_READ };
	const struct ukfs_confinement c = { .paths = &path, .npaths = 1,
					    .flags = UKFS_CONFINE_IMAGES };

	MUST(mount_confined(&c, true));
	MUST(ukfs_mount(NULL, "d.img", NULL, UKFS_RDONLY, NULL, 0));
	MUST(!ukfs_mount(NULL, "e.img", NULL, UKFS_RDONLY, NULL, 0));
	return 0;
}

static void further_images_are_mounted_where_they_were_named(void **state)
{
	(void)state;
	make_image("ext4", "c.img");
	make_image("vfat", "d.img");
	make_image("ext4", "e.img");
	assert_int_equal(in_child(a_second_image), 0);
}

static int twice(void)
{
	const struct ukfs_confine_path path = { "c.img", UKFS_CONFINE_READ };
	const struct ukfs_confinement c = { .paths = &path, .npaths = 1,
					    .flags = UKFS_CONFINE_IMAGES };
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2];

	MUST(ukfs_confine(&c, sizeof(c)) == 0);
	MUST(syscall(SYS_capget, &head, caps) == 0);
	MUST(!caps[0].permitted && !caps[1].permitted);
	MUST(ukfs_mount(NULL, "c.img", NULL, UKFS_RDONLY, NULL, 0));
	MUST(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
	/* the kernel side runs: its threads have what they have */
	MUST(ukfs_confine(&c, sizeof(c)) < 0 && errno == EBUSY);
	return 0;
}

static void the_call_does_what_the_member_does(void **state)
{
	(void)state;
	make_image("ext4", "c.img");
	assert_int_equal(in_child(twice), 0);
}

static void *sleeper(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

static int threaded(void)
{
	const struct ukfs_confinement c = { 0 };
	pthread_t t;

	MUST(pthread_create(&t, NULL, sleeper, NULL) == 0);
	MUST(!mount_confined(&c, true) && errno == EBUSY);
	MUST(strstr(ukfs_errmsg(), "one thread"));
	return 0;
}

static void a_process_with_threads_is_refused(void **state)
{
	(void)state;
	make_image("ext4", "c.img");
	assert_int_equal(in_child(threaded), 0);
}

static int unknown(void)
{
	const struct ukfs_confinement c = { .flags = 0x80 };

	MUST(ukfs_confine(&c, sizeof(c)) < 0 && errno == EINVAL);
	MUST(ukfs_confine(&c, 3) < 0 && errno == EINVAL);
	MUST(ukfs_confine(NULL, sizeof(c)) < 0 && errno == EINVAL);
	return 0;
}

static void what_is_not_known_is_refused(void **state)
{
	(void)state;
	assert_int_equal(in_child(unknown), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_anything_the_image_can_be_used_and_no_file),
		cmocka_unit_test(another_program_ends_it),
		cmocka_unit_test(folders_are_kept_with_their_access),
		cmocka_unit_test(further_images_are_mounted_where_they_were_named),
		cmocka_unit_test(the_call_does_what_the_member_does),
		cmocka_unit_test(a_process_with_threads_is_refused),
		cmocka_unit_test(what_is_not_known_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
