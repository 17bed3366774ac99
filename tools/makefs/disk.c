// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A partition table around a file system: sfdisk writes the table, the file system moves behind it.
 * That is done while it is empty, so that what moves is small and the rest is holes.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

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

/* What sfdisk reads.  Identifiers that nobody chose are the same for the same time. */
static char *table_script(const struct table *t, const struct options *o)
{
	char *script;
	size_t len;
	FILE *f = open_memstream(&script, &len);

	if (!f)
		fsu_die(FSU_FAILED);
	fprintf(f, "label: %s\nunit: sectors\n", t->gpt ? "gpt" : "dos");
	if (t->id)
		fprintf(f, "label-id: %s\n", t->id);
	else if (o->time_given && t->gpt)
		fprintf(f, "label-id: %08X-6D61-4B65-A673-000000000001\n", (uint32_t)o->time);
	else if (o->time_given)
		fprintf(f, "label-id: 0x%08x\n", (uint32_t)o->time);
	for (int n = 0; n < t->n; n++) {
		const struct partition *p = &t->list[n];

		fprintf(f, "start=%" PRIu64 ", size=%" PRIu64 "%s%s", p->start / 512,
			(p->size + 511) / 512, *p->fields ? ", " : "", p->fields);
		if (o->time_given && t->gpt && !p->has_uuid)
			fprintf(f, ", uuid=%08X-6D61-4B65-A673-%012X", (uint32_t)o->time, n + 2);
		fputc('\n', f);
	}
	fclose(f);
	return script;
}

bool table_write(const struct table *t, const struct options *o)
{
	char *script = table_script(t, o);
	bool good = step_run(STEP_TABLE, script);

	free(script);
	return good;
}

uint64_t disk_align(uint64_t at)
{
	return (at + DISK_ALIGN - 1) / DISK_ALIGN * DISK_ALIGN;
}

/* GPT has a second table at the end. */
bool disk_resize(int fd, uint64_t end, bool gpt)
{
	return ftruncate(fd, disk_align(end) + (gpt ? DISK_ALIGN : 0)) == 0;
}

bool disk_wrap(struct image *i)
{
	bool gpt = strcmp(i->o->table, "gpt") == 0;
	struct partition p = { .start = i->start, .size = i->size };
	struct table t = { .gpt = gpt, .list = &p, .n = 1 };
	bool good;
	int err;

	err = disk_resize(i->fd, i->start + i->size, gpt) ? move_up(i->fd, i->start) : errno;
	if (err) {
		fsu_perror_verb(err, "write", i->name);
		return false;
	}
	if (asprintf(&p.fields, "type=%s", gpt ? i->type->gpt : i->type->mbr) < 0)
		fsu_die(FSU_FAILED);
	good = table_write(&t, i->o);
	free(p.fields);
	return good;
}
