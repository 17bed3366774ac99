// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The arena and the address ranges around it.  The arena is one memfd: a page of it can appear at
 * more than one address (vmap), and punching a hole gives its memory back to the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../internal.h"

/* mmap at a place that must be free. */
int rumpuser_map_new(void *base, unsigned long size, int prot, int flags, int fd)
{
	void *p = mmap(base, size, prot, flags | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, 0);

	if (p == MAP_FAILED)
		return errno;
	if (p != base) {	/* a kernel which does not know MAP_FIXED_NOREPLACE */
		munmap(p, size);
		return EEXIST;
	}
	return 0;
}

int rumpuser_map_over(void *va, unsigned long len, int prot, int flags, int fd,
		      unsigned long offset)
{
	void *p = mmap(va, len, prot, flags | MAP_NORESERVE | MAP_FIXED, fd, offset);

	return p == MAP_FAILED ? errno : 0;
}

int rumpuser_arena_create(void *base, unsigned long size)
{
	KEEP_ERRNO;
	int err, fd;

	if (rumpuser_arena_fd >= 0)
		return EEXIST;
	fd = memfd_create("rump-arena", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return errno;
	err = ftruncate(fd, size) ? errno : 0;
	if (!err)
		err = rumpuser_map_new(base, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	if (err) {
		close(fd);
		return err;
	}
	/* A forked child would share the arena with us; huge pages raise an idle process's size. */
	madvise(base, size, MADV_DONTFORK);
	madvise(base, size, MADV_DONTDUMP);
	if (rumpuser_param_true("RUMP_HUGEPAGES"))
		madvise(base, size, MADV_HUGEPAGE);
	/* Its size never changes: who would change it wants more memory than is allowed. */
	fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
	rumpuser_arena_fd = fd;
	return 0;
}

void rumpuser_prefault(void *base, unsigned long len)
{
	KEEP_ERRNO;
	madvise(base, len, MADV_POPULATE_WRITE);
}

int rumpuser_arena_discard(unsigned long offset, unsigned long len)
{
	KEEP_ERRNO;
	if (fallocate(rumpuser_arena_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, len))
		return errno;
	return 0;
}

void *rumpuser_sparse(unsigned long size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, size, MADV_NOHUGEPAGE);	/* it would have memory where nothing was touched */
	return p;
}
