// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_parts and fsu_types: what -p and -t can choose from.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_parts_options[] = {
	{ 'b', "bytes", FSU_NOARG, NULL, "start and size in bytes" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_types_options[] = {
	FSU_OPTIONS_END
};

#define MAX_PARTITIONS 256	/* of a disk, for the kernel side */

static void print_partition(const struct ukfs_partition *p, bool bytes)
{
	char start[FSU_HUMAN_MAX], size[FSU_HUMAN_MAX];
	enum fsu_human human = bytes ? FSU_HUMAN_NONE : FSU_HUMAN_1024;

	printf("%4d %14s %14s  %-10s %s\n", p->number, fsu_size(start, p->start, 1, human),
	       fsu_size(size, p->size, 1, human), *p->type ? p->type : "-",
	       *p->label ? fsu_name(p->label) : "-");
}

int fsu_parts_run(struct fsu_line *line)
{
	const struct fsu_mount_options *mnt = line->mount;
	struct ukfs_args args = { .options = mnt->options, .method = mnt->method,
				  .nolock = mnt->nolock, .sector_size = mnt->sector_size,
				  .confinement = fsu_confinement(mnt) };
	struct ukfs_partition *list;
	int n;

	if (line->noperands)
		return fsu_usage("unexpected argument '%s'", fsu_name(line->operands[0]));
	list = fsu_malloc(MAX_PARTITIONS * sizeof(*list));
	n = ukfs_partitions(line->image, &args, list, MAX_PARTITIONS);
	if (n < 0) {
		fsu_message("%s", ukfs_errmsg());
		free(list);
		return FSU_FAILED;
	}
	if (n == 0) {
		fsu_message("%s: no partition table", fsu_name(line->image));
	} else {
		printf("%4s %14s %14s  %-10s %s\n", "Part", "Start", "Size", "Type", "Label");
		for (int i = 0; i < n; i++)
			print_partition(&list[i], line->noptions > 0);
	}
	free(list);
	return FSU_OK;
}

int fsu_types_run(struct fsu_line *line)
{
	if (line->noperands)
		return fsu_usage("unexpected argument '%s'", fsu_name(line->operands[0]));
	for (const char *const *t = ukfs_types(); t && *t; t++)
		puts(*t);
	return FSU_OK;
}
