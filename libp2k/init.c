// SPDX-License-Identifier: GPL-2.0-or-later
/* FUSE_INIT: what this server and the host's FUSE can both do. */
#include <errno.h>
#include <string.h>

#include "internal.h"

/*
 * Wanted always.  Locks stay with the host: it is the only user.  Directories are not opened, and
 * what was read of them is kept; permissions and ACLs are checked by the host, which has the
 * callers' groups.
 */
static const uint64_t wanted =
	FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_DONT_MASK | FUSE_HAS_IOCTL_DIR |
	FUSE_DO_READDIRPLUS | FUSE_READDIRPLUS_AUTO | FUSE_PARALLEL_DIROPS |
	FUSE_POSIX_ACL | FUSE_MAX_PAGES | FUSE_CACHE_SYMLINKS | FUSE_NO_OPENDIR_SUPPORT |
	FUSE_EXPLICIT_INVAL_DATA | FUSE_SUBMOUNTS | FUSE_HANDLE_KILLPRIV_V2 | FUSE_SETXATTR_EXT |
	FUSE_INIT_EXT | FUSE_ATOMIC_O_TRUNC | FUSE_DIRECT_IO_ALLOW_MMAP | FUSE_EXPORT_SUPPORT;

void p2k_fuse_init(struct request *r)
{
	const struct fuse_init_in *in = r->arg;
	struct p2k *p = r->p;
	struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION,
				     .minor = FUSE_KERNEL_MINOR_VERSION };
	uint64_t offered = in->flags;

	if (in->major > FUSE_KERNEL_VERSION) {		/* it will ask again */
		p2k_reply(r, 0, &out, sizeof(out));
		return;
	}
	/* The oldest with statx-free attributes of today's size, and flags beyond 32 bits. */
	if (in->major < FUSE_KERNEL_VERSION || in->minor < 31) {
		p2k_reply_error(r, -EPROTO);
		return;
	}
	if (offered & FUSE_INIT_EXT && r->len >= sizeof(*in))
		offered |= (uint64_t)in->flags2 << 32;
	p->features = wanted;
	/*
	 * Asynchronous direct I/O only where nothing is written: the host drops what it has cached
	 * before such a write and not again when the write is done, so what another process has
	 * read in between would stay.
	 */
	if (p->args.flags & P2K_RDONLY)
		p->features |= FUSE_NO_OPEN_SUPPORT | FUSE_ASYNC_DIO;
	else if (p->args.flags & P2K_WRITEBACK)
		p->features |= FUSE_WRITEBACK_CACHE;
	if (!p->acls)
		p->features &= ~FUSE_POSIX_ACL;
	p->features &= offered;
	out.flags = p->features;
	out.flags2 = p->features >> 32;
	out.max_readahead = in->max_readahead;
	out.max_background = 64;
	out.congestion_threshold = 48;
	out.max_write = p->features & FUSE_MAX_PAGES ? P2K_MAX_WRITE : 32 * P2K_PAGE;
	out.max_pages = P2K_MAX_PAGES;
	out.time_gran = 1;
	p2k_reply(r, 0, &out, sizeof(out));
}
