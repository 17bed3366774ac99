// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * giveback IMAGE MIB: write a file of MIB MiB, release the image, and see that the memory which the
 * page cache took is the host's again.
 */
#include <time.h>

#include "ukfstest.h"
#include "resident.h"

int main(int argc, char **argv)
{
	unsigned long before, peak = 0, after, mib, i, rss;
	static uint8_t buf[MIB];
	struct ukfs *u;

	if (argc != 3)
		die("usage: giveback IMAGE MIB");
	mib = strtoul(argv[2], NULL, 0);
	u = must_mount(NULL, argv[1], 0);
	before = rss_mib();
	if (ukfs_create(u, "/big", 0644))
		die("create: %s", ukfs_errmsg());
	for (i = 0; i < mib; i++) {
		content(i, 0, buf, 4096);
		if (ukfs_write(u, "/big", i * MIB, buf, MIB) != (ssize_t)MIB)
			die("write: %s", ukfs_errmsg());
		rss = rss_mib();
		peak = rss > peak ? rss : peak;
	}
	must_release(u);
	for (i = 0, after = rss_mib(); i < 2000 && after > before + 16; i++, after = rss_mib())
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	printf("resident MiB: %lu mounted, %lu at most, %lu after the release\n", before, peak,
	       after);
	if (peak < before + 64)
		die("the page cache was not used: the test shows nothing");
	return after > before + 16;
}
