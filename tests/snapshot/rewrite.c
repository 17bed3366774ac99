// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rewrite IMAGE SEED: mount the image as a snapshot; change what is in it: /tree/random and a
 * folder go, 300 MiB and 2,000 small files come; then say "written" and wait for the end of
 * standard input; then everything is read back, as it was written.
 */
#include <fcntl.h>
#include <unistd.h>

#include "ukfstest.h"

#define BIG (300ULL << 20)
#define CHUNK (1U << 20)
#define FILES 2000
#define SMALL 3000

static uint8_t buf[CHUNK], want[CHUNK];

static struct ukfs *mount_snapshot(const char *image)
{
	struct ukfs_args args = { .snapshot = 1 };
	struct ukfs *u = ukfs_mount(NULL, image, NULL, 0, &args, sizeof(args));

	if (!u)
		die("mount: %s", ukfs_errmsg());
	return u;
}

static void small_name(char *name, size_t size, int i)
{
	snprintf(name, size, "/new/%d/small-%d", i % 10, i);
}

static void write_small(struct ukfs *u, uint64_t seed)
{
	char name[64];

	for (int i = 0; i < FILES; i++) {
		small_name(name, sizeof(name), i);
		if (ukfs_util_builddirs(u, name, 0755) || ukfs_create(u, name, 0644))
			die("%s", ukfs_errmsg());
		content(seed + i, 0, buf, SMALL);
		if (ukfs_write(u, name, 0, buf, SMALL) != SMALL)
			die("%s", ukfs_errmsg());
	}
}

static void write_big(struct ukfs *u, uint64_t seed)
{
	int fd = ukfs_open(u, "/big", O_WRONLY | O_CREAT | O_EXCL, 0644);

	for (uint64_t at = 0; at < BIG; at += CHUNK) {
		content(seed, at, buf, CHUNK);
		if (ukfs_pwrite(u, fd, buf, CHUNK, at) != CHUNK)
			die("%s", ukfs_errmsg());
	}
	if (ukfs_ffsync(u, fd) || ukfs_close(u, fd))
		die("%s", ukfs_errmsg());
}

static void read_back(struct ukfs *u, uint64_t seed)
{
	char name[64];

	for (uint64_t at = 0; at < BIG; at += CHUNK) {
		content(seed, at, want, CHUNK);
		if (ukfs_read(u, "/big", at, buf, CHUNK) != CHUNK)
			die("%s", ukfs_errmsg());
		if (memcmp(buf, want, CHUNK))
			die("/big differs at %llu", (unsigned long long)at);
	}
	for (int i = 0; i < FILES; i++) {
		small_name(name, sizeof(name), i);
		content(seed + i, 0, want, SMALL);
		if (ukfs_read(u, name, 0, buf, CHUNK) != SMALL || memcmp(buf, want, SMALL))
			die("%s differs", name);
	}
	if (ukfs_access(u, "/tree/random", F_OK) != -1 || ukfs_access(u, "/tree/kept", F_OK))
		die("what was removed or left is not so");
}

int main(int argc, char **argv)
{
	uint64_t seed = argc == 3 ? strtoul(argv[2], NULL, 0) : 0;
	struct ukfs *u;

	if (!seed)
		die("usage: rewrite IMAGE SEED");
	u = mount_snapshot(argv[1]);
	if (ukfs_remove(u, "/tree/random") || ukfs_rmdir(u, "/tree/folder"))
		die("%s", ukfs_errmsg());
	write_small(u, seed);
	write_big(u, seed);
	if (ukfs_sync(u))
		die("%s", ukfs_errmsg());
	puts("written");
	fflush(stdout);
	while (read(0, buf, 1) > 0)
		;
	read_back(u, seed);
	must_release(u);
	return 0;
}
