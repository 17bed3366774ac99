// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sink: takes items and makes what they say.  It follows the source's walk with a path of its
 * own; below a directory that could not be made everything is skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "sink.h"

static void told(struct sink *s, const struct item *i)
{
	if (s->c->o.verbose)
		printf("%s -> %s\n", fsu_quote(i->from), fsu_quote(s->path.s));
}

/* Name the item's object; returns the length to cut the path to afterwards. */
static size_t name_object(struct sink *s, const struct item *i)
{
	size_t cut;

	if (i->top)
		fsu_path_set(&s->path, i->name);
	cut = i->top ? s->path.len : fsu_path_push(&s->path, i->name);
	sink_placed(s, i);
	return cut;
}

/* The reasons for which an object cannot exist in the target at all. */
static bool name_is_impossible(int err)
{
	return err == EINVAL || err == ENAMETOOLONG || err == EILSEQ;
}

static void not_made(struct sink *s, const struct item *i, int err)
{
	enum loss kind = i->kind == ITEM_NODE ? LOSS_DEVICES : LOSS_LINKS;
	const char *what = i->kind == ITEM_SYMLINK ? "symbolic link" :
			   S_ISFIFO(i->st.st_mode) ? "fifo" :
			   S_ISSOCK(i->st.st_mode) ? "socket" : "device";

	bool device = S_ISCHR(i->st.st_mode) || S_ISBLK(i->st.st_mode);

	if (device && err == EINVAL)	/* numbers too large for the file system */
		copy_lost(s->c, LOSS_DEVICES, s->path.s, what, err);
	else if (name_is_impossible(err))
		copy_lost(s->c, LOSS_NAMES, s->path.s, "name", err);
	else if ((i->kind == ITEM_NODE || i->kind == ITEM_SYMLINK) &&
		 (err == EPERM || err == EOPNOTSUPP || err == ENOSYS))
		copy_lost(s->c, kind, s->path.s, what, err);
	else
		copy_failed(s->c, err, "create", s->path.s);
}

/*
 * Something has the name already.  In a directory that this run made it can only be another file of
 * this run, which the target takes for the same name (upper and lower case, say): it stays.
 * Returns 0 where it may be replaced, else an error that has been told.
 */
static int may_replace(struct sink *s, const struct item *i, bool follow, struct stat *old)
{
	int err = -s->to->stat(s->c, s->path.s, follow, old);

	if (err == ENOENT && follow) {
		fsu_message("not writing through dangling symlink %s", fsu_quote(s->path.s));
		s->c->n.errors++;
	} else if (err) {
		copy_failed(s->c, err, "create", s->path.s);
	} else if (!i->top && s->depth && s->levels[s->depth - 1].created) {
		copy_lost(s->c, LOSS_NAMES, s->path.s, "name (another file has it there)", EEXIST);
		err = EEXIST;
	} else if (s->c->same_image && old->st_ino == i->st.st_ino && old->st_dev == i->st.st_dev) {
		fsu_message("%s and %s are the same file", fsu_name(i->from), fsu_name(s->path.s));
		s->c->n.errors++;
		err = EEXIST;
	} else if (S_ISDIR(old->st_mode)) {
		copy_failed(s->c, EISDIR, "replace", s->path.s);
		err = EISDIR;
	} else if (s->to == &host_side && fsu_is_image(old)) {
		fsu_message("%s is the image itself, not replaced", fsu_name(s->path.s));
		s->c->n.errors++;
		err = EBUSY;
	}
	return err;
}

/* What cp's options say about something that exists: 0 to replace it, else it stays. */
static int asked_to_keep(struct sink *s, const struct item *i, const struct stat *old)
{
	const struct timespec *new_time = &i->st.st_mtim, *old_time = &old->st_mtim;

	if (s->c->o.no_clobber)
		return EEXIST;
	if (s->c->o.update &&
	    (new_time->tv_sec < old_time->tv_sec ||
	     (new_time->tv_sec == old_time->tv_sec && new_time->tv_nsec <= old_time->tv_nsec)))
		return EEXIST;
	return s->c->o.ask && !fsu_ask("overwrite", s->path.s) ? EEXIST : 0;
}

static int remove_old(struct sink *s)
{
	int err = s->to->unlink(s->c, s->path.s);

	if (!err && s->c->o.like_cp && s->c->o.verbose)
		printf("removed %s\n", fsu_quote(s->path.s));
	return err;
}

/* ---- files ------------------------------------------------------------------------------- */

#define CREATE (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)

static int open_file(struct sink *s, const struct item *i)
{
	const struct copy_options *o = &s->c->o;
	bool through = o->like_cp && !o->remove_first;
	mode_t mode = sink_create_mode(s, &i->st);
	int fd = s->to->open(s->c, s->path.s, CREATE, mode);
	struct stat old;

	s->created = true;
	if (fd != -EEXIST) {
		if (fd < 0)
			not_made(s, i, -fd);
		return fd;
	}
	if ((through && sink_through_own(s, i)) || may_replace(s, i, through, &old) ||
	    asked_to_keep(s, i, &old))
		return -1;
	/* a name of several must not change what the others name */
	if ((S_ISREG(old.st_mode) || through) && !o->remove_first &&
	    !(o->like_cp && (o->keep & KEEP_LINKS) && old.st_nlink > 1)) {
		s->created = false;
		fd = s->to->open(s->c, s->path.s,
				 O_WRONLY | O_NONBLOCK | (o->no_data ? 0 : O_TRUNC) |
				 (through ? 0 : O_NOFOLLOW), 0);
		if (fd >= 0 || !o->force)
			goto done;
	}
	s->created = true;
	fd = remove_old(s);
	if (!fd)
		fd = s->to->open(s->c, s->path.s, CREATE, mode);
done:
	if (fd < 0)
		copy_failed(s->c, -fd, "replace", s->path.s);
	return fd;
}

static void drop_file(struct sink *s)
{
	if (s->created)
		s->to->unlink(s->c, s->path.s);
	if (s->c->fatal != ENOSPC || !s->c->o.quiet_full)
		fsu_message("%s is incomplete%s", fsu_name(s->path.s),
			    s->created ? ", removed" : "");
}

/* Close the file being written; with its attributes where it is complete. */
static void finish_file(struct sink *s, bool complete)
{
	struct item *f = s->file;
	int err;

	if (s->fd < 0)
		return;
	if (complete)
		sink_metadata(s, s->fd, &f->st, f->xattrs, s->created);
	err = -s->to->close(s->c, s->fd);
	s->fd = -1;
	if (err && complete) {
		copy_failed(s->c, err, "write", s->path.s);
		complete = false;
	}
	if (complete)
		s->c->n.files++;
	else
		drop_file(s);
	if (f->top)
		fsu_path_set(&s->path, "");
	else
		fsu_path_cut(&s->path, s->cut);
}

/* False after an error, which ends the file. */
static bool write_data(struct sink *s, const char *data, size_t len, off_t off)
{
	while (len) {
		ssize_t n = s->to->pwrite(s->c, s->fd, data, len, off);

		if (n <= 0) {
			copy_failed(s->c, n ? -n : EIO, "write", s->path.s);
			finish_file(s, false);
			return false;
		}
		data += n;
		len -= n;
		off += n;
		s->c->n.bytes += n;
	}
	if (off > s->length)
		s->length = off;
	return true;
}

#define ZEROS 4096	/* a hole is not looked for in less */

size_t sink_run_length(const char *data, size_t len, bool *zeros)
{
	size_t n = 0;

	while (n < len) {
		size_t block = len - n < ZEROS ? len - n : ZEROS;
		bool z = !data[n] && memcmp(data + n, data + n + 1, block - 1) == 0;

		if (!n)
			*zeros = z;
		else if (z != *zeros)
			break;
		n += block;
	}
	return n;
}

/* Leave holes where there are only zeros:
 * the file is new or was emptied, and has its size already. */
static void write_sparse(struct sink *s, const char *data, size_t len, off_t off)
{
	bool zeros = false;

	for (size_t n; len; data += n, len -= n, off += n) {
		n = sink_run_length(data, len, &zeros);
		if (zeros)
			s->c->n.holes += n;
		else if (!write_data(s, data, n, off))
			return;
	}
}

static bool set_size(struct sink *s, off_t size)
{
	int err;

	if (size == s->length)
		return true;
	err = -s->to->ftruncate(s->c, s->fd, size);
	s->length = size;
	if (!err)
		return true;
	copy_failed(s->c, err, "write", s->path.s);
	finish_file(s, false);
	return false;
}

static void begin_file(struct sink *s, struct item *i)
{
	int err;

	s->cut = name_object(s, i);
	s->length = 0;
	s->fd = open_file(s, i);
	if (s->fd < 0) {
		fsu_path_cut(&s->path, i->top ? 0 : s->cut);
		s->fd = -1;
		return;
	}
	told(s, i);
	s->file = i;
	if (!i->whole) {
		/* the data follows: what is needed at the end stays here */
		s->file = fsu_malloc(sizeof(*i));
		*s->file = *i;
		*i = (struct item){ .kind = ITEM_FILE };
	}
	/* xfs reserves room behind a file that grows, and the holes would be in it */
	if (s->file->sparse && !s->c->o.no_data && s->c->o.sparse != COPY_NEVER &&
	    !set_size(s, s->file->st.st_size)) {
		if (s->file == i)
			s->file = NULL;
		return;
	}
	if (!s->file->whole)
		return;
	if (s->c->o.no_data) {
		finish_file(s, true);
	} else if (i->by_kernel) {
		err = sink_copy_inside(s, i);
		if (err && err != EINTR)
			copy_failed(s->c, err, "copy to", s->path.s);
		if (err)
			finish_file(s, false);
		else if (set_size(s, i->st.st_size))
			finish_file(s, true);
	} else if (write_data(s, i->data, i->len, 0)) {
		finish_file(s, true);
	}
	s->file = NULL;
}

static void forget_file(struct sink *s)
{
	if (s->file)
		item_free(s->file);
	s->file = NULL;
}

static void end_file(struct sink *s, struct item *i)
{
	if (s->fd >= 0 && (i->failed || set_size(s, i->off)))
		finish_file(s, !i->failed);
	forget_file(s);
}

/* ---- directories ------------------------------------------------------------------------- */

static void enter_directory(struct sink *s, const struct item *i)
{
	struct copy *c = s->c;
	size_t cut = name_object(s, i);
	int err = -s->to->mkdir(c, s->path.s, sink_create_mode(s, &i->st));
	bool created = !err;
	struct stat old;

	/* a symbolic link in the place of a directory leads elsewhere, unless the user named it */
	if (err == EEXIST && s->to->stat(c, s->path.s, i->typed, &old) == 0) {
		if (!S_ISDIR(old.st_mode))
			copy_failed(c, ENOTDIR, "replace", s->path.s);
		else if (!i->top && s->depth && s->levels[s->depth - 1].created)
			copy_lost(c, LOSS_NAMES, s->path.s,
				  "name (another directory has it there)", err);
		else
			err = 0;
	} else if (err) {
		not_made(s, i, err);
	}
	if (err) {
		s->skip = 1;
		fsu_path_cut(&s->path, i->top ? 0 : cut);
		return;
	}
	if (s->depth == s->size) {
		s->size = s->size ? s->size * 2 : 16;
		s->levels = fsu_realloc(s->levels, s->size * sizeof(*s->levels));
	}
	s->levels[s->depth++] = (struct sink_level){ i->top ? 0 : cut, created || c->o.fresh };
	c->n.dirs += created;
	if (created)
		told(s, i);
}

static void leave_directory(struct sink *s, const struct item *i)
{
	struct sink_level *l = &s->levels[--s->depth];

	sink_metadata(s, -1, &i->st, i->xattrs, l->created);
	fsu_path_cut(&s->path, l->cut);
}

/* ---- links and nodes --------------------------------------------------------------------- */

static int make_object(struct sink *s, const struct item *i)
{
	switch (i->kind) {
	case ITEM_LINK:
		return s->to->link(s->c, i->text, s->path.s);
	case ITEM_SYMLINK:
		return s->to->symlink(s->c, i->text, s->path.s);
	default:
		return s->to->mknod(s->c, s->path.s,
				    (i->st.st_mode & S_IFMT) | sink_create_mode(s, &i->st),
				    i->st.st_rdev);
	}
}

/* Where the target has no links: the first copy is copied again. */
static void copy_instead(struct sink *s, const struct item *i, int err)
{
	int from = s->to->open(s->c, i->text, O_RDONLY | O_NOFOLLOW, 0);
	struct item file = { .kind = ITEM_FILE, .st = i->st, .name = s->path.s, .from = i->text };
	char *buf = queue_buffer(s->c->queue);
	ssize_t n = 0;

	if (from < 0) {
		copy_failed(s->c, -from, "link to", i->text);
		free(buf);
		return;
	}
	copy_lost(s->c, LOSS_LINKS, s->path.s, "hard link (it is a file of its own now)", err);
	s->fd = s->to->open(s->c, s->path.s, CREATE, sink_create_mode(s, &i->st));
	if (s->fd < 0) {
		copy_failed(s->c, -s->fd, "create", s->path.s);
	} else {
		s->created = true;
		s->length = 0;
		s->file = &file;
		s->cut = s->path.len;
		while (s->fd >= 0 && !copy_stopped(s->c) &&
		       (n = s->to->pread(s->c, from, buf, COPY_CHUNK, s->length)) > 0)
			write_data(s, buf, n, s->length);
		if (s->fd >= 0)
			finish_file(s, n == 0 && !copy_stopped(s->c));
		s->file = NULL;
	}
	s->fd = -1;
	s->to->close(s->c, from);
	free(buf);
}

static void make(struct sink *s, const struct item *i)
{
	struct copy *c = s->c;
	size_t cut;
	int err;
	struct stat old;

	if (c->before_link && i->kind != ITEM_LINK && !c->before_link(c)) {
		copy_fatal(c, EIO, "mount", fsu_image());
		return;
	}
	if (c->o.no_special && (S_ISCHR(i->st.st_mode) || S_ISBLK(i->st.st_mode))) {
		c->special++;
		return;
	}
	if (!sink_may_link(s, i))
		return;
	cut = name_object(s, i);
	err = -make_object(s, i);
	if (err == EEXIST && c->o.links == COPY_HARD_LINKS &&
	    s->to->stat(c, s->path.s, false, &old) == 0 && old.st_ino == i->st.st_ino &&
	    old.st_dev == i->st.st_dev) {
		;	/* it is that link already */
	} else if (err == EEXIST && c->o.links && !c->o.force && !c->o.remove_first && !c->o.ask &&
		   !c->o.no_clobber && !c->o.update) {
		copy_failed(c, err, "create link", s->path.s);
	} else if (err == EEXIST && may_replace(s, i, false, &old) == 0 &&
		   !asked_to_keep(s, i, &old)) {
		err = -remove_old(s);
		if (!err)
			err = -make_object(s, i);
		if (err)
			not_made(s, i, err);
	} else if (err && err != EEXIST) {
		if (i->kind == ITEM_LINK && S_ISREG(i->st.st_mode) &&
		    (err == EPERM || err == EOPNOTSUPP || err == ENOSYS || err == EMLINK))
			copy_instead(s, i, err);
		else
			not_made(s, i, err);
	}
	if (!err) {
		told(s, i);
		if (i->kind == ITEM_SYMLINK)
			sink_made_symlink(s);
		if (i->kind != ITEM_LINK && !c->o.links)
			sink_metadata(s, -1, &i->st, i->xattrs, true);
		if (i->kind == ITEM_LINK)
			c->n.links++;
		else if (i->kind == ITEM_SYMLINK)
			c->n.symlinks++;
		else
			c->n.others++;
	}
	fsu_path_cut(&s->path, i->top ? 0 : cut);
}

/* ---- items ------------------------------------------------------------------------------- */

struct sink *sink_new(struct copy *c)
{
	struct sink *s = fsu_malloc(sizeof(*s));

	*s = (struct sink){ .c = c, .to = c->to, .fd = -1, .placed = inodes_new(),
			    .symlinks = inodes_new() };
	fsu_path_set(&s->path, "");
	return s;
}

void sink_free(struct sink *s)
{
	finish_file(s, false);
	forget_file(s);
	inodes_free(s->placed);
	inodes_free(s->symlinks);
	free(s->levels);
	fsu_path_free(&s->path);
	free(s);
}

void sink_take(struct sink *s, struct item *i)
{
	if (s->skip) {
		s->skip += (i->kind == ITEM_DIR) - (i->kind == ITEM_LEAVE);
		return;
	}
	switch (i->kind) {
	case ITEM_DIR: enter_directory(s, i); break;
	case ITEM_LEAVE: leave_directory(s, i); break;
	case ITEM_FILE: begin_file(s, i); break;
	case ITEM_DATA:
		if (s->fd >= 0 && i->zeros)
			write_sparse(s, i->data, i->len, i->off);
		else if (s->fd >= 0)
			write_data(s, i->data, i->len, i->off);
		break;
	case ITEM_FILE_END: end_file(s, i); break;
	default: make(s, i);
	}
}
