// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on open files.  The host's handle of one is the kernel side's file itself. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* ---- handles ---- */

/* Takes the file over; NULL: no memory, it is closed. */
static struct p2k_file *add_file(struct p2k *p, struct rump_file *file)
{
	struct p2k_file *f = malloc(sizeof(*f));

	if (!f) {
		rump_vfs_close(file);
		return NULL;
	}
	f->file = file;
	pthread_mutex_lock(&p->files_lock);
	f->next = p->files;
	f->prev = &p->files;
	if (f->next)
		f->next->prev = &f->next;
	p->files = f;
	pthread_mutex_unlock(&p->files_lock);
	return f;
}

static void close_file(struct p2k *p, struct p2k_file *f)
{
	pthread_mutex_lock(&p->files_lock);
	*f->prev = f->next;
	if (f->next)
		f->next->prev = f->prev;
	pthread_mutex_unlock(&p->files_lock);
	rump_vfs_close(f->file);
	free(f);
}

void p2k_close_all(struct p2k *p)
{
	while (p->files)
		close_file(p, p->files);
}

/* ---- opening ---- */

/*
 * What the kernel side opens.  The host keeps positions, appends and O_DIRECT to itself, flushes
 * after synchronous writes, and reads around what it writes where it collects writes.
 */
static int open_flags(const struct p2k *p, uint32_t flags)
{
	int f = flags &
		~(O_DIRECT | O_SYNC | O_DSYNC | O_NONBLOCK | O_CREAT | O_NOFOLLOW | O_CLOEXEC);

	if (p->features & FUSE_WRITEBACK_CACHE && (f & O_ACCMODE) == O_WRONLY)
		f = (f & ~O_ACCMODE) | O_RDWR;
	return f;
}

static uint32_t suid_flag(uint32_t open_flags)
{
	return open_flags & FUSE_OPEN_KILL_SUIDGID ? 0 : RUMP_ID_FSETID;
}

/* Requests that do not say whether the caller may keep set-user-ID bits: root may. */
static uint32_t callers_suid_flag(const struct request *r)
{
	return r->in->uid ? 0 : RUMP_ID_FSETID;
}

static void fill_open(struct fuse_open_out *out, struct p2k_file *f)
{
	*out = (struct fuse_open_out){
		.fh = (uintptr_t)f,
		.open_flags = FOPEN_KEEP_CACHE | FOPEN_PARALLEL_DIRECT_WRITES,
	};
}

void p2k_open(struct request *r)
{
	const struct fuse_open_in *in = r->arg;
	struct fuse_open_out out;
	struct rump_file *file;
	struct p2k_file *f;
	int err;

	if (r->p->features & FUSE_NO_OPEN_SUPPORT) {
		p2k_reply_error(r, -ENOSYS);
		return;
	}
	err = p2k_act(r, 0, suid_flag(in->open_flags)) ?:
	      rump_vfs_open(p2k_target(r), open_flags(r->p, in->flags), &file);
	f = err ? NULL : add_file(r->p, file);
	if (!f) {
		p2k_reply_error(r, err ? err : -ENOMEM);
		return;
	}
	fill_open(&out, f);
	if (!p2k_reply(r, 0, &out, sizeof(out)))
		close_file(r->p, f);
}

static void reply_create(struct request *r, int err, struct rump_node *node,
			 const struct statx *stx, struct rump_file *file)
{
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} out;
	struct p2k_file *f = err ? NULL : add_file(r->p, file);

	if (!f) {
		if (!err)
			rump_vfs_release(node, 1);
		p2k_reply_error(r, err ? err : -ENOMEM);
		return;
	}
	p2k_fill_entry(r, &out.entry, node, stx);
	fill_open(&out.open, f);
	if (!p2k_reply(r, 0, &out, sizeof(out))) {
		close_file(r->p, f);
		rump_vfs_release(node, 1);
	}
}

void p2k_create(struct request *r)
{
	const struct fuse_create_in *in = r->arg;
	struct rump_node *node = NULL;
	struct rump_file *file = NULL;
	struct statx stx;
	int err = p2k_act(r, in->umask, suid_flag(in->open_flags)) ?:
			  rump_vfs_create(p2k_target(r), (const char *)(in + 1),
					  open_flags(r->p, in->flags), in->mode, &node, &stx,
					  &file);

	reply_create(r, err, node, &stx, file);
}

void p2k_tmpfile(struct request *r)
{
	const struct fuse_create_in *in = r->arg;
	struct rump_node *node = NULL;
	struct rump_file *file = NULL;
	struct statx stx;
	int err = p2k_act(r, in->umask, RUMP_ID_FSETID) ?:
			  rump_vfs_tmpfile(p2k_target(r), open_flags(r->p, in->flags), in->mode,
					   &node, &stx, &file);

	reply_create(r, err, node, &stx, file);
}

static uint64_t blocks(const struct request *r)
{
	struct statx stx;

	return rump_vfs_statx(p2k_target(r), STATX_BLOCKS, &stx) ? 0 : stx.stx_blocks;
}

/* File systems give back what they have allocated ahead of a growing file. */
static void close_written(struct request *r, struct p2k_file *f)
{
	uint64_t before = blocks(r);

	close_file(r->p, f);
	if (blocks(r) != before)
		p2k_forget_attr(r);
}

void p2k_release(struct request *r)
{
	const struct fuse_release_in *in = r->arg;
	struct p2k_file *f = (struct p2k_file *)(uintptr_t)in->fh;

	if (f && (in->flags & O_ACCMODE) != O_RDONLY)
		close_written(r, f);
	else if (f)
		close_file(r->p, f);
	p2k_reply_error(r, 0);
}

/* The answer is made of the page cache's own pages. */
void p2k_read(struct request *r)
{
	const struct fuse_read_in *in = r->arg;
	struct rump_file *file = p2k_file(in->fh), *own = NULL;
	int count = 0;
	long n = p2k_act(r, 0, RUMP_ID_FSETID);

	if (in->size > P2K_LARGE)
		p2k_need_reader(r->p);
	if (!n && !file) {
		n = rump_vfs_open(p2k_target(r), O_RDONLY, &own);
		file = own;
	}
	if (!n)
		n = rump_vfs_read_pages(file, in->size, in->offset, r->w->iov + 1,
					P2K_MAX_PAGES + 1, &count);
	if (n < 0) {
		p2k_reply_error(r, n);
	} else {
		p2k_reply_iov(r, r->w->iov, count + 1, n);
		rump_vfs_pages_put();
	}
	rump_vfs_close(own);
}

void p2k_write(struct request *r)
{
	const struct fuse_write_in *in = r->arg;
	struct fuse_write_out out = { 0 };
	struct rump_file *file = p2k_file(in->fh);
	bool cached = in->write_flags & FUSE_WRITE_CACHE;
	long n = !file || r->len - sizeof(*in) < in->size ? -EIO : 0;

	if (!n && !cached)
		n = p2k_act(r, 0, in->write_flags & FUSE_WRITE_KILL_SUIDGID ? 0 : RUMP_ID_FSETID);
	if (!n)
		n = rump_vfs_write(file, in + 1, in->size, in->offset, cached);
	out.size = n < 0 ? 0 : n;
	/* The host asks again after writes of its users only. */
	if (cached)
		p2k_forget_attr(r);
	p2k_reply(r, n < 0 ? n : 0, &out, sizeof(out));
}

void p2k_fsync(struct request *r)
{
	const struct fuse_fsync_in *in = r->arg;
	int datasync = !!(in->fsync_flags & FUSE_FSYNC_FDATASYNC);
	int err = in->fh ? rump_vfs_fsync(p2k_file(in->fh), datasync) :
			   rump_vfs_fsync_node(p2k_target(r), datasync);

	p2k_forget_attr(r);		/* blocks are allocated when they are written */
	p2k_reply_error(r, err);
}

void p2k_fallocate(struct request *r)
{
	const struct fuse_fallocate_in *in = r->arg;
	struct rump_file *file = p2k_file(in->fh);
	int err = !file ? -EIO : p2k_act(r, 0, callers_suid_flag(r)) ?:
		  rump_vfs_fallocate(file, in->mode, in->offset, in->length);

	/* One that failed may have got half way. */
	if (err)
		p2k_forget_attr(r);
	p2k_reply_error(r, err);
}

void p2k_lseek(struct request *r)
{
	const struct fuse_lseek_in *in = r->arg;
	struct rump_file *file = p2k_file(in->fh), *own = NULL;
	struct fuse_lseek_out out;
	int64_t n = file ? 0 : rump_vfs_open(p2k_target(r), O_RDONLY, &own);

	if (!n)
		n = rump_vfs_lseek(file ?: own, in->offset, in->whence);
	out.offset = n;
	p2k_reply(r, n < 0 ? n : 0, &out, sizeof(out));
	rump_vfs_close(own);
}

void p2k_copy(struct request *r)
{
	const struct fuse_copy_file_range_in *in = r->arg;
	size_t most = 1 << 30, len = in->len < most ? in->len : most;
	struct rump_file *from = p2k_file(in->fh_in), *to = p2k_file(in->fh_out);
	struct fuse_write_out out = { 0 };
	long n = !from || !to ? -EIO : p2k_act(r, 0, callers_suid_flag(r)) ?:
		 rump_vfs_copy(from, in->off_in, to, in->off_out, len, in->flags);

	out.size = n < 0 ? 0 : n;
	p2k_forget_attr(r);		/* of the source, which was read */
	p2k_reply(r, n < 0 ? n : 0, &out, sizeof(out));
}
