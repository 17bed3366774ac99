// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Directories of the host.  They are only looked at: names, attributes, where a sparse file has
 * data; the copier reads the content later.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

struct scan {
	struct tree *tree;
	struct fsu_path path;
	unsigned long errors;
	dev_t dev;
	bool one_fs;
};

static void failed(struct scan *s, const char *verb, int err)
{
	s->errors++;
	fsu_perror_verb(err, verb, s->path.s);
}

static int by_number(const void *a, const void *b)
{
	const struct inode *x = a, *y = b;

	if (x->st.st_ino != y->st.st_ino)
		return x->st.st_ino < y->st.st_ino ? -1 : 1;
	return x->st.st_dev < y->st.st_dev ? -1 : x->st.st_dev > y->st.st_dev;
}

static void read_xattrs(struct scan *s, struct inode *i)
{
	char small[1024], *names = small;
	struct xattr **tail = &i->xattrs;
	ssize_t n = host_side.listxattr(NULL, -1, s->path.s, names, sizeof(small));

	if (n == -ERANGE) {
		names = fsu_malloc(65536);
		n = host_side.listxattr(NULL, -1, s->path.s, names, 65536);
	}
	if (n < 0 && n != -EOPNOTSUPP && n != -ENOSYS)
		failed(s, "read the extended attributes of", -n);
	for (char *name = names; n > 0 && name < names + n; name += strlen(name) + 1) {
		ssize_t size;

		if (!xattr_wanted(name))
			continue;
		size = host_side.getxattr(NULL, -1, s->path.s, name, NULL, 0);
		if (size >= 0) {
			*tail = xattr_new(name, size);
			size = host_side.getxattr(NULL, -1, s->path.s, name, (*tail)->value, size);
		}
		if (size >= 0) {
			(*tail)->size = size;
			tail = &(*tail)->next;
		} else {
			failed(s, "read an extended attribute of", -size);
		}
	}
	if (names != small)
		free(names);
}

/* What a sparse file has between its holes, in whole blocks. */
static void find_data(struct scan *s, struct inode *i)
{
	int fd = host_side.open(NULL, s->path.s, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	off_t end = i->st.st_size, data = fd < 0 ? -1 : lseek(fd, 0, SEEK_DATA);
	bool known = fd >= 0 && (data >= 0 || errno == ENXIO);

	i->data = known ? 0 : end;
	while (known && data >= 0 && data < end) {
		off_t hole = lseek(fd, data, SEEK_HOLE);

		if (hole <= data || hole > end)
			hole = end;
		data -= data % PIECE_ALIGN;
		i->data += hole - data;
		i->extents++;
		data = lseek(fd, hole, SEEK_DATA);
	}
	if (fd >= 0)
		close(fd);
}

static void read_link(struct scan *s, struct inode *i)
{
	size_t size = i->st.st_size > 0 ? i->st.st_size + 1 : 65536;
	ssize_t n;

	i->target = fsu_malloc(size + 1);
	n = host_side.readlink(NULL, s->path.s, i->target, size);
	if (n < 0)
		failed(s, "read symbolic link", -n);
	i->target[n < 0 ? 0 : n] = '\0';
}

static struct inode *new_inode(struct scan *s, const struct stat *st)
{
	struct inode *i = tree_inode(s->tree), **old;

	i->st = *st;
	if (st->st_nlink > 1 && !S_ISDIR(st->st_mode)) {
		old = tsearch(i, &s->tree->by_number, by_number);
		if (old && *old != i) {
			s->tree->inodes = i->next;
			free(i);
			return *old;
		}
	}
	if (S_ISREG(st->st_mode)) {
		i->host = fsu_strdup(s->path.s);
		i->data = st->st_size;
		i->extents = st->st_size > 0;
		if ((off_t)st->st_blocks * 512 < st->st_size)
			find_data(s, i);
	} else if (S_ISLNK(st->st_mode)) {
		read_link(s, i);
	}
	read_xattrs(s, i);
	return i;
}

/* Returns whether the entry is a directory to look into. */
static bool add(struct scan *s, struct node *n)
{
	struct stat st;
	int err = -host_side.stat(NULL, s->path.s, false, &st);

	if (err) {
		failed(s, "stat", err);
		return false;
	}
	if (st.st_dev == s->tree->image.st_dev && st.st_ino == s->tree->image.st_ino)
		return false;
	if (fsu_is_image(&st)) {
		fsu_message("%s is the image itself, left out", fsu_name(s->path.s));
		return false;
	}
	if (n->inode && n->nchildren && !S_ISDIR(st.st_mode)) {
		failed(s, "put in the place of another source's directory", EISDIR);
		return false;
	}
	n->inode = new_inode(s, &st);
	return S_ISDIR(st.st_mode) && (!s->one_fs || st.st_dev == s->dev);
}

struct level {
	struct fsu_names names;
	size_t next, cut;
	struct node *dir;
};

/* Push what is in the directory that the path names. */
static struct level *enter(struct scan *s, struct level *levels, unsigned int depth,
			   struct node *dir, size_t cut)
{
	struct level *l;
	int err;

	if ((depth & (depth - 1)) == 0)
		levels = fsu_realloc(levels, (depth ? depth * 2 : 1) * sizeof(*levels));
	l = &levels[depth];
	*l = (struct level){ .dir = dir, .cut = cut };
	err = depth > TREE_DEPTH ? ELOOP : -host_side.names(NULL, s->path.s, &l->names);
	if (err)
		failed(s, "read directory", err);
	return levels;
}

/* The stack is the heap's: a tree may be deep. */
static void walk(struct scan *s, struct node *dir)
{
	struct level *levels = enter(s, NULL, 0, dir, s->path.len);
	unsigned int depth = 1;

	while (depth) {
		struct level *l = &levels[depth - 1];

		if (l->next < l->names.count && !fsu_interrupted()) {
			const char *name = l->names.list[l->next++].name;
			struct node *n = tree_child(s->tree, l->dir, name);
			size_t cut = fsu_path_push(&s->path, name);

			if (add(s, n))
				levels = enter(s, levels, depth++, n, cut);
			else
				fsu_path_cut(&s->path, cut);
		} else {
			fsu_path_cut(&s->path, l->cut);
			fsu_names_free(&l->names);
			depth--;
		}
	}
	free(levels);
}

unsigned long scan_directory(struct tree *t, const char *path, bool one_fs)
{
	struct scan s = { .tree = t, .one_fs = one_fs };
	struct stat st;
	int err = -host_side.stat(NULL, path, true, &st);

	fsu_path_set(&s.path, path);
	s.dev = st.st_dev;
	if (err) {
		failed(&s, "read", err);
		t->broken = true;
	} else {
		t->root->inode = new_inode(&s, &st);
		walk(&s, t->root);
	}
	fsu_path_free(&s.path);
	return s.errors;
}
