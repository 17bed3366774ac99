// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workingset IMAGE: the page cache keeps to the kernel side's working set; what cannot be given
 * back, as the files of a tmpfs, gets more than that.
 */
#include <string.h>

#include "ukfstest.h"
#include "resident.h"

#define BIG	320	/* MiB: a tmpfs has half of the memory */
#define SET	(128 + 32)	/* MiB: with what the array of pages and the program take */

static uint8_t buf[MIB], want[MIB];

/* Write the file and read it; the most that was resident. */
static unsigned long big_file(struct ukfs *u)
{
	unsigned long i, rss, peak = 0;

	if (ukfs_create(u, "/big", 0644))
		die("create: %s", ukfs_errmsg());
	for (i = 0; i < 2 * BIG; i++) {
		content(i % BIG, 0, want, 4096);
		if (i < BIG && ukfs_write(u, "/big", i * MIB, want, MIB) != (ssize_t)MIB)
			die("write of MiB %lu: %s", i, ukfs_errmsg());
		if (i >= BIG && ukfs_read(u, "/big", i % BIG * MIB, buf, MIB) != (ssize_t)MIB)
			die("read of MiB %lu: %s", i, ukfs_errmsg());
		if (i >= BIG && memcmp(buf, want, MIB))
			die("MiB %lu was read differently", i);
		rss = rss_mib();
		peak = rss > peak ? rss : peak;
	}
	return peak;
}

int main(int argc, char **argv)
{
	unsigned long before, cache, kept;
	struct ukfs *u;

	if (argc != 2)
		die("usage: workingset IMAGE");
	u = must_mount("ext4", argv[1], 0);
	before = rss_mib();
	cache = big_file(u);
	must_release(u);
	u = ukfs_mount("tmpfs", NULL, NULL, 0, NULL, 0);
	if (!u)
		die("tmpfs: %s", ukfs_errmsg());
	kept = big_file(u);
	must_release(u);
	printf("resident MiB: %lu mounted, %lu with page cache, %lu with a tmpfs\n", before, cache,
	       kept);
	if (cache > before + SET)
		die("the page cache took more than the working set");
	if (kept < before + BIG)
		die("the files of the tmpfs were not in memory: the test shows nothing");
	return 0;
}
