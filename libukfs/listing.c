// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a directory ends.  A driver that cannot get past a damaged entry may return the entry
 * before it for ever, and one whose blocks lead back to each other all of them.
 *
 * A listing that goes round in circles is found as Brent's algorithm finds it: each power of two
 * entries one is marked, and if the marked one comes again several times, the listing is endless.
 * Names alone do not make entries the same: a driver that cannot convert names shows several as
 * "????".  Positions alone do not either: those of hashed directories jump, and names of one hash
 * share one.  Inode numbers are counted up in types that store none.
 */
#include <dirent.h>

#include "internal.h"

#define FIRST_MARK 64
#define TIMES 4			/* that the marked entry has come again, */
#define APART 64		/* over so many entries at least */

/* What no image exceeds: squashfs packs its directories most densely, with entries of a byte. */
#define ENTRIES_PER_BYTE 4
#define LOOK_EVERY 65536

static bool is_marked(const struct ukfsi_listing *l, const struct dirent64 *d)
{
	return (d->d_ino == l->ino || d->d_off == l->off) && strcmp(d->d_name, l->name) == 0;
}

static void mark(struct ukfsi_listing *l, const struct dirent64 *d)
{
	size_t len = strlen(d->d_name);

	if (len >= sizeof(l->name))
		len = 0;
	memcpy(l->name, d->d_name, len);
	l->name[len] = '\0';
	l->ino = d->d_ino;
	l->off = d->d_off;
	l->marked = l->count;
	l->met = 0;
}

/* Entries that the disks have room for; what is not on disks has no limit here. */
static uint64_t most_entries(const struct ukfs *u)
{
	uint64_t sum = 0, bytes;

	if (u->disk < 0)
		return UINT64_MAX;
	for (int i = -1; i < u->nmore; i++) {
		if (rump_disk_size(i < 0 ? u->disk : u->more[i], &bytes) < 0 ||
		    bytes > UINT64_MAX / ENTRIES_PER_BYTE / (UKFSI_MORE_MAX + 1))
			return UINT64_MAX;
		sum += bytes * ENTRIES_PER_BYTE;
	}
	return sum;
}

static bool is_endless(struct ukfsi_listing *l, const struct ukfs *u, const struct dirent64 *d)
{
	l->count++;
	if (l->count > FIRST_MARK && is_marked(l, d) && ++l->met >= TIMES &&
	    l->count - l->marked >= APART)
		return true;
	if (l->count >= FIRST_MARK && (l->count & (l->count - 1)) == 0)
		mark(l, d);
	return l->count % LOOK_EVERY == 0 && l->count > most_entries(u);
}

int ukfsi_endless(const struct ukfs *u)
{
	char reason[512];

	ukfsi_log_reason(u->logpos, u->devpath, 1, reason, sizeof(reason));
	return ukfsi_error(EUCLEAN, "%s: cannot read a directory: the directory does not end%s%s%s",
			   u->image, reason[0] ? " (" : "", reason, reason[0] ? ")" : "");
}

int ukfsi_listing_next(struct ukfsi_listing *l, const struct ukfs *u, const struct dirent64 *d)
{
	if (!l->endless)
		l->endless = is_endless(l, u, d);
	return l->endless ? ukfsi_endless(u) : 0;
}
