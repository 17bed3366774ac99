// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Host paths of any length, and host paths that stay in the directory that the user typed.  What
 * follows the typed part of a path comes from an image or from a tree of another user, so no
 * symbolic link in it is followed: the directory above the last component is opened by openat2,
 * and calls take the last component from there.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "copy.h"

/* The kernel takes PATH_MAX bytes in one call: a longer path is opened piece by piece.  The rest
 * leaves room for /proc/self/fd/NUMBER/ before it. */
#define PIECE (PATH_MAX - 64)
#define DIRECTORY (O_PATH | O_DIRECTORY | O_CLOEXEC)

struct beneath {
	int fd;			/* of the directory */
	size_t typed;		/* how much of a path names it */
	char *parent;		/* below it, without a slash at the end; NULL: none is open */
	int parent_fd;
};

/* ---- one piece --------------------------------------------------------------------------- */

/* For kernels before 5.6, and where a filter does not know the call. */
static int open_by_components(int at, char *path)
{
	char *name, *rest = path;
	int fd = at, up = -1;

	while ((name = strsep(&rest, "/"))) {
		if (!*name)
			continue;
		if (strcmp(name, "..") == 0)
			errno = EXDEV;
		fd = strcmp(name, "..") ? openat(fd, name, DIRECTORY | O_NOFOLLOW) : -1;
		if (up >= 0)
			close(up);
		up = fd;
		if (fd < 0)
			break;
	}
	return fd;
}

/* The path may be changed. */
static int open_piece(const struct beneath *b, int at, char *path)
{
	struct open_how how = {
		.flags = DIRECTORY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd;

	if (!b)
		return openat(at, path, DIRECTORY);
	fd = syscall(SYS_openat2, at, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_by_components(at, path);
	return fd;
}

/* How much of a path's first `len` bytes one call takes, in whole components; 0: a name is too
 * long. */
static size_t piece_length(const char *path, size_t len)
{
	if (len < PIECE)
		return len;
	for (len = PIECE - 1; len && path[len] != '/'; len--)
		;
	return len;
}

/* Open the directory that the path's first `len` bytes name.  A descriptor, or a negative errno. */
static int open_directory(const struct beneath *b, int at, const char *path, size_t len)
{
	char piece[PIECE];
	int fd = at;

	while (len) {
		size_t n = piece_length(path, len);
		int next;

		if (!n)
			errno = ENAMETOOLONG;
		memcpy(piece, path, n);
		piece[n] = '\0';
		next = n ? open_piece(b, fd, piece) : -1;
		if (fd != at)
			close(fd);
		if (next < 0)
			return -errno;
		fd = next;
		for (path += n, len -= n; len && *path == '/'; path++, len--)
			;
	}
	return fd;
}

/* ---- a directory and what is beneath it ---------------------------------------------------- */

int beneath_new(struct beneath **result, const char *path, bool whole)
{
	char *base = fsu_strip(path), *slash = strrchr(base, '/');
	struct beneath *b = fsu_malloc(sizeof(*b));

	b->typed = whole ? strlen(path) : slash ? (size_t)(slash - base) + 1 : 0;
	b->parent = NULL;
	b->parent_fd = -1;
	b->fd = !*path ? -ENOENT : open_directory(NULL, AT_FDCWD, b->typed ? path : ".",
						  b->typed ? b->typed : 1);
	free(base);
	*result = b;
	return b->fd < 0 ? -b->fd : 0;
}

static void close_parent(struct beneath *b)
{
	if (b->parent_fd >= 0)
		close(b->parent_fd);
	b->parent_fd = -1;
	free(b->parent);
	b->parent = NULL;
}

void beneath_free(struct beneath *b)
{
	if (!b)
		return;
	close_parent(b);
	if (b->fd >= 0)
		close(b->fd);
	free(b);
}

/* The length of a path's part above its last component, without the slash. */
static size_t parent_length(const char *path)
{
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	while (len && path[len - 1] == '/')
		len--;
	return len;
}

static bool is_dots(const char *name)
{
	size_t len = strcspn(name, "/");

	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

/* Most calls name something in the directory that the call before was for: it stays open. */
static int begin_beneath(struct beneath *b, struct hostpath *p, const char *path, bool keep)
{
	const char *below = path + b->typed + strspn(path + b->typed, "/");
	size_t len = parent_length(below);
	int fd = b->fd;

	p->rest = below + len + strspn(below + len, "/");
	if (is_dots(p->rest))
		return EINVAL;
	if (!*p->rest)
		p->rest = ".";
	if (len && keep && b->parent && strncmp(b->parent, below, len) == 0 && !b->parent[len]) {
		fd = b->parent_fd;
	} else if (len) {
		fd = open_directory(b, b->fd, below, len);
		if (fd < 0)
			return -fd;
		p->opened = !keep;
		if (keep) {
			close_parent(b);
			b->parent = fsu_strndup(below, len);
			b->parent_fd = fd;
		}
	}
	p->fd = fd;
	return 0;
}

/* ---- paths --------------------------------------------------------------------------------- */

/* Without limits: what is too long for one call is opened, the rest is left. */
static int begin_plain(struct hostpath *p, const char *path)
{
	size_t len = 0, n;
	int fd;

	while (strnlen(path + len, PIECE) >= PIECE) {
		n = piece_length(path + len, PIECE);
		if (!n)
			return ENAMETOOLONG;
		for (len += n; path[len] == '/'; len++)
			;
	}
	fd = len ? open_directory(NULL, AT_FDCWD, path, len) : AT_FDCWD;
	if (fd < 0 && len)
		return -fd;
	*p = (struct hostpath){ fd, path + len, len > 0 };
	return 0;
}

int hostpath_begin(struct beneath *b, struct hostpath *p, const char *path)
{
	*p = (struct hostpath){ AT_FDCWD, path, false };
	return b ? begin_beneath(b, p, path, true) : begin_plain(p, path);
}

int hostpath_begin_second(struct beneath *b, struct hostpath *p, const char *path)
{
	*p = (struct hostpath){ AT_FDCWD, path, false };
	return b ? begin_beneath(b, p, path, false) : begin_plain(p, path);
}

void hostpath_end(struct hostpath *p)
{
	if (p->opened)
		close(p->fd);
	p->opened = false;
}
