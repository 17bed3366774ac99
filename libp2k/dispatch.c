// SPDX-License-Identifier: GPL-2.0-or-later
/* From a request's number to its handler. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct operation {
	void (*run)(struct request *r);
	const char *name;
	size_t least;			/* bytes of argument before */
	unsigned int names;		/* each ended by a NUL */
	bool slow;			/* may take long, also without waiting */
	bool nodeless;			/* its header names no node */
};

static void destroy(struct request *r)
{
	p2k_reply_error(r, 0);
}

#define OP(number, fn, arg, names) [FUSE_##number] = { fn, #number, arg, names, false, false }
#define SLOW(number, fn, arg, names) [FUSE_##number] = { fn, #number, arg, names, true, false }
#define NODELESS(number, fn, arg) [FUSE_##number] = { fn, #number, arg, 0, false, true }
static const struct operation operations[] = {
	NODELESS(INIT, p2k_fuse_init, offsetof(struct fuse_init_in, flags2)),
	NODELESS(DESTROY, destroy, 0),
	OP(LOOKUP, p2k_lookup, 0, 1),
	OP(FORGET, p2k_forget, sizeof(struct fuse_forget_in), 0),
	NODELESS(BATCH_FORGET, p2k_batch_forget, sizeof(struct fuse_batch_forget_in)),
	OP(GETATTR, p2k_getattr, 0, 0),
	OP(STATX, p2k_statx, sizeof(struct fuse_statx_in), 0),
	SLOW(SETATTR, p2k_setattr, sizeof(struct fuse_setattr_in), 0),
	OP(READLINK, p2k_readlink, 0, 0),
	OP(SYMLINK, p2k_symlink, 0, 2),
	OP(MKNOD, p2k_mknod, sizeof(struct fuse_mknod_in), 1),
	OP(MKDIR, p2k_mkdir, sizeof(struct fuse_mkdir_in), 1),
	SLOW(UNLINK, p2k_unlink, 0, 1),
	OP(RMDIR, p2k_rmdir, 0, 1),
	SLOW(RENAME, p2k_rename, sizeof(struct fuse_rename_in), 2),
	SLOW(RENAME2, p2k_rename2, sizeof(struct fuse_rename2_in), 2),
	OP(LINK, p2k_link, sizeof(struct fuse_link_in), 1),
	OP(OPEN, p2k_open, sizeof(struct fuse_open_in), 0),
	OP(CREATE, p2k_create, sizeof(struct fuse_create_in), 1),
	SLOW(TMPFILE, p2k_tmpfile, sizeof(struct fuse_create_in), 0),
	OP(READ, p2k_read, sizeof(struct fuse_read_in), 0),
	OP(WRITE, p2k_write, sizeof(struct fuse_write_in), 0),
	OP(RELEASE, p2k_release, sizeof(struct fuse_release_in), 0),
	SLOW(FSYNC, p2k_fsync, sizeof(struct fuse_fsync_in), 0),
	OP(READDIR, p2k_readdir, sizeof(struct fuse_read_in), 0),
	SLOW(READDIRPLUS, p2k_readdirplus, sizeof(struct fuse_read_in), 0),
	SLOW(FSYNCDIR, p2k_fsyncdir, sizeof(struct fuse_fsync_in), 0),
	OP(STATFS, p2k_statfs, 0, 0),
	SLOW(SYNCFS, p2k_syncfs, 0, 0),
	OP(GETXATTR, p2k_getxattr, sizeof(struct fuse_getxattr_in), 1),
	OP(SETXATTR, p2k_setxattr, FUSE_COMPAT_SETXATTR_IN_SIZE, 0),
	OP(LISTXATTR, p2k_listxattr, sizeof(struct fuse_getxattr_in), 0),
	OP(REMOVEXATTR, p2k_removexattr, 0, 1),
	SLOW(IOCTL, p2k_ioctl, sizeof(struct fuse_ioctl_in), 0),
	SLOW(FALLOCATE, p2k_fallocate, sizeof(struct fuse_fallocate_in), 0),
	OP(LSEEK, p2k_lseek, sizeof(struct fuse_lseek_in), 0),
	SLOW(COPY_FILE_RANGE, p2k_copy, sizeof(struct fuse_copy_file_range_in), 0),
	OP(BMAP, p2k_bmap, sizeof(struct fuse_bmap_in), 0),
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

bool p2k_names_end(const char *names, size_t len, unsigned int count)
{
	const char *nul;

	for (; count; count--) {
		nul = len ? memchr(names, 0, len) : NULL;
		if (!nul)
			return false;
		len -= nul + 1 - names;
		names = nul + 1;
	}
	return true;
}

/* Handlers rely on this: what the operation's row says is there. */
static bool is_complete(const struct request *r, const struct operation *op)
{
	return (r->in->nodeid || op->nodeless) && r->len >= op->least &&
	       p2k_names_end((const char *)r->arg + op->least, r->len - op->least, op->names);
}

void p2k_dispatch(struct request *r)
{
	const struct operation *op = operation(r->in);

	if (r->p->args.flags & P2K_DEBUG && r->p->args.log)
		log_request(r);
	if (op && is_complete(r, op)) {
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
