// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands of fsu whose libraries are not there for musl: they say so. */
#include "fsu.h"

#define ABSENT(name) \
	const struct fsu_option fsu_##name##_options[] = { FSU_OPTIONS_END }; \
	int fsu_##name##_run(struct fsu_line *line) \
	{ \
		(void)line; \
		return fsu_usage("this build has no " #name); \
	}
ABSENT(find)
ABSENT(grep)
ABSENT(md5sum)
ABSENT(sha1sum)
ABSENT(sha224sum)
ABSENT(sha256sum)
ABSENT(sha384sum)
ABSENT(sha512sum)
