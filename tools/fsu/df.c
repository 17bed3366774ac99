// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_df: the space of the file system, counted as df counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_OUTPUT = 256 };

const struct fsu_option fsu_df_options[] = {
	{ 'h', "human-readable", FSU_NOARG, NULL, "sizes like 1K, 234M, 2G" },
	{ 'H', "si", FSU_NOARG, NULL, "the same with powers of 1000" },
	{ 'i', "inodes", FSU_NOARG, NULL, "inodes instead of blocks" },
	{ 'k', NULL, FSU_NOARG, NULL, "blocks of 1024 bytes, the default" },
	{ KEY_OUTPUT, "output", FSU_OPTARG, "FIELDS",
	  "these columns, or all: source,size,avail ..." },
	{ 'P', "portability", FSU_NOARG, NULL, "POSIX's format" },
	{ 'T', "print-type", FSU_NOARG, NULL, "show the type" },
	{ 'B', "block-size", FSU_ARG, "SIZE", "unit of sizes: 1K, 1M, 512 ..." },
	FSU_OPTIONS_END
};

enum { SOURCE, FSTYPE, ITOTAL, IUSED, IAVAIL, IPCENT, SIZE, USED, AVAIL, PCENT, FILENAME, TARGET,
       FIELDS };

struct df {
	uint64_t block;
	enum fsu_human human;
	char suffix[FSU_SUFFIX_MAX];
	bool inodes, posix, type;
	int chosen[FIELDS], nchosen;	/* --output's fields */
};

struct field {
	const char *name, *title;
	int width;		/* at least; negative: to the left */
	char cell[FSU_HUMAN_MAX + FSU_SUFFIX_MAX];
	const char *text;	/* NULL: the cell */
};

static const struct field all_fields[FIELDS] = {
	[SOURCE] = { .name = "source", .title = "Filesystem", .width = -14 },
	[FSTYPE] = { .name = "fstype", .title = "Type", .width = -4 },
	[ITOTAL] = { .name = "itotal", .title = "Inodes", .width = 5 },
	[IUSED] = { .name = "iused", .title = "IUsed", .width = 5 },
	[IAVAIL] = { .name = "iavail", .title = "IFree", .width = 5 },
	[IPCENT] = { .name = "ipcent", .title = "IUse%", .width = 4 },
	[SIZE] = { .name = "size", .width = 5 },
	[USED] = { .name = "used", .title = "Used", .width = 5 },
	[AVAIL] = { .name = "avail", .title = "Avail", .width = 5 },
	[PCENT] = { .name = "pcent", .title = "Use%", .width = 4 },
	[FILENAME] = { .name = "file", .title = "File", .width = -1, .text = "-" },
	[TARGET] = { .name = "target", .title = "Mounted on", .width = -1 },
};

static void fill_percent(char *out, uint64_t used, uint64_t usable)
{
	unsigned __int128 n = (unsigned __int128)used * 100;

	if (usable)
		snprintf(out, 8, "%u%%", (unsigned int)(n / usable + (n % usable != 0)));
	else
		strcpy(out, "-");
}

static void fill_inodes(struct field *f, const struct df *df, const struct statvfs *st)
{
	uint64_t used = st->f_files - st->f_ffree;

	fsu_size(f[ITOTAL].cell, st->f_files, 1, df->human);
	fsu_size(f[IUSED].cell, used, 1, df->human);
	fsu_size(f[IAVAIL].cell, st->f_ffree, 1, df->human);
	fill_percent(f[IPCENT].cell, used, st->f_files);
}

/* "1K-blocks", "1MB-blocks", "512B-blocks" */
static void name_block(char title[FSU_HUMAN_MAX + 8], uint64_t block)
{
	unsigned int base = block % 1024 == 0 ? 1024 : 1000;
	const char *unit = "";

	while (block && block % base == 0) {
		block /= base;
		unit = *unit ? unit + 1 : base == 1024 ? "KMGTPE" : "kMGTPE";
	}
	snprintf(title, FSU_HUMAN_MAX + 8, "%" PRIu64 "%.1s%s-blocks", block, unit,
		 base == 1024 ? "" : "B");
}

static void fill_blocks(struct field *f, const struct df *df, const struct statvfs *st)
{
	static char title[FSU_HUMAN_MAX + 8];
	uint64_t unit = st->f_frsize, used = st->f_blocks - st->f_bfree;

	fsu_size(f[SIZE].cell, st->f_blocks * unit, df->block, df->human);
	fsu_size(f[USED].cell, used * unit, df->block, df->human);
	fsu_size(f[AVAIL].cell, st->f_bavail * unit, df->block, df->human);
	for (int i = SIZE; i <= AVAIL; i++)
		strcat(f[i].cell, df->suffix);
	fill_percent(f[PCENT].cell, used, used + st->f_bavail);
	f[SIZE].title = title;
	if (df->human)
		strcpy(title, "Size");
	else if (df->posix)
		snprintf(title, sizeof(title), "%" PRIu64 "-blocks", df->block);
	else
		name_block(title, df->block);
	if (df->nchosen || df->human)
		return;
	f[AVAIL].title = "Available";
	if (df->posix)
		f[PCENT].title = "Capacity";
}

/* What is shown where --output does not say. */
static void choose(struct df *df)
{
	df->chosen[df->nchosen++] = SOURCE;
	if (df->type)
		df->chosen[df->nchosen++] = FSTYPE;
	for (int i = 0; i < 4; i++)
		df->chosen[df->nchosen++] = (df->inodes ? ITOTAL : SIZE) + i;
	df->chosen[df->nchosen++] = TARGET;
}

static const char *cell_of(const struct field *f)
{
	return f->text ? f->text : f->cell;
}

/* The titles, or with `cells' what stands below. */
static void print_row(const struct df *df, const struct field *fields, bool cells)
{
	for (int i = 0; i < df->nchosen; i++) {
		const struct field *f = &fields[df->chosen[i]];
		int lengths[] = { abs(f->width), strlen(f->title), strlen(cell_of(f)) }, width = 0;

		for (int j = 0; j < 3; j++)
			width = lengths[j] > width ? lengths[j] : width;
		/* nothing pads the last one */
		if (f->width < 0)
			width = i + 1 < df->nchosen ? -width : 0;
		printf("%*s%c", width, cells ? cell_of(f) : f->title,
		       i + 1 < df->nchosen ? ' ' : '\n');
	}
}

static bool set_output(struct df *df, const char *arg)
{
	if (!arg) {
		for (int i = 0; i < FIELDS; i++)
			df->chosen[df->nchosen++] = i;
		return true;
	}
	for (size_t len; ; arg += len + 1) {
		int field = 0;

		len = strcspn(arg, ",");
		while (field < FIELDS && (strlen(all_fields[field].name) != len ||
					  strncmp(arg, all_fields[field].name, len)))
			field++;
		for (int i = 0; i < df->nchosen && field < FIELDS; i++)
			if (df->chosen[i] == field)
				return !fsu_usage("--output has %s twice", all_fields[field].name);
		if (field == FIELDS)
			return !fsu_usage("--output does not know '%.*s'; it knows source, fstype, "
					  "itotal, iused, iavail, ipcent, size, used, avail, "
					  "pcent, file, target", (int)len, fsu_name(arg));
		df->chosen[df->nchosen++] = field;
		if (!arg[len])
			return true;
	}
}

static bool parse(struct df *df, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'h': df->human = FSU_HUMAN_1024; break;
		case 'H': df->human = FSU_HUMAN_1000; break;
		case 'i': df->inodes = true; break;
		case 'k': df->human = FSU_HUMAN_NONE; df->block = 1024; df->suffix[0] = '\0'; break;
		case 'P': df->posix = true; break;
		case 'T': df->type = true; break;
		case KEY_OUTPUT:
			if (!set_output(df, arg))
				return false;
			break;
		default:
			if (!fsu_parse_block(arg, &df->block, &df->human, df->suffix))
				return !fsu_usage("-B needs a size such as 1M, not '%s'",
						  fsu_name(arg));
		}
	}
	if (df->nchosen && (df->inodes || df->posix || df->type))
		return !fsu_usage("--output and -%c exclude each other",
				  df->inodes ? 'i' : df->posix ? 'P' : 'T');
	return true;
}

int fsu_df_run(struct fsu_line *line)
{
	struct df df = { .block = 1024 };
	struct field fields[FIELDS];
	struct statvfs st;
	struct ukfs *u;

	if (!parse(&df, line))
		return FSU_USAGE;
	if (line->noperands)
		return fsu_usage("unexpected argument '%s'", fsu_name(line->operands[0]));
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (ukfs_statvfs(u, &st)) {
		fsu_perror(errno, line->image);
		return FSU_FAILED;
	}
	memcpy(fields, all_fields, sizeof(fields));
	fields[SOURCE].text = line->image;
	fields[FSTYPE].text = ukfs_fstype(u);
	fields[TARGET].text = "/";
	fill_inodes(fields, &df, &st);
	fill_blocks(fields, &df, &st);
	if (!df.nchosen)
		choose(&df);
	print_row(&df, fields, false);
	print_row(&df, fields, true);
	return FSU_OK;
}
