// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A tree is used as makefs uses it: names are found by their paths, attributes and content are read
 * through the copier's side, and the size of an image is estimated for types of every kind.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trees.h"

#define DEEPEST 200		/* paths get long */

const char *fsu_progname = "makefs";

/* Out of memory. */
void fsu_die(int code)
{
	_exit(code);
}

const char *ukfs_errmsg(void)
{
	return "";
}

static const char *const types[] = { "ext4", "xfs", "btrfs", "vfat", "f2fs", "minix", NULL };

const char *const *ukfs_types(void)
{
	return types;
}

/* For lists of names, which are not asked for. */
void fsu_names_add(struct fsu_names *names, const char *name, uint64_t ino, unsigned char type)
{
	(void)names;
	(void)name;
	(void)ino;
	(void)type;
	abort();
}

/* The host's users and groups. */
bool fsu_names_find(bool group, const char *name, unsigned int *id)
{
	*id = group;
	return !strcmp(name, "root");
}

/* ---- the host's side, of which only the spool is read ------------------------------------ */

static ssize_t host_pread(struct copy *c, int fd, void *buf, size_t size, off_t off)
{
	(void)c;
	if (off < 0)
		abort();
	return pread(fd, buf, size, off);
}

static off_t host_seek(struct copy *c, int fd, off_t off, int whence)
{
	(void)c;
	if (off < 0)
		abort();
	return lseek(fd, off, whence);
}

const struct side host_side = { .pread = host_pread, .seek = host_seek };

/* ---- use ------------------------------------------------------------------------------------- */

static void read_file(const char *path)
{
	struct stat st;
	char buf[512];
	int fd = tree_side.open(NULL, path, 0, 0);

	if (tree_side.fstat(NULL, fd, &st) || st.st_size < 0)
		abort();
	tree_side.seek(NULL, fd, 0, SEEK_DATA);
	tree_side.pread(NULL, fd, buf, sizeof(buf), 0);
	tree_side.pread(NULL, fd, buf, sizeof(buf), st.st_size);
	tree_side.close(NULL, fd);
}

static void read_attributes(const char *path)
{
	char names[4096], value[4096];
	ssize_t n = tree_side.listxattr(NULL, -1, path, names, sizeof(names));

	for (char *name = names; n > 0 && name < names + n; name += strlen(name) + 1)
		if (tree_side.getxattr(NULL, -1, path, name, value, sizeof(value)) == -ENODATA)
			abort();
}

static void use(const struct tree *t, const struct node *n, struct fsu_path *path, int depth)
{
	char target[256];
	struct stat st;

	if (!n->inode || tree_find(t, path->s) != n || tree_side.stat(NULL, path->s, false, &st))
		abort();
	if (!S_ISDIR(st.st_mode) && (n->nchildren || n == t->root))
		abort();
	read_attributes(path->s);
	if (S_ISREG(st.st_mode))
		read_file(path->s);
	else if (S_ISLNK(st.st_mode) &&
		 tree_side.readlink(NULL, path->s, target, sizeof(target)) < 0)
		abort();
	for (size_t i = 0; i < n->nchildren && depth < DEEPEST; i++) {
		size_t len = fsu_path_push(path, n->children[i]->name);

		use(t, n->children[i], path, depth + 1);
		fsu_path_cut(path, len);
	}
}

static void estimate(const struct tree *t)
{
	for (size_t i = 0; types[i]; i++) {
		const struct type *type = type_find(types[i]);

		if (type) {
			size_needed(t, type, 4096);
			size_inodes(t, type);
		}
	}
}

/* ---- the end ----------------------------------------------------------------------------- */

static void keep(void *node)
{
	(void)node;
}

static void free_inodes(struct inode *i)
{
	while (i) {
		struct inode *next = i->next;

		xattrs_free(i->xattrs);
		free(i->target);
		free(i);
		i = next;
	}
}

/* Nodes are all in the search tree, also those that are in no directory any more. */
static void free_node(void *node)
{
	struct node *n = node;

	free(n->children);
	free(n);
}

static void free_tree(struct tree *t)
{
	free_inodes(t->inodes);
	tdestroy(t->by_name, free_node);
	tdestroy(t->by_number, keep);
	free_node(t->root);
	if (t->spool >= 0)
		close(t->spool);
}

int tree_of(const uint8_t *data, size_t size,
	    unsigned long (*reader)(struct tree *t, int fd, const struct options *o))
{
	static const struct options o = { .manifest = "manifest" };
	struct fsu_path path = { 0 };
	struct tree t;
	int fd = memfd_create("fuzz", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	lseek(fd, 0, SEEK_SET);
	tree_init(&t);
	if (!open_spool(&t))
		abort();
	reader(&t, fd, &o);
	tree_settle(&t, INT64_MAX, false);
	tree_side_use(&t);
	estimate(&t);
	fsu_path_set(&path, "/");
	use(&t, t.root, &path, 0);
	fsu_path_free(&path);
	free_tree(&t);
	return 0;
}
