// SPDX-License-Identifier: GPL-2.0-or-later
/* openfiles TYPE IMAGE: data of open files, and the reading of directories. */
#include <dirent.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/msdos_fs.h>
#include <pthread.h>
#include <sys/ioctl.h>

#include "vfstest.h"

#define SIZE	(3 * 1024 * 1024 + 777)
#define ENTRIES	10000
#define READERS	4

static char *pattern(size_t size, unsigned int seed)
{
	char *p = malloc(size);

	TRUE(p);
	for (size_t i = 0; i < size; i++)
		p[i] = (seed = seed * 1103515245 + 12345) >> 16;
	return p;
}

/* ---- opening ---- */

static void opening(void)
{
	struct rump_node *node, *again, *dir = dir_in(root, "d", 0755);
	struct rump_file *file, *other;
	struct statx stx;

	CHECK(rump_vfs_create(root, "new", O_RDWR | O_EXCL, 0640, &node, &stx, &file), 0);
	CHECK(stx.stx_size, 0);
	CHECK(rump_vfs_write(file, "content", 7, 0, 0), 7);
	CHECK(rump_vfs_create(root, "new", O_RDWR | O_EXCL, 0640, &again, &stx, &other), -EEXIST);
	CHECK(rump_vfs_create(root, "new", O_RDONLY, 0600, &again, &stx, &other), 0);
	TRUE(again == node && stx.stx_size == 7);
	CHECK(rump_vfs_write(other, "x", 1, 0, 0), -EBADF);
	rump_vfs_close(other);
	rump_vfs_release(again, 1);
	CHECK(rump_vfs_create(root, "new", O_WRONLY | O_TRUNC, 0600, &again, NULL, &other), 0);
	CHECK(stat_of(node).stx_size, 0);
	CHECK(rump_vfs_read(other, &stx, 1, 0), -EBADF);
	rump_vfs_close(other);
	rump_vfs_release(again, 1);
	CHECK(rump_vfs_create(root, "d", O_RDWR, 0600, &again, &stx, &other), -EISDIR);
	CHECK(rump_vfs_create(root, "..", O_RDWR, 0600, &again, &stx, &other), -EINVAL);
	CHECK(rump_vfs_open(node, O_RDONLY | O_CREAT, &other), -EINVAL);
	CHECK(rump_vfs_open(node, O_RDWR | O_TMPFILE, &other), -EINVAL);
	CHECK(rump_vfs_open(node, O_RDWR | O_DIRECT, &other), -EINVAL);
	CHECK(rump_vfs_open(node, O_RDONLY | O_DIRECTORY, &other), -ENOTDIR);
	CHECK(rump_vfs_open(dir, O_WRONLY, &other), -EISDIR);
	CHECK(rump_vfs_write(file, "content", 7, 0, 0), 7);
	CHECK(rump_vfs_open(node, O_RDWR | O_TRUNC, &other), 0);
	CHECK(stat_of(node).stx_size, 0);
	rump_vfs_close(other);
	rump_vfs_close(file);
	if (!fat) {
		CHECK(rump_vfs_symlink(root, "s", "new", &again, NULL), 0);
		CHECK(rump_vfs_open(again, O_RDONLY, &other), -ELOOP);
		rump_vfs_release(again, 1);
		CHECK(rump_vfs_unlink(root, "s"), 0);
	}
	rump_vfs_release(node, 1);
	rump_vfs_release(dir, 1);
	CHECK(rump_vfs_unlink(root, "new"), 0);
	CHECK(rump_vfs_rmdir(root, "d"), 0);
}

/* ---- data ---- */

/* What the page cache's own pages hold is what read gives, at any place and length. */
static void pages_are_the_content(struct rump_file *file, const char *content, size_t size)
{
	static struct iovec iov[257];
	char *buf = malloc(SIZE);
	unsigned int seed = 7;

	TRUE(buf);
	for (int i = 0; i < 300; i++) {
		int64_t off = (seed = seed * 1103515245 + 12345) % (size + 9000);
		size_t want = (seed = seed * 1103515245 + 12345) % (1 << (i % 21)) + 1;
		size_t left = (size_t)off < size ? size - off : 0, at = off;
		size_t expected = want < left ? want : left;
		int count = -1, max = i % 5 ? 257 : 1;
		long n;

		CHECK(rump_vfs_read(file, buf, want, off), expected);
		TRUE(!memcmp(buf, content + off, expected));
		n = rump_vfs_read_pages(file, want, off, iov, max, &count);
		TRUE(n <= (long)expected && count <= max && (n > 0) == (expected > 0));
		TRUE(n == (long)expected || count == max);
		for (int j = 0; j < count; j++) {
			TRUE(!memcmp(iov[j].iov_base, content + at, iov[j].iov_len));
			at += iov[j].iov_len;
		}
		CHECK(at - off, n);
		rump_vfs_pages_put();
	}
	rump_vfs_pages_put();
	free(buf);
}

/* Pages that were given out stay what they were, though the file is gone. */
static void pages_stay(struct rump_file *file, struct rump_node *node, const char *content)
{
	struct rump_attr cut = { .valid = RUMP_SET_SIZE, .size = 0 };
	struct iovec iov[32];
	size_t at = 0;
	int count;

	CHECK(rump_vfs_read_pages(file, 65536, 4096, iov, 32, &count), 65536);
	CHECK(rump_vfs_setattr(node, &cut), 0);
	for (int i = 0; i < count; at += iov[i++].iov_len)
		TRUE(!memcmp(iov[i].iov_base, content + 4096 + at, iov[i].iov_len));
	CHECK(at, 65536);
	rump_vfs_pages_put();
	CHECK(rump_vfs_read_pages(file, 65536, 0, iov, 32, &count), 0);
	CHECK(count, 0);
}

static void reading_and_writing(void)
{
	char *content = pattern(SIZE, 1), buf[16];
	struct rump_node *node, *dir = dir_in(root, "d", 0755);
	struct rump_file *file, *append, *folder;
	struct iovec iov[4];
	struct statx stx;
	int count;

	CHECK(rump_vfs_create(root, "data", O_RDWR | O_EXCL, 0600, &node, &stx, &file), 0);
	CHECK(rump_vfs_write(file, content, SIZE, 0, 0), SIZE);
	CHECK(rump_vfs_write(file, content + 5000, 10000, 5000, 1), 10000);
	CHECK(rump_vfs_write(file, content, 0, 0, 0), 0);
	CHECK(rump_vfs_write(file, content, 1, -1, 0), -EINVAL);
	CHECK(rump_vfs_read(file, buf, 1, -1), -EINVAL);
	pages_are_the_content(file, content, SIZE);
	CHECK(rump_vfs_fsync(file, 0), 0);
	CHECK(rump_vfs_fsync(file, 1), 0);
	CHECK(rump_vfs_fsync_node(node, 1), 0);
	CHECK(rump_vfs_fsync_node(dir, 0), 0);
	/* a file that was opened to append is written where it is said */
	CHECK(rump_vfs_open(node, O_WRONLY | O_APPEND, &append), 0);
	memset(content + 100, 'A', 5);
	CHECK(rump_vfs_write(append, "AAAAA", 5, 100, 0), 5);
	CHECK(stat_of(node).stx_size, SIZE);
	rump_vfs_close(append);
	pages_are_the_content(file, content, SIZE);
	CHECK(rump_vfs_open(dir, O_RDONLY | O_DIRECTORY, &folder), 0);
	TRUE(rump_vfs_read(folder, buf, 1, 0) < 0);
	TRUE(rump_vfs_read_pages(folder, 1, 0, iov, 4, &count) < 0);
	CHECK(rump_vfs_fsync(folder, 0), 0);
	rump_vfs_close(folder);
	pages_stay(file, node, content);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	rump_vfs_release(dir, 1);
	CHECK(rump_vfs_unlink(root, "data"), 0);
	CHECK(rump_vfs_rmdir(root, "d"), 0);
	free(content);
}

static void holes(void)
{
	struct rump_node *node;
	struct rump_file *file;
	struct statx stx;
	char byte = 1;
	uint64_t block = 0;

	CHECK(rump_vfs_create(root, "holes", O_RDWR | O_EXCL, 0600, &node, &stx, &file), 0);
	CHECK(rump_vfs_write(file, "x", 1, 1 << 20, 0), 1);
	CHECK(rump_vfs_read(file, &byte, 1, 4096), 1);
	CHECK(byte, 0);
	CHECK(rump_vfs_lseek(file, 0, SEEK_SET), -EINVAL);
	CHECK(rump_vfs_lseek(file, 2 << 20, SEEK_DATA), -ENXIO);
	CHECK(rump_vfs_lseek(file, 0, SEEK_DATA), fat ? 0 : 1 << 20);
	CHECK(rump_vfs_lseek(file, 0, SEEK_HOLE), fat ? (1 << 20) + 1 : 0);
	CHECK(rump_vfs_fallocate(file, FALLOC_FL_KEEP_SIZE, 2 << 20, 65536), 0);
	CHECK(stat_of(node).stx_size, (1 << 20) + 1);
	if (!fat) {
		CHECK(rump_vfs_fallocate(file, 0, 1 << 20, 1 << 20), 0);
		CHECK(stat_of(node).stx_size, 2 << 20);
	}
	CHECK(rump_vfs_fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 20, 65536),
	      fat ? -EOPNOTSUPP : 0);
	if (!fat) {
		CHECK(rump_vfs_read(file, &byte, 1, 1 << 20), 1);
		CHECK(byte, 0);
	}
	CHECK(rump_vfs_fallocate(file, 0, 0, 0), -EINVAL);
	CHECK(rump_vfs_write(file, "y", 1, 3 << 20, 0), 1);
	CHECK(rump_vfs_fsync(file, 0), 0);
	if (is("btrfs")) {
		CHECK(rump_vfs_bmap(node, &block), -EINVAL);
	} else {
		block = (3 << 20) / stx.stx_blksize;
		if (fat)
			block = (3 << 20) / 512;
		CHECK(rump_vfs_bmap(node, &block), 0);
		TRUE(block > 0);
		block = fat ? 1 << 20 : 16;
		CHECK(rump_vfs_bmap(node, &block), 0);
		CHECK(block, 0);
	}
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "holes"), 0);
}

static void copying(void)
{
	char *content = pattern(300000, 3), *buf = malloc(300000);
	struct rump_node *a, *b;
	struct rump_file *in, *out;
	struct statx stx;

	TRUE(buf);
	CHECK(rump_vfs_create(root, "from", O_RDWR | O_EXCL, 0600, &a, &stx, &in), 0);
	CHECK(rump_vfs_create(root, "to", O_RDWR | O_EXCL, 0600, &b, &stx, &out), 0);
	CHECK(rump_vfs_write(in, content, 300000, 0, 0), 300000);
	for (long done = 0, n; done < 299000; done += n) {
		n = rump_vfs_copy(in, 1000 + done, out, done, 299000 - done, 0);
		TRUE(n > 0);
	}
	CHECK(rump_vfs_copy(in, 300000, out, 0, 100, 0), 0);
	CHECK(rump_vfs_copy(in, 0, out, 0, 100, 2), -EINVAL);
	CHECK(rump_vfs_read(out, buf, 300000, 0), 299000);
	CHECK(memcmp(buf, content + 1000, 299000), 0);
	rump_vfs_close(in);
	rump_vfs_close(out);
	rump_vfs_release(a, 1);
	rump_vfs_release(b, 1);
	CHECK(rump_vfs_unlink(root, "from"), 0);
	CHECK(rump_vfs_unlink(root, "to"), 0);
	free(content);
	free(buf);
}

static void ioctls(void)
{
	struct rump_node *node, *again;
	struct rump_file *file, *other;
	unsigned int get = fat ? FAT_IOCTL_GET_ATTRIBUTES : FS_IOC_GETFLAGS;
	unsigned int set = fat ? FAT_IOCTL_SET_ATTRIBUTES : FS_IOC_SETFLAGS;
	int flags = 0, with;
	struct statx stx;

	CHECK(rump_vfs_create(root, "flags", O_RDWR | O_EXCL, 0600, &node, &stx, &file), 0);
	CHECK(rump_vfs_ioctl(file, get, &flags), 0);
	with = flags | (fat ? ATTR_SYS : FS_APPEND_FL);
	CHECK(rump_vfs_ioctl(file, set, &with), 0);
	CHECK(rump_vfs_ioctl(file, get, &with), 0);
	TRUE(with & (fat ? ATTR_SYS : FS_APPEND_FL));
	if (!fat) {
		/* append-only: to be opened as such, and what has positions writes at the end */
		CHECK(rump_vfs_open(node, O_WRONLY, &other), -EPERM);
		CHECK(rump_vfs_open(node, O_WRONLY | O_APPEND | O_TRUNC, &other), -EPERM);
		CHECK(rump_vfs_create(root, "flags", O_WRONLY, 0600, &again, &stx, &other), -EPERM);
		CHECK(rump_vfs_open(node, O_WRONLY | O_APPEND, &other), 0);
		rump_vfs_close(other);
	}
	CHECK(rump_vfs_ioctl(file, set, &flags), 0);
	CHECK(rump_vfs_ioctl(file, _IOR('R', 99, int), &flags), -ENOTTY);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "flags"), 0);
}

/* ---- directories ---- */

static struct rump_node *crowd;

/* The number of f%05d, -1 for "." and "..". */
static int number_of(const struct dirent64 *d)
{
	if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..")) {
		CHECK(d->d_type, DT_DIR);
		return -1;
	}
	CHECK(d->d_type, DT_REG);
	TRUE(d->d_name[0] == 'f' && strlen(d->d_name) == 6);
	return atoi(d->d_name + 1);
}

/* All entries from a position on, each counted once; `step`: after so many by their d_off. */
static int count_from(int64_t off, size_t size, int step, unsigned char *seen)
{
	char *buf = malloc(size);
	int found = 0;
	long n;

	TRUE(buf);
	while ((n = rump_vfs_readdir(crowd, off, buf, size)) > 0) {
		int taken = 0;

		for (long at = 0; at < n && taken != step; taken++) {
			struct dirent64 *d = (void *)(buf + at);
			int i = number_of(d);

			if (i >= 0 && seen)
				CHECK(seen[i]++, 0);
			found += i >= 0;
			off = d->d_off;
			at += d->d_reclen;
		}
	}
	CHECK(n, 0);
	free(buf);
	return found;
}

/* Each with a rhythm of its own: they disturb each other's position, and not what they see. */
static void *reader(void *arg)
{
	static const size_t sizes[READERS] = { 512, 4096, 30000, 65536 };
	int who = (long)arg;
	unsigned char *seen;

	for (int round = 0; round < 3; round++) {
		seen = calloc(1, ENTRIES);
		TRUE(seen);
		CHECK(count_from(0, sizes[who], who == 2 ? 7 : -1, seen), ENTRIES);
		free(seen);
	}
	return NULL;
}

static void crowded_directory(void)
{
	struct rump_node *file = file_in(root, "plain", S_IFREG | 0644);
	pthread_t threads[READERS];
	char name[16], buf[4096];
	struct dirent64 *d = (void *)buf;
	int64_t middle = 0;
	int before = 0;

	CHECK(rump_vfs_readdir(file, 0, buf, sizeof(buf)), -ENOTDIR);
	rump_vfs_release(file, 1);
	crowd = dir_in(root, "crowd", 0755);
	for (int i = 0; i < ENTRIES; i++) {
		sprintf(name, "f%05d", i);
		rump_vfs_release(file_in(crowd, name, S_IFREG | 0644), 1);
	}
	CHECK(rump_vfs_readdir(crowd, 0, buf, 20), -EINVAL);
	for (long i = 0; i < READERS; i++)
		TRUE(!pthread_create(&threads[i], NULL, reader, (void *)i));
	for (int i = 0; i < READERS; i++)
		TRUE(!pthread_join(threads[i], NULL));
	/* a position is good for later, and what was removed meanwhile is not shown */
	for (int i = 0; i < 20; i++) {
		long n = rump_vfs_readdir(crowd, middle, buf, sizeof(buf));

		TRUE(n > 0);
		for (long at = 0; at < n; at += d->d_reclen) {
			d = (void *)(buf + at);
			before += number_of(d) >= 0;
			middle = d->d_off;
		}
	}
	CHECK(count_from(middle, 4096, -1, NULL), ENTRIES - before);
	CHECK(count_from(0, 4096, -1, NULL), ENTRIES);
	for (int i = 0; i < ENTRIES; i++) {
		sprintf(name, "f%05d", i);
		CHECK(rump_vfs_unlink(crowd, name), 0);
	}
	CHECK(count_from(0, 4096, -1, NULL), 0);
	/* what is made after the end was reached is seen from the start */
	rump_vfs_release(file_in(crowd, "f00007", S_IFREG | 0644), 1);
	CHECK(count_from(0, 4096, -1, NULL), 1);
	CHECK(rump_vfs_unlink(crowd, "f00007"), 0);
	CHECK(rump_vfs_rmdir(root, "crowd"), 0);
	CHECK(rump_vfs_readdir(crowd, 0, buf, sizeof(buf)) < 0, 1);
	rump_vfs_release(crowd, 1);
	CHECK(rump_vfs_unlink(root, "plain"), 0);
}

int main(int argc, char **argv)
{
	begin(argc, argv);
	opening();
	reading_and_writing();
	holes();
	copying();
	ioctls();
	crowded_directory();
	end();
	return 0;
}
