// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An archive of files of the image, in the pax format: times, names and attributes as they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tar.h"

#define CHUNK (1 << 20)

struct creation {
	struct tar *t;
	struct archive_entry_linkresolver *links;
	char *buf, *zeros;
	dev_t dev;
	bool stripped;		/* leading slashes, which is told once */
};

/* Where the data of a file with holes is. */
static void add_sparse(struct ukfs *u, int fd, off_t size, struct archive_entry *e)
{
	off_t data = 0, hole;
	bool some = false;

	while (data < size && (data = ukfs_flseek(u, fd, data, SEEK_DATA)) >= 0) {
		hole = ukfs_flseek(u, fd, data, SEEK_HOLE);
		if (hole < 0)
			break;
		archive_entry_sparse_add_entry(e, data, (hole < size ? hole : size) - data);
		data = hole;
		some = true;
	}
	/* all of it is a hole */
	if (!some)
		archive_entry_sparse_add_entry(e, size, 0);
}

/* Up to `end' from the file, or zeros, which libarchive leaves out where the entry says so. */
static int put_range(struct creation *c, int fd, const char *path, off_t from, off_t end, bool hole)
{
	while (from < end) {
		size_t want = end - from < CHUNK ? end - from : CHUNK;
		ssize_t n = hole ? (ssize_t)want : ukfs_pread(c->t->u, fd, c->buf, want, from);

		if (n < 0) {
			tar_fail(c->t, errno, path);
			return ARCHIVE_OK;
		}
		/* a file that became shorter: libarchive fills up */
		if (!n)
			return ARCHIVE_OK;
		if (archive_write_data(c->t->a, hole ? c->zeros : c->buf, n) < 0)
			return ARCHIVE_FATAL;
		from += n;
	}
	return ARCHIVE_OK;
}

static int put_data(struct creation *c, int fd, const char *path, struct archive_entry *e)
{
	la_int64_t from, len, at = 0, size = archive_entry_size(e);
	int ret = ARCHIVE_OK;

	if (!archive_entry_sparse_reset(e))
		return put_range(c, fd, path, 0, size, false);
	while (!ret && archive_entry_sparse_next(e, &from, &len) == ARCHIVE_OK) {
		ret = put_range(c, fd, path, at, from, true);
		if (!ret)
			ret = put_range(c, fd, path, from, from + len, false);
		at = from + len;
	}
	return ret ? ret : put_range(c, fd, path, at, size, true);
}

/* One entry with the data of the file at `path'. */
static int put_entry(struct creation *c, struct archive_entry *e, const char *path, bool holes)
{
	struct ukfs *u = c->t->u;
	bool data = archive_entry_filetype(e) == AE_IFREG && archive_entry_size(e) > 0;
	int fd = -1, ret;

	if (data) {
		fd = ukfs_open(u, path, O_RDONLY);
		if (fd < 0) {
			tar_fail(c->t, errno, path);
			return ARCHIVE_OK;
		}
		if (holes)
			add_sparse(u, fd, archive_entry_size(e), e);
	}
	ret = archive_write_header(c->t->a, e);
	/* a warning: a name that is no UTF-8 is stored as it is */
	if (ret < ARCHIVE_WARN)
		tar_archive_error(c->t);
	if (ret > ARCHIVE_FAILED && data && put_data(c, fd, path, e)) {
		tar_archive_error(c->t);
		ret = ARCHIVE_FATAL;
	}
	if (fd >= 0)
		ukfs_close(u, fd);
	return ret;
}

static const char *member_name(struct creation *c, const char *path)
{
	const char *name = path + strspn(path, "/");

	if (name != path && !c->stripped)
		fsu_message("leading slashes are left out of names");
	c->stripped |= name != path;
	return *name ? name : ".";
}

static struct archive_entry *new_entry(struct creation *c, const struct fsu_entry *f)
{
	struct archive_entry *e = archive_entry_new();
	char *target;

	if (!e)
		fsu_die(FSU_USAGE);
	archive_entry_copy_stat(e, &f->st);
	/* no reader can set the one, nobody wants the other */
	archive_entry_unset_ctime(e);
	archive_entry_unset_atime(e);
	archive_entry_copy_pathname(e, member_name(c, f->path));
	if (!S_ISREG(f->st.st_mode))
		archive_entry_set_size(e, 0);
	if (!c->t->numeric) {
		archive_entry_copy_uname(e, fsu_user(f->st.st_uid));
		archive_entry_copy_gname(e, fsu_group(f->st.st_gid));
	}
	if (S_ISLNK(f->st.st_mode)) {
		target = fsu_tree_readlink(c->t->u, f->path);
		if (target)
			archive_entry_copy_symlink(e, target);
		else
			tar_fail(c->t, errno, f->path);
		free(target);
	}
	tar_take_attributes(c->t, e, f->path);
	return e;
}

static int add(struct creation *c, const struct fsu_entry *f)
{
	struct archive_entry *e = new_entry(c, f), *spare = NULL;
	FILE *out = strcmp(c->t->file, "-") ? stdout : stderr;
	int ret;

	if (c->t->verbose)
		fprintf(out, "%s%s\n", fsu_shown_on(out, member_name(c, f->path)),
			S_ISDIR(f->st.st_mode) ? "/" : "");
	archive_entry_linkify(c->links, &e, &spare);
	ret = e ? put_entry(c, e, f->path, f->st.st_blocks * 512 < f->st.st_size) : ARCHIVE_OK;
	archive_entry_free(e);
	archive_entry_free(spare);
	return ret;
}

static int on_entry(struct ukfs *u, const struct fsu_entry *f, void *arg)
{
	struct creation *c = arg;
	struct tar *t = c->t;

	(void)u;
	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (f->visit == FSU_ERROR) {
		tar_fail(t, f->err, f->path);
		return 0;
	}
	if (f->visit == FSU_POST)
		return 0;
	if (tar_left_out(t, f->path))
		return FSU_WALK_SKIP;
	if (S_ISSOCK(f->st.st_mode)) {
		fsu_message("%s: a socket is left out", fsu_name(f->path));
		return 0;
	}
	if (!f->depth)
		c->dev = f->st.st_dev;
	if (add(c, f) == ARCHIVE_FATAL)
		return FSU_WALK_STOP;
	return f->visit == FSU_PRE && t->one_fs && f->st.st_dev != c->dev ? FSU_WALK_SKIP : 0;
}

static const char *filter_by_name(const char *file)
{
	static const struct { const char *end, *filter; } names[] = {
		{ "gz", "gzip" }, { "tgz", "gzip" }, { "bz2", "bzip2" }, { "tbz", "bzip2" },
		{ "xz", "xz" },
		{ "txz", "xz" }, { "zst", "zstd" }, { "tzst", "zstd" }, { "lz4", "lz4" },
	};
	const char *dot = strrchr(file, '.');

	for (size_t i = 0; dot && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(dot + 1, names[i].end) == 0)
			return names[i].filter;
	return NULL;
}

static bool open_archive(struct tar *t)
{
	const char *filter = t->filter ? t->filter : t->by_name ? filter_by_name(t->file) : NULL;
	int ret;

	/* what GNU tar understands; the other name of attributes says the same once more */
	if (archive_write_set_format_pax(t->a) ||
	    archive_write_set_format_option(t->a, "pax", "xattrheader", "SCHILY") ||
	    (filter && archive_write_add_filter_by_name(t->a, filter) < ARCHIVE_WARN)) {
		tar_archive_error(t);
		return false;
	}
	/* nothing behind the end: zeros there are not zstd */
	archive_write_set_bytes_in_last_block(t->a, 1);
	ret = strcmp(t->file, "-") ? archive_write_open_filename(t->a, t->file) :
	      archive_write_open_fd(t->a, STDOUT_FILENO);
	if (ret)
		tar_archive_error(t);
	return !ret;
}

void tar_create(struct tar *t)
{
	struct creation c = { .t = t };

	if (strcmp(t->file, "-") == 0 && isatty(STDOUT_FILENO)) {
		fsu_message("an archive is not for a terminal; -f names a file");
		t->code = FSU_USAGE;
		return;
	}
	t->a = archive_write_new();
	c.links = archive_entry_linkresolver_new();
	if (!t->a || !c.links)
		fsu_die(FSU_USAGE);
	archive_entry_linkresolver_set_strategy(c.links, ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE);
	c.buf = fsu_malloc(CHUNK);
	c.zeros = memset(fsu_malloc(CHUNK), 0, CHUNK);
	if (open_archive(t)) {
		for (int i = 0; i < t->line->noperands; i++)
			fsu_walk(t->u, t->line->operands[i], on_entry, &c);
		if (archive_write_close(t->a) && t->code == FSU_OK)
			tar_archive_error(t);
	}
	archive_entry_linkresolver_free(c.links);
	archive_write_free(t->a);
	free(c.buf);
	free(c.zeros);
}
