// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_sync: replay the journal and write everything; fsu_fstrim: tell the medium what is free, so
 * that the image becomes sparse there.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_sync_options[] = {
	{ 'd', "data", FSU_NOARG, NULL, "no metadata that reading does not need" },
	{ 'f', "file-system", FSU_NOARG, NULL, "the whole file system" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_fstrim_options[] = {
	{ 'l', "length", FSU_ARG, "N", "bytes to look at; default: all" },
	{ 'm', "minimum", FSU_ARG, "N", "free pieces below this many bytes are left alone" },
	{ 'o', "offset", FSU_ARG, "N", "byte of the file system to start at" },
	{ 'v', "verbose", FSU_NOARG, NULL, "say how much was trimmed" },
	FSU_OPTIONS_END
};

int fsu_sync_run(struct fsu_line *line)
{
	bool whole = !line->noperands;
	int code = FSU_OK;
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++)
		whole |= line->options[i].key == 'f';
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands; i++) {
		const char *path = line->operands[i];
		struct stat st;

		if (whole ? ukfs_stat(u, path, &st) : ukfs_fsync(u, path)) {
			fsu_perror_verb(errno, "sync", path);
			code = FSU_FAILED;
		}
	}
	if (whole && ukfs_sync(u)) {
		fsu_perror_verb(errno, "write to", fsu_image());
		code = FSU_FAILED;
	}
	return code;
}

static bool take_range(struct fstrim_range *range, bool *verbose, const struct fsu_line *line)
{
	*range = (struct fstrim_range){ .len = UINT64_MAX };
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;
		uint64_t n = 0;

		if (arg && !fsu_parse_bytes(arg, &n))
			return !fsu_usage("-%c needs a number of bytes, not '%s'",
					  line->options[i].key, fsu_name(arg));
		switch (line->options[i].key) {
		case 'l': range->len = n; break;
		case 'm': range->minlen = n; break;
		case 'o': range->start = n; break;
		case 'v': *verbose = true; break;
		}
	}
	if (line->noperands > 1)
		return !fsu_usage("one directory at most");
	return true;
}

/* "2.5 GiB (2684354560 bytes)" */
static void show(const char *path, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	uint64_t div = 1, tenths;
	int unit = -1;

	while (bytes / div >= 1024 && unit < 5) {
		div *= 1024;
		unit++;
	}
	tenths = bytes * 10 / div;
	if (unit < 0)
		printf("%s: %" PRIu64 " B (%" PRIu64 " bytes) trimmed\n", fsu_shown(path), bytes,
		       bytes);
	else
		printf("%s: %.4g %ciB (%" PRIu64 " bytes) trimmed\n", fsu_shown(path),
		       tenths / 10.0, units[unit], bytes);
}

int fsu_fstrim_run(struct fsu_line *line)
{
	const char *path = line->noperands ? line->operands[0] : "/";
	struct fstrim_range range;
	bool verbose = false;
	struct ukfs *u;
	struct stat st;

	if (!take_range(&range, &verbose, line))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (ukfs_stat(u, path, &st)) {
		fsu_perror_verb(errno, "trim", path);
	} else if (!S_ISDIR(st.st_mode)) {
		fsu_perror_verb(ENOTDIR, "trim", path);
	} else if (ukfs_ioctl(u, path, FITRIM, &range)) {
		fsu_perror_verb(errno, "trim", path);
	} else {
		if (verbose)
			show(path, range.len);
		return FSU_OK;
	}
	return FSU_FAILED;
}
