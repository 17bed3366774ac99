// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much of a file system's free space a tree takes, by the numbers of the type's row.  What the
 * empty file system takes for itself is no part of this: image.c measures it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "makefs.h"

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return to ? (n + to - 1) / to * to : n;
}

static uint64_t xattr_bytes(const struct inode *i)
{
	uint64_t n = 0;

	for (const struct xattr *x = i->xattrs; x; x = x->next)
		n += 16 + round_up(strlen(x->name), 4) + round_up(x->size, 4);
	return n;
}

/* Data, and what leads to it. */
static uint64_t content(const struct inode *i, const struct type_size *s, uint64_t block)
{
	uint64_t meta = 0, bytes = i->data;

	if (S_ISLNK(i->st.st_mode)) {
		bytes = strlen(i->target);
		return bytes <= s->inline_link ? 0 : round_up(bytes, block);
	}
	if (!S_ISREG(i->st.st_mode) || !bytes)
		return 0;
	if (bytes <= s->inline_data)
		return bytes * (s->copies ? s->copies : 1);
	bytes = round_up(bytes, block) + (i->extents > 1 ? (i->extents - 1) * block / 2 : 0);
	meta = bytes * s->per_mib >> 20;
	if (i->extents > 4 || i->data > 512 << 20)
		meta += round_up((i->extents + (i->data >> 27)) * s->per_extent, block);
	else if (s->per_mib && bytes > 12 * block && !s->copies)
		meta = round_up(meta, block);	/* indirect blocks, whole ones */
	return bytes + meta * (s->copies ? s->copies : 1);
}

static uint64_t inode_bytes(const struct inode *i, const struct type_size *s, uint64_t block)
{
	uint64_t xattrs = xattr_bytes(i), n = s->inode * (s->copies ? s->copies : 1);

	n += content(i, s, block);
	if (xattrs > s->inline_xattr)
		n += round_up(xattrs, block);
	else if (s->copies)
		n += xattrs * s->copies;
	return n;
}

/* The entries of a directory, which fill its blocks badly when there are many. */
static uint64_t directory_bytes(const struct node *dir, const struct type_size *s, uint64_t block)
{
	uint64_t bytes = 2 * s->entry;

	for (size_t i = 0; i < dir->nchildren; i++) {
		uint64_t len = strlen(dir->children[i]->name);

		bytes += s->name > 2 ? s->entry + round_up(len, 32) / 32 * s->name :
				       round_up(s->entry + len * s->name, 4);
	}
	if (s->copies)
		return bytes * s->copies * 100 / s->fill;
	if (bytes <= s->inline_dir)
		return 0;
	if (bytes > block)
		bytes = bytes * 100 / s->fill + block;
	return round_up(bytes, block);
}

struct total {
	const struct type_size *s;
	uint64_t bytes, block;
};

static void add_directories(struct total *sum, const struct node *dir)
{
	sum->bytes += directory_bytes(dir, sum->s, sum->block);
	for (size_t i = 0; i < dir->nchildren; i++)
		if (S_ISDIR(dir->children[i]->inode->st.st_mode))
			add_directories(sum, dir->children[i]);
}

uint64_t size_needed(const struct tree *t, const struct type *type, uint64_t block)
{
	struct total sum = { .s = &type->size, .block = block };

	for (const struct inode *i = t->inodes; i; i = i->next)
		if (i->st.st_nlink || S_ISDIR(i->st.st_mode))
			sum.bytes += inode_bytes(i, sum.s, block);
	add_directories(&sum, t->root);
	return sum.bytes + type->size.slack;
}

uint64_t size_inodes(const struct tree *t)
{
	uint64_t n = 0;

	for (const struct inode *i = t->inodes; i; i = i->next)
		n += i->st.st_nlink || S_ISDIR(i->st.st_mode);
	return n;
}

bool parse_size(const char *s, uint64_t *n)
{
	static const char units[] = "bkmgt";
	char *end;
	const char *unit;
	uint64_t factor = 1;

	if (!isdigit((unsigned char)*s))
		return false;
	*n = strtoull(s, &end, 10);
	if (*end) {
		unit = strchr(units, tolower((unsigned char)*end));
		if (!unit || end[1])
			return false;
		factor = unit == units ? 512 : 1ull << 10 * (unit - units);
	}
	if (*n > (uint64_t)INT64_MAX / factor)
		return false;
	*n *= factor;
	return true;
}
