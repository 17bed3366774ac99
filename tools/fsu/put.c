// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_put and fsu_get: copies across the image's border that keep everything, as cp -a does.
 */
#include "copy/copy.h"

const struct fsu_option fsu_put_options[] = {
	{ COPY_KEY_NO_OWNER, "no-owner", FSU_NOARG, NULL, "do not keep owners: files are root's" },
	{ COPY_KEY_OWNER, "owner", FSU_ARG, "UID:GID", "files belong to these, names or numbers" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "do not enter other file systems of the host" },
	COPY_OPTIONS,
	COPY_NO_SPECIAL,
	FSU_OPTIONS_END
};

const struct fsu_option fsu_get_options[] = {
	{ COPY_KEY_NO_OWNER, "no-owner", FSU_NOARG, NULL, "do not keep owners: files are yours" },
	{ COPY_KEY_OWNER, "owner", FSU_ARG, "UID:GID", "files belong to these, names or numbers" },
	COPY_OPTIONS,
	COPY_NO_SPECIAL,
	FSU_OPTIONS_END
};

static int run(struct fsu_line *line, const struct side *from, const struct side *to)
{
	struct copy c;

	copy_init(&c);
	c.from = from;
	c.to = to;
	for (int i = 0; i < line->noptions; i++)
		if (!copy_option(&c, &line->options[i]))
			return FSU_USAGE;
	if (line->noperands < 2)
		return fsu_usage("a source and a destination are needed");
	copy_keep(&c, line->operands, line->noperands - 1,
		  line->operands[line->noperands - 1]);
	c.u = fsu_mount(line);
	if (!c.u)
		return FSU_FAILED;
	return copy_run(&c, line->operands, line->noperands - 1,
			line->operands[line->noperands - 1]);
}

int fsu_put_run(struct fsu_line *line)
{
	return run(line, &host_side, &image_side);
}

int fsu_get_run(struct fsu_line *line)
{
	fsu_catch_signals();
	return run(line, &image_side, &host_side);
}
