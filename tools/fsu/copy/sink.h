/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside of the sink: sink.c makes objects and writes data, meta.c gives them their attributes,
 * inside.c copies data within the image, own.c knows what was made.
 */
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
	struct inodes *placed;	/* sources with several names, and where the first of them is */
	struct inodes *symlinks;	/* that cp made */
};

/* ---- own.c: what this run made ------------------------------------------------------------- */

/* The item's object is at the sink's path: links to it may follow. */
void sink_placed(struct sink *s, const struct item *i);
/* Whether a LINK's first name is the work of this run; else the error has been printed.  Its path
 * may lead through a symbolic link of the target where the run skipped the directory. */
bool sink_may_link(struct sink *s, const struct item *i);
/* cp: the symbolic link at the sink's path is new. */
void sink_made_symlink(struct sink *s);
/* cp: whether the object at the sink's path is such a link; then the error has been printed. */
bool sink_through_own(struct sink *s, const struct item *i);

/* ---- data ---------------------------------------------------------------------------------- */

/* How much at the start of the data, in whole blocks, is all zeros, or is not. */
size_t sink_run_length(const char *data, size_t len, bool *zeros);
/* inside.c: the data of the item's file of the image into the file being written; an errno. */
int sink_copy_inside(struct sink *s, const struct item *i);

/* ---- meta.c -------------------------------------------------------------------------------- */

/* The permissions to create an object with: never more than its final ones. */
mode_t sink_create_mode(const struct sink *s, const struct stat *st);
/* Owner, extended attributes, permissions, times; by descriptor where fd >= 0.  `created`: the
 * object is new, so without --preserve it gets the source's permissions. */
void sink_metadata(struct sink *s, int fd, const struct stat *st, const struct xattr *xattrs,
		   bool created);

#endif
