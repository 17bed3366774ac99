// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Paths longer than PATH_MAX, which the kernel does not take: all but the last component is walked
 * in pieces.  Each piece is resolved by the kernel in the handle's context, so ".." and symbolic
 * links stay inside of the image as they do in a short path.
 */
#include "internal.h"

/* Length of the longest piece of whole components which a call takes; 0: one is too long. */
static size_t piece_len(const char *path)
{
	size_t len = PATH_MAX - 1;

	while (len && path[len] != '/')
		len--;
	return len;
}

/* Take the next piece off *path into `piece`; 1, 0 where the rest is short enough, or an error. */
static int next_piece(const char **path, char piece[PATH_MAX])
{
	size_t len;

	if (strnlen(*path, PATH_MAX) < PATH_MAX)
		return 0;
	len = piece_len(*path);
	if (!len)
		return -ENAMETOOLONG;
	memcpy(piece, *path, len);
	piece[len] = '\0';
	for (*path += len; **path == '/'; (*path)++)
		;
	/* "a/b///" is a directory as well */
	if (!**path)
		*path = ".";
	return 1;
}

int ukfsi_at_long(struct ukfsi_at *at, const char *path)
{
	char piece[PATH_MAX];
	int more, fd;

	at->dirfd = AT_FDCWD;
	while ((more = next_piece(&path, piece)) > 0) {
		fd = rump_sys_openat(at->dirfd, piece, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		ukfsi_at_end(at);
		at->dirfd = fd;
		if (fd < 0)
			return fd;
	}
	at->path = path;
	if (more < 0)
		ukfsi_at_end(at);
	return more;
}

int ukfsi_chdir_long(struct rump_context **ctx, const char **path)
{
	char piece[PATH_MAX];
	int res;

	res = rump_context_create(ctx);
	if (res < 0) {
		*ctx = NULL;
		return res;
	}
	rump_context_switch(*ctx);
	while ((res = next_piece(path, piece)) > 0) {
		res = rump_sys_chdir(piece);
		if (res < 0)
			break;
	}
	return res;
}
