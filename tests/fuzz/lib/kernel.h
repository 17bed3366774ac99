/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel side for libukfs, of which a disk can be read and a map of owners written. */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include "internal.h"

#define ROOT_OWNER 1000

/* What the disk holds. */
void kernel_disk(const uint8_t *data, size_t size);
/* The option of the first NUL-terminated text in `data`, which moves on; NULL: there is none. */
const char *next_text(const uint8_t **data, size_t *size);

extern struct rump_flash_options kernel_chip;	/* of the last rump_flash_attach */
extern int kernel_attached;			/* chips and disks that are not detached */

#endif
