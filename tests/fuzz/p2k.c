// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The requests of a confused host: any request of any length with any argument, on a kernel side
 * that answers at random.  A host's pointers are the server's own: the harness fills those in,
 * or 0.
 *
 * Input: feature flags of INIT (4 bytes); then OPCODE NODE LENGTH ARGUMENT for each request, and
 * what the kernel side answers from is the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "lib/vfs.h"

/* Requests whose argument has handles of open files, and where. */
static const struct { uint32_t opcode; size_t at; } handles[] = {
	{ FUSE_READ, offsetof(struct fuse_read_in, fh) },
	{ FUSE_WRITE, offsetof(struct fuse_write_in, fh) },
	{ FUSE_FSYNC, offsetof(struct fuse_fsync_in, fh) },
	{ FUSE_RELEASE, offsetof(struct fuse_release_in, fh) },
	{ FUSE_IOCTL, offsetof(struct fuse_ioctl_in, fh) },
	{ FUSE_FALLOCATE, offsetof(struct fuse_fallocate_in, fh) },
	{ FUSE_LSEEK, offsetof(struct fuse_lseek_in, fh) },
	{ FUSE_COPY_FILE_RANGE, offsetof(struct fuse_copy_file_range_in, fh_in) },
	{ FUSE_COPY_FILE_RANGE, offsetof(struct fuse_copy_file_range_in, fh_out) },
};
/* The same of nodes. */
static const struct { uint32_t opcode; size_t at; } nodes[] = {
	{ FUSE_RENAME, offsetof(struct fuse_rename_in, newdir) },
	{ FUSE_RENAME2, offsetof(struct fuse_rename2_in, newdir) },
	{ FUSE_LINK, offsetof(struct fuse_link_in, oldnodeid) },
	{ FUSE_BATCH_FORGET, sizeof(struct fuse_batch_forget_in) },
	{ FUSE_BATCH_FORGET, sizeof(struct fuse_batch_forget_in) + sizeof(struct fuse_forget_one) },
};

static struct p2k *p;
static uint64_t unique;
static int answers;

/* Each answer is of the length that it says, and has an error that the host understands. */
ssize_t __wrap_writev(int fd, const struct iovec *iov, int n);
ssize_t __wrap_writev(int fd, const struct iovec *iov, int n)
{
	const struct fuse_out_header *out = iov[0].iov_base;
	size_t len = 0;

	(void)fd;
	for (int i = 0; i < n; i++)
		len += iov[i].iov_len;
	if (out->len != len || len > P2K_BUFFER + sizeof(*out))
		abort();
	if (!out->unique)		/* a notification */
		return len;
	if (out->unique != unique || out->error > 0 || out->error < -1000)
		abort();
	answers++;
	return len;
}

static uint64_t node_id(unsigned int n)
{
	return n % 5 == 4 ? 0 : n % 5 == 3 ? FUSE_ROOT_ID : (uintptr_t)vfs_node(n % 5);
}

static void put(char *arg, size_t len, size_t at, uint64_t value)
{
	if (len >= at + sizeof(value))
		memcpy(arg + at, &value, sizeof(value));
}

/* What is a pointer to the host becomes one. */
static void fill_in(uint32_t opcode, char *arg, size_t len)
{
	for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		if (handles[i].opcode == opcode && len > handles[i].at)
			put(arg, len, handles[i].at,
			    arg[handles[i].at] & 1 ? (uintptr_t)p->files : 0);
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if (nodes[i].opcode == opcode && len > nodes[i].at)
			put(arg, len, nodes[i].at, node_id((uint8_t)arg[nodes[i].at]));
}

/* BATCH_FORGET of more than is filled in would have the host's own numbers. */
static bool is_too_much(uint32_t opcode, size_t len)
{
	const size_t most = sizeof(struct fuse_batch_forget_in) +
			    2 * sizeof(struct fuse_forget_one);

	return opcode == FUSE_BATCH_FORGET && len > most;
}

static void request(struct worker *w, uint32_t opcode, unsigned int node, const uint8_t *arg,
		    size_t len)
{
	struct fuse_in_header in = { .len = sizeof(in) + len, .opcode = opcode,
				     .nodeid = node_id(node) };
	struct request r = { .p = p, .w = w, .len = len };
	bool silent = opcode == FUSE_FORGET || opcode == FUSE_BATCH_FORGET;

	in.unique = ++unique;
	w->in = malloc(sizeof(in) + len + 1);
	memcpy(w->in, &in, sizeof(in));
	memcpy(w->in + sizeof(in), arg, len);
	w->in[sizeof(in) + len] = 0;
	r.in = (void *)w->in;
	r.arg = w->in + sizeof(in);
	fill_in(opcode, w->in + sizeof(in), len);
	answers = 0;
	if (!is_too_much(opcode, len))
		p2k_dispatch(&r);
	else
		answers = !silent;
	if (answers > 1 || (!answers && !silent))
		abort();
	free(w->in);
}

static void init(struct worker *w, uint32_t features)
{
	struct fuse_init_in in = { .major = FUSE_KERNEL_VERSION, .minor = 40,
				   .flags = features | FUSE_INIT_EXT };

	request(w, FUSE_INIT, 0, (void *)&in, sizeof(in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct p2k_args args = { .fd = -1, .threads = 1,
				       .flags = size && data[0] & 1 ? P2K_RDONLY : 0 };
	struct worker *w;
	uint32_t features;

	if (size < sizeof(features))
		return 0;
	memcpy(&features, data, sizeof(features));
	vfs_script(NULL, 0);
	p = p2k_new("/", &args, sizeof(args));
	atomic_store(&p->readers, 1);	/* no thread is started */
	w = calloc(1, sizeof(*w));
	w->p = p;
	init(w, features);
	for (data += 4, size -= 4; size >= 4;) {
		size_t len = data[2] | data[3] << 8;
		const uint8_t *arg = data + 4;

		len = len < size - 4 ? len : size - 4;
		vfs_script(arg, size - 4);
		request(w, data[0], data[1], arg, len);
		data += 4 + len;
		size -= 4 + len;
	}
	free(w->out);
	free(w);
	p2k_free(p);
	if (vfs_files)
		abort();
	return 0;
}
