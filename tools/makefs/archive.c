// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Archives and mtree manifests, by libarchive.  Their data goes to a spool, a temporary file
 * without a name: the size of an image has to be known before its first byte is written.
 */
#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "makefs.h"

#define SPOOL_ALIGN 4096	/* holes are found in blocks of the spool's file system */

struct reading {
	struct archive *a;
	struct archive_entry *e;
	struct tree *tree;
	const char *source;
	const struct options *o;
	unsigned long errors;
	bool manifest;
};

static void failed(struct reading *r, const char *path, const char *what)
{
	const char *name = path ? fsu_name(path) : "?";
	bool cut = strlen(name) > PATH_MAX;

	r->errors++;
	fsu_message("%s: %.*s%s: %s", fsu_name(r->source), cut ? 100 : PATH_MAX, name,
		    cut ? "..." : "", what ? what : "cannot be read");
}

/* ---- the spool --------------------------------------------------------------------------- */

bool open_spool(struct tree *t)
{
	const char *dir = getenv("TMPDIR");

	if (t->spool >= 0)
		return true;
	dir = dir && *dir ? dir : "/var/tmp";
	t->spool = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (t->spool < 0) {
		struct fsu_path path = { 0 };

		fsu_path_set(&path, dir);
		fsu_path_push(&path, "makefs.XXXXXX");
		t->spool = mkostemp(path.s, O_CLOEXEC);
		if (t->spool >= 0)
			unlink(path.s);
		fsu_path_free(&path);
	}
	if (t->spool < 0)
		fsu_message("cannot make a temporary file in %s: %m; TMPDIR names another folder",
			    fsu_name(dir));
	return t->spool >= 0;
}

static bool write_spool(struct reading *r, const char *path, const char *data, size_t len, off_t at)
{
	while (len) {
		ssize_t n = pwrite(r->tree->spool, data, len, at);

		if (n < 0) {
			fsu_message("%s: cannot keep its data in the temporary file: %m; TMPDIR "
				    "names another folder", fsu_name(path));
			r->errors++;
			return false;
		}
		data += n;
		len -= n;
		at += n;
	}
	return true;
}

/* The largest file that can follow what the spool has. */
static off_t spool_room(const struct tree *t)
{
	return INT64_MAX - SPOOL_ALIGN - t->spool_end;
}

static bool too_large(struct reading *r, const char *path)
{
	failed(r, path, "is larger than a file can be here");
	return false;
}

static bool read_blocks(struct reading *r, struct inode *i, const char *path)
{
	off_t room = spool_room(r->tree), last = 0, off;
	const void *data;
	size_t len;
	int res;

	while ((res = archive_read_data_block(r->a, &data, &len, &off)) == ARCHIVE_OK) {
		if (off < 0 || off > room || len > (size_t)(room - off))
			return too_large(r, path);
		if (!write_spool(r, path, data, len, i->spool + off))
			return false;
		if (len && (off > last || !i->extents)) {
			i->extents++;
			i->data += (PIECE_ALIGN - i->data % PIECE_ALIGN) % PIECE_ALIGN +
				   off % PIECE_ALIGN;
		}
		i->data += len;
		last = off + len;
	}
	if (res != ARCHIVE_EOF)
		failed(r, path, archive_error_string(r->a));
	r->tree->broken |= res == ARCHIVE_FATAL;
	if (last > i->st.st_size)
		i->st.st_size = last;
	return true;
}

/* False: the spool has no room for it. */
static bool read_data(struct reading *r, struct inode *i, const char *path)
{
	off_t end;

	i->spool = r->tree->spool_end;
	if (!read_blocks(r, i, path))
		return false;
	if (i->st.st_size < 0 || i->st.st_size > spool_room(r->tree))
		return too_large(r, path);
	i->st.st_blocks = (i->data + 511) / 512;
	/* a hole behind the last data belongs to it, and so does what fills its last block */
	end = i->spool + i->st.st_size;
	end += (SPOOL_ALIGN - end % SPOOL_ALIGN) % SPOOL_ALIGN;
	if (ftruncate(r->tree->spool, end) < 0) {
		failed(r, path, strerror(errno));
		return false;
	}
	r->tree->spool_end = end;
	return true;
}

/* ---- attributes -------------------------------------------------------------------------- */

/* A POSIX ACL as the kernel takes it. */
struct acl_entry {
	uint16_t tag, perm;
	uint32_t id;
} __attribute__((packed));

static uint16_t acl_tag(int tag)
{
	switch (tag) {
	case ARCHIVE_ENTRY_ACL_USER_OBJ: return 1;
	case ARCHIVE_ENTRY_ACL_USER: return 2;
	case ARCHIVE_ENTRY_ACL_GROUP_OBJ: return 4;
	case ARCHIVE_ENTRY_ACL_GROUP: return 8;
	case ARCHIVE_ENTRY_ACL_MASK: return 16;
	default: return 32;
	}
}

static int acl_order(const void *a, const void *b)
{
	const struct acl_entry *x = a, *y = b;

	if (x->tag != y->tag)
		return le16toh(x->tag) < le16toh(y->tag) ? -1 : 1;
	return le32toh(x->id) < le32toh(y->id) ? -1 : le32toh(x->id) > le32toh(y->id);
}

static void read_acl(struct reading *r, int which, const char *name, struct xattr ***tail)
{
	int n = archive_entry_acl_reset(r->e, which), type, perm, tag, id;
	uint32_t version = htole32(2);
	const char *who;
	struct acl_entry *list;
	int count = 0;

	if (n <= 0 || (which == ARCHIVE_ENTRY_ACL_TYPE_ACCESS && n <= 3))
		return;
	**tail = xattr_new(name, 4 + n * sizeof(*list));
	memcpy((**tail)->value, &version, sizeof(version));
	list = fsu_malloc(n * sizeof(*list));
	while (count < n && archive_entry_acl_next(r->e, which, &type, &perm, &tag, &id, &who) ==
	       ARCHIVE_OK) {
		bool named = tag == ARCHIVE_ENTRY_ACL_USER || tag == ARCHIVE_ENTRY_ACL_GROUP;

		list[count++] = (struct acl_entry){ htole16(acl_tag(tag)), htole16(perm & 7),
						    htole32(named ? (uint32_t)id : UINT32_MAX) };
	}
	qsort(list, count, sizeof(*list), acl_order);
	memcpy((**tail)->value + 4, list, count * sizeof(*list));
	(**tail)->size = 4 + count * sizeof(*list);
	free(list);
	*tail = &(**tail)->next;
}

static void read_xattrs(struct reading *r, struct inode *i)
{
	struct xattr **tail = &i->xattrs;
	const void *value;
	const char *name;
	size_t size;

	while (*tail)
		tail = &(*tail)->next;
	archive_entry_xattr_reset(r->e);
	while (archive_entry_xattr_next(r->e, &name, &value, &size) == ARCHIVE_OK) {
		if (!name || !xattr_wanted(name))
			continue;
		*tail = xattr_new(name, size);
		memcpy((*tail)->value, value, size);
		tail = &(*tail)->next;
	}
	read_acl(r, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access", &tail);
	read_acl(r, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default", &tail);
}

/* A number counts, but where -N says whose names these are, and where there is only a name. */
static void read_owner(struct reading *r, struct stat *st, const char *path)
{
	const char *user = archive_entry_uname(r->e), *group = archive_entry_gname(r->e);
	bool names = r->o->userdb;

	st->st_uid = archive_entry_uid(r->e);
	st->st_gid = archive_entry_gid(r->e);
	if (user && *user && (names || (r->manifest && !st->st_uid)) &&
	    !userdb_user(user, &st->st_uid) && r->manifest)
		failed(r, path, "its user is not in the user database; -N names another");
	if (group && *group && (names || (r->manifest && !st->st_gid)) &&
	    !userdb_group(group, &st->st_gid) && r->manifest)
		failed(r, path, "its group is not in the user database; -N names another");
}

static void read_times(struct reading *r, struct stat *st)
{
	if (archive_entry_mtime_is_set(r->e))
		st->st_mtim = st->st_atim = (struct timespec){ archive_entry_mtime(r->e),
							       archive_entry_mtime_nsec(r->e) };
	if (archive_entry_atime_is_set(r->e))
		st->st_atim = (struct timespec){ archive_entry_atime(r->e),
						 archive_entry_atime_nsec(r->e) };
}

static void read_attributes(struct reading *r, struct inode *i, const char *path)
{
	mode_t mode = archive_entry_mode(r->e);

	i->st.st_mode = mode;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		i->st.st_rdev =
			makedev(archive_entry_rdevmajor(r->e), archive_entry_rdevminor(r->e));
	read_owner(r, &i->st, path);
	read_times(r, &i->st);
	read_xattrs(r, i);
}

/* ---- entries ----------------------------------------------------------------------------- */

static void read_link(struct reading *r, struct node *n, const char *path, const char *to)
{
	struct node *first = tree_find(r->tree, to);

	if (!first || !first->inode || S_ISDIR(first->inode->st.st_mode))
		failed(r, path, "is a hard link to a file that is not there");
	else
		n->inode = first->inode;
}

/* An entry of a manifest for what a directory has already: new attributes, the content stays. */
static bool only_attributes(struct reading *r, struct node *n, const char *path)
{
	mode_t type = archive_entry_mode(r->e) & S_IFMT;

	if (!n->inode || (!r->manifest && type != S_IFDIR))
		return false;
	if ((n->inode->st.st_mode & S_IFMT) != type)
		return false;
	if (S_ISREG(type) && !n->inode->host)
		return false;
	if (S_ISLNK(type) && archive_entry_symlink(r->e)) {
		free(n->inode->target);
		n->inode->target = fsu_strdup(archive_entry_symlink(r->e));
	}
	read_attributes(r, n->inode, path);
	return true;
}

static bool read_content(struct reading *r, struct inode *i, const char *path)
{
	off_t size = archive_entry_size_is_set(r->e) ? archive_entry_size(r->e) : 0;

	i->st.st_size = r->manifest ? 0 : size;
	if (!read_data(r, i, path))
		return false;
	/* libarchive says nothing where it finds no file, but then it has no inode number either */
	if (r->manifest && !archive_entry_ino_is_set(r->e) && !i->data)
		failed(r, path, "its content is not there: the manifest needs contents=FILE, a "
		       "file below the directory or the current directory");
	return true;
}

/* A directory that nothing else can take the place of. */
static bool is_held(const struct reading *r, const struct node *n)
{
	return n->nchildren || n == r->tree->root;
}

static void read_entry(struct reading *r)
{
	const char *path = archive_entry_pathname(r->e), *link = archive_entry_hardlink(r->e);
	struct node *n = path ? tree_make(r->tree, path) : NULL;
	const char *target = archive_entry_symlink(r->e);
	struct inode *i;

	if (!n) {
		failed(r, path, !path ? "its name cannot be converted from the archive's character "
					"set" :
				strstr(path, "..") ? "a name with .. in it is refused" :
				"this name cannot be in the tree, or has more than "
				TREE_DEPTH_TEXT " levels");
		return;
	}
	if (is_held(r, n) && (link || !S_ISDIR(archive_entry_mode(r->e)))) {
		failed(r, path, "is a directory already");
		return;
	}
	if (link) {
		read_link(r, n, path, link);
		return;
	}
	if (only_attributes(r, n, path))
		return;
	i = tree_inode(r->tree);
	read_attributes(r, i, path);
	if (S_ISLNK(i->st.st_mode)) {
		i->target = fsu_strdup(target ? target : "");
		i->st.st_size = strlen(i->target);
	} else if (S_ISREG(i->st.st_mode) && !read_content(r, i, path)) {
		i = NULL;	/* left out */
	}
	n->inode = i;
}

static void read_entries(struct reading *r)
{
	int res;

	while ((res = archive_read_next_header(r->a, &r->e)) != ARCHIVE_EOF && !fsu_interrupted()) {
		if (res == ARCHIVE_FATAL || res == ARCHIVE_RETRY) {
			fsu_message("%s: %s", fsu_name(r->source), archive_error_string(r->a));
			r->errors++;
			r->tree->broken = true;
			return;
		}
		if (res == ARCHIVE_WARN)
			failed(r, archive_entry_pathname(r->e), archive_error_string(r->a));
		read_entry(r);
	}
}

/* A damaged archive must not look like a small one. */
static bool open_archive(struct reading *r, int fd)
{
	r->a = archive_read_new();
	if (!r->a)
		return false;
	if (r->manifest) {
		archive_read_support_format_mtree(r->a);
	} else {
		archive_read_support_filter_all(r->a);
		archive_read_support_format_all(r->a);
	}
	if (archive_read_set_options(r->a, r->manifest ? "mtree:checkfs" : "") < ARCHIVE_WARN ||
	    archive_read_open_fd(r->a, fd, 1 << 18) != ARCHIVE_OK) {
		fsu_message("%s: %s", fsu_name(r->source), archive_error_string(r->a));
		return false;
	}
	return true;
}

static void read_all(struct reading *r, int fd)
{
	if (open_archive(r, fd)) {
		read_entries(r);
	} else {
		r->errors++;
		r->tree->broken = true;
	}
	if (r->a)
		archive_read_free(r->a);
}

unsigned long read_archive(struct tree *t, const struct source *from, const struct options *o)
{
	struct reading r = { .tree = t, .o = o,
			     .source = strcmp(from->path, "-") ? from->path : "standard input" };

	read_all(&r, from->fd);
	close(from->fd);
	return r.errors;
}

unsigned long read_manifest(struct tree *t, int fd, const char *dir, const struct options *o)
{
	struct reading r = { .tree = t, .source = o->manifest, .o = o, .manifest = true };
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir && (here < 0 || chdir(dir) < 0)) {
		fsu_perror_verb(errno, "enter", dir);
		t->broken = true;
		return 1;
	}
	read_all(&r, fd);
	close(fd);
	if (dir && fchdir(here) < 0) {
		fsu_perror_verb(errno, "return to", ".");
		return r.errors + 1;
	}
	close(here);
	return r.errors;
}
