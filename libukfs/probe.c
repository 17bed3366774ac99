// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is in an image: libblkid looks for superblocks, from the host's side, before the kernel side
 * touches anything.
 */
#include <blkid/blkid.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rump/rumpuser.h>

#include "internal.h"

const char *ukfsi_early_name(char name[UKFSI_EARLY_MAX], const char *path, int early)
{
	if (early < 0)
		return path;
	snprintf(name, UKFSI_EARLY_MAX, "/dev/fd/%d", early);
	return name;
}

int ukfsi_image_open(const char *path, int early)
{
	char name[UKFSI_EARLY_MAX];
	struct stat st;
	int fd = rumpuser_image_open(ukfsi_early_name(name, path, early), O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return ukfsi_error(errno, "%s: %s", path, ukfsi_strerror(errno));
	if (fstat(fd, &st) < 0)
		ukfsi_error(errno, "%s: %s", path, ukfsi_strerror(errno));
	else if (S_ISDIR(st.st_mode))
		ukfsi_error(EISDIR, "%s: is a directory, not an image", path);
	else if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		ukfsi_error(ENOTBLK, "%s: is neither a regular file nor a block device", path);
	else if (S_ISREG(st.st_mode) && !st.st_size)
		ukfsi_error(EINVAL, "%s: the file is empty, there is no file system in it", path);
	else
		return fd;
	close(fd);
	return -1;
}

static void value(blkid_probe pr, const char *name, char *buf, size_t size)
{
	const char *data;

	buf[0] = '\0';
	if (blkid_probe_lookup_value(pr, name, &data, NULL) == 0)
		snprintf(buf, size, "%s", data);
}

/* Several superblocks match and none is sure: name them all. */
static void list_all(blkid_probe pr, struct ukfsi_probe *result)
{
	size_t len = 0;
	char type[32];

	blkid_reset_probe(pr);
	while (blkid_do_probe(pr) == 0 && len + 1 < sizeof(result->all)) {
		value(pr, "TYPE", type, sizeof(type));
		if (!type[0])
			continue;
		snprintf(result->all + len, sizeof(result->all) - len, "%s%s", len ? ", " : "",
			 ukfsi_kernel_name(type));
		len = strlen(result->all);
	}
}

/*
 * Look for what can be mounted first: to look for everything that libblkid knows is to read a
 * megabyte from here and there.
 */
static void only_mountable(blkid_probe pr)
{
	char *names[128];

	names[ukfsi_blkid_names(names, 127)] = NULL;
	blkid_probe_filter_superblocks_type(pr, BLKID_FLTR_ONLYIN, names);
}

static int run_probe(blkid_probe pr, struct ukfsi_probe *result, bool everything)
{
	char type[32], usage[32];
	const char *name;
	int res;

	blkid_probe_enable_superblocks(pr, 1);
	if (!everything)
		only_mountable(pr);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL |
					  BLKID_SUBLKS_USAGE);
	res = blkid_do_safeprobe(pr);
	if (res == -2)
		list_all(pr, result);
	else if (res < 0)
		return errno ? -errno : -EIO;
	else if (res > 0 && !everything &&
		 (name = ukfsi_type_by_magic(blkid_probe_get_fd(pr), blkid_probe_get_offset(pr)))) {
		snprintf(result->type, sizeof(result->type), "%s", name);
		result->filesystem = true;
	} else if (res > 0 && !everything) {
		blkid_probe_reset_superblocks_filter(pr);
		blkid_reset_probe(pr);
		return run_probe(pr, result, true);
	} else if (res == 0) {
		value(pr, "TYPE", type, sizeof(type));
		value(pr, "LABEL", result->label, sizeof(result->label));
		value(pr, "USAGE", usage, sizeof(usage));
		snprintf(result->type, sizeof(result->type), "%s", ukfsi_kernel_name(type));
		result->filesystem = strcmp(usage, "filesystem") == 0 || ukfsi_is_container(type);
	}
	return 0;
}

int ukfsi_probe(int fd, uint64_t start, uint64_t size, struct ukfsi_probe *result)
{
	blkid_probe pr = blkid_new_probe();
	int res;

	memset(result, 0, sizeof(*result));
	if (!pr)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(pr, fd, start, size) != 0)
		res = errno ? -errno : -EIO;
	else
		res = run_probe(pr, result, false);
	blkid_free_probe(pr);
	return res;
}
