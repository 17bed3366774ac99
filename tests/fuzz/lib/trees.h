/* SPDX-License-Identifier: GPL-2.0-or-later */
/* makefs's tree, made from a fuzzer's bytes by one of its readers. */
#ifndef FUZZ_TREES_H
#define FUZZ_TREES_H

#include "../../../tools/makefs/makefs.h"

/* Read `data` with `reader`, which closes `fd`, find sizes for the tree, and copy it to nowhere. */
int tree_of(const uint8_t *data, size_t size,
	    unsigned long (*reader)(struct tree *t, int fd, const struct options *o));

#endif
