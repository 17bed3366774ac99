// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A depth-first walk over an image.  It keeps its own stack, so depth costs memory but no C stack.
 * Names are looked up from the directory above, at great depth by paths, which libukfs takes at any
 * length.  A directory that is its own ancestor (an image can be damaged like that) is reported,
 * not entered.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

#define HELD_MAX 256	/* of the directories that lead to where the walk is, how many stay open */

struct level {
	struct ukfs_dir *dir;	/* names are looked up from here; NULL:
				   by the path, at great depth */
	struct fsu_names names;
	size_t next;
	size_t cut;		/* the path's length without this directory */
	struct stat st;
};

struct walk {
	struct ukfs *u;
	enum fsu_follow follow;
	bool types;		/* the callback asks for attributes where it needs them */
	fsu_walk_fn fn;
	void *arg;
	struct fsu_path path;
	struct level *levels;
	int depth, size;
};

void fsu_names_add(struct fsu_names *names, const char *name, uint64_t ino, unsigned char type)
{
	if (names->count == names->size) {
		names->size = names->size ? names->size * 2 : 32;
		names->list = fsu_realloc(names->list, names->size * sizeof(*names->list));
	}
	names->list[names->count++] = (struct fsu_name_entry){ fsu_strdup(name), ino, type };
}

void fsu_names_free(struct fsu_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->list[i].name);
	free(names->list);
	memset(names, 0, sizeof(*names));
}

static int read_names(struct ukfs_dir *dir, struct fsu_names *names)
{
	struct ukfs_dirent *d;

	errno = 0;
	while ((d = ukfs_readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			fsu_names_add(names, d->d_name, d->d_ino, d->d_type);
	return errno;
}

int fsu_read_names(struct ukfs *u, const char *path, struct fsu_names *names)
{
	struct ukfs_dir *dir = ukfs_opendir(u, path);
	int err;

	memset(names, 0, sizeof(*names));
	if (!dir)
		return errno;
	err = read_names(dir, names);
	ukfs_closedir(dir);
	return err;
}

/* The path that the walk is at, for calls that take a directory:
 * its last name, from the directory above. */
static const char *place(const struct walk *w, int *fd)
{
	const struct level *l = w->depth ? &w->levels[w->depth - 1] : NULL;

	*fd = l && l->dir ? ukfs_dirfd(l->dir) : AT_FDCWD;
	return l && l->dir ? fsu_basename(w->path.s) : w->path.s;
}

static int stat_place(const struct walk *w, struct stat *st, int flags)
{
	int fd;
	const char *path = place(w, &fd);

	return ukfs_fstatat(w->u, fd, path, st, flags);
}

/* `st' NULL: not known, but for the type. */
static int tell(struct walk *w, enum fsu_visit visit, int err, mode_t type, const struct stat *st)
{
	struct fsu_entry e = {
		.path = w->path.s, .name = fsu_basename(w->path.s), .depth = w->depth,
		.visit = visit, .err = err, .type = type, .walk = w,
	};

	if (st)
		e.st = *st;
	return w->fn(w->u, &e, w->arg);
}

int fsu_entry_stat(const struct fsu_entry *e)
{
	/* the entry is tell()'s variable */
	struct stat *st = (struct stat *)&e->st;

	if (st->st_mode)
		return 0;
	return stat_place(e->walk, st, AT_SYMLINK_NOFOLLOW) ? errno : 0;
}

static bool is_ancestor(const struct walk *w, const struct stat *st)
{
	for (int i = 0; i < w->depth; i++)
		if (w->levels[i].st.st_ino == st->st_ino && w->levels[i].st.st_dev == st->st_dev)
			return true;
	return false;
}

/* Read the directory that the path names.  0 or an errno. */
static int open_level(struct walk *w, struct level *l)
{
	int fd, err;
	const char *path = place(w, &fd);

	l->dir = ukfs_opendirat(w->u, fd, path);
	if (!l->dir)
		return errno;
	err = read_names(l->dir, &l->names);
	if (w->depth >= HELD_MAX) {
		ukfs_closedir(l->dir);
		l->dir = NULL;
	}
	return err;
}

static void close_level(struct level *l)
{
	if (l->dir)
		ukfs_closedir(l->dir);
	l->dir = NULL;
	fsu_names_free(&l->names);
}

static int enter(struct walk *w, const struct stat *st, size_t cut)
{
	struct level *l;
	int ret, err;

	if (is_ancestor(w, st))
		return tell(w, FSU_ERROR, ELOOP, S_IFDIR, st);
	ret = tell(w, FSU_PRE, 0, S_IFDIR, st);
	if (ret)
		return ret;
	if (w->depth == w->size) {
		w->size = w->size ? w->size * 2 : 16;
		w->levels = fsu_realloc(w->levels, w->size * sizeof(*w->levels));
	}
	l = &w->levels[w->depth];
	*l = (struct level){ .cut = cut, .st = *st };
	err = open_level(w, l);
	if (err)
		ret = tell(w, FSU_ERROR, err, S_IFDIR, st);
	w->depth++;
	return ret == FSU_WALK_STOP ? ret : 0;
}

/* A link that leads nowhere is met as itself; one that leads round in circles is an error. */
static int look(struct walk *w, struct stat *st)
{
	bool follow = w->follow == FSU_FOLLOW_ALL || (w->follow == FSU_FOLLOW_START && !w->depth);

	if (follow && stat_place(w, st, 0) == 0)
		return 0;
	if (follow && errno != ENOENT && errno != ENOTDIR)
		return -1;
	return stat_place(w, st, AT_SYMLINK_NOFOLLOW);
}

static bool is_enough(const struct walk *w, unsigned char type)
{
	return w->types && type != DT_UNKNOWN && type != DT_DIR &&
	       !(type == DT_LNK && w->follow == FSU_FOLLOW_ALL);
}

/* What the path now names: tell of it, and enter it where it is a directory.  `cut` is the path's
 * length without it, `type' what its directory says of it. */
static int visit(struct walk *w, size_t cut, unsigned char type)
{
	struct stat st;
	int before = w->depth, ret;

	if (is_enough(w, type))
		ret = tell(w, FSU_OTHER, 0, DTTOIF(type), NULL);
	else if (look(w, &st))
		ret = tell(w, FSU_ERROR, errno, 0, NULL);
	else if (S_ISDIR(st.st_mode))
		ret = enter(w, &st, cut);
	else
		ret = tell(w, FSU_OTHER, 0, st.st_mode & S_IFMT, &st);
	if (w->depth == before)
		fsu_path_cut(&w->path, cut);
	return ret;
}

static int leave(struct walk *w)
{
	struct level *l = &w->levels[--w->depth];
	int ret;

	close_level(l);
	ret = tell(w, FSU_POST, 0, S_IFDIR, &l->st);
	fsu_path_cut(&w->path, l->cut);
	return ret;
}

int fsu_walk(struct ukfs *u, const char *start, fsu_walk_fn fn, void *arg)
{
	return fsu_walk_links(u, start, FSU_FOLLOW_NONE, fn, arg);
}

static int next(struct walk *w, struct level *l)
{
	const struct fsu_name_entry *name = &l->names.list[l->next++];

	return visit(w, fsu_path_push(&w->path, name->name), name->type);
}

static int walk(struct walk *w, const char *start)
{
	int ret;

	fsu_path_set(&w->path, start);
	ret = visit(w, 0, DT_UNKNOWN);
	while (w->depth && ret != FSU_WALK_STOP) {
		struct level *l = &w->levels[w->depth - 1];

		ret = l->next == l->names.count ? leave(w) : next(w, l);
	}
	while (w->depth)
		close_level(&w->levels[--w->depth]);
	free(w->levels);
	fsu_path_free(&w->path);
	return ret == FSU_WALK_STOP ? ret : 0;
}

int fsu_walk_links(struct ukfs *u, const char *start, enum fsu_follow follow, fsu_walk_fn fn,
		   void *arg)
{
	struct walk w = { .u = u, .follow = follow, .fn = fn, .arg = arg };

	return walk(&w, start);
}

int fsu_walk_types(struct ukfs *u, const char *start, enum fsu_follow follow, fsu_walk_fn fn,
		   void *arg)
{
	struct walk w = { .u = u, .follow = follow, .types = true, .fn = fn, .arg = arg };

	return walk(&w, start);
}

bool fsu_is_root(struct ukfs *u, const char *path)
{
	struct stat root, st;

	if (ukfs_stat(u, "/", &root) || ukfs_stat(u, path, &st) || st.st_ino != root.st_ino ||
	    st.st_dev != root.st_dev)
		return false;
	fsu_message("refusing to go through all of %s; --no-preserve-root does it",
		    fsu_name(path));
	return true;
}
