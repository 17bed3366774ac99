// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions of rump_vfs.h and rump.h that libp2k calls.  Each reads all that it is given and
 * writes all that it may, so that the sanitizers see a wrong pointer or size.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#include <rump/rump.h>
#include <rump/rump_vfs.h>

#include "vfs.h"

#define NODES 3
#define LONGEST_NAME 1023

struct rump_node { int number; };
struct rump_file { struct rump_node *node; };

int vfs_files;
static struct rump_node nodes[NODES] = { { 0 }, { 1 }, { 2 } };
static const uint8_t *script;
static size_t left;
static volatile unsigned int seen;	/* so that no read is optimized away */

void vfs_script(const uint8_t *data, size_t size)
{
	script = data;
	left = size;
}

void *vfs_node(unsigned int n)
{
	return &nodes[n % NODES];
}

static unsigned int next(void)
{
	if (!left)
		return 0;
	left--;
	return *script++;
}

/* Mostly 0, or an error. */
static int result(void)
{
	static const int errors[] = { -ENOENT, -EOPNOTSUPP, -ENODATA, -ENOSPC, -5000, 1 };
	unsigned int n = next();

	return n < 200 ? 0 : errors[n % (sizeof(errors) / sizeof(errors[0]))];
}

static void look(const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		seen += ((const uint8_t *)data)[i];
}

static void look_at_name(const char *name)
{
	look(name, strlen(name) + 1);
}

/* A result of an operation on a node, on a name in it. */
static int on(struct rump_node *node, const char *name)
{
	seen += node->number;
	if (name)
		look_at_name(name);
	return result();
}

static void fill_statx(struct statx *stx)
{
	memset(stx, 0, sizeof(*stx));
	stx->stx_mode = (next() & 15) << 12 | S_ISUID | 0644;
	stx->stx_blocks = next();
	stx->stx_dev_major = next() & 1;
}

/* The same of one that gives a node out. */
static int makes(struct rump_node *dir, const char *name, struct rump_node **node,
		 struct statx *stx)
{
	int res = on(dir, name);

	if (res < 0)
		return res;
	*node = vfs_node(next());
	fill_statx(stx);
	return 0;
}

static int opens(struct rump_node *node, struct rump_file **file)
{
	int res = on(node, NULL);

	if (res < 0)
		return res;
	*file = malloc(sizeof(**file));
	(*file)->node = node;
	vfs_files++;
	return 0;
}

/* Up to `size` bytes of an answer. */
static long fills(void *buf, size_t size)
{
	size_t n = size ? next() * (size / 255 + 1) : 0;
	int res = result();

	if (res < 0)
		return res;
	n = n > size ? size : n;
	if (n)
		memset(buf, 'x', n);
	return size ? (long)n : (long)next();
}

/* ---- rump.h -------------------------------------------------------------------------------- */

int rump_context_create(struct rump_context **ctx)
{
	*ctx = NULL;
	return 0;
}

struct rump_context *rump_context_switch(struct rump_context *ctx)
{
	return ctx;
}

int rump_context_destroy(struct rump_context *ctx)
{
	(void)ctx;
	return 0;
}

void rump_set_wait_hook(void (*fn)(void *arg), void *arg)
{
	(void)fn;
	(void)arg;
}

/* ---- nodes and attributes ------------------------------------------------------------------ */

int rump_vfs_identity(const struct rump_identity *id)
{
	look(id, sizeof(*id));
	return result() < 0 ? -ENOMEM : 0;
}

int rump_vfs_node(const char *path, int flags, struct rump_node **node)
{
	(void)flags;
	look_at_name(path);
	*node = &nodes[0];
	return 0;
}

int rump_vfs_lookup(struct rump_node *dir, const char *name, struct rump_node **node,
		    struct statx *stx)
{
	return makes(dir, name, node, stx);
}

void rump_vfs_remember(void)
{
}

int rump_vfs_again(const void *id, struct rump_node **node, struct statx *stx)
{
	seen += (uintptr_t)id;
	return makes(&nodes[0], "again", node, stx);
}

int rump_vfs_parent(struct rump_node *dir, struct rump_node **node, struct statx *stx)
{
	return makes(dir, "parent", node, stx);
}

uint32_t rump_vfs_generation(const struct rump_node *node)
{
	return node->number;
}

int rump_vfs_loose_names(struct rump_node *dir)
{
	return dir->number & 1;
}

void rump_vfs_release(struct rump_node *node, unsigned long count)
{
	seen += (unsigned int)node->number + count;
}

void rump_vfs_release_all(struct rump_node *node)
{
	seen += node->number;
}

int rump_vfs_statx(struct rump_node *node, unsigned int mask, struct statx *stx)
{
	(void)mask;
	fill_statx(stx);
	return on(node, NULL);
}

int rump_vfs_setattr(struct rump_node *node, const struct rump_attr *attr)
{
	look(attr, sizeof(*attr));
	return on(node, NULL);
}

int rump_vfs_statfs(struct rump_node *node, struct statfs *st)
{
	memset(st, next(), sizeof(*st));
	return on(node, NULL);
}

int rump_vfs_wait_space(void)
{
	return next() & 1;
}

int rump_vfs_sync(struct rump_node *node)
{
	return on(node, NULL);
}

long rump_vfs_getxattr(struct rump_node *node, const char *name, void *value, size_t size)
{
	return on(node, name) ?: fills(value, size);
}

int rump_vfs_setxattr(struct rump_node *node, const char *name, const void *value, size_t size,
		      int flags)
{
	(void)flags;
	look(value, size);
	return on(node, name);
}

long rump_vfs_listxattr(struct rump_node *node, char *list, size_t size)
{
	return on(node, NULL) ?: fills(list, size);
}

int rump_vfs_removexattr(struct rump_node *node, const char *name)
{
	return on(node, name);
}

int rump_vfs_bmap(struct rump_node *node, uint64_t *block)
{
	++*block;
	return on(node, NULL);
}

/* ---- names --------------------------------------------------------------------------------- */

int rump_vfs_mknod(struct rump_node *dir, const char *name, uint32_t mode, uint64_t dev,
		   struct rump_node **node, struct statx *stx)
{
	look(&dev, sizeof(dev));
	seen += mode;
	return makes(dir, name, node, stx);
}

int rump_vfs_mkdir(struct rump_node *dir, const char *name, uint32_t mode,
		   struct rump_node **node, struct statx *stx)
{
	seen += mode;
	return makes(dir, name, node, stx);
}

int rump_vfs_symlink(struct rump_node *dir, const char *name, const char *target,
		     struct rump_node **node, struct statx *stx)
{
	look_at_name(target);
	return makes(dir, name, node, stx);
}

int rump_vfs_link(struct rump_node *file, struct rump_node *dir, const char *name,
		  struct statx *stx)
{
	seen += file->number;
	fill_statx(stx);
	return on(dir, name);
}

int rump_vfs_unlink(struct rump_node *dir, const char *name)
{
	return on(dir, name);
}

int rump_vfs_rmdir(struct rump_node *dir, const char *name)
{
	return on(dir, name);
}

int rump_vfs_rename(struct rump_node *from, const char *oldname, struct rump_node *to,
		    const char *newname, unsigned int flags)
{
	seen += flags;
	look_at_name(newname);
	return on(from, oldname) ?: on(to, NULL);
}

long rump_vfs_readlink(struct rump_node *node, char *buf, size_t size)
{
	return on(node, NULL) ?: fills(buf, size);
}

/* ---- files --------------------------------------------------------------------------------- */

int rump_vfs_open(struct rump_node *node, int flags, struct rump_file **file)
{
	(void)flags;
	return opens(node, file);
}

int rump_vfs_create(struct rump_node *dir, const char *name, int flags, uint32_t mode,
		    struct rump_node **node, struct statx *stx, struct rump_file **file)
{
	seen += (unsigned int)flags + mode;
	return makes(dir, name, node, stx) ?: opens(*node, file);
}

int rump_vfs_tmpfile(struct rump_node *dir, int flags, uint32_t mode,
		     struct rump_node **node, struct statx *stx, struct rump_file **file)
{
	seen += (unsigned int)flags + mode;
	return makes(dir, NULL, node, stx) ?: opens(*node, file);
}

void rump_vfs_close(struct rump_file *file)
{
	vfs_files -= !!file;
	free(file);
}

long rump_vfs_read_pages(struct rump_file *file, size_t size, int64_t off, struct iovec *iov,
			 int max, int *count)
{
	static char page[4096];
	int res = on(file->node, NULL);
	long bytes = 0;

	(void)off;
	for (*count = 0; *count < max && (size_t)bytes < size; ++*count) {
		size_t n = size - bytes < sizeof(page) ? size - bytes : sizeof(page);

		iov[*count] = (struct iovec){ page, n };
		bytes += n;
	}
	return res < 0 ? res : bytes;
}

void rump_vfs_pages_put(void)
{
}

long rump_vfs_write(struct rump_file *file, const void *buf, size_t size, int64_t off, int opener)
{
	(void)off;
	(void)opener;
	look(buf, size);
	return on(file->node, NULL) ?: (long)size;
}

int rump_vfs_fsync(struct rump_file *file, int datasync)
{
	(void)datasync;
	return on(file->node, NULL);
}

int rump_vfs_fallocate(struct rump_file *file, int mode, int64_t off, int64_t len)
{
	seen += (uint64_t)mode + off + len;
	return on(file->node, NULL);
}

int64_t rump_vfs_lseek(struct rump_file *file, int64_t off, int whence)
{
	seen += (uint64_t)off + whence;
	return on(file->node, NULL);
}

long rump_vfs_copy(struct rump_file *in, int64_t in_off, struct rump_file *out, int64_t out_off,
		   size_t len, unsigned int flags)
{
	seen += (uint64_t)in_off + out_off + len + flags;
	return on(in->node, NULL) ?: on(out->node, NULL);
}

long rump_vfs_ioctl(struct rump_file *file, unsigned int cmd, void *arg)
{
	look(arg, cmd >> 16 & 0x3fff);
	memset(arg, next(), cmd >> 16 & 0x3fff);
	return on(file->node, NULL);
}

int rump_vfs_fsync_node(struct rump_node *node, int datasync)
{
	(void)datasync;
	return on(node, NULL);
}

/* As many entries as fit, up to a few. */
long rump_vfs_readdir(struct rump_node *dir, int64_t off, void *buf, size_t size)
{
	int n = next() % 64, res = on(dir, NULL);
	size_t used = 0;

	if (res < 0)
		return res;
	while (n--) {
		size_t len = next() * LONGEST_NAME / 255;
		size_t whole = (offsetof(struct dirent64, d_name) + len + 8) & ~(size_t)7;
		struct dirent64 *d = (void *)((char *)buf + used);

		if (whole > size - used)
			break;
		memset(d, 'n', whole);
		d->d_ino = d->d_off = (uint64_t)off + 1;
		d->d_reclen = whole;
		d->d_type = DT_REG;
		((char *)d)[offsetof(struct dirent64, d_name) + len] = '\0';
		used += whole;
	}
	return used || !n ? (long)used : -EINVAL;
}
