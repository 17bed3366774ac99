// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a command keeps of the host when its image is mounted.  Each says before fsu_mount what it
 * goes on to use by name; a command that says nothing keeps its image and the standard streams.
 */
#include <iconv.h>
#include <langinfo.h>
#include <libgen.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "programs.h"

#define CAP(name) (1ULL << CAP_##name)

/* What reading other users' files takes, and extraction: owners, devices, capabilities. */
#define READING CAP(DAC_READ_SEARCH)
#define MAKING (READING | CAP(DAC_OVERRIDE) | CAP(CHOWN) | CAP(FOWNER) | CAP(FSETID) | \
		CAP(MKNOD) | CAP(SETFCAP))
#define TRUSTED CAP(SYS_ADMIN)	/* trusted.*; the filter has nothing else that it is for */

static struct ukfs_confine_path *paths;
static struct ukfs_confinement kept;

void fsu_keep(const char *path, unsigned int access)
{
	paths = fsu_realloc(paths, (kept.npaths + 1) * sizeof(*paths));
	paths[kept.npaths++] = (struct ukfs_confine_path){ fsu_strdup(path), access };
	kept.flags |= UKFS_CONFINE_HOST;
	kept.capabilities |= access & UKFS_CONFINE_MAKE ? MAKING : READING;
}

void fsu_keep_output(const char *path)
{
	char *text = fsu_strdup(path);

	/* the file itself, where it exists, and its directory, where it does not */
	fsu_keep(path, UKFS_CONFINE_READ | UKFS_CONFINE_WRITE);
	fsu_keep(dirname(text), UKFS_CONFINE_READ | UKFS_CONFINE_MAKE);
	free(text);
}

void fsu_keep_image(const char *path)
{
	fsu_keep(path, UKFS_CONFINE_READ);
	kept.flags |= UKFS_CONFINE_IMAGES;
}

void fsu_keep_temporary(void)
{
	const char *tmp = getenv("TMPDIR");

	fsu_keep(tmp && *tmp ? tmp : P_tmpdir, UKFS_CONFINE_READ | UKFS_CONFINE_MAKE);
	if (tmp && *tmp)	/* tmpfile() */
		fsu_keep(P_tmpdir, UKFS_CONFINE_READ | UKFS_CONFINE_MAKE);
}

void fsu_keep_trusted(void)
{
	kept.capabilities |= TRUSTED;
}

void fsu_load_charsets(void)
{
	const char *ours = nl_langinfo(CODESET);

	for (int i = 0; i < 2; i++) {
		iconv_t to = i ? iconv_open("UTF-8", ours) : iconv_open(ours, "UTF-8");

		if (to != (iconv_t)-1)
			iconv_close(to);
	}
}

const struct ukfs_confinement *fsu_confinement(const struct fsu_mount_options *mnt)
{
	if (!mnt->confine)
		return NULL;
	tzset();
	fsu_names_start();
	if (fsu_programs_start())
		kept.flags |= UKFS_CONFINE_PIPES;
	kept.paths = paths;
	return &kept;
}
