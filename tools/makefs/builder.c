// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Types that are only read: the format's own builder makes the image of a directory.  A tree that
 * no directory of the host is (an archive, several sources, other owners or times) is copied into a
 * temporary one first; whoever is not root does that under fakeroot(1), which remembers owners and
 * devices for the copier and for the builder alike.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

bool build_direct(const struct options *o, const struct copy *c, char **sources, int n)
{
	struct stat st;

	return n == 1 && !o->manifest && !o->time_given && (c->o.keep & KEEP_OWNER) &&
	       !c->o.one_fs && c->o.uid == (uid_t)-1 && c->o.gid == (gid_t)-1 &&
	       stat(sources[0], &st) == 0 && S_ISDIR(st.st_mode);
}

/* The size that was asked for; builders know none. */
static bool set_size(struct image *i)
{
	struct stat st;
	uint64_t min = i->o->size ? i->o->size : i->o->min;

	/* some make a new file of that name */
	close(i->fd);
	i->fd = open(i->path, O_RDWR | O_CLOEXEC);
	if (i->fd < 0 || fstat(i->fd, &st) < 0) {
		fsu_perror_verb(errno, "open", i->name);
		return false;
	}
	if (i->o->max && (uint64_t)st.st_size > i->o->max) {
		fsu_message("%s: the image has %lld bytes, more than -m or -s allows",
			    fsu_name(i->name), (long long)st.st_size);
		return false;
	}
	i->size = (uint64_t)st.st_size > min ? (uint64_t)st.st_size : min;
	if (ftruncate(i->fd, i->size) == 0)
		return !i->o->table || disk_wrap(i);
	fsu_perror_verb(errno, "write", i->name);
	return false;
}

bool build_begin(struct image *i)
{
	const char *tmp = getenv("TMPDIR");
	struct fsu_path dir = { 0 };

	fsu_path_set(&dir, tmp && *tmp ? tmp : "/var/tmp");
	fsu_path_push(&dir, "makefs.XXXXXX");
	if (!mkdtemp(dir.s)) {
		fsu_message("cannot make a temporary directory %s: %m; TMPDIR names another place",
			    fsu_name(dir.s));
		fsu_path_free(&dir);
		return false;
	}
	fsu_end_remove(FSU_END_TREE, dir.s);
	i->dir = dir.s;
	i->temporary = true;
	return true;
}

static bool copy_tree(struct image *i, struct copy *c)
{
	char *root[] = { "/" };

	c->from = &tree_side;
	c->to = &host_side;
	copy_run(c, root, 1, i->dir);
	return !c->stop && !fsu_interrupted();
}

bool build(struct image *i, struct copy *c)
{
	return (!i->temporary || copy_tree(i, c)) && step_run(STEP_FORMAT, NULL) && set_size(i);
}
