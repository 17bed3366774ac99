// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_ecp: cp in either direction across the image's border, or inside the image, where the kernel
 * copies (and shares blocks where the file system can).  A leading colon marks paths of the image.
 */
#include <string.h>

#include "copy/copy.h"

const struct fsu_option fsu_ecp_options[] = {
	{ 'a', "archive", FSU_NOARG, NULL, "-Rp" },
	{ 'p', "preserve", FSU_NOARG, NULL,
	  "keep owners, permissions, times, attributes, hard links" },
	{ 'R', "recursive", FSU_NOARG, NULL, "copy directories and their content" },
	{ 'r', NULL, FSU_NOARG, NULL, "the same" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "do not enter other file systems of the host" },
	COPY_OPTIONS,
	COPY_NO_SPECIAL,
	FSU_OPTIONS_END
};

/* Which side the operands are on; they are left without their colons.  NULL: on both. */
static const struct side *take_side(char **operands, int n)
{
	const struct side *side = NULL;

	for (int i = 0; i < n; i++) {
		const struct side *this = operands[i][0] == ':' ? &image_side : &host_side;

		if (side && this != side)
			return NULL;
		side = this;
		if (side == &image_side)
			operands[i]++;
		if (side == &image_side && !*operands[i])
			operands[i] = "/";
	}
	return side;
}

static bool parse(struct copy *c, const struct fsu_line *line)
{
	c->o.recursive = false;
	c->o.keep = 0;
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'a': c->o.recursive = true; c->o.keep = KEEP_ALL; break;
		case 'p': c->o.keep = KEEP_ALL; break;
		case 'R':
		case 'r': c->o.recursive = true; break;
		default:
			if (!copy_option(c, &line->options[i]))
				return false;
		}
	}
	c->o.follow = c->o.recursive ? FSU_FOLLOW_NONE : FSU_FOLLOW_START;
	return true;
}

int fsu_ecp_run(struct fsu_line *line)
{
	int n = line->noperands - 1;
	struct copy c;

	copy_init(&c);
	if (!parse(&c, line))
		return FSU_USAGE;
	if (n < 1)
		return fsu_usage("a source and a destination are needed");
	c.from = take_side(line->operands, n);
	c.to = take_side(line->operands + n, 1);
	if (!c.from)
		return fsu_usage("the sources must all be in the image (:PATH) or all on the host");
	if (c.from == &host_side && c.to == &host_side)
		return fsu_usage("source or destination must be in the image: mark it with a "
				 "colon, :PATH");
	if (c.to == &host_side) {
		line->read = true;
		fsu_catch_signals();
	}
	copy_keep(&c, line->operands, n, line->operands[n]);
	c.u = fsu_mount(line);
	if (!c.u)
		return FSU_FAILED;
	return copy_run(&c, line->operands, n, line->operands[n]);
}
