/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the test programs of libukfs share: images made by the formats' own tools in the current
 * folder, and calls that must succeed or must fail in one way.
 */
#ifndef UKFSCHECK_H
#define UKFSCHECK_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rump/rump.h"
#include "rump/ukfs.h"

#define SKIP_CODE 77

/* The type under test: the program's argument, or ext4. */
static const char *fstype = "ext4";
static struct ukfs *u;

/* A call that must succeed; its value. */
#define OK(call) ({									\
	__auto_type ok_ = (call);							\
	if (ok_ < 0)									\
		fail_msg("%s: %s", #call, ukfs_errmsg());				\
	ok_; })

/* A call that must fail with this errno. */
#define FAILS(err, call) do {								\
	long fails_ = (long)(call);							\
	int errno_ = errno;								\
	if (fails_ != -1)								\
		fail_msg("%s: succeeded with %ld", #call, fails_);			\
	if (errno_ != (err))								\
		fail_msg("%s: errno %d (%s), expected %s", #call, errno_,		\
			 strerror(errno_), #err);					\
} while (0)

#define SAYS(part) do {									\
	if (!strstr(ukfs_errmsg(), part))						\
		fail_msg("\"%s\" is not in \"%s\"", part, ukfs_errmsg());		\
	if (strchr(ukfs_errmsg(), '\n'))						\
		fail_msg("more than one line: %s", ukfs_errmsg());			\
} while (0)

static inline int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static inline int shell(const char *fmt, ...)
{
	char cmd[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

/* The smallest comfortable image of a type, made by its own tool. */
static const struct { const char *type, *size, *mkfs; } formats[] = {
	{ "ext4", "32M", "mkfs.ext4 -qF" },
	{ "ext2", "32M", "mkfs.ext2 -qF" },
	{ "xfs", "320M", "mkfs.xfs -qf" },
	{ "btrfs", "128M", "mkfs.btrfs -qf" },
	{ "vfat", "32M", "mkfs.fat" },
	{ "exfat", "32M", "mkfs.exfat" },
};

static inline void make_image(const char *type, const char *path)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(formats[i].type, type) != 0)
			continue;
		if (shell("rm -f '%s' && truncate -s %s '%s' && PATH=$PATH:/usr/sbin:/sbin %s "
			  "'%s' >mkfs.log 2>&1", path, formats[i].size, path, formats[i].mkfs,
			  path) == 0)
			return;
		printf("%s does not work here\n", formats[i].mkfs);
		exit(SKIP_CODE);
	}
	printf("no way to make a %s image\n", type);
	exit(SKIP_CODE);
}

static inline struct ukfs *must_mount_with(const char *type, const char *path, int flags,
					   const char *options)
{
	struct ukfs_args args = { .options = options };
	struct ukfs *handle = ukfs_mount(type, path, NULL, flags, &args, sizeof(args));

	if (!handle)
		fail_msg("ukfs_mount: %s", ukfs_errmsg());
	return handle;
}

static inline void refused(const char *type, const char *path, int flags, const char *options,
			   int err)
{
	struct ukfs_args args = { .options = options };
	struct ukfs *handle;

	errno = 0;
	handle = ukfs_mount(type, path, NULL, flags, &args, sizeof(args));
	if (handle)
		fail_msg("%s was mounted", path ? path : "nothing");
	if (errno != err)
		fail_msg("errno %d (%s), expected %d: %s", errno, strerror(errno), err,
			 ukfs_errmsg());
}

/* Group set-up: `u` is a fresh mount of the type under test. */
static inline int mount_fresh(void **state)
{
	(void)state;
	if (strcmp(fstype, "tmpfs") == 0) {
		u = ukfs_mount("tmpfs", NULL, NULL, 0, NULL, 0);
	} else {
		make_image(fstype, "test.img");
		u = ukfs_mount(NULL, "test.img", NULL, 0, NULL, 0);
	}
	if (!u)
		printf("ukfs_mount: %s\n", ukfs_errmsg());
	return u ? 0 : -1;
}

static inline int release_it(void **state)
{
	(void)state;
	if (ukfs_release(u, 0) == 0)
		return 0;
	printf("ukfs_release: %s\n", ukfs_errmsg());
	return -1;
}

/* Remove what the current directory holds, by names of one component: depth does not matter. */
static inline void empty_cwd(void)
{
	struct ukfs_dir *d = ukfs_opendir(u, ".");
	struct ukfs_dirent *e;

	while (d && (e = ukfs_readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (ukfs_remove(u, e->d_name) == 0)
			continue;
		if (ukfs_chdir(u, e->d_name) == 0) {
			empty_cwd();
			ukfs_chdir(u, "..");
		}
		ukfs_rmdir(u, e->d_name);
	}
	if (d)
		ukfs_closedir(d);
}

/* An empty directory /t for each test, which is the current one, and nothing left of the last. */
static inline int fresh_dir(void **state)
{
	(void)state;
	if (ukfs_chdir(u, "/") < 0)
		return -1;
	if (ukfs_chdir(u, "/t") == 0) {
		empty_cwd();
		ukfs_chdir(u, "/");
		ukfs_rmdir(u, "/t");
	}
	return ukfs_mkdir(u, "/t", 0755) == 0 && ukfs_chdir(u, "/t") == 0 ? 0 : -1;
}

static inline void put(const char *path, const char *text)
{
	OK(ukfs_create(u, path, 0644));
	assert_int_equal(OK(ukfs_write(u, path, 0, (const uint8_t *)text, strlen(text))),
			 strlen(text));
}

static inline void holds(const char *path, const char *text)
{
	uint8_t buf[4096];
	ssize_t n = OK(ukfs_read(u, path, 0, buf, sizeof(buf)));

	assert_int_equal(n, strlen(text));
	assert_memory_equal(buf, text, n);
}

static inline void take_type(int argc, char **argv)
{
	if (argc > 1)
		fstype = argv[1];
}

#endif
