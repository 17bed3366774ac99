// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Commands that need libraries which take long to load (an archive library brings a dozen more) are
 * libraries of their own, loaded when they are called: every other command starts without them.
 */
#include <dlfcn.h>
#include <stdlib.h>

#include "fsu.h"

const struct fsu_option fsu_tar_options[] = {
	{ 'a', "auto-compress", FSU_NOARG, NULL, "with -c: compress as the archive's name says" },
	{ 'c', "create", FSU_NOARG, NULL, "write an archive of files of the image" },
	{ 'C', "directory", FSU_ARG, "DIR", "names are relative to this directory of the image" },
	{ FSU_TAR_EXCLUDE, "exclude", FSU_ARG, "GLOB", "leave out what has such a name" },
	{ 'f', "file", FSU_ARG, "ARCHIVE",
	  "the archive, a file of the host; default: -, standard input or output" },
	{ 'j', "bzip2", FSU_NOARG, NULL, "with -c: compress with bzip2" },
	{ 'J', "xz", FSU_NOARG, NULL, "with -c: compress with xz" },
	{ 'k', "keep-old-files", FSU_NOARG, NULL, "with -x: an error for what exists" },
	{ FSU_TAR_NO_SPECIAL, "no-special", FSU_NOARG, NULL,
	  "with -x: leave out set-user-ID and set-group-ID, devices, capabilities and "
	  "trusted.*" },
	{ FSU_TAR_NUMERIC, "numeric-owner", FSU_NOARG, NULL,
	  "numbers of users and groups, no names" },
	{ FSU_TAR_ONE_FS, "one-file-system", FSU_NOARG, NULL, "with -c: stay on one file system" },
	{ FSU_TAR_STRIP, "strip-components", FSU_ARG, "N",
	  "with -x: leave out the first N parts of names" },
	{ 't', "list", FSU_NOARG, NULL, "list an archive" },
	{ 'v', "verbose", FSU_NOARG, NULL, "name files" },
	{ 'x', "extract", FSU_NOARG, NULL, "extract an archive into the image" },
	{ 'z', "gzip", FSU_NOARG, NULL, "with -c: compress with gzip" },
	{ FSU_TAR_ZSTD, "zstd", FSU_NOARG, NULL, "with -c: compress with zstd" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_sh_options[] = {
	{ 'c', NULL, FSU_ARG, "COMMANDS", "run these commands" },
	{ 'e', NULL, FSU_NOARG, NULL, "end at the first command that fails" },
	{ 'r', NULL, FSU_NOARG, NULL, "only read the image" },
	{ 'v', NULL, FSU_NOARG, NULL, "show each line before it is run" },
	FSU_OPTIONS_END
};

static int run(const char *library, const char *function, struct fsu_line *line)
{
	void *lib = dlopen(library, RTLD_NOW);
	int (*fn)(struct fsu_line *line) =
		lib ? (int (*)(struct fsu_line *))dlsym(lib, function) : NULL;

	if (fn)
		return fn(line);
	fsu_message("%s; the library belongs beside libukfs.so", dlerror());
	return FSU_USAGE;
}

int fsu_tar_run(struct fsu_line *line)
{
	return run("libfsu_tar.so", "fsu_tar_plugin", line);
}

int fsu_sh_run(struct fsu_line *line)
{
	return run("libfsu_sh.so", "fsu_sh_plugin", line);
}
