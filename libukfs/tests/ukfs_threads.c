// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several threads on one handle, on several handles, and mounting at the same time.
 * each: ext4 xfs btrfs tmpfs
 * timeout: 300
 * weight: 2
 */
#include <pthread.h>

#include "ukfscheck.h"

#define THREADS 8
#define FILES 150

struct worker {
	pthread_t thread;
	struct ukfs *u;
	int number, failed;
	char message[512];
};

/* The message is the thread's own: it must be noted there. */
static void *note(struct worker *w, const char *what)
{
	snprintf(w->message, sizeof(w->message), "%s: %s", what, ukfs_errmsg());
	w->failed = 1;
	return w;
}

static void *make_check_remove(void *arg)
{
	struct worker *w = arg;
	char dir[32], path[64], other[64], buf[64];

	snprintf(dir, sizeof(dir), "/t/w%d", w->number);
	if (ukfs_mkdir(w->u, dir, 0755) < 0)
		return note(w, "mkdir");
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/f%d", dir, i);
		snprintf(other, sizeof(other), "w%d/g%d", w->number, i);
		if (ukfs_create(w->u, path, 0600) < 0 ||
		    ukfs_write(w->u, path, i, (uint8_t *)path, strlen(path)) < 0 ||
		    ukfs_rename(w->u, path, other) < 0 ||
		    ukfs_read(w->u, other, i, (uint8_t *)buf, sizeof(buf)) != (int)strlen(path))
			return note(w, path);
		if (memcmp(buf, path, strlen(path)) != 0)
			return note(w, "other bytes");
		if (i % 3 == 0 && ukfs_remove(w->u, other) < 0)
			return note(w, "remove");
		if (ukfs_create(w->u, dir, 0600) == 0 || errno != EEXIST ||
		    !strstr(ukfs_errmsg(), dir))
			return note(w, "another thread's error");
	}
	return NULL;
}

static void run(struct worker *w, void *(*fn)(void *))
{
	for (int i = 0; i < THREADS; i++) {
		w[i].number = i;
		assert_int_equal(pthread_create(&w[i].thread, NULL, fn, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(w[i].thread, NULL);
	for (int i = 0; i < THREADS; i++)
		if (w[i].failed)
			fail_msg("thread %d: %s", i, w[i].message);
}

static int count(const char *path)
{
	struct ukfs_dir *d = ukfs_opendir(u, path);
	int n = 0;

	assert_non_null(d);
	while (ukfs_readdir(d))
		n++;
	OK(ukfs_closedir(d));
	return n - 2;
}

static void eight_threads_work_on_one_handle(void **state)
{
	struct worker w[THREADS] = { 0 };
	char dir[32];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		w[i].u = u;
	run(w, make_check_remove);
	for (int i = 0; i < THREADS; i++) {
		snprintf(dir, sizeof(dir), "/t/w%d", i);
		assert_int_equal(count(dir), FILES - (FILES + 2) / 3);
	}
}

static void *exclusive_creates(void *arg)
{
	struct worker *w = arg;
	char name[16];

	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		if (ukfs_create(w->u, name, 0600) == 0)
			w->number += 1000;
		else if (errno != EEXIST)
			return note(w, name);
	}
	return NULL;
}

static void each_name_is_created_by_one(void **state)
{
	struct worker w[THREADS] = { 0 };
	int made = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		w[i].u = u;
	run(w, exclusive_creates);
	for (int i = 0; i < THREADS; i++)
		made += w[i].number / 1000;
	assert_int_equal(made, FILES);
	assert_int_equal(count("/t"), FILES);
}

static void *descriptors(void *arg)
{
	struct worker *w = arg;
	char name[16], c;

	snprintf(name, sizeof(name), "d%d", w->number);
	for (int i = 0; i < FILES; i++) {
		int fd = ukfs_open(w->u, name, O_RDWR | O_CREAT, 0600);

		c = (char)(w->number + i);
		if (fd < 0 || ukfs_pwrite(w->u, fd, &c, 1, i) != 1 ||
		    ukfs_pread(w->u, fd, &c, 1, i) != 1 || ukfs_close(w->u, fd) < 0)
			return note(w, name);
		if (c != (char)(w->number + i))
			return note(w, "another file's byte");
	}
	return NULL;
}

static void descriptors_are_not_confused(void **state)
{
	struct worker w[THREADS] = { 0 };

	(void)state;
	for (int i = 0; i < THREADS; i++)
		w[i].u = u;
	run(w, descriptors);
}

static void *mount_and_release(void *arg)
{
	struct worker *w = arg;
	char image[24];
	uint8_t c;

	snprintf(image, sizeof(image), "m%d.img", w->number);
	for (int i = 0; i < 5; i++) {
		struct ukfs *h = ukfs_mount(NULL, image, NULL, 0, NULL, 0);

		if (!h)
			return note(w, "mount");
		c = (uint8_t)w->number;
		if (i == 0 && (ukfs_create(h, "f", 0600) < 0 || ukfs_write(h, "f", 0, &c, 1) != 1))
			return note(w, "write");
		if (ukfs_read(h, "/f", 0, &c, 1) != 1 || c != w->number)
			return note(w, "read");
		if (ukfs_release(h, 0) < 0)
			return note(w, "release");
	}
	return NULL;
}

static void threads_mount_images_of_their_own(void **state)
{
	struct worker w[THREADS] = { 0 };
	char image[16];

	(void)state;
	if (strcmp(fstype, "tmpfs") == 0)
		skip();
	for (int i = 0; i < THREADS; i++) {
		snprintf(image, sizeof(image), "m%d.img", i);
		make_image(fstype, image);
	}
	run(w, mount_and_release);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(eight_threads_work_on_one_handle, fresh_dir),
		cmocka_unit_test_setup(each_name_is_created_by_one, fresh_dir),
		cmocka_unit_test_setup(descriptors_are_not_confused, fresh_dir),
		cmocka_unit_test_setup(threads_mount_images_of_their_own, fresh_dir),
	};

	take_type(argc, argv);
	return cmocka_run_group_tests(tests, mount_fresh, release_it) != 0;
}
