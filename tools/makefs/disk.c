// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A partition table around a file system: sfdisk writes the table, the file system moves behind it.
 * That is done while it is empty, so that what moves is small and the rest is holes.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "makefs.h"

#define ALIGN (1ull << 20)	/* where partitions begin and end */

/* Move the file's data up by `by` bytes, the last first; what was there becomes a hole. */
static int move_piece(int fd, off_t from, off_t end, off_t by)
{
	static char buf[1 << 20];
	int err = 0;

	while (end > from && !err) {
		size_t len = end - from < (off_t)sizeof(buf) ? end - from : (off_t)sizeof(buf);
		ssize_t n = pread(fd, buf, len, end - len);

		if (n != (ssize_t)len || pwrite(fd, buf, len, end - len + by) != n)
			err = errno ? errno : EIO;
		end -= len;
	}
	return err;
}

struct piece {
	off_t start, end;
};

static int move_up(int fd, off_t by)
{
	struct piece *list = NULL;
	off_t start, end = 0;
	int n = 0, err = 0;

	while ((start = lseek(fd, end, SEEK_DATA)) >= 0) {
		end = lseek(fd, start, SEEK_HOLE);
		list = fsu_realloc(list, (n + 1) * sizeof(*list));
		list[n++] = (struct piece){ start, end };
	}
	/* a piece is moved whole before the one below it is written over it */
	while (n-- > 0 && !err) {
		off_t hole = list[n].end < list[n].start + by ? list[n].end : list[n].start + by;

		err = move_piece(fd, list[n].start, list[n].end, by);
		if (!err && fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, list[n].start,
				      hole - list[n].start) < 0)
			err = errno;
	}
	free(list);
	return err;
}

static bool write_table(struct image *i)
{
	const char *type = i->o->table[0] == 'g' ? i->type->gpt : i->type->mbr;
	struct words w = { 0 };
	const char *values[128] = { ['i'] = i->path };
	char *script, id[80] = "", uuid[80] = "";
	bool good;

	if (i->o->time_given && i->o->table[0] == 'g') {
		snprintf(id, sizeof(id), "label-id: %08X-6D61-4B65-A673-000000000001\n",
			 (uint32_t)i->o->time);
		snprintf(uuid, sizeof(uuid), ", uuid=%08X-6D61-4B65-A673-000000000002",
			 (uint32_t)i->o->time);
	} else if (i->o->time_given) {
		snprintf(id, sizeof(id), "label-id: 0x%08x\n", (uint32_t)i->o->time);
	}
	if (asprintf(&script, "label: %s\n%sunit: sectors\nstart=%" PRIu64 ", size=%" PRIu64
		     ", type=%s%s\n", i->o->table[0] == 'g' ? "gpt" : "dos", id, i->start / 512,
		     (i->size + 511) / 512, type, uuid) < 0)
		fsu_die(FSU_FAILED);
	words_add(&w, "sfdisk -q --no-reread --no-tell-kernel %i", values);
	good = run_program(&w, "fdisk", script);
	words_free(&w);
	free(script);
	return good;
}

bool disk_wrap(struct image *i)
{
	/* GPT has a second table at the end */
	uint64_t whole = (i->start + i->size + ALIGN - 1) / ALIGN * ALIGN +
			 (i->o->table[0] == 'g' ? ALIGN : 0);
	int err = 0;

	if (ftruncate(i->fd, whole) < 0)
		err = errno;
	if (!err)
		err = move_up(i->fd, i->start);
	if (err)
		fsu_perror_verb(err, "write", i->name);
	return !err && write_table(i);
}
