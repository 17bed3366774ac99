// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Extended attributes, by path.  Their system calls take no directory descriptor, so a path beyond
 * PATH_MAX is walked by chdir, in a context that lives for this one call and shares nothing with
 * the handle's current directory.
 */
#include "internal.h"

/* Leave and end the context which ukfsi_chdir_long made. */
static void end_walk(struct ukfs *u, struct rump_context *ctx)
{
	if (ctx) {
		rump_context_switch(u->ctx);
		rump_context_destroy(ctx);
	}
}

/* Like AT_PATH; `call` finds the path in `short_path`. */
#define BY_PATH(u, op, name, call)							\
	IN_CONTEXT(u, op, name, ({							\
		const char *short_path = (name);					\
		struct rump_context *ctx_ = NULL;					\
		__typeof__(call) r_ = short_path ? 0 : -EFAULT;				\
		if (short_path && strnlen(short_path, PATH_MAX) >= PATH_MAX)		\
			r_ = ukfsi_chdir_long(&ctx_, &short_path);			\
		if (r_ >= 0)								\
			r_ = (call);							\
		end_walk(u, ctx_);							\
		r_; }))

#define GET "read an extended attribute of"
#define SET "set an extended attribute of"
#define LIST "list the extended attributes of"
#define REMOVE "remove an extended attribute of"

ssize_t ukfs_getxattr(struct ukfs *u, const char *path, const char *name, void *value, size_t size)
{
	return BY_PATH(u, GET, path, rump_sys_getxattr(short_path, name, value, size));
}

ssize_t ukfs_lgetxattr(struct ukfs *u, const char *path, const char *name, void *value, size_t size)
{
	return BY_PATH(u, GET, path, rump_sys_lgetxattr(short_path, name, value, size));
}

int ukfs_setxattr(struct ukfs *u, const char *path, const char *name, const void *value,
		  size_t size, int flags)
{
	return BY_PATH(u, SET, path, rump_sys_setxattr(short_path, name, value, size, flags));
}

int ukfs_lsetxattr(struct ukfs *u, const char *path, const char *name, const void *value,
		   size_t size, int flags)
{
	return BY_PATH(u, SET, path, rump_sys_lsetxattr(short_path, name, value, size, flags));
}

ssize_t ukfs_listxattr(struct ukfs *u, const char *path, char *list, size_t size)
{
	return BY_PATH(u, LIST, path, rump_sys_listxattr(short_path, list, size));
}

ssize_t ukfs_llistxattr(struct ukfs *u, const char *path, char *list, size_t size)
{
	return BY_PATH(u, LIST, path, rump_sys_llistxattr(short_path, list, size));
}

int ukfs_removexattr(struct ukfs *u, const char *path, const char *name)
{
	return BY_PATH(u, REMOVE, path, rump_sys_removexattr(short_path, name));
}

int ukfs_lremovexattr(struct ukfs *u, const char *path, const char *name)
{
	return BY_PATH(u, REMOVE, path, rump_sys_lremovexattr(short_path, name));
}
