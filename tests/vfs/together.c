// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * together TYPE IMAGE SEED: eight threads in two directories, on names that they all use.  Nobody
 * knows who wins, but each answer is one of those that are possible, and in the end every name
 * leads to a file whose content says that it is whole.
 */
#include <dirent.h>
#include <pthread.h>

#include "vfstest.h"

#define THREADS	8
#define NAMES	24
#define ROUNDS	4000
#define BYTES	20000

static struct rump_node *dirs[2];
static unsigned int first_seed;

static bool one_of(long res, int a, int b, int c)
{
	return res >= 0 || res == a || res == b || res == c;
}

static unsigned int next(unsigned int *seed)
{
	return (*seed = *seed * 1103515245 + 12345) >> 8;
}

/* A file is written once, before it gets its name or after: bytes of one value. */
static void fill(struct rump_file *file, int value)
{
	char buf[BYTES];

	memset(buf, value, sizeof(buf));
	CHECK(rump_vfs_write(file, buf, sizeof(buf), 0, 0), sizeof(buf));
}

static void make(struct rump_node *dir, const char *name, int value)
{
	struct rump_node *node;
	struct rump_file *file;
	struct statx stx;
	int res = rump_vfs_create(dir, name, O_RDWR | O_EXCL, 0644, &node, &stx, &file);

	TRUE(one_of(res, -EEXIST, 0, 0));
	if (res < 0)
		return;
	fill(file, value);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
}

/* All bytes are the same, as far as there are any: its writer may be at work. */
static void look(struct rump_node *dir, const char *name)
{
	struct rump_node *node, *again;
	struct rump_file *file;
	struct iovec iov[16];
	struct statx stx;
	int res = rump_vfs_lookup(dir, name, &node, &stx), count;
	long n;

	TRUE(one_of(res, -ENOENT, 0, 0));
	if (res < 0)
		return;
	/* while it is referred to it is found as itself or not at all */
	res = rump_vfs_lookup(dir, name, &again, NULL);
	if (res >= 0) {
		TRUE((again == node) == (stat_of(again).stx_ino == stx.stx_ino));
		rump_vfs_release(again, 1);
	}
	CHECK(rump_vfs_open(node, O_RDONLY, &file), 0);
	n = rump_vfs_read_pages(file, BYTES, 0, iov, 16, &count);
	TRUE(n >= 0 && n <= BYTES);
	for (int i = 0; i < count; i++)
		for (size_t j = 0; j < iov[i].iov_len; j++)
			TRUE(((char *)iov[i].iov_base)[j] == *(char *)iov[0].iov_base);
	rump_vfs_pages_put();
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
}

static void list(struct rump_node *dir)
{
	char buf[700];
	int64_t off = 0;
	long n;

	while ((n = rump_vfs_readdir(dir, off, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n; at += ((struct dirent64 *)(buf + at))->d_reclen)
			off = ((struct dirent64 *)(buf + at))->d_off;
	CHECK(n, 0);
}

static void link_or_rename(struct rump_node *dir, const char *name, struct rump_node *to,
			   const char *newname, unsigned int how)
{
	struct rump_node *node;

	switch (how % 4) {
	case 0:
		TRUE(one_of(rump_vfs_rename(dir, name, to, newname, 0), -ENOENT, 0, 0));
		break;
	case 1:
		TRUE(one_of(rump_vfs_rename(dir, name, to, newname, RENAME_EXCHANGE),
			    -ENOENT, 0, 0));
		break;
	case 2:
		TRUE(one_of(rump_vfs_rename(dir, name, to, newname, RENAME_NOREPLACE),
			    -ENOENT, -EEXIST, 0));
		break;
	default:
		if (fat || rump_vfs_lookup(dir, name, &node, NULL) < 0)
			break;
		TRUE(one_of(rump_vfs_link(node, to, newname, NULL), -EEXIST, -ENOENT, 0));
		rump_vfs_release(node, 1);
	}
}

static void *work(void *arg)
{
	unsigned int seed = first_seed + (long)arg;
	char name[16], other[16];

	/* each as somebody else */
	act(1000 + (long)arg, 1000, 0, RUMP_ID_TRUSTED);
	for (int i = 0; i < ROUNDS; i++) {
		struct rump_node *dir = dirs[next(&seed) % 2], *to = dirs[next(&seed) % 2];

		sprintf(name, "n%u", next(&seed) % NAMES);
		sprintf(other, "n%u", next(&seed) % NAMES);
		switch (next(&seed) % 8) {
		case 0:
		case 1:
			make(dir, name, next(&seed));
			break;
		case 2:
			TRUE(one_of(rump_vfs_unlink(dir, name), -ENOENT, 0, 0));
			break;
		case 3:
		case 4:
			link_or_rename(dir, name, to, other, next(&seed));
			break;
		case 5:
			list(dir);
			break;
		default:
			look(dir, name);
		}
	}
	return NULL;
}

/* Every name is a whole file, and the names of a file are as many as it says. */
static void all_is_whole(void)
{
	struct rump_node *found[2 * NAMES];
	char name[16], buf[BYTES + 1];
	struct rump_file *file;
	int n = 0;

	for (int d = 0; d < 2; d++)
		for (int i = 0; i < NAMES; i++) {
			sprintf(name, "n%d", i);
			n += rump_vfs_lookup(dirs[d], name, &found[n], NULL) >= 0;
		}
	for (int i = 0; i < n; i++) {
		unsigned int names = 0;

		for (int j = 0; j < n; j++)
			names += found[j] == found[i];
		CHECK(stat_of(found[i]).stx_nlink, names);
		CHECK(rump_vfs_open(found[i], O_RDONLY, &file), 0);
		CHECK(rump_vfs_read(file, buf, sizeof(buf), 0), BYTES);
		for (int j = 1; j < BYTES; j++)
			TRUE(buf[j] == buf[0]);
		rump_vfs_close(file);
	}
	for (int i = 0; i < n; i++)
		rump_vfs_release(found[i], 1);
	TRUE(n > 0);
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];

	TRUE(argc == 4);
	first_seed = atoi(argv[3]);
	begin(argc - 1, argv);
	dirs[0] = dir_in(root, "one", 0777);
	dirs[1] = dir_in(root, "two", 0777);
	for (long i = 0; i < THREADS; i++)
		TRUE(!pthread_create(&threads[i], NULL, work, (void *)i));
	for (int i = 0; i < THREADS; i++)
		TRUE(!pthread_join(threads[i], NULL));
	all_is_whole();
	rump_vfs_release(dirs[0], 1);
	rump_vfs_release(dirs[1], 1);
	end();
	return 0;
}
