// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The arena and the address ranges around it.  The arena is one shared memory object without a
 * name: a page of it can appear at more than one address (vmap).  POSIX has no way to give a part
 * of an object back, so what the arena has taken stays its own until the process ends.
 *
 * An object has its memory from a place that may be smaller than the host's memory (/dev/shm): what
 * does not fit there is a SIGBUS, so the size of that place is a limit of rumpuser_memsize.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../internal.h"

#define NAMES 1000	/* of objects which others have made are passed over */

static int shared_object(void)
{
	char name[64];
	int fd = -1, i;

	for (i = 0; i < NAMES && fd < 0; i++) {
		snprintf(name, sizeof(name), "/rump-arena-%ld-%d", (long)getpid(), i);
		fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd >= 0)
			shm_unlink(name);
		else if (errno != EEXIST)
			break;
	}
	return fd;
}

/* mmap at a place that must be free: without MAP_FIXED the host takes another one if it is not. */
int rumpuser_map_new(void *base, unsigned long size, int prot, int flags, int fd)
{
	void *p = mmap(base, size, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		return errno;
	if (p != base) {
		munmap(p, size);
		return EEXIST;
	}
	return 0;
}

int rumpuser_map_over(void *va, unsigned long len, int prot, int flags, int fd,
		      unsigned long offset)
{
	return mmap(va, len, prot, flags | MAP_FIXED, fd, offset) == MAP_FAILED ? errno : 0;
}

int rumpuser_arena_create(void *base, unsigned long size)
{
	KEEP_ERRNO;
	int err, fd;

	if (rumpuser_arena_fd >= 0)
		return EEXIST;
	fd = shared_object();
	if (fd < 0)
		return errno;
	err = ftruncate(fd, size) ? errno : 0;
	if (!err)
		err = rumpuser_map_new(base, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	if (err) {
		close(fd);
		return err;
	}
	rumpuser_arena_fd = fd;
	return 0;
}

void rumpuser_prefault(void *base, unsigned long len)
{
	KEEP_ERRNO;
	posix_madvise(base, len, POSIX_MADV_WILLNEED);
}

int rumpuser_arena_discard(unsigned long offset, unsigned long len)
{
	(void)offset;
	(void)len;
	return EOPNOTSUPP;
}

void *rumpuser_sparse(unsigned long size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Room for shared memory objects; no limit where the host names none. */
static unsigned long long shared_room(void)
{
	unsigned long long room = ~0ULL;
	int fd = shared_object();
	struct statvfs st;

	if (fd < 0)
		return room;
	if (!fstatvfs(fd, &st) && st.f_blocks)
		room = (unsigned long long)st.f_bavail * st.f_frsize;
	close(fd);
	return room;
}

unsigned long long rumpuser_memsize(void)
{
	KEEP_ERRNO;
	unsigned long long room = shared_room(),
			   size = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
				  sysconf(_SC_PAGESIZE);

	return room < size ? room : size;
}
