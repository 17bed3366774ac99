// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a run has made so far.  A name in the source must not choose what another name of it is
 * written to: a hard link leads to this run's own copy of the first name, and cp does not write
 * through a symbolic link that it has just made.
 */
#include <errno.h>

#include "sink.h"

static bool has_links(const struct sink *s, const struct item *i)
{
	return (s->c->o.keep & KEEP_LINKS) && !s->c->o.links && i->st.st_nlink > 1;
}

void sink_placed(struct sink *s, const struct item *i)
{
	if (has_links(s, i) &&
	    (i->kind == ITEM_FILE || i->kind == ITEM_SYMLINK || i->kind == ITEM_NODE))
		inodes_find(s->placed, &i->st, s->path.s);
}

bool sink_may_link(struct sink *s, const struct item *i)
{
	if (i->kind != ITEM_LINK || s->c->o.links || inodes_get(s->placed, &i->st))
		return true;
	copy_failed(s->c, ENOENT, "link to", i->text);
	return false;
}

void sink_made_symlink(struct sink *s)
{
	struct stat st;

	if (s->c->o.like_cp && s->to->stat(s->c, s->path.s, false, &st) == 0)
		inodes_find(s->symlinks, &st, "");
}

bool sink_through_own(struct sink *s, const struct item *i)
{
	struct stat st;

	if (s->to->stat(s->c, s->path.s, false, &st) || !S_ISLNK(st.st_mode) ||
	    !inodes_get(s->symlinks, &st))
		return false;
	fsu_message("will not copy %s through just-created symlink %s", fsu_quote(i->from),
		    fsu_quote(s->path.s));
	s->c->n.errors++;
	return true;
}
