// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tree that goes into the image: names that lead to inodes.  A balanced tree of libc's finds a
 * name in its directory.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "makefs.h"

/* tsearch compares whole nodes; a name to look for needs one around it. */
#define NAME_ROOM 4096
union key {
	struct node node;
	char room[sizeof(struct node) + NAME_ROOM];
};

static int by_name(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct inode *tree_inode(struct tree *t)
{
	struct inode *i = fsu_malloc(sizeof(*i));
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*i = (struct inode){ .next = t->inodes, .spool = -1 };
	i->st.st_ino = t->next_ino++;
	i->st.st_mode = S_IFDIR | 0755;
	i->st.st_atim = i->st.st_mtim = now;
	t->inodes = i;
	return i;
}

static struct node *new_node(struct tree *t, struct node *parent, const char *name)
{
	struct node *n = fsu_malloc(sizeof(*n) + strlen(name) + 1);

	*n = (struct node){ .parent = parent };
	strcpy(n->name, name);
	if (parent) {
		if (parent->nchildren == parent->room) {
			parent->room = parent->room ? parent->room * 2 : 8;
			parent->children = fsu_realloc(parent->children,
						       parent->room * sizeof(n));
		}
		parent->children[parent->nchildren++] = n;
		if (!tsearch(n, &t->by_name, by_name)) {
			fsu_message("out of memory");
			fsu_die(FSU_FAILED);
		}
	}
	return n;
}

/* Where tree_find ended. */
static char *last;
static struct node *last_node;
static const struct tree *last_tree;

void tree_init(struct tree *t)
{
	last_tree = NULL;
	*t = (struct tree){ .spool = -1, .next_ino = 1 };
	t->root = new_node(t, NULL, "");
	t->root->inode = tree_inode(t);
}

static struct node *child(const struct tree *t, const struct node *dir, const char *name,
			  size_t len)
{
	union key key;
	void *found;

	if (len >= NAME_ROOM)
		return NULL;
	key.node.parent = (struct node *)dir;
	memcpy(key.node.name, name, len);
	key.node.name[len] = '\0';
	found = tfind(&key, &t->by_name, by_name);
	return found ? *(struct node **)found : NULL;
}

struct node *tree_child(struct tree *t, struct node *dir, const char *name)
{
	struct node *n = child(t, dir, name, strlen(name));

	return n ? n : new_node(t, dir, name);
}

/* The components of a path, as tree_find counts them. */
static size_t next_component(const char **s)
{
	for (*s += strspn(*s, "/"); (*s)[0] == '.' && (!(*s)[1] || (*s)[1] == '/');
	     *s += strspn(*s, "/"))
		++*s;
	return strcspn(*s, "/");
}

/* How much of both paths names the same directories. */
static size_t common_length(const char *a, const char *b)
{
	size_t same = 0, i = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			same = i;
	return (!a[i] || a[i] == '/') && (!b[i] || b[i] == '/') ? i : same;
}

/* The copier asks for one path after the other, and most are close together: the search starts
 * where the one before ended. */
struct node *tree_find(const struct tree *t, const char *path)
{
	size_t same = last_tree == t && last ? common_length(last, path) : 0, len;
	struct node *n = same ? last_node : t->root;

	if (same)
		for (const char *s = last + same; (len = next_component(&s)); s += len)
			n = n->parent;
	for (const char *s = path + same; n && (len = next_component(&s)); s += len)
		n = child(t, n, s, len);
	free(last);
	last = n ? fsu_strdup(path) : NULL;
	last_node = n;
	last_tree = t;
	return n;
}

static bool is_too_deep(const char *path)
{
	unsigned int depth = 0;
	size_t len;

	for (; depth <= TREE_DEPTH && (len = next_component(&path)); path += len)
		depth++;
	return depth > TREE_DEPTH;
}

struct node *tree_make(struct tree *t, const char *path)
{
	struct node *n = t->root;

	if (is_too_deep(path))
		return NULL;
	for (const char *s = path; *s;) {
		size_t len = strcspn(s, "/");
		struct node *next;

		if (len == 2 && strncmp(s, "..", 2) == 0)
			return NULL;
		if (len && !(len == 1 && *s == '.')) {
			if (!n->inode)
				n->inode = tree_inode(t);	/* a directory that nobody names */
			if (!S_ISDIR(n->inode->st.st_mode))
				return NULL;
			next = child(t, n, s, len);
			if (!next) {
				char *name = fsu_strndup(s, len);

				next = new_node(t, n, name);
				free(name);
			}
			n = next;
		}
		s += len + (s[len] == '/');
	}
	return n;
}

static int by_text(const void *a, const void *b)
{
	return strcmp((*(struct node *const *)a)->name, (*(struct node *const *)b)->name);
}

/* A name that came without an inode (a hard link to nothing, told by who read it) is left out. */
static void drop_empty(struct node *dir)
{
	size_t kept = 0;

	for (size_t i = 0; i < dir->nchildren; i++)
		if (dir->children[i]->inode)
			dir->children[kept++] = dir->children[i];
	dir->nchildren = kept;
}

static void set_time(struct timespec *ts, int64_t latest, bool all)
{
	if (all || ts->tv_sec >= latest)
		*ts = (struct timespec){ latest, 0 };
}

void tree_settle(struct tree *t, int64_t latest, bool all)
{
	struct node *dir = t->root, **stack = NULL;
	size_t depth = 0, room = 0;

	for (struct inode *i = t->inodes; i; i = i->next) {
		i->st.st_nlink = 0;
		if (latest == INT64_MAX)
			continue;
		set_time(&i->st.st_mtim, latest, all);
		i->st.st_atim = i->st.st_mtim;	/* who has read a file is no part of it */
	}
	for (; dir; dir = depth ? stack[--depth] : NULL) {
		drop_empty(dir);
		if (dir->nchildren)
			qsort(dir->children, dir->nchildren, sizeof(*dir->children), by_text);
		for (size_t i = 0; i < dir->nchildren; i++) {
			struct node *n = dir->children[i];

			if (S_ISDIR(n->inode->st.st_mode)) {
				if (depth == room) {
					room = room ? room * 2 : 64;
					stack = fsu_realloc(stack, room * sizeof(*stack));
				}
				stack[depth++] = n;
				continue;
			}
			t->files++;
			if (!n->inode->st.st_nlink++)
				t->bytes += n->inode->data;
		}
	}
	free(stack);
}
