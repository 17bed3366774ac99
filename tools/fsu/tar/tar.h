/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of fsu_tar: tar.c the command, create.c and extract.c the ways in and out, attr.c what
 * entries and files have in common.
 */
#ifndef FSU_TAR_H
#define FSU_TAR_H

#include <archive.h>
#include <archive_entry.h>

#include "../input.h"

struct tar {
	const struct fsu_line *line;
	struct ukfs *u;
	char mode;		/* c, t, x */
	const char *file, *filter;
	bool verbose, numeric, one_fs, keep, some_globs, by_name, no_special;
	char *top;		/* where members go, without links; NULL: anywhere in the image */
	char *checked;		/* the last parent that was seen to be beneath it */
	uint64_t strip;
	struct archive *a;
	int code;
};

int fsu_tar_plugin(struct fsu_line *line);

void tar_create(struct tar *t);
/* Extract, or list. */
void tar_read(struct tar *t);

void tar_fail(struct tar *t, int err, const char *path);
/* libarchive's sentence about its last error. */
void tar_archive_error(struct tar *t);
bool tar_left_out(const struct tar *t, const char *path);

/* Extended attributes and ACLs of a file into an entry, and back;
 * by descriptor there is no need. */
void tar_take_attributes(struct tar *t, struct archive_entry *e, const char *path);
void tar_give_attributes(struct tar *t, struct archive_entry *e, const char *path);

#endif
