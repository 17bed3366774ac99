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

struct total {
	const struct type_size *s;
	uint64_t block, data, meta, links;
};

static void add_xattrs(struct total *sum, const struct inode *i)
{
	const struct type_size *s = sum->s;
	uint64_t n = 0;

	for (const struct xattr *x = i->xattrs; x; x = x->next) {
		n += 16 + round_up(strlen(x->name), 4) + round_up(x->size, 4);
		if (s->per_xattr)
			sum->data += round_up(x->size, sum->block) + s->per_xattr;
	}
	if (s->per_xattr)
		return;
	if (n > s->inline_xattr)
		sum->data += round_up(n, sum->block);
	else if (s->copies)
		sum->meta += n;
}

static void add_link(struct total *sum, const struct inode *i)
{
	uint64_t bytes = strlen(i->target);

	if (bytes > sum->s->inline_link)
		sum->data += round_up(bytes, sum->block);
	else if (sum->s->copies)
		sum->meta += bytes;
}

/* What the pieces beyond the first few take.  Where blocks are listed one by one it is never more
 * than for the whole file without a hole. */
static uint64_t pieces(const struct type_size *s, const struct inode *i)
{
	uint64_t meta = (i->extents + (i->data >> 27)) * s->per_extent;
	uint64_t most = ((uint64_t)i->st.st_size * s->per_mib >> 20) + 3 * s->per_extent;

	return s->per_mib && most < meta ? most : meta;
}

/* Data, and what leads to it. */
static void add_file(struct total *sum, const struct inode *i)
{
	const struct type_size *s = sum->s;
	uint64_t meta, bytes = s->solid ? i->st.st_size : i->data;

	sum->meta += s->data;
	if (bytes <= s->inline_data) {
		sum->meta += bytes;
		return;
	}
	bytes = round_up(bytes, sum->block);
	/* a piece is whole blocks of PIECE_ALIGN, and may begin and end within one of these */
	if (i->extents > 1 && sum->block > PIECE_ALIGN)
		bytes += i->extents * (sum->block - PIECE_ALIGN);
	meta = bytes > s->direct * sum->block ? bytes * s->per_mib >> 20 : 0;
	if (i->extents > 4 || i->data > 512 << 20)
		meta += pieces(s, i);
	sum->data += bytes;
	sum->meta += s->copies ? meta : round_up(meta, sum->block);
}

static void add_inode(struct total *sum, const struct inode *i)
{
	sum->meta += sum->s->inode;
	sum->links += !S_ISREG(i->st.st_mode) && !S_ISDIR(i->st.st_mode);
	if (S_ISLNK(i->st.st_mode))
		add_link(sum, i);
	else if (S_ISREG(i->st.st_mode) && i->st.st_size)
		add_file(sum, i);
	add_xattrs(sum, i);
}

uint64_t size_directory(const struct node *dir, const struct type_size *s)
{
	uint64_t bytes = 2 * s->entry;

	for (size_t i = 0; i < dir->nchildren; i++) {
		uint64_t len = strlen(dir->children[i]->name);

		bytes += s->name > 2 ? s->entry + round_up(len, 32) / 32 * s->name :
				       round_up(s->entry + len * s->name, 4);
	}
	return bytes;
}

/* The entries of a directory, which fill its blocks badly when there are many. */
static void add_directory(struct total *sum, const struct node *dir)
{
	const struct type_size *s = sum->s;
	uint64_t bytes = size_directory(dir, s);

	if (s->copies)
		sum->meta += bytes * 100 / s->fill;
	else if (bytes > sum->block)
		sum->data += round_up(bytes * 100 / s->fill + sum->block, sum->block);
	else if (bytes > s->inline_dir)
		sum->data += sum->block;
}

/* The stack is the heap's: a tree may be deep. */
static void add_directories(struct total *sum, const struct node *dir)
{
	const struct node **stack = NULL;
	size_t depth = 0, room = 0;

	for (; dir; dir = depth ? stack[--depth] : NULL) {
		add_directory(sum, dir);
		if (depth + dir->nchildren > room) {
			room = (depth + dir->nchildren) * 2;
			stack = fsu_realloc(stack, room * sizeof(*stack));
		}
		for (size_t i = 0; i < dir->nchildren; i++) {
			if (sum->s->no_links)	/* another name becomes another file */
				add_inode(sum, dir->children[i]->inode);
			if (S_ISDIR(dir->children[i]->inode->st.st_mode))
				stack[depth++] = dir->children[i];
		}
	}
	free(stack);
}

uint64_t size_needed(const struct tree *t, const struct type *type, uint64_t block)
{
	struct total sum = { .s = &type->size, .block = block };

	for (const struct inode *i = sum.s->no_links ? NULL : t->inodes; i; i = i->next)
		if (i->st.st_nlink || S_ISDIR(i->st.st_mode))
			add_inode(&sum, i);
	add_directories(&sum, t->root);
	if (type->size.copies)
		sum.meta *= type->size.copies;
	sum.meta = sum.meta > type->size.apart ? sum.meta - type->size.apart : 0;
	if (sum.links > LINKS_A_MOUNT)
		sum.links = LINKS_A_MOUNT;
	return sum.data + sum.meta + sum.links * type->size.link_holds + type->size.slack;
}

uint64_t size_inodes(const struct tree *t, const struct type *type)
{
	uint64_t n = 0;

	if (type->size.a_name_each)
		return t->files;
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
