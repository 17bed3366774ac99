/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of the sink: sink.c makes objects and writes data, meta.c gives them their attributes. */
#ifndef FSU_SINK_H
#define FSU_SINK_H

#include "copy.h"

struct sink_level {
	size_t cut;
	bool created;		/* by this run: whatever is in it already came from here, too */
};

struct sink {
	struct copy *c;
	const struct side *to;
	struct fsu_path path;
	struct sink_level *levels;
	int depth, size;
	int skip;		/* directories deep in one that could not be made */
	/* the file being written */
	int fd;			/* -1: none */
	bool created;
	size_t cut;
	off_t length;		/* it has by now */
	struct item *file;	/* its FILE item, without data; of the sink */
};

/* The permissions to create an object with: never more than its final ones. */
mode_t sink_create_mode(const struct sink *s, const struct stat *st);
/* Owner, extended attributes, permissions, times; by descriptor where fd >= 0.  `created`: the
 * object is new, so without --preserve it gets the source's permissions. */
void sink_metadata(struct sink *s, int fd, const struct stat *st, const struct xattr *xattrs,
		   bool created);

#endif
