// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_df: the space of the file system, counted as df counts.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_df_options[] = {
	{ 'h', "human-readable", FSU_NOARG, NULL, "sizes like 1K, 234M, 2G" },
	{ 'H', "si", FSU_NOARG, NULL, "the same with powers of 1000" },
	{ 'i', "inodes", FSU_NOARG, NULL, "inodes instead of blocks" },
	{ 'k', NULL, FSU_NOARG, NULL, "blocks of 1024 bytes, the default" },
	{ 'P', "portability", FSU_NOARG, NULL, "POSIX's format" },
	{ 'T', "print-type", FSU_NOARG, NULL, "show the type" },
	{ 'B', "block-size", FSU_ARG, "SIZE", "unit of sizes: 1K, 1M, 512 ..." },
	FSU_OPTIONS_END
};

struct df {
	uint64_t block;
	enum fsu_human human;
	char suffix[FSU_SUFFIX_MAX];
	bool inodes, posix, type;
};

/* Four columns and what stands over them. */
struct table {
	char cells[3][FSU_HUMAN_MAX], percent[8];
	const char *titles[4];
	char title[FSU_HUMAN_MAX + 8];
};

static void fill_percent(char out[8], uint64_t used, uint64_t usable)
{
	unsigned __int128 n = (unsigned __int128)used * 100;

	if (usable)
		snprintf(out, 8, "%u%%", (unsigned int)(n / usable + (n % usable != 0)));
	else
		strcpy(out, "-");
}

static void fill_inodes(struct table *t, const struct df *df, const struct statvfs *st)
{
	uint64_t used = st->f_files - st->f_ffree;

	fsu_size(t->cells[0], st->f_files, 1, df->human);
	fsu_size(t->cells[1], used, 1, df->human);
	fsu_size(t->cells[2], st->f_ffree, 1, df->human);
	fill_percent(t->percent, used, st->f_files);
	t->titles[0] = "Inodes";
	t->titles[1] = "IUsed";
	t->titles[2] = "IFree";
	t->titles[3] = "IUse%";
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

static void fill_blocks(struct table *t, const struct df *df, const struct statvfs *st)
{
	uint64_t unit = st->f_frsize, used = st->f_blocks - st->f_bfree;

	fsu_size(t->cells[0], st->f_blocks * unit, df->block, df->human);
	fsu_size(t->cells[1], used * unit, df->block, df->human);
	fsu_size(t->cells[2], st->f_bavail * unit, df->block, df->human);
	for (int i = 0; i < 3; i++)
		strcat(t->cells[i], df->suffix);
	fill_percent(t->percent, used, used + st->f_bavail);
	if (df->human)
		strcpy(t->title, "Size");
	else if (df->posix)
		snprintf(t->title, sizeof(t->title), "%" PRIu64 "-blocks", df->block);
	else
		name_block(t->title, df->block);
	t->titles[0] = t->title;
	t->titles[1] = "Used";
	t->titles[2] = df->human ? "Avail" : "Available";
	t->titles[3] = df->posix && !df->human ? "Capacity" : "Use%";
}

static int width(const char *a, const char *b, int least)
{
	int n = strlen(a) > strlen(b) ? strlen(a) : strlen(b);

	return n > least ? n : least;
}

static void print_table(const struct table *t, const char *image, const char *type)
{
	int image_width = width("Filesystem", image, 14), type_width = type ? width("Type", type, 0) : 0;
	int w[4];

	for (int i = 0; i < 4; i++)
		w[i] = width(t->titles[i], i < 3 ? t->cells[i] : t->percent, i < 3 ? 5 : 4);
	printf("%-*s ", image_width, "Filesystem");
	if (type)
		printf("%-*s ", type_width, "Type");
	printf("%*s %*s %*s %*s Mounted on\n", w[0], t->titles[0], w[1], t->titles[1], w[2],
	       t->titles[2], w[3], t->titles[3]);
	printf("%-*s ", image_width, image);
	if (type)
		printf("%-*s ", type_width, type);
	printf("%*s %*s %*s %*s /\n", w[0], t->cells[0], w[1], t->cells[1], w[2], t->cells[2], w[3],
	       t->percent);
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
		default:
			if (!fsu_parse_block(arg, &df->block, &df->human, df->suffix))
				return !fsu_usage("-B needs a size such as 1M, not '%s'", fsu_name(arg));
		}
	}
	return true;
}

int fsu_df_run(struct fsu_line *line)
{
	struct df df = { .block = 1024 };
	struct table table = { 0 };
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
	if (df.inodes)
		fill_inodes(&table, &df, &st);
	else
		fill_blocks(&table, &df, &st);
	print_table(&table, line->image, df.type ? ukfs_fstype(u) : NULL);
	return FSU_OK;
}
