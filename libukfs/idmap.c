// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uid= and gid= for file systems that store owners: the kernel's idmapped mounts.  A user namespace
 * holds the map.  What is mapped nowhere
 * else keeps its number.
 */
#include <linux/types.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "internal.h"

#define RANGES_MAX 64			/* of uid= and of gid= */
#define ID_END 0xffffffffULL		/* the last number is no id */

/* As linux/mount.h has them, which does not go together with every sys/mount.h. */
#define TREE_CLONE 1
#define MOVE_EMPTY_PATH 4
#define ATTR_IDMAP 0x100000
struct attr {
	__u64 set, clear, propagation, userns;
};

struct range {
	uint64_t image, seen, count;	/* ids in the image, ids as they are seen */
};

struct map {
	struct range range[RANGES_MAX + 1];
	int n;
};

/* uid=SEEN: the root directory's owner and SEEN change places; uid=IMAGE:SEEN[:COUNT]: a range. */
static int add_ranges(struct map *map, const char *word, uint64_t root)
{
	unsigned long long v[3];
	int end = 0,
	    n = sscanf(word, "%llu%n:%llu%n:%llu%n", &v[0], &end, &v[1], &end, &v[2], &end);
	struct range *r = &map->range[map->n];

	if (n < 1 || (size_t)end != strlen(word) || word[0] == '-' || map->n + 2 > RANGES_MAX)
		return -EINVAL;
	if (n > 1) {
		*r = (struct range){ v[0], v[1], n == 3 ? v[2] : 1 };
		map->n++;
	} else if (v[0] == root) {
		return root < ID_END ? 0 : -EINVAL;
	} else {
		r[0] = (struct range){ root, v[0], 1 };
		r[1] = (struct range){ v[0], root, 1 };
		map->n += 2;
	}
	return !r->count || r->image >= ID_END || r->seen >= ID_END ||
	       r->count > ID_END - r->image ||
	       r->count > ID_END - r->seen ? -EINVAL : 0;
}

/* The first id from `id` on that no range touches, and how many there are. */
static uint64_t untouched(const struct map *map, uint64_t id, uint64_t *count)
{
	uint64_t end = ID_END;

	for (int i = 0; i < 2 * map->n; i++) {
		const struct range *r = &map->range[i / 2];
		uint64_t start = i & 1 ? r->seen : r->image;

		if (id >= start && id < start + r->count) {
			id = start + r->count;
			i = -1;		/* what was passed may touch the new one */
		}
	}
	for (int i = 0; i < 2 * map->n; i++) {
		uint64_t start = i & 1 ? map->range[i / 2].seen : map->range[i / 2].image;

		if (start > id && start < end)
			end = start;
	}
	*count = end - id;
	return id;
}

/* Lines of /proc/PID/uid_map. */
static void format(const struct map *map, char *text, size_t size)
{
	uint64_t count;
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < map->n && len < size; i++)
		len += snprintf(text + len, size - len, "%llu %llu %llu\n",
				(unsigned long long)map->range[i].image,
				(unsigned long long)map->range[i].seen,
				(unsigned long long)map->range[i].count);
	for (uint64_t id = 0; len < size; id += count) {
		id = untouched(map, id, &count);
		if (id >= ID_END)
			break;
		len += snprintf(text + len, size - len, "%llu %llu %llu\n", (unsigned long long)id,
				(unsigned long long)id, (unsigned long long)count);
	}
}

static int write_map(int pid, const char *name, const struct map *map)
{
	char path[64], text[4096];
	int fd, res;

	format(map, text, sizeof(text));
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = rump_sys_openat(AT_FDCWD, path, O_WRONLY, 0);
	if (fd < 0)
		return fd;
	res = rump_sys_write(fd, text, strlen(text));
	rump_sys_close(fd);
	return res < 0 ? res : 0;
}

/* A namespace is its makers' own: a thread makes it,
 * and lives until somebody else has a descriptor. */
struct maker {
	pthread_barrier_t made, opened;
	int pid;
};

static void *make_namespace(void *arg)
{
	struct maker *m = arg;

	m->pid = rump_userns_enter();
	pthread_barrier_wait(&m->made);
	pthread_barrier_wait(&m->opened);
	return NULL;
}

static int open_namespace(int pid, const struct map *uids, const struct map *gids)
{
	char path[64];
	int res = write_map(pid, "uid_map", uids);

	if (res >= 0)
		res = write_map(pid, "gid_map", gids);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	return res < 0 ? res : rump_sys_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
}

/* A descriptor of a user namespace with these maps; /proc is mounted. */
static int namespace(const struct map *uids, const struct map *gids)
{
	struct maker m;
	pthread_t thread;
	int res;

	pthread_barrier_init(&m.made, NULL, 2);
	pthread_barrier_init(&m.opened, NULL, 2);
	res = -pthread_create(&thread, NULL, make_namespace, &m);
	if (!res) {
		pthread_barrier_wait(&m.made);
		res = m.pid < 0 ? m.pid : open_namespace(m.pid, uids, gids);
		pthread_barrier_wait(&m.opened);
		pthread_join(thread, NULL);
	}
	pthread_barrier_destroy(&m.made);
	pthread_barrier_destroy(&m.opened);
	return res;
}

/* Replace the mount by one that has the maps. */
static int remount(const char *where, int userns)
{
	struct attr attr = { .set = ATTR_IDMAP, .userns = userns };
	int res, tree = rump_sys_open_tree(AT_FDCWD, where, TREE_CLONE | O_CLOEXEC);

	if (tree < 0)
		return tree;
	res = rump_sys_mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr));
	if (res >= 0)
		res = rump_sys_umount2(where, 0);
	if (res >= 0)
		res = rump_sys_move_mount(tree, "", AT_FDCWD, where, MOVE_EMPTY_PATH);
	rump_sys_close(tree);
	return res;
}

int ukfsi_idmap(const char *mountpoint, const char *owners)
{
	struct map uids = { .n = 0 }, gids = { .n = 0 };
	struct stat st;
	char *list = strdup(owners), *save, *word;
	int userns, res = list ? rump_sys_newfstatat(AT_FDCWD, mountpoint, &st, 0) : -ENOMEM;

	for (word = list ? strtok_r(list, ",", &save) : NULL; word && res >= 0;
	     word = strtok_r(NULL, ",", &save))
		res = word[0] == 'u' ? add_ranges(&uids, word + 4, st.st_uid) :
				       add_ranges(&gids, word + 4, st.st_gid);
	free(list);
	if (res < 0 || (!uids.n && !gids.n))
		return res;
	rump_sys_mkdirat(AT_FDCWD, "/proc", 0555);
	res = rump_sys_mount("proc", "/proc", "proc", 0, NULL);
	if (res < 0)
		return res;
	userns = res = namespace(&uids, &gids);
	if (userns >= 0) {
		res = remount(mountpoint, userns);
		rump_sys_close(userns);
	}
	rump_sys_umount2("/proc", MNT_DETACH);
	return res;
}

bool ukfsi_owner_option(const char *word, size_t len)
{
	return len > 4 && (strncmp(word, "uid=", 4) == 0 || strncmp(word, "gid=", 4) == 0);
}

/* The ids that the root directory would have if the
 * file system had taken the options for itself. */
bool ukfsi_owners_taken(const char *mountpoint, const char *owners)
{
	struct stat st;
	char *list = strdup(owners), *save, *word;
	bool taken = list && rump_sys_newfstatat(AT_FDCWD, mountpoint, &st, 0) >= 0;

	for (word = list ? strtok_r(list, ",", &save) : NULL; word;
	     word = strtok_r(NULL, ",", &save))
		taken = taken && !strchr(word, ':') &&
			strtoull(word + 4, NULL, 10) == (word[0] == 'u' ? st.st_uid : st.st_gid);
	free(list);
	return taken;
}
