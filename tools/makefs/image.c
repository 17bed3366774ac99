// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The image: made beside its name, which it gets when it is complete.  How large it must be is
 * found by making it empty and asking how much of it is free; an empty file system costs some
 * milliseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

#define ALIGN 4096
#define MIB (1ull << 20)
#define TRIES 8

static char *unfinished;	/* what is removed however the program ends */

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

static void set_unfinished(char *path)
{
	unfinished = path;
	fsu_end_remove(FSU_END_IMAGE, path);
}

/* ---- begin and end ----------------------------------------------------------------------- */

static int temporary(const char *beside, char **path)
{
	const char *base = fsu_basename(beside);
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	if (asprintf(path, "%.*s.%s.XXXXXX", (int)(base - beside), beside, base) < 0)
		fsu_die(FSU_FAILED);
	fd = mkostemp(*path, O_CLOEXEC);
	if (fd >= 0)
		fchmod(fd, 0666 & ~mask);
	else
		fsu_message("cannot make %s: %m", fsu_name(beside));
	return fd;
}

bool image_begin(struct image *i)
{
	struct stat st;

	if (stat(i->name, &st) == 0 && !S_ISREG(st.st_mode)) {
		fsu_message("%s is there and is no regular file: makefs makes images in files",
			    fsu_name(i->name));
		return false;
	}
	i->fd = temporary(i->name, &i->path);
	if (i->fd < 0)
		return false;
	set_unfinished(i->path);
	steps_use(i);
	atexit(remove_unfinished);
	return true;
}

static bool fill_holes(struct image *i)
{
	struct stat st;
	int err;

	if (i->o->sparse || fstat(i->fd, &st) < 0 || !st.st_size)
		return true;
	err = fallocate(i->fd, 0, 0, st.st_size) < 0 ? errno : 0;
	if (!err || err == EOPNOTSUPP)
		return true;
	fsu_message("%s: no room for the whole image: %s; -Z makes a sparse one", fsu_name(i->name),
		    strerror(err));
	return false;
}

/* Nothing was, while it was filled; and programs wrote to it before and after. */
static bool on_the_medium(struct image *i)
{
	if (fsync(i->fd) == 0)
		return true;
	fsu_perror_verb(errno, "write to", i->name);
	return false;
}

bool image_finish(struct image *i, bool good)
{
	int err;

	good = good && fill_holes(i) && on_the_medium(i);
	err = good ? step_finish() : 0;
	if (err) {
		fsu_perror_verb(err, "make", i->name);
		good = false;
	}
	if (!good)
		remove_unfinished();
	set_unfinished(NULL);
	close(i->fd);
	free(i->path);
	return good;
}

/* ---- an empty file system ---------------------------------------------------------------- */

bool image_settle(const struct image *i)
{
	(void)i;
	return step_run(STEP_FULL, NULL);
}

bool image_format(struct image *i)
{
	if (ftruncate(i->fd, 0) < 0 || ftruncate(i->fd, i->size) < 0) {
		fsu_message("%s: cannot have %" PRIu64 " bytes: %m", fsu_name(i->name), i->size);
		return false;
	}
	return step_run(STEP_FORMAT, NULL) && step_run(STEP_EMPTY, NULL) &&
	       (!i->o->table || disk_wrap(i));
}

struct ukfs *image_mount(struct image *i)
{
	const char *options = i->o->time_given && i->type->fixed_mount ? i->type->fixed_mount :
								      i->type->mount;
	struct fsu_mount_options mnt = { .type = i->type->name, .options = (char *)options,
					 .partition = i->o->table ? 1 : 0, .nolock = true,
					 .noflush = true };
	struct fsu_line line = { .image = i->path, .mount = &mnt };

	return fsu_mount(&line);
}

/* ---- its size ---------------------------------------------------------------------------- */

/* What is free in the empty file system, and what the tree needs of it. */
struct room {
	uint64_t block, free, need;
};

static bool measure(struct image *i, const struct tree *t, struct room *r)
{
	const struct options *o = i->o;
	struct fsu_mount_options mnt = { .type = i->type->name, .partition = o->table ? 1 : 0 };
	struct fsu_line line = { .image = i->path, .mount = &mnt, .read = true };
	struct ukfs *u = fsu_mount(&line);
	struct statvfs st;

	if (!u)
		return false;
	if (ukfs_statvfs(u, &st) < 0) {
		fsu_message("%s", ukfs_errmsg());
		fsu_unmount();
		return false;
	}
	r->block = st.f_frsize;
	r->free = (uint64_t)st.f_bavail * st.f_frsize;
	r->need = size_needed(t, i->type, r->block) + o->free_blocks * r->block;
	if (o->free_blocks_percent)
		r->need = r->need / (100 - o->free_blocks_percent) * 100 + 100 * r->block;
	return fsu_unmount();
}

static uint64_t wanted_inodes(const struct image *i, const struct tree *t)
{
	const struct options *o = i->o;
	uint64_t n = size_inodes(t, i->type) + 12, usual = o->size / 16384;

	n += o->free_files;
	if (o->free_files_percent)
		n = n * 100 / (100 - o->free_files_percent) + 1;
	return n > usual ? n : usual;
}

/* FAT's root directory cannot grow, unless it is FAT32's: what it needs, what is usual at least,
 * what the format allows at most; in whole blocks. */
static unsigned int root_slots(const struct tree *t, const struct type *type)
{
	uint64_t n = (size_directory(t->root, &type->size) / 32 + 127) / 128 * 128;

	return n < 512 ? 512 : n > 65408 ? 65408 : n;
}

static uint64_t limited(const struct image *i, uint64_t size)
{
	uint64_t min = i->o->min > i->type->size.min ? i->o->min : i->type->size.min;

	if (size < min)
		size = min;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	return i->o->max && size > i->o->max ? i->o->max : size;
}

static bool too_small(const struct image *i, const struct room *r)
{
	char free[FSU_HUMAN_MAX], need[FSU_HUMAN_MAX];

	fsu_message("%s: the tree needs %s, and %s with %" PRIu64
		    " bytes, the most that -m allows, has room for %s", fsu_name(i->name),
		    fsu_size(need, r->need, 1, FSU_HUMAN_1024), i->type->name,
		    i->size, fsu_size(free, r->free, 1, FSU_HUMAN_1024));
	return false;
}

/* A little more than is needed is good enough: the next smaller one may be too small. */
static bool fits_well(const struct image *i, const struct room *r)
{
	return r->free >= r->need && (r->free - r->need <= r->need / 50 + 16 * r->block ||
				      i->size == limited(i, 0));
}

bool image_fit(struct image *i, const struct tree *t)
{
	uint64_t best = UINT64_MAX, next = size_needed(t, i->type, ALIGN) * 102 / 100 + MIB;
	struct room r;

	i->inodes = wanted_inodes(i, t);
	i->slots = root_slots(t, i->type);
	if (i->o->size) {
		i->size = i->o->size;
		return image_format(i);
	}
	for (int n = 0; n < TRIES && !fsu_interrupted(); n++) {
		i->size = limited(i, next);
		if (!image_format(i) || !measure(i, t, &r))
			return false;
		if (fits_well(i, &r))
			return true;
		if (r.free >= r.need && i->size < best)
			best = i->size;
		else if (r.free < r.need && i->o->max && i->size == i->o->max)
			return too_small(i, &r);
		next = i->size + r.need - r.free + r.need / 200 + 4 * r.block;
		if (next >= best)
			break;
	}
	i->size = best != UINT64_MAX ? best : limited(i, next + next / 20);
	return !fsu_interrupted() && image_format(i);
}

bool image_grow(struct image *i, const struct tree *t)
{
	uint64_t old = i->size;

	i->size = limited(i, old + size_needed(t, i->type, ALIGN) / 40 + MIB);
	if (i->size > old)
		return image_format(i);
	fsu_message("%s: the tree does not fit into %" PRIu64 " bytes, the most that -m allows",
		    fsu_name(i->name), old);
	return false;
}
