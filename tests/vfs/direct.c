// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * direct TYPE IMAGE: rump_sys_* of files with O_DIRECT.  The caller's memory lies anywhere; what is
 * written is what is read, with the cache and without it.
 */
#include "vfstest.h"

#define ALIGN	4096
#define SIZE	(5 * 1024 * 1024 + 3 * ALIGN)	/* more than goes to a driver at once */

static char *pattern(size_t size, unsigned int seed)
{
	char *p = calloc(1, size + 1);

	TRUE(p);
	for (size_t i = 0; i < size; i++)
		p[i + 1] = (seed = seed * 1103515245 + 12345) >> 16;
	return p + 1;			/* not aligned */
}

static int opened(int flags)
{
	int fd = rump_sys_openat(AT_FDCWD, "/m/f", flags, 0644);

	TRUE(fd >= 0);
	return fd;
}

static void holds(int flags, const char *data, size_t size)
{
	char *found = pattern(SIZE, 99);
	int fd = opened(O_RDONLY | flags);

	CHECK(rump_sys_read(fd, found, SIZE), size);
	TRUE(!memcmp(found, data, size));
	CHECK(rump_sys_read(fd, found, SIZE), 0);
	CHECK(rump_sys_close(fd), 0);
	free(found - 1);
}

static void both_hold(const char *data, size_t size)
{
	holds(0, data, size);
	holds(O_DIRECT, data, size);
}

static void buffers(char *data)
{
	int fd = opened(O_CREAT | O_RDWR | O_DIRECT);
	char one[ALIGN];

	CHECK(rump_sys_write(fd, data, SIZE), SIZE);
	CHECK(rump_sys_lseek(fd, 0, SEEK_CUR), SIZE);
	both_hold(data, SIZE);
	memset(data + 7 * ALIGN, 'x', ALIGN);
	CHECK(rump_sys_pwrite64(fd, data + 7 * ALIGN, ALIGN, 7 * ALIGN), ALIGN);
	CHECK(rump_sys_lseek(fd, 0, SEEK_CUR), SIZE);
	both_hold(data, SIZE);
	CHECK(rump_sys_pread64(fd, one, ALIGN, SIZE - ALIGN), ALIGN);
	TRUE(!memcmp(one, data + SIZE - ALIGN, ALIGN));
	CHECK(rump_sys_pread64(fd, one, ALIGN, SIZE), 0);
	CHECK(rump_sys_pread64(fd, one, ALIGN, -1), -EINVAL);
	CHECK(rump_sys_pwrite64(fd, one, ALIGN, -1), -EINVAL);
	CHECK(rump_sys_close(fd), 0);
}

static void vectors(char *data)
{
	int fd = opened(O_WRONLY | O_DIRECT);
	struct iovec parts[] = { { data, 1000 }, { data + 1000, ALIGN }, { NULL, 0 },
				 { data + 1000 + ALIGN, ALIGN - 1000 } };

	memset(data, 'y', 2 * ALIGN);
	CHECK(rump_sys_pwritev2(fd, parts, 4, 0, 0), 2 * ALIGN);
	CHECK(rump_sys_preadv2(fd, parts, 4, 0, 0), -EBADF);
	CHECK(rump_sys_pwritev2(fd, parts, 4, -2, 0), -EINVAL);
	CHECK(rump_sys_pwritev2(fd, parts, -1, 0, 0), -EINVAL);
	CHECK(rump_sys_close(fd), 0);
	both_hold(data, SIZE);
	fd = opened(O_RDONLY | O_DIRECT);
	memset(data, 'z', 2 * ALIGN);
	CHECK(rump_sys_preadv2(fd, parts, 4, -1, 0), 2 * ALIGN);
	CHECK(rump_sys_lseek(fd, 0, SEEK_CUR), 2 * ALIGN);
	CHECK(rump_sys_write(fd, data, ALIGN), -EBADF);
	CHECK(rump_sys_close(fd), 0);
	both_hold(data, SIZE);
}

/* O_DIRECT that comes later, and a file's end that is not aligned. */
static void flags(char *data)
{
	int fd = opened(O_RDWR | O_APPEND);

	CHECK(rump_sys_ftruncate(fd, ALIGN), 0);
	CHECK(rump_sys_fcntl(fd, F_SETFL, O_APPEND | O_DIRECT), 0);
	CHECK(rump_sys_write(fd, data + ALIGN, 2 * ALIGN), 2 * ALIGN);
	both_hold(data, 3 * ALIGN);
	CHECK(rump_sys_ftruncate(fd, 2 * ALIGN + 5), 0);
	both_hold(data, 2 * ALIGN + 5);
	CHECK(rump_sys_close(fd), 0);
}

/* The driver's rule: refused or, where it has none, done. */
static void misplaced(char *data)
{
	int fd = opened(O_WRONLY | O_TRUNC | O_DIRECT);
	const bool any = is("btrfs");
	long res;

	CHECK(rump_sys_write(fd, data, 2 * ALIGN), 2 * ALIGN);
	memset(data + 5, 'w', 100);
	res = rump_sys_pwrite64(fd, data + 5, 100, 5);
	if (res == 100) {
		both_hold(data, 2 * ALIGN);
	} else {
		CHECK(res, -EINVAL);
		TRUE(!any);
	}
	CHECK(rump_sys_close(fd), 0);
}

int main(int argc, char **argv)
{
	char *data = pattern(SIZE, 1);

	begin(argc, argv);
	buffers(data);
	vectors(data);
	flags(data);
	misplaced(data);
	free(data - 1);
	end();
	return 0;
}
