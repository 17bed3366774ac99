// SPDX-License-Identifier: GPL-2.0-or-later
/* A full file system (option -s): refused in time, and nothing is lost. */
#include <signal.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#include "suite.h"

#define K64 65536

static long long free_bytes(void)
{
	struct statvfs s;

	settle(&s);
	return (long long)s.f_bavail * s.f_frsize;
}

static void no_space(void)
{
	long long room = free_bytes(), taken;
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	taken = fill_up(fd, K64, 3 * room);
	shows("the refusal", "ENOSPC", "%s", refusal());
	shows("what fitted of what was free", "most", "%s",
	      taken * 10 >= room * 7 ? "most" : "little");
	call("fsync", "ok", fsync(fd));
	shows("data", "same", "%s", checked(fd, taken));
	shows("room is left", "little", "%s", free_bytes() * 5 <= room ? "little" : "much");
	call("close", "ok", close(fd));
	fd = must(open("f", O_RDWR));
	shows("data by another descriptor", "same", "%s", checked(fd, taken));
	call("unlink", "ok", unlink("f"));
	shut(fd);
	shows("room is back", "yes", "%s", free_bytes() * 10 >= room * 8 ? "yes" : "no");
	fd = must(open("g", O_CREAT | O_RDWR, 0644));
	call("write then", "10", write(fd, "0123456789", 10));
}

/* Who removes a large file and writes at once finds its space. */
static void no_space_unlinked(void)
{
	long long room = free_bytes(), taken = room / 2;

	for (int i = 0; i < 5 && taken >= room / 2; i++) {
		int fd = must(open("f", O_CREAT | O_RDWR, 0644));

		fill_up(fd, K64, 3 * room);
		must(fsync(fd));
		shut(fd);
		must(unlink("f"));
		fd = must(open("g", O_CREAT | O_RDWR, 0644));
		taken = fill_up(fd, K64, room / 2 + K64);
		shut(fd);
		must(unlink("g"));
		free_bytes();
	}
	shows("half of the room at once", NULL, "%s", taken >= room / 2 ? "taken" : refusal());
}

static void no_space_truncate(void)
{
	long long room = free_bytes();
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));

	fill_up(fd, K64, 3 * room);
	call("truncate", "ok", ftruncate(fd, 0));
	must(fsync(fd));
	shows("room is back", "yes", "%s", free_bytes() * 10 >= room * 8 ? "yes" : "no");
	shows("filled again", "most", "%s",
	      fill_up(fd, K64, room) * 10 >= room * 7 ? "most" : "little");
}

static void no_space_allocate(void)
{
	long long room = free_bytes();
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	struct stat st;

	call("fallocate of twice as much", "ENOSPC", fallocate(fd, 0, 0, 2 * room));
	must(fstat(fd, &st));
	shows("size", NULL, "%s", st.st_size == 0 ? "none" : st.st_size == 2 * room ? "all" :
	      "a part");
	must(ftruncate(fd, 0));
	call("fallocate of half", "ok", fallocate(fd, 0, 0, room / 2));
	call("a hole of more than there is", "ok", ftruncate(fd, 4 * room));
}

static volatile int bus;

static void on_bus(int sig)
{
	(void)sig;
	bus = 1;
	_exit(0);
}

/* Pages of a hole that are written through a mapping: SIGBUS where no block is left. */
static void no_space_mapping(void)
{
	long long room = free_bytes();
	int fd = must(open("hole", O_CREAT | O_RDWR, 0644));
	int filler = must(open("f", O_CREAT | O_RDWR, 0644));
	int *result = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(ftruncate(fd, room));
	must(fsync(fd));
	fill_up(filler, K64, 3 * room);
	fill_up(filler, 4096, 3 * room);
	if (child_as(NULL)) {
		char *p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		signal(SIGBUS, on_bus);
		*result = 1;
		for (long long at = 0; at < room; at += 4096)
			p[at] = 'x';
		*result = msync(p, room, MS_SYNC) ? 3 : 2;
		leave();
	}
	shows("a hole in a full file system", NULL, "%s", *result == 1 ? "SIGBUS" :
	      *result == 2 ? "written" : "refused by msync");
}

static void no_inodes(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644)), i;
	long long room = free_bytes();

	must(mkdir("d", 0755));
	fill_up(fd, K64, 3 * room);
	fill_up(fd, 512, 3 * room);
	for (i = 0; i < 2000000; i++) {
		errno = 0;
		if (mknod(text("d/%0200d", i), S_IFREG | 0644, 0))
			break;
	}
	shows("names end with", "ENOSPC", "%s", refusal());
	call("unlink in a full one", "ok", unlink("f"));
	shut(fd);
	free_bytes();
	opens_shut("create then", "ok", open("g", O_CREAT | O_WRONLY, 0644));
}

const struct part full_parts[] = {
	{"write", no_space, NEEDS_SMALL},
	{"unlinked", no_space_unlinked, NEEDS_SMALL},
	{"truncate", no_space_truncate, NEEDS_SMALL},
	{"allocate", no_space_allocate, NEEDS_SMALL},
	{"mapping", no_space_mapping, NEEDS_SMALL},
	{"names", no_inodes, NEEDS_SMALL},
	{0}
};
