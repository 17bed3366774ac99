// SPDX-License-Identifier: GPL-2.0-or-later
/* makefs reads a manifest.  It names files of the host, of which devices do not end. */
#include <string.h>

#include "lib/trees.h"

static unsigned long reader(struct tree *t, int fd, const struct options *o)
{
	return read_manifest(t, fd, NULL, o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (memmem(data, size, "/dev", 4) || memmem(data, size, "/proc", 5))
		return 0;
	return tree_of(data, size, reader);
}
