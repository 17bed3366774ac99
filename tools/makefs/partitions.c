// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A disk of several partitions, from a text: a line each, with sfdisk's fields before a colon and
 * makefs's own command line behind it.  makefs runs once more for each file system.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

struct line {			/* of the text, for each partition */
	struct words words;	/* for makefs; none: nothing is in the partition */
	uint64_t size;		/* 0: not given */
	const struct type *type;	/* of these words */
	bool typed;		/* the partition has one already */
};

struct disk {
	const struct options *o;
	struct image image;
	struct table table;
	struct line *lines;
	int number;		/* of the text's line */
	bool incomplete;
	int failed;		/* the exit code where there is no image */
};

static bool wrong(const struct disk *d, const char *what, const char *which)
{
	fsu_message("%s, line %d: %s%s%s%s", fsu_name(d->o->partitions), d->number, what,
		    which ? " '" : "", which ? which : "", which ? "'" : "");
	return false;
}

/* ---- a line ------------------------------------------------------------------------------ */

/* The first `c` that is in no quotation marks, or NULL. */
static char *unquoted(char *s, char c)
{
	bool inside = false;

	for (; *s && (inside || *s != c); s++)
		inside ^= *s == '"';
	return *s ? s : NULL;
}

static char *trimmed(char *s)
{
	char *end;

	s += strspn(s, " \t\n");
	for (end = s + strlen(s); end > s && strchr(" \t\n", end[-1]);)
		*--end = '\0';
	return s;
}

static bool take_label(struct disk *d, const char *key, const char *value)
{
	if (strcmp(key, "label-id") == 0) {
		free(d->table.id);
		d->table.id = fsu_strdup(value);
		return true;
	}
	d->table.gpt = strcmp(value, "gpt") == 0;
	return d->table.gpt || strcmp(value, "mbr") == 0 || strcmp(value, "dos") == 0 ||
	       wrong(d, "there are labels gpt and mbr, not", value);
}

static bool is_field(const char *field, const char *key)
{
	size_t len = strlen(key);

	return strncasecmp(field, key, len) == 0 && field[len + strspn(field + len, " \t")] == '=';
}

/* The fields for sfdisk: size is ours, a place is nobody's to choose. */
static bool take_field(struct disk *d, char *field, struct partition *p, struct line *l)
{
	char *before = p->fields;

	if (is_field(field, "start"))
		return wrong(d, "makefs chooses where partitions start; leave out", field);
	if (is_field(field, "size"))
		return (parse_size(trimmed(strchr(field, '=') + 1), &l->size) && l->size) ||
		       wrong(d, "a size is bytes, or a number with b, k, m, g or t, not", field);
	l->typed |= is_field(field, "type");
	p->has_uuid |= is_field(field, "uuid");
	if (asprintf(&p->fields, "%s%s%s", before, *before && *field ? ", " : "", field) < 0)
		fsu_die(FSU_FAILED);
	free(before);
	return true;
}

static bool take_fields(struct disk *d, char *fields, struct partition *p, struct line *l)
{
	bool good = true;
	char *next;

	for (p->fields = fsu_strdup(""); good && fields; fields = next) {
		next = unquoted(fields, ',');
		if (next)
			*next++ = '\0';
		good = take_field(d, trimmed(fields), p, l);
	}
	return good;
}

/* The type of what is in it. */
static void add_type(const struct disk *d, struct partition *p, const struct line *l)
{
	const char *type = l->type ? d->table.gpt ? l->type->gpt : l->type->mbr : "L";
	char *before = p->fields;

	if (l->typed)
		return;
	if (asprintf(&p->fields, "type=%s%s%s", type, *before ? ", " : "", before) < 0)
		fsu_die(FSU_FAILED);
	free(before);
}

/* All of the command line that makes the file system. */
static struct words command(const struct disk *d, const struct line *l, const char *image)
{
	struct words w = { 0 };
	char *size;

	words_append(&w, fsu_strdup("makefs"));
	for (int i = 0; i < d->o->given.n; i++)
		words_append(&w, fsu_strdup(d->o->given.list[i]));
	words_append(&w, fsu_strdup("-Z"));
	if (l->size) {
		if (asprintf(&size, "-s%" PRIu64, l->size) < 0)
			fsu_die(FSU_FAILED);
		words_append(&w, size);
	}
	words_append(&w, fsu_strdup(image));
	for (int i = 0; i < l->words.n; i++)
		words_append(&w, fsu_strdup(l->words.list[i]));
	return w;
}

static bool take_words(struct disk *d, const char *text, struct line *l)
{
	const char *why = words_split(&l->words, text);
	struct copy scratch;
	struct options o;
	struct words w;
	bool good;

	if (why)
		return wrong(d, why, text);
	if (!l->words.n)
		return l->size ||
		       wrong(d, "a partition needs size= or, behind a colon, what is in it", NULL);
	copy_init(&scratch);
	w = command(d, l, d->o->partitions);
	good = options_read(&o, &scratch, w.n, w.list) == FSU_OK && !o.table && !o.partitions;
	l->type = o.fs;
	words_free(&o.mkfs_options);
	words_free(&o.given);
	words_free(&w);
	return good || wrong(d, "makefs cannot make what is in the partition from", text);
}

static bool take_line(struct disk *d, char *text)
{
	char *colon = unquoted(text, ':'), *rest = "";
	struct table *t = &d->table;
	struct partition *p;
	struct line *l;

	if (colon) {
		*colon = '\0';
		rest = trimmed(colon + 1);
	}
	text = trimmed(text);
	if (colon && (strcmp(text, "label") == 0 || strcmp(text, "label-id") == 0))
		return t->n ? wrong(d, "labels come before partitions", NULL) :
			      take_label(d, text, rest);
	t->list = fsu_realloc(t->list, (t->n + 1) * sizeof(*t->list));
	d->lines = fsu_realloc(d->lines, (t->n + 1) * sizeof(*d->lines));
	p = &t->list[t->n];
	l = &d->lines[t->n++];
	*p = (struct partition){ 0 };
	*l = (struct line){ 0 };
	if (!take_fields(d, text, p, l) || !take_words(d, rest, l))
		return false;
	add_type(d, p, l);
	return true;
}

static int read_lines(struct disk *d, FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	bool good = true;

	d->table.gpt = true;
	while (good && getline(&line, &room, f) >= 0) {
		char *text = trimmed(line);

		d->number++;
		if (*text && *text != '#')
			good = take_line(d, text);
	}
	free(line);
	if (ferror(f)) {
		fsu_perror_verb(errno, "read", d->o->partitions);
		return FSU_FAILED;
	}
	if (good && !d->table.n)
		good = wrong(d, "there is no partition up to here", NULL);
	return good ? FSU_OK : FSU_USAGE;
}

static int read_text(struct disk *d)
{
	FILE *f = strcmp(d->o->partitions, "-") == 0 ? stdin : fopen(d->o->partitions, "re");
	int code;

	if (!f) {
		fsu_perror_verb(errno, "read", d->o->partitions);
		return FSU_FAILED;
	}
	code = read_lines(d, f);
	if (f != stdin)
		fclose(f);
	return code;
}

static void disk_free(struct disk *d)
{
	for (int n = 0; n < d->table.n; n++) {
		words_free(&d->lines[n].words);
		free(d->table.list[n].fields);
	}
	free(d->lines);
	free(d->table.list);
	free(d->table.id);
}

/* ---- the disk ---------------------------------------------------------------------------- */

static int copy_piece(int from, off_t start, off_t end, int to, off_t at)
{
	while (start < end) {
		ssize_t n = copy_file_range(from, &start, to, &at, end - start, 0);

		if (n <= 0)
			return n ? errno : EIO;
	}
	return 0;
}

/* What is in the file comes to `at` of the disk; its holes are some there too. */
static int place(int from, int to, off_t at)
{
	off_t start, end = 0;
	int err = 0;

	while (!err && (start = lseek(from, end, SEEK_DATA)) >= 0) {
		end = lseek(from, start, SEEK_HOLE);
		err = copy_piece(from, start, end, to, at + start);
	}
	return err;
}

/* Move what is in the file into the partition. */
static bool move_in(struct disk *d, const char *path, struct partition *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		err = errno;
	else
		err = place(fd, d->image.fd, p->start);
	if (err)
		fsu_perror_verb(err, "write", d->image.name);
	else
		p->size = st.st_size;
	if (fd >= 0)
		close(fd);
	unlink(path);
	return !err;
}

/* The partition's file system, in a file of its own first. */
static bool fill(struct disk *d, int n)
{
	struct line *l = &d->lines[n];
	struct words w;
	bool good;
	char *path;
	int code;

	if (!l->words.n) {
		d->table.list[n].size = l->size;
		return true;
	}
	if (asprintf(&path, "%s.%d", d->image.path, n + 1) < 0)
		fsu_die(FSU_FAILED);
	w = command(d, l, path);
	code = run_makefs(&w, n + 1, d->table.list[n].start);
	words_free(&w);
	d->incomplete |= code == MAKEFS_INCOMPLETE;
	if (code == FSU_CRASHED || code == FSU_EXCEEDED)
		d->failed = code;
	good = (code == FSU_OK || code == MAKEFS_INCOMPLETE) && move_in(d, path, &d->table.list[n]);
	free(path);
	return good;
}

static bool fill_all(struct disk *d)
{
	uint64_t end = DISK_ALIGN;

	for (int n = 0; n < d->table.n; n++) {
		struct partition *p = &d->table.list[n];

		p->start = disk_align(end);
		if (fsu_interrupted() || !fill(d, n))
			return false;
		end = p->start + p->size;
	}
	if (!disk_resize(d->image.fd, end, d->table.gpt)) {
		fsu_perror_verb(errno, "write", d->image.name);
		return false;
	}
	return table_write(&d->table, d->o);
}

static int make(struct disk *d)
{
	program_path();	/* all else is set by the makefs of each partition */
	fsu_catch_signals();
	if (!image_begin(&d->image) || !image_finish(&d->image, fill_all(d)))
		return d->failed;
	return d->incomplete ? MAKEFS_INCOMPLETE : FSU_OK;
}

int make_disk(const struct options *o, const char *image)
{
	struct disk d = { .o = o, .image = { .o = o, .name = image }, .failed = FSU_FAILED };
	int code = read_text(&d);

	if (code == FSU_OK)
		code = make(&d);
	disk_free(&d);
	return code;
}
