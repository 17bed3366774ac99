// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The source: walks an operand depth first, reads what it finds ahead of the sink, and queues it.
 * Runs in a thread of its own.  Small files are one item with their data in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"

struct level {
	struct fsu_names names;
	size_t next, from_cut, to_cut;
	struct stat st;
};

struct walk {
	struct copy *c;
	const struct job *job;
	struct inodes *inodes;
	struct fsu_path from, to;
	struct level *levels;
	int depth, size;
	dev_t dev;
};

static struct item *new_item(struct walk *w, enum item_kind kind, const struct stat *st)
{
	struct item *i = fsu_malloc(sizeof(*i));

	*i = (struct item){ .kind = kind, .st = *st };
	if (kind == ITEM_DATA || kind == ITEM_FILE_END || kind == ITEM_LEAVE)
		return i;
	i->top = w->depth == 0;
	i->typed = i->top && w->job->typed;
	i->name = fsu_strdup(i->top ? w->to.s : fsu_basename(w->to.s));
	i->from = fsu_strdup(w->from.s);
	return i;
}

/* ---- extended attributes ----------------------------------------------------------------- */

static void read_xattr(struct walk *w, int fd, const char *name, struct xattr ***tail)
{
	struct copy *c = w->c;
	ssize_t size = c->from->getxattr(c, fd, w->from.s, name, NULL, 0);
	struct xattr *x;

	if (size >= 0) {
		x = xattr_new(name, size);
		size = c->from->getxattr(c, fd, w->from.s, name, x->value, x->size);
		if (size >= 0) {
			x->size = size;
			**tail = x;
			*tail = &x->next;
			return;
		}
		free(x);
	}
	if (size != -ENODATA)
		copy_lost(c, LOSS_XATTRS, w->from.s, name, -size);
}

static struct xattr *read_xattrs(struct walk *w, int fd)
{
	struct copy *c = w->c;
	struct xattr *list = NULL, **tail = &list;
	char small[1024], *names = small;
	ssize_t n;

	if (!(c->o.keep & (KEEP_XATTRS | KEEP_MODE)))
		return NULL;
	n = c->from->listxattr(c, fd, w->from.s, names, sizeof(small));
	if (n == -ERANGE) {
		names = fsu_malloc(65536);
		n = c->from->listxattr(c, fd, w->from.s, names, 65536);
	}
	for (char *s = names; n > 0 && s < names + n; s += strlen(s) + 1)
		if (xattr_wanted(s) && (c->o.keep & (xattr_is_acl(s) ? KEEP_MODE : KEEP_XATTRS)))
			read_xattr(w, fd, s, &tail);
	if (n < 0 && n != -EOPNOTSUPP && n != -ENOSYS)
		copy_lost(c, LOSS_XATTRS, w->from.s, "extended attributes", -n);
	if (names != small)
		free(names);
	return list;
}

/* ---- files ------------------------------------------------------------------------------- */

/* As much as there is up to `size`: fewer bytes mean the end.  So does `known`, the size that the
 * file has (0: it may be another), and then no call is made to be told so. */
static ssize_t read_full(struct copy *c, int fd, char *buf, size_t size, off_t off, off_t known)
{
	size_t have = 0;

	while (have < size && (!have || off + (off_t)have != known)) {
		ssize_t n = c->from->pread(c, fd, buf + have, size - have, off + have);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		have += n;
	}
	return have;
}

/* Queue the data from `off` to `end`; returns where it ended, or the error. */
static off_t queue_data(struct walk *w, int fd, const struct stat *st, off_t off, off_t end,
			bool zeros)
{
	struct copy *c = w->c;

	while (off < end && !copy_stopped(c)) {
		size_t want = end - off < COPY_CHUNK ? end - off : COPY_CHUNK;
		struct item *i = new_item(w, ITEM_DATA, st);
		ssize_t n;

		i->data = queue_buffer(c->queue);
		i->pooled = true;
		i->zeros = zeros;
		n = read_full(c, fd, i->data, want, off, 0);
		if (n <= 0) {
			item_free(i);
			return n < 0 ? n : off;
		}
		i->off = off;
		i->len = n;
		off += n;
		if (!queue_put(c->queue, i))
			break;
	}
	return off;
}

/* Queue what a sparse file has between its holes.  The result is its size or an error. */
static off_t queue_sparse(struct walk *w, int fd, const struct stat *st)
{
	struct copy *c = w->c;
	off_t off = 0;

	while (off < st->st_size && !copy_stopped(c)) {
		off_t data = c->from->seek(c, fd, off, SEEK_DATA), hole;

		if (data == -ENXIO)
			break;
		if (data < 0)
			data = off;	/* no such call here: everything is data */
		hole = c->from->seek(c, fd, data, SEEK_HOLE);
		if (hole < 0 || hole > st->st_size)
			hole = st->st_size;
		if (data >= hole)
			break;
		c->n.holes += data - off;
		/* a file that takes less than its size and claims to be data from end to end */
		off = queue_data(w, fd, st, data, hole, hole - data == st->st_size);
		if (off < 0)
			return off;
		if (off < hole)
			return off;	/* the file became shorter */
	}
	return st->st_size;
}

static void queue_stream(struct walk *w, int fd, const struct stat *st, bool sparse)
{
	struct copy *c = w->c;
	struct item *end = new_item(w, ITEM_FILE_END, st);
	off_t size;

	if (st->st_size > COPY_CHUNK)
		c->from->readahead(c, fd);
	size = sparse ? queue_sparse(w, fd, st) : queue_data(w, fd, st, 0, INT64_MAX, false);
	if (size < 0) {
		copy_failed(c, -size, "read", w->from.s);
		end->failed = true;
	}
	end->failed |= copy_stopped(c);
	end->off = size;
	queue_put(c->queue, end);
}

/* Read a small file into its item.  False where it turns out to be a large one. */
static bool read_whole(struct walk *w, int fd, struct item *i)
{
	/* a byte more than its size shows whether it has grown; some (/proc) have no size at all */
	size_t room = i->st.st_size ? i->st.st_size + 1 : 4096;
	ssize_t n;

	i->data = fsu_malloc(room);
	n = read_full(w->c, fd, i->data, room, 0, i->st.st_size);
	if (n >= 0 && (size_t)n < room) {
		i->len = n;
		i->whole = true;
		return true;
	}
	free(i->data);
	i->data = NULL;
	return false;
}

static void queue_open_file(struct walk *w, int fd, const struct stat *st)
{
	struct copy *c = w->c;
	bool sparse = (off_t)st->st_blocks * 512 < st->st_size;
	struct item *i = new_item(w, ITEM_FILE, st);

	i->linked = st->st_nlink > 1;
	i->sparse = sparse;
	i->xattrs = read_xattrs(w, fd);
	if (!c->n.all_seen) {
		c->n.expected_bytes += st->st_size;
		c->n.expected_files++;
	}
	if (c->same_image) {
		i->by_kernel = i->whole = true;
		queue_put(c->queue, i);
	} else if (!sparse && st->st_size <= COPY_INLINE && read_whole(w, fd, i)) {
		queue_put(c->queue, i);
	} else if (queue_put(c->queue, i)) {
		queue_stream(w, fd, st, sparse);
	}
}

/* Another name of an inode that has been queued becomes a link to its copy. */
static bool queue_link(struct walk *w, const struct stat *st)
{
	const char *first;
	struct item *i;

	if (!(w->c->o.keep & KEEP_LINKS) || st->st_nlink < 2)
		return false;
	first = inodes_find(w->inodes, st, w->to.s);
	if (!first)
		return false;
	i = new_item(w, ITEM_LINK, st);
	i->text = fsu_strdup(first);
	queue_put(w->c->queue, i);
	return true;
}

static void queue_file(struct walk *w, bool follow)
{
	struct copy *c = w->c;
	int fd = c->from->open(c, w->from.s, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW), 0);
	struct stat st;
	int err = fd < 0 ? fd : c->from->fstat(c, fd, &st);

	if (err < 0)
		copy_failed(c, -err, "read", w->from.s);
	else if (!S_ISREG(st.st_mode))
		fsu_message("%s changed while it was read", fsu_name(w->from.s)), c->n.errors++;
	else if (c->from == &host_side && fsu_is_image(&st))
		fsu_message("%s is the image itself, left out", fsu_name(w->from.s)), c->n.errors++;
	else if (!queue_link(w, &st))
		queue_open_file(w, fd, &st);
	if (fd >= 0)
		c->from->close(c, fd);
}

/* ---- everything else --------------------------------------------------------------------- */

static void queue_symlink(struct walk *w, const struct stat *st)
{
	struct copy *c = w->c;
	size_t size = st->st_size > 0 && st->st_size < 65536 ? st->st_size + 1 : 65536;
	struct item *i;
	ssize_t n;

	if (queue_link(w, st))
		return;
	i = new_item(w, ITEM_SYMLINK, st);
	i->text = fsu_malloc(size + 1);
	n = c->from->readlink(c, w->from.s, i->text, size);
	if (n < 0) {
		copy_failed(c, -n, "read symbolic link", w->from.s);
		item_free(i);
		return;
	}
	i->text[n] = '\0';
	i->xattrs = read_xattrs(w, -1);
	queue_put(c->queue, i);
}

static void queue_node(struct walk *w, const struct stat *st)
{
	struct item *i;

	if (queue_link(w, st))
		return;
	i = new_item(w, ITEM_NODE, st);
	i->xattrs = read_xattrs(w, -1);
	queue_put(w->c->queue, i);
}

/* A link in place of a copy. */
static void queue_name(struct walk *w, const struct stat *st)
{
	bool hard = w->c->o.links == COPY_HARD_LINKS;
	struct item *i = new_item(w, hard ? ITEM_LINK : ITEM_SYMLINK, st);

	i->text = fsu_strdup(w->from.s);
	queue_put(w->c->queue, i);
}

static int by_inode(const void *a, const void *b)
{
	const struct fsu_name_entry *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static bool is_ancestor(const struct walk *w, const struct stat *st)
{
	for (int i = 0; i < w->depth; i++)
		if (w->levels[i].st.st_ino == st->st_ino && w->levels[i].st.st_dev == st->st_dev)
			return true;
	return false;
}

/* Returns whether the directory was entered. */
static bool enter(struct walk *w, const struct stat *st, size_t from_cut, size_t to_cut)
{
	struct copy *c = w->c;
	struct level *l;
	int err;

	if (!c->o.recursive) {
		fsu_message("%s is a directory, left out without -R", fsu_name(w->from.s));
		c->n.errors++;
		return false;
	}
	if (is_ancestor(w, st)) {
		copy_failed(c, ELOOP, "read directory", w->from.s);
		return false;
	}
	queue_put(c->queue, new_item(w, ITEM_DIR, st));
	if (w->depth == w->size) {
		w->size = w->size ? w->size * 2 : 16;
		w->levels = fsu_realloc(w->levels, w->size * sizeof(*w->levels));
	}
	l = &w->levels[w->depth++];
	*l = (struct level){ .from_cut = from_cut, .to_cut = to_cut, .st = *st };
	if (c->o.one_fs && st->st_dev != w->dev)
		return true;
	err = -c->from->names(c, w->from.s, &l->names);
	if (c->o.like_cp && l->names.count)
		qsort(l->names.list, l->names.count, sizeof(*l->names.list), by_inode);
	if (err)
		copy_failed(c, err, "read directory", w->from.s);
	return true;
}

static void leave(struct walk *w)
{
	struct level *l = &w->levels[w->depth - 1];
	struct item *i = new_item(w, ITEM_LEAVE, &l->st);

	i->xattrs = read_xattrs(w, -1);
	queue_put(w->c->queue, i);
	w->depth--;
	fsu_path_cut(&w->from, l->from_cut);
	fsu_path_cut(&w->to, l->to_cut);
	fsu_names_free(&l->names);
}

/* What w->from names.  Returns whether it was a directory and has been entered. */
static bool visit(struct walk *w, unsigned char type, size_t from_cut, size_t to_cut)
{
	struct copy *c = w->c;
	bool follow = c->o.follow == FSU_FOLLOW_ALL ||
		      (c->o.follow == FSU_FOLLOW_START && w->depth == 0);
	struct stat st;
	int err;

	if (type == DT_REG && !c->o.links) {
		queue_file(w, false);
		return false;
	}
	err = c->from->stat(c, w->from.s, follow, &st);
	if (err < 0) {
		copy_failed(c, -err, w->depth ? "stat" : "copy", w->from.s);
		return false;
	}
	if (w->depth == 0)
		w->dev = st.st_dev;
	if (S_ISDIR(st.st_mode))
		return enter(w, &st, from_cut, to_cut);
	if (c->o.links)
		queue_name(w, &st);
	else if (S_ISREG(st.st_mode))
		queue_file(w, follow);
	else if (S_ISLNK(st.st_mode))
		queue_symlink(w, &st);
	else
		queue_node(w, &st);
	return false;
}

static void visit_next(struct walk *w)
{
	struct level *l = &w->levels[w->depth - 1];
	struct fsu_name_entry *e = &l->names.list[l->next++];
	size_t from = fsu_path_push(&w->from, e->name), to = fsu_path_push(&w->to, e->name);

	if (!visit(w, e->type, from, to)) {
		fsu_path_cut(&w->from, from);
		fsu_path_cut(&w->to, to);
	}
}

/* What is read of the host is beneath the operand: a directory of it that becomes a symbolic link
 * meanwhile is not followed. */
static bool confine(struct copy *c, const char *from)
{
	const char *base = fsu_basename(from);
	bool whole = (*base && base[strlen(base) - 1] == '/') || strcmp(base, ".") == 0 ||
		     strcmp(base, "..") == 0;
	int err = c->from == &host_side ? beneath_new(&c->beneath, from, whole) : 0;

	if (!err)
		return true;
	copy_failed(c, err, "copy", from);
	beneath_free(c->beneath);
	c->beneath = NULL;
	return false;
}

void source_walk(struct copy *c, struct inodes *inodes, const struct job *job)
{
	struct walk w = { .c = c, .job = job, .inodes = inodes };

	if (!confine(c, job->from))
		return;
	fsu_path_set(&w.from, job->from);
	fsu_path_set(&w.to, job->to);
	visit(&w, DT_UNKNOWN, 0, 0);
	while (w.depth && !copy_stopped(c)) {
		struct level *l = &w.levels[w.depth - 1];

		if (l->next < l->names.count)
			visit_next(&w);
		else
			leave(&w);
	}
	while (w.depth)
		fsu_names_free(&w.levels[--w.depth].names);
	free(w.levels);
	fsu_path_free(&w.from);
	fsu_path_free(&w.to);
	if (c->from == &host_side) {
		beneath_free(c->beneath);
		c->beneath = NULL;
	}
}
