// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libblkid, which is not packaged for musl, for tests that know what is in their image: the type is
 * the environment's TEST_TYPE.
 */
#include <blkid/blkid.h>
#include <stdlib.h>
#include <string.h>

blkid_probe blkid_new_probe(void)
{
	return malloc(1);
}

void blkid_free_probe(blkid_probe pr)
{
	free(pr);
}

/* For own looks at the image, which the callers do where this library has found nothing. */
int blkid_probe_get_fd(blkid_probe pr)
{
	(void)pr;
	return -1;
}

blkid_loff_t blkid_probe_get_offset(blkid_probe pr)
{
	(void)pr;
	return 0;
}

int blkid_probe_set_device(blkid_probe pr, int fd, blkid_loff_t offset, blkid_loff_t size)
{
	(void)pr, (void)fd, (void)offset, (void)size;
	return 0;
}

void blkid_reset_probe(blkid_probe pr)
{
	(void)pr;
}

int blkid_probe_enable_superblocks(blkid_probe pr, int enable)
{
	(void)pr, (void)enable;
	return 0;
}

int blkid_probe_filter_superblocks_type(blkid_probe pr, int flag, char *names[])
{
	(void)pr, (void)flag, (void)names;
	return 0;
}

int blkid_probe_reset_superblocks_filter(blkid_probe pr)
{
	(void)pr;
	return 0;
}

int blkid_probe_set_superblocks_flags(blkid_probe pr, int flags)
{
	(void)pr, (void)flags;
	return 0;
}

/* As libblkid's: 0, and 1 where nothing was found. */
int blkid_do_safeprobe(blkid_probe pr)
{
	(void)pr;
	return !getenv("TEST_TYPE");
}

int blkid_do_probe(blkid_probe pr)
{
	(void)pr;
	return 1;
}

int blkid_probe_lookup_value(blkid_probe pr, const char *name, const char **data, size_t *len)
{
	(void)pr;
	*data = !strcmp(name, "TYPE") ? getenv("TEST_TYPE") : "filesystem";
	if (len)
		*len = strlen(*data) + 1;
	return strcmp(name, "LABEL") ? 0 : -1;
}
