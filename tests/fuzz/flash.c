// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images of flash: the geometry that options and the first blocks of an image say, and the names of
 * UBI's volumes.  Input: TYPE NUL OPTIONS NUL IMAGE.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/kernel.h"

static size_t image_size;

/* A file of the image's size. */
int ukfsi_image_open(const char *path, int early)
{
	int fd = memfd_create("fuzz", 0);

	(void)path;
	(void)early;
	if (fd < 0 || ftruncate(fd, image_size))
		abort();
	return fd;
}

static void attach(const char *type, const char *options, bool readonly)
{
	struct ukfs *u = calloc(1, sizeof(*u));
	char *data = strdup(options), image[] = "image";

	u->image = image;
	u->mtd = u->ubi = u->disk = -1;
	strncpy(u->fstype, type, sizeof(u->fstype) - 1);
	strcpy(u->devpath, "/dev/rd0");
	if (!ukfsi_flash(u, readonly, false, data) && kernel_attached &&
	    (!kernel_chip.erasesize || !kernel_chip.pagesize || !kernel_chip.subpage))
		abort();
	ukfsi_flash_detach(u);
	if (kernel_attached)
		abort();
	free(data);
	free(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *type = next_text(&data, &size), *options = next_text(&data, &size);

	if (!options)
		return 0;
	image_size = size;
	kernel_disk(data, size);
	attach(type, options, false);
	attach(type, options, true);
	return 0;
}
