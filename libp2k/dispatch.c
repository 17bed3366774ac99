// SPDX-License-Identifier: GPL-2.0-or-later
/* From a request's number to its handler. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "internal.h"

struct operation {
	void (*run)(struct request *r);
	const char *name;
	size_t least;			/* bytes of argument */
	bool slow;			/* may take long, also without waiting */
};

static void destroy(struct request *r)
{
	p2k_reply_error(r, 0);
}

#define OP(number, fn, arg) [FUSE_##number] = { fn, #number, arg, false }
#define SLOW(number, fn, arg) [FUSE_##number] = { fn, #number, arg, true }
static const struct operation operations[] = {
	OP(INIT, p2k_fuse_init, offsetof(struct fuse_init_in, flags2)),
	OP(DESTROY, destroy, 0),
	OP(LOOKUP, p2k_lookup, 1),
	OP(FORGET, p2k_forget, sizeof(struct fuse_forget_in)),
	OP(BATCH_FORGET, p2k_batch_forget, sizeof(struct fuse_batch_forget_in)),
	OP(GETATTR, p2k_getattr, 0),
	OP(STATX, p2k_statx, sizeof(struct fuse_statx_in)),
	SLOW(SETATTR, p2k_setattr, sizeof(struct fuse_setattr_in)),
	OP(READLINK, p2k_readlink, 0),
	OP(SYMLINK, p2k_symlink, 2),
	OP(MKNOD, p2k_mknod, sizeof(struct fuse_mknod_in) + 1),
	OP(MKDIR, p2k_mkdir, sizeof(struct fuse_mkdir_in) + 1),
	SLOW(UNLINK, p2k_unlink, 1),
	OP(RMDIR, p2k_rmdir, 1),
	SLOW(RENAME, p2k_rename, sizeof(struct fuse_rename_in) + 2),
	SLOW(RENAME2, p2k_rename2, sizeof(struct fuse_rename2_in) + 2),
	OP(LINK, p2k_link, sizeof(struct fuse_link_in) + 1),
	OP(OPEN, p2k_open, sizeof(struct fuse_open_in)),
	OP(CREATE, p2k_create, sizeof(struct fuse_create_in) + 1),
	SLOW(TMPFILE, p2k_tmpfile, sizeof(struct fuse_create_in)),
	OP(READ, p2k_read, sizeof(struct fuse_read_in)),
	OP(WRITE, p2k_write, sizeof(struct fuse_write_in)),
	OP(RELEASE, p2k_release, sizeof(struct fuse_release_in)),
	SLOW(FSYNC, p2k_fsync, sizeof(struct fuse_fsync_in)),
	OP(READDIR, p2k_readdir, sizeof(struct fuse_read_in)),
	SLOW(READDIRPLUS, p2k_readdirplus, sizeof(struct fuse_read_in)),
	SLOW(FSYNCDIR, p2k_fsyncdir, sizeof(struct fuse_fsync_in)),
	OP(STATFS, p2k_statfs, 0),
	SLOW(SYNCFS, p2k_syncfs, 0),
	OP(GETXATTR, p2k_getxattr, sizeof(struct fuse_getxattr_in) + 1),
	OP(SETXATTR, p2k_setxattr, FUSE_COMPAT_SETXATTR_IN_SIZE + 2),
	OP(LISTXATTR, p2k_listxattr, sizeof(struct fuse_getxattr_in)),
	OP(REMOVEXATTR, p2k_removexattr, 1),
	SLOW(IOCTL, p2k_ioctl, sizeof(struct fuse_ioctl_in)),
	SLOW(FALLOCATE, p2k_fallocate, sizeof(struct fuse_fallocate_in)),
	OP(LSEEK, p2k_lseek, sizeof(struct fuse_lseek_in)),
	SLOW(COPY_FILE_RANGE, p2k_copy, sizeof(struct fuse_copy_file_range_in)),
	OP(BMAP, p2k_bmap, sizeof(struct fuse_bmap_in)),
};

static const struct operation *operation(const struct fuse_in_header *in)
{
	const struct operation *op = NULL;

	if (in->opcode < sizeof(operations) / sizeof(operations[0]))
		op = &operations[in->opcode];
	return op && op->run ? op : NULL;
}

const char *p2k_request_name(const void *header)
{
	const struct operation *op = operation(header);

	return op ? op->name : "unknown";
}

static void log_request(struct request *r)
{
	char line[160];

	snprintf(line, sizeof(line), "%llu %s node %llx uid %u gid %u pid %u, %zu bytes",
		 (unsigned long long)r->in->unique, p2k_request_name(r->in),
		 (unsigned long long)r->in->nodeid, r->in->uid, r->in->gid, r->in->pid, r->len);
	r->p->args.log(line);
}

void p2k_dispatch(struct request *r)
{
	const struct operation *op = operation(r->in);

	if (r->p->args.flags & P2K_DEBUG && r->p->args.log)
		log_request(r);
	if (op && r->len >= op->least) {
		if (op->slow || r->len > P2K_LARGE)
			p2k_need_reader(r->p);
		do {
			r->again = false;
			op->run(r);
		} while (r->again);
	} else if (op) {
		p2k_reply_error(r, -EIO);
	} else {	/* opening directories, flushing at close, interrupts:
			   the host does without */
		p2k_reply_error(r, -ENOSYS);
	}
}
