// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An archive into the image, or its list.  Owners are the archive's numbers: the image may be of
 * another system, and its names are not the host's.  Directories get their attributes at the end,
 * when nothing is put into them any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tar.h"

struct later {
	struct later *next;
	struct archive_entry *e;
	char *path;
};

/* ---- names ------------------------------------------------------------------------------- */

/* The member's path in the image: relative, without leading components that are not wanted; NULL
 * where nothing is left, or where it would lead up. */
static char *member_path(const struct tar *t, const char *name)
{
	uint64_t strip = t->strip;

	for (name += strspn(name, "/"); strip && *name; strip--) {
		name += strcspn(name, "/");
		name += strspn(name, "/");
	}
	if (strip || !*name)
		return NULL;
	for (const char *s = name; *s; s += strcspn(s, "/"), s += strspn(s, "/"))
		if (strncmp(s, "..", 2) == 0 && (!s[2] || s[2] == '/')) {
			fsu_message("%s: leads out of the directory, left out", fsu_name(name));
			return NULL;
		}
	return fsu_strip(name);
}

/* Whether a member's path stays in the directory that -C names, whatever symbolic links other
 * members have put into it; else the error has been printed. */
static bool stays_inside(struct tar *t, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *parent, *real;
	size_t len = strlen(t->top);
	struct fsu_path whole = { 0 };
	bool inside;

	if (len == 1 || !slash)
		return true;
	parent = fsu_strndup(path, slash - path);
	if (t->checked && strcmp(t->checked, parent) == 0) {
		free(parent);
		return true;
	}
	fsu_path_set(&whole, t->top);
	fsu_path_push(&whole, parent);
	real = fsu_realpath(t->u, whole.s);
	inside = strncmp(real, t->top, len) == 0 && (!real[len] || real[len] == '/');
	free(t->checked);
	t->checked = inside ? parent : NULL;
	if (!inside) {
		free(parent);
		fsu_message("%s: a symbolic link leads out of the directory, left out",
			    fsu_name(path));
		t->code = FSU_USAGE;
	}
	fsu_path_free(&whole);
	free(real);
	return inside;
}

/* libarchive has no name where it cannot convert it from the archive's character set. */
static bool has_names(struct tar *t, struct archive_entry *e)
{
	const char *name = archive_entry_pathname(e);

	if (name && (archive_entry_filetype(e) != AE_IFLNK || archive_entry_hardlink(e) ||
		     archive_entry_symlink(e)))
		return true;
	fsu_message("%s: a name that cannot be converted from the archive's character set, left "
		    "out", name ? fsu_name(name) : "the archive");
	t->code = FSU_USAGE;
	return false;
}

static bool is_wanted(const struct tar *t, const char *name)
{
	bool wanted = !t->line->noperands;
	char *plain = fsu_strip(name);

	for (int i = 0; i < t->line->noperands && !wanted; i++) {
		char *operand = fsu_strip(t->line->operands[i]);

		wanted = fnmatch(operand, plain, FNM_LEADING_DIR) == 0;
		free(operand);
	}
	free(plain);
	return wanted && !tar_left_out(t, name);
}

/* ---- attributes -------------------------------------------------------------------------- */

static struct timespec time_of(bool set, time_t sec, long nsec)
{
	return set ? (struct timespec){ sec, nsec } : (struct timespec){ 0, UTIME_NOW };
}

/* An owner that is new clears set-id bits and capabilities, a mode changes an ACL's mask,
 * everything the times: hence the order. */
static void give(struct tar *t, struct archive_entry *e, const char *path)
{
	struct timespec mtime = time_of(archive_entry_mtime_is_set(e), archive_entry_mtime(e),
					archive_entry_mtime_nsec(e));
	struct timespec atime = time_of(archive_entry_atime_is_set(e), archive_entry_atime(e),
					archive_entry_atime_nsec(e));
	struct timespec times[2] = { archive_entry_atime_is_set(e) ? atime : mtime, mtime };
	bool link = archive_entry_filetype(e) == AE_IFLNK;
	mode_t mode = archive_entry_perm(e) & (t->no_special ? 01777 : 07777);

	if (!stays_inside(t, path))
		return;
	if (ukfs_lchown(t->u, path, archive_entry_uid(e), archive_entry_gid(e)))
		tar_fail(t, errno, path);
	if (!link && ukfs_chmod(t->u, path, mode))
		tar_fail(t, errno, path);
	tar_give_attributes(t, e, path);
	if (ukfs_lutimens(t->u, path, times))
		tar_fail(t, errno, path);
}

/* ---- members ----------------------------------------------------------------------------- */

static int put_blocks(struct tar *t, int fd)
{
	const void *block;
	la_int64_t off;
	size_t size;
	int ret;

	while ((ret = archive_read_data_block(t->a, &block, &size, &off)) == ARCHIVE_OK) {
		const char *p = block;

		while (size) {
			ssize_t n = ukfs_pwrite(t->u, fd, p, size, off);

			if (n < 0)
				return errno;
			p += n;
			size -= n;
			off += n;
		}
	}
	if (ret != ARCHIVE_EOF)
		tar_archive_error(t);
	return 0;
}

static int make_file(struct tar *t, struct archive_entry *e, const char *path)
{
	int fd = ukfs_open(t->u, path, O_WRONLY | O_CREAT | O_EXCL, 0600), err = 0;

	if (fd < 0)
		return errno;
	err = put_blocks(t, fd);
	/* a hole at the end */
	if (!err && archive_entry_size_is_set(e) && ukfs_ftruncate(t->u, fd, archive_entry_size(e)))
		err = errno;
	ukfs_close(t->u, fd);
	return err;
}

static int make_link(struct tar *t, struct archive_entry *e, const char *path)
{
	char *target = member_path(t, archive_entry_hardlink(e));
	int err = target && stays_inside(t, target) ? 0 : ENOENT;

	if (!err && ukfs_link(t->u, target, path))
		err = errno;
	free(target);
	return err;
}

static int make(struct tar *t, struct archive_entry *e, const char *path)
{
	struct stat st;

	if (archive_entry_hardlink(e))
		return make_link(t, e, path);
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return make_file(t, e, path);
	case AE_IFDIR:
		if (ukfs_lstat(t->u, path, &st) == 0 && S_ISDIR(st.st_mode))
			return 0;
		return ukfs_mkdir(t->u, path, 0700) ? errno : 0;
	case AE_IFLNK:
		free(t->checked);
		t->checked = NULL;
		return ukfs_symlink(t->u, archive_entry_symlink(e), path) ? errno : 0;
	default:
		return ukfs_mknod(t->u, path, archive_entry_mode(e), archive_entry_rdev(e)) ?
		       errno : 0;
	}
}

/* What is in the way is removed, but for directories; missing directories are made. */
static int make_room(struct tar *t, struct archive_entry *e, const char *path)
{
	struct stat st;

	if (ukfs_lstat(t->u, path, &st)) {
		if (errno != ENOENT)
			return errno;
		return ukfs_util_builddirs(t->u, path, 0755) ? errno : 0;
	}
	if (S_ISDIR(st.st_mode))
		return archive_entry_filetype(e) == AE_IFDIR ? 0 : EISDIR;
	if (t->keep)
		return EEXIST;
	return ukfs_remove(t->u, path) ? errno : 0;
}

static void extract(struct tar *t, struct archive_entry *e, struct later **later)
{
	char *path = member_path(t, archive_entry_pathname(e));
	struct later *l;
	int err;

	if (!path || !stays_inside(t, path) ||
	    (t->no_special && (archive_entry_filetype(e) == AE_IFCHR ||
			       archive_entry_filetype(e) == AE_IFBLK))) {
		free(path);
		return;
	}
	if (t->verbose)
		printf("%s\n", fsu_shown(archive_entry_pathname(e)));
	err = make_room(t, e, path);
	if (!err)
		err = make(t, e, path);
	if (err) {
		tar_fail(t, err, path);
	} else if (archive_entry_filetype(e) == AE_IFDIR) {
		l = fsu_malloc(sizeof(*l));
		*l = (struct later){ *later, archive_entry_clone(e), path };
		*later = l;
		return;
	} else if (!archive_entry_hardlink(e)) {
		give(t, e, path);
	}
	free(path);
}

/* ---- lists ------------------------------------------------------------------------------- */

static void print_owner(const struct tar *t, struct archive_entry *e)
{
	const char *user = t->numeric ? NULL : archive_entry_uname(e);
	const char *group = t->numeric ? NULL : archive_entry_gname(e);

	if (user && *user)
		printf(" %s/", fsu_shown(user));
	else
		printf(" %" PRId64 "/", (int64_t)archive_entry_uid(e));
	if (group && *group)
		printf("%s", fsu_shown(group));
	else
		printf("%" PRId64, (int64_t)archive_entry_gid(e));
}

static void list(const struct tar *t, struct archive_entry *e)
{
	const char *link = archive_entry_hardlink(e);
	time_t when = archive_entry_mtime(e);
	char mode[11], text[32] = "?";
	struct tm tm;

	if (t->verbose) {
		fsu_mode_string(mode, archive_entry_mode(e));
		if (link)
			mode[0] = 'h';
		if (localtime_r(&when, &tm))
			strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
		fputs(mode, stdout);
		print_owner(t, e);
		printf(" %9" PRId64 " %s ", link ? 0 : (int64_t)archive_entry_size(e), text);
	}
	fputs(fsu_shown(archive_entry_pathname(e)), stdout);
	if (t->verbose && link)
		printf(" link to %s", fsu_shown(link));
	else if (t->verbose && archive_entry_symlink(e))
		printf(" -> %s", fsu_shown(archive_entry_symlink(e)));
	putchar('\n');
}

static bool open_archive(struct tar *t)
{
	int ret;

	archive_read_support_filter_all(t->a);
	archive_read_support_format_all(t->a);
	ret = strcmp(t->file, "-") ? archive_read_open_filename(t->a, t->file, 128 << 10) :
	      archive_read_open_fd(t->a, STDIN_FILENO, 128 << 10);
	if (ret)
		tar_archive_error(t);
	return !ret;
}

void tar_read(struct tar *t)
{
	struct later *later = NULL, *next;
	struct archive_entry *e;
	int ret = ARCHIVE_EOF;

	t->a = archive_read_new();
	if (!t->a)
		fsu_die(FSU_USAGE);
	if (open_archive(t)) {
		while (!fsu_interrupted() &&
		       (ret = archive_read_next_header(t->a, &e)) >= ARCHIVE_WARN &&
		       ret != ARCHIVE_EOF) {
			if (ret == ARCHIVE_WARN)
				fsu_message("%s", archive_error_string(t->a));
			if (!has_names(t, e) || !is_wanted(t, archive_entry_pathname(e)))
				continue;
			if (t->mode == 't')
				list(t, e);
			else
				extract(t, e, &later);
		}
		if (ret < ARCHIVE_WARN)
			tar_archive_error(t);
	}
	for (; later; later = next) {
		next = later->next;
		give(t, later->e, later->path);
		archive_entry_free(later->e);
		free(later->path);
		free(later);
	}
	archive_read_free(t->a);
}
