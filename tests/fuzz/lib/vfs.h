/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel side that answers at random: what it is asked is looked at, byte by byte. */
#ifndef FUZZ_VFS_H
#define FUZZ_VFS_H

#include <stddef.h>
#include <stdint.h>

/* What decides about the next answers. */
void vfs_script(const uint8_t *data, size_t size);
/* A node that a client may know: 0 to 2. */
void *vfs_node(unsigned int n);
/* Open files. */
extern int vfs_files;

#endif
