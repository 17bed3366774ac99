// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Partitions: the kernel's own code finds them, libblkid says what is in each.  Where the caller
 * names none, what is mounted must be obvious: the whole disk if it holds a file system, else the
 * only partition that does.  Anything else ends in an error that lists the partitions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

int ukfsi_attach(const char *path, const struct ukfs_args *args, bool readonly,
		 char devpath[RUMP_DEVPATH_MAX])
{
	struct rump_disk_options opt = {
		.method = args->method,
		.readonly = readonly,
		.nolock = args->nolock,
		.sector_size = args->sector_size,
		.snapshot = args->snapshot,
		.noflush = args->noflush,
	};

	return rump_disk_attach(path, &opt, devpath);
}

int ukfsi_attach_error(const char *path, bool readonly, int err)
{
	switch (err) {
	case EBUSY:
		return ukfsi_error(err, "%s: in use by another process, which has locked it", path);
	case EACCES:
	case EPERM:
	case EROFS:
		return ukfsi_error(err, "%s: %s%s", path, ukfsi_strerror(err), readonly ? "" :
				   ": it cannot be opened for writing, only mounted read-only");
	default:
		return ukfsi_error(err, "%s: cannot attach it as a disk: %s [%s]", path,
				   ukfsi_strerror(err), ukfsi_errname(err));
	}
}

/* The partitions of a disk, to be freed; *n is their number.  NULL: an error or none. */
static struct rump_partition *get_partitions(int disk, int *n)
{
	struct rump_partition *list;

	*n = rump_disk_partitions(disk, NULL, 0);
	if (*n <= 0)
		return NULL;
	list = calloc(*n, sizeof(*list));
	if (list)
		*n = rump_disk_partitions(disk, list, *n);
	else
		*n = -ENOMEM;
	return list;
}

static void human_size(uint64_t bytes, char *buf, size_t size)
{
	static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int i = 0;

	for (; i < 6 && bytes >= 10240; i++)
		bytes /= 1024;
	snprintf(buf, size, "%llu %s", (unsigned long long)bytes, unit[i]);
}

static bool mountable(const struct ukfsi_probe *p, const char *fstype)
{
	if (fstype)
		return strcmp(p->type, fstype) == 0;
	return p->filesystem && ukfsi_type_known(p->type);
}

static void describe_one(const struct rump_partition *p, const struct ukfsi_probe *probe, char *buf,
			 size_t size)
{
	size_t len = strlen(buf);
	char bytes[32];

	human_size(p->size, bytes, sizeof(bytes));
	snprintf(buf + len, size - len, "%s%d (%s%s%s%s, %s)", len ? ", " : "", p->number,
		 probe->type[0] ? probe->type : "unknown", probe->label[0] ? " \"" : "",
		 probe->label, probe->label[0] ? "\"" : "", bytes);
}

/* "1 (vfat, 100 MiB), 2 (ext4 "root", 3072 MiB)" */
static void describe(int fd, const struct rump_partition *p, int n, char *buf, size_t size)
{
	struct ukfsi_probe probe;

	buf[0] = '\0';
	for (int i = 0; i < n; i++) {
		if (ukfsi_probe(fd, p[i].start, p[i].size, &probe) < 0)
			memset(&probe, 0, sizeof(probe));
		describe_one(&p[i], &probe, buf, size);
	}
}

/* The partition number that was asked for, as an index. */
static int find_number(const struct ukfs *u, int fd, int number, const struct rump_partition *p,
		       int n)
{
	char list[1024];

	for (int i = 0; i < n; i++)
		if (p[i].number == number)
			return i;
	if (!n)
		return ukfsi_error(ENXIO, "%s: there is no partition %d, nor any other", u->image,
				   number);
	describe(fd, p, n, list, sizeof(list));
	return ukfsi_error(ENXIO, "%s: there is no partition %d, the image has %s", u->image,
			   number, list);
}

/* The only partition with a file system, as an index; n: none, and the error is noted: -1. */
static int find_only(const struct ukfs *u, int fd, const char *fstype,
		     const struct rump_partition *p, int n)
{
	struct ukfsi_probe probe;
	char list[1024] = "";
	int found = n, candidates = 0;

	for (int i = 0; i < n; i++) {
		if (ukfsi_probe(fd, p[i].start, p[i].size, &probe) < 0 ||
		    !mountable(&probe, fstype))
			continue;
		describe_one(&p[i], &probe, list, sizeof(list));
		found = i;
		candidates++;
	}
	if (candidates > 1)
		return ukfsi_error(ENOTUNIQ, "%s: choose a partition: %s", u->image, list);
	if (found == n && n) {
		describe(fd, p, n, list, sizeof(list));
		return ukfsi_error(EINVAL, "%s: no partition that can be mounted%s%s: %s", u->image,
				   fstype ? " as " : "", fstype ? fstype : "", list);
	}
	return found;
}

int ukfsi_choose(struct ukfs *u, int fd, const struct ukfs_args *args, const char *fstype,
		 const struct ukfsi_probe *whole, struct ukfsi_probe *result)
{
	struct rump_partition *p;
	int n, i, res;

	*result = *whole;
	if (!args->partition && (whole->type[0] || whole->all[0]))
		return 0;
	p = get_partitions(u->disk, &n);
	if (n < 0) {
		free(p);
		return ukfsi_error(-n, "%s: cannot read the partitions: %s", u->image,
				   ukfsi_strerror(-n));
	}
	i = args->partition ? find_number(u, fd, args->partition, p, n)
			    : find_only(u, fd, fstype, p, n);
	res = i < 0 ? -1 : 0;
	if (i >= 0 && i < n) {
		size_t len = strlen(u->devpath);

		snprintf(u->devpath + len, sizeof(u->devpath) - len, "p%d", p[i].number);
		res = ukfsi_probe(fd, p[i].start, p[i].size, result);
		if (res < 0)
			res = ukfsi_error(-res, "%s: cannot read partition %d: %s", u->image,
					  p[i].number, ukfsi_strerror(-res));
	}
	free(p);
	return res;
}

static void fill(int fd, const struct rump_partition *from, struct ukfs_partition *to)
{
	struct ukfsi_probe probe;

	memset(to, 0, sizeof(*to));
	to->number = from->number;
	to->start = from->start;
	to->size = from->size;
	if (ukfsi_probe(fd, from->start, from->size, &probe) == 0) {
		snprintf(to->type, sizeof(to->type), "%s", probe.type);
		snprintf(to->label, sizeof(to->label), "%s", probe.label);
	}
	if (!to->label[0])
		snprintf(to->label, sizeof(to->label), "%s", from->name);
}

int ukfs_partitions(const char *devpath, const struct ukfs_args *args, struct ukfs_partition *list,
		    int max)
{
	static const struct ukfs_args none;
	char node[RUMP_DEVPATH_MAX], name[UKFSI_EARLY_MAX];
	struct rump_partition *p;
	int fd, disk, n = -1, early = -1;

	if (!devpath)
		return ukfsi_error(EINVAL, "the path of an image is missing");
	if (args && args->confinement)
		early = ukfsi_confine_early(args, NULL, devpath, "", true);
	if (early < -1 || ukfsi_boot(NULL) < 0 || ukfsi_confine_mount() < 0)
		return -1;
	fd = ukfsi_image_open(devpath, early);
	if (fd < 0)
		return -1;
	disk = ukfsi_attach(ukfsi_early_name(name, devpath, early), args ? args : &none, true,
			    node);
	if (disk < 0) {
		close(fd);
		return ukfsi_attach_error(devpath, true, -disk);
	}
	p = get_partitions(disk, &n);
	for (int i = 0; p && i < n && i < max; i++)
		fill(fd, &p[i], &list[i]);
	free(p);
	rump_disk_detach(disk);
	close(fd);
	if (early >= 0)
		close(early);
	if (n < 0)
		return ukfsi_error(-n, "%s: cannot read the partitions: %s", devpath,
				   ukfsi_strerror(-n));
	return n;
}
