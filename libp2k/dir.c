// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests on directories.  The host opens none: its positions are the file system's own. */
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "internal.h"

#define RAW_MIN 2048			/* the longest name of any file system, and some */
#define MOST_STILL 100			/* answers at one position of a directory */

static void put_dirent(struct fuse_dirent *to, const struct dirent64 *d, size_t len)
{
	*to = (struct fuse_dirent){ .ino = d->d_ino, .off = d->d_off, .namelen = len,
				    .type = d->d_type };
	memcpy(to->name, d->d_name, len);
	memset(to->name + len, 0, FUSE_DIRENT_SIZE(to) - FUSE_NAME_OFFSET - len);
}

/* How much of the answer one entry takes, 0: it does not fit. */
typedef size_t (*pack_fn)(struct request *r, char *at, size_t room, const struct dirent64 *d);

static size_t pack_plain(struct request *r, char *at, size_t room, const struct dirent64 *d)
{
	size_t len = strlen(d->d_name), size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + len);

	(void)r;
	if (size > room)
		return 0;
	put_dirent((struct fuse_dirent *)at, d, len);
	return size;
}

static bool is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static size_t pack_plus(struct request *r, char *at, size_t room, const struct dirent64 *d)
{
	struct fuse_direntplus *to = (struct fuse_direntplus *)at;
	size_t len = strlen(d->d_name);
	size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET_DIRENTPLUS + len);
	struct rump_node *node;
	struct statx stx;

	if (size > room)
		return 0;
	memset(&to->entry_out, 0, sizeof(to->entry_out));
	put_dirent(&to->dirent, d, len);
	if (is_dot(d->d_name))
		return size;
	/* One that cannot be looked up is listed all the same: who uses it will be told why. */
	if (!rump_vfs_lookup(p2k_target(r), d->d_name, &node, &stx))
		p2k_fill_entry(r, &to->entry_out, node, &stx);
	return size;
}

static void take_back(struct request *r, const char *at, size_t len)
{
	while (len) {
		const struct fuse_direntplus *d = (const void *)at;

		if (d->entry_out.nodeid)
			rump_vfs_release(p2k_node(r->p, d->entry_out.nodeid), 1);
		at += FUSE_DIRENTPLUS_SIZE(d);
		len -= FUSE_DIRENTPLUS_SIZE(d);
	}
}

/* Entries are read behind the answer's room in the buffer, and packed to its start. */
static long read_entries(struct request *r, const struct fuse_read_in *in, size_t room, size_t raw,
			 pack_fn pack, uint64_t *position)
{
	char *out = p2k_out(r->w), *from;
	size_t used = 0, n;
	long got;

	if (!out)
		return -ENOMEM;
	from = out + P2K_MAX_WRITE / 2;
	got = rump_vfs_readdir(p2k_target(r), in->offset, from, raw);
	for (long at = 0; at < got; at += ((struct dirent64 *)(from + at))->d_reclen) {
		n = pack(r, out + used, room - used, (struct dirent64 *)(from + at));
		if (!n)
			break;
		used += n;
		*position = ((struct dirent64 *)(from + at))->d_off;
	}
	if (got > 0 && !used)
		return -EINVAL;
	return got < 0 ? got : (long)used;
}

/*
 * Of a damaged directory a driver can return the same entry again and again, at the same position,
 * and every program that reads to the end would read for ever.  Entries whose hashes are equal
 * share a position, but not in so many answers.
 */
static bool does_not_end(struct p2k *p, uint64_t node, uint64_t from, uint64_t to)
{
	struct p2k_still *s = &p->still[(node >> 6) % P2K_STILL];
	unsigned int times;
	bool say;

	pthread_mutex_lock(&p->files_lock);
	if (s->node != node || s->position != from)
		*s = (struct p2k_still){ .node = node, .position = from };
	times = s->times = from == to ? s->times + 1 : 0;
	say = times == MOST_STILL && !p->endless_said;
	p->endless_said |= say;
	pthread_mutex_unlock(&p->files_lock);
	if (say && p->args.log)
		p->args.log("a directory does not end: reading it fails; this is reported once");
	return times >= MOST_STILL;
}

/* `share`: an entry of the answer takes at most so many times the room it is read into. */
static void read_dir(struct request *r, pack_fn pack, size_t share)
{
	const struct fuse_read_in *in = r->arg;
	size_t room = in->size < P2K_MAX_WRITE / 2 ? in->size : P2K_MAX_WRITE / 2;
	size_t raw = room / share > RAW_MIN ? room / share : RAW_MIN;
	uint64_t position = 0;
	long n = p2k_act(r, 0, RUMP_ID_FSETID);

	if (!n)
		n = read_entries(r, in, room, raw, pack, &position);
	if (n > 0 && does_not_end(r->p, r->in->nodeid, in->offset, position)) {
		if (pack == pack_plus)
			take_back(r, r->w->out, n);
		n = -EIO;
	}
	if (!p2k_reply(r, n < 0 ? n : 0, r->w->out, n < 0 ? 0 : n) && n > 0 && pack == pack_plus)
		take_back(r, r->w->out, n);
}

void p2k_readdir(struct request *r)
{
	read_dir(r, pack_plain, 2);
}

void p2k_readdirplus(struct request *r)
{
	read_dir(r, pack_plus, 7);
}

void p2k_fsyncdir(struct request *r)
{
	const struct fuse_fsync_in *in = r->arg;

	p2k_reply_error(r, rump_vfs_fsync_node(p2k_target(r),
					       !!(in->fsync_flags & FUSE_FSYNC_FDATASYNC)));
}
