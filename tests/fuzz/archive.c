// SPDX-License-Identifier: GPL-2.0-or-later
/* makefs reads an archive, of any format that libarchive knows. */
#include "lib/trees.h"

static unsigned long reader(struct tree *t, int fd, const struct options *o)
{
	const struct source from = { "archive", fd };

	return read_archive(t, &from, o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return tree_of(data, size, reader);
}
