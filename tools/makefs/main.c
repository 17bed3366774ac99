// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makefs: an image from a tree, in four steps: gather the tree, find the size, make an empty file
 * system with its own mkfs, copy with the kernel's driver.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

const char *fsu_progname = "makefs";

struct run {
	struct options o;
	struct tree tree;
	struct sources sources;
	struct image image;
	struct copy c;
	unsigned int links;	/* symbolic ones and special files, begun in this filling */
	unsigned long errors;
};

/* ---- the steps --------------------------------------------------------------------------- */

static bool gather(struct run *r)
{
	r->errors += sources_read(&r->sources, &r->tree, &r->o, r->c.o.one_fs);
	tree_settle(&r->tree, r->o.time_given ? r->o.time : INT64_MAX, r->o.time_all);
	tree_side_use(&r->tree);
	return !fsu_interrupted() && !r->tree.broken && !(r->errors && r->o.strict);
}

/* What the driver holds for links goes when their inodes leave memory:
 * at the latest with the mount. */
static bool let_links_go(struct copy *c)
{
	struct run *r = (struct run *)((char *)c - offsetof(struct run, c));

	if (++r->links % LINKS_A_MOUNT == 0)
		c->u = fsu_unmount() ? image_mount(&r->image) : NULL;
	return c->u;
}

static void prepare_copy(struct run *r, bool retry)
{
	struct copy_options asked = r->c.o;

	copy_init(&r->c);
	r->c.o = asked;
	r->c.o.strict = r->o.strict;
	r->c.o.fresh = true;
	r->c.o.quiet_full = retry;
	r->c.o.write_out = r->image.type->write_out;
	r->c.from = &tree_side;
	r->c.to = &image_side;
	r->c.before_link = r->image.type->size.link_holds ? let_links_go : NULL;
	r->links = 0;
	r->c.n.expected_bytes = r->tree.bytes;
	r->c.n.expected_files = r->tree.files;
	r->c.n.all_seen = true;
}

/* The folder that a new ext2 has: the tree's takes its place. */
static void make_way(struct run *r)
{
	if (tree_find(&r->tree, "/lost+found"))
		ukfs_rmdir(r->c.u, "/lost+found");
}

static bool fill_once(struct run *r, bool retry)
{
	char *root[] = { "/" };
	bool good;

	prepare_copy(r, retry);
	r->c.u = image_mount(&r->image);
	if (!r->c.u)
		return false;
	make_way(r);
	copy_run(&r->c, root, 1, "/");
	good = !r->c.stop && !fsu_interrupted();
	return fsu_unmount() && good;
}

#define GROWTHS 12

/* The size is an estimate: where it was too small after all, the image is made again. */
static bool fill(struct run *r)
{
	bool retry = !r->o.size;
	uint64_t size;

	if (!image_fit(&r->image, &r->tree))
		return false;
	for (int n = 0; n < GROWTHS; n++) {
		if (fill_once(r, retry && n + 1 < GROWTHS))
			return image_settle(&r->image);
		size = r->image.size;
		if (!retry || r->c.fatal != ENOSPC || fsu_interrupted() ||
		    !image_grow(&r->image, &r->tree))
			return false;
		if (r->c.o.verbose)
			fsu_message("%s: %" PRIu64
				    " bytes were too few, filled again with %" PRIu64,
				    fsu_name(r->image.name), size, r->image.size);
	}
	return false;
}

static void clear(void)
{
	fsu_programs_end();
	fsu_end_remove_now(FSU_END_TREE);	/* where the helper has not */
}

/* All that is needed by name is opened or made; then no source has been read yet. */
static bool prepare(struct run *r, const char *image, char **sources, int n)
{
	bool direct = r->image.type->builder && build_direct(&r->o, &r->c, sources, n);

	r->image.o = &r->o;
	r->image.name = image;
	r->image.start = r->o.table ? DISK_ALIGN : 0;
	r->image.dir = direct ? sources[0] : NULL;
	fsu_set_image(image);
	tree_init(&r->tree);
	atexit(clear);
	if (!sources_open(&r->sources, &r->tree, &r->o, sources, n) || !image_begin(&r->image) ||
	    (r->image.type->builder && !direct && !build_begin(&r->image)))
		return false;
	fstat(r->image.fd, &r->tree.image);
	return confine(&r->image, r->sources.list, n);
}

static int make(struct run *r)
{
	bool good;

	if ((!r->image.dir || r->image.temporary) && !gather(r))
		return FSU_FAILED;
	program_tables(size_inodes(&r->tree, r->image.type));
	if (r->image.type->builder) {
		prepare_copy(r, false);
		good = build(&r->image, &r->c);
	} else {
		good = fill(r);
	}
	r->errors += r->c.n.errors;
	if (r->o.strict && r->errors)
		good = false;
	if (!image_finish(&r->image, good))
		return FSU_FAILED;
	return r->errors ? MAKEFS_INCOMPLETE : FSU_OK;
}

/* Owners and devices of what a builder reads, for somebody who is not root. */
static void fake_root(struct run *r, char **argv, char **sources, int n)
{
	char *words[] = { "fakeroot", "--", NULL };
	int argc = 0;
	char **all;

	if (!r->image.type->builder || geteuid() == 0 || build_direct(&r->o, &r->c, sources, n))
		return;
	while (argv[argc])
		argc++;
	all = fsu_malloc((argc + 3) * sizeof(*all));
	memcpy(all, words, sizeof(words));
	memcpy(all + 2, argv, (argc + 1) * sizeof(*all));
	execvp("fakeroot", all);
	fsu_message("%s images with owners of your choice are made under fakeroot: install the "
		    "package fakeroot", r->image.type->name);
	exit(FSU_FAILED);
}

static int one_file_system(struct run *r, char **argv, char **operands, int n)
{
	r->image.type = r->o.fs;
	if (r->o.userdb && !userdb_open(r->o.userdb))
		return FSU_FAILED;
	fake_root(r, argv, operands + 1, n - 1);
	program_environment(&r->o);
	fsu_catch_signals();
	return prepare(r, operands[0], operands + 1, n - 1) ? make(r) : FSU_FAILED;
}

int main(int argc, char **argv)
{
	static struct run r;
	int code;

	setlocale(LC_ALL, "");
	copy_init(&r.c);
	fsu_crash_line();
	code = options_read(&r.o, &r.c, argc, argv);
	/* of a disk each partition's makefs has them */
	if (code == FSU_OK && !r.o.partitions)
		fsu_limits_start(&r.o.limits);
	if (code == FSU_OK)
		fsu_end_name(argv[optind]);
	if (code == FSU_OK)
		code = r.o.partitions ? make_disk(&r.o, argv[optind]) :
					one_file_system(&r, argv, argv + optind, argc - optind);
	if (code < 0)
		code = FSU_OK;
	if (!fsu_flush() && code == FSU_OK)
		code = FSU_FAILED;
	return fsu_interrupted() ? 128 + fsu_interrupted() : code;
}
