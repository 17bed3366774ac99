// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What makefs keeps of the host before it reads the first byte of a source: the image that it
 * makes, its sources for reading, and the helper, which runs the type's programs.
 */
#include <libgen.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "makefs.h"

#define CAP(name) (1ULL << CAP_##name)

/* Other users' sources; trusted.* attributes; owners, devices and modes for a builder. */
#define READING (CAP(DAC_READ_SEARCH) | CAP(SYS_ADMIN))
#define BUILDING (READING | CAP(DAC_OVERRIDE) | CAP(CHOWN) | CAP(FOWNER) | CAP(FSETID) | \
		  CAP(MKNOD) | CAP(SETFCAP))

static struct ukfs_confine_path *paths;
static struct ukfs_confinement kept = { .flags = UKFS_CONFINE_HOST | UKFS_CONFINE_PIPES |
						 UKFS_CONFINE_CALLS };

static void keep(const char *path, unsigned int access, uint64_t capabilities)
{
	paths = fsu_realloc(paths, (kept.npaths + 1) * sizeof(*paths));
	paths[kept.npaths++] = (struct ukfs_confine_path){ path, access };
	kept.capabilities |= capabilities;
}

/* A builder may put a new file in the place of the image, which makefs opens. */
static void keep_image(const struct image *i)
{
	char *path = fsu_strdup(i->path);

	keep(i->type->builder ? fsu_strdup(dirname(path)) : i->path,
	     UKFS_CONFINE_READ | UKFS_CONFINE_WRITE, 0);
	if (i->temporary)
		keep(i->dir, UKFS_CONFINE_READ | UKFS_CONFINE_MAKE, BUILDING);
	free(path);
}

static void keep_sources(const struct source *list, int n, const char *manifest)
{
	for (int i = 0; i < n; i++)
		if (list[i].fd < 0)
			keep(list[i].path, UKFS_CONFINE_READ, READING);
	if (manifest)		/* the files that it names */
		keep(".", UKFS_CONFINE_READ, READING);
}

bool confine(const struct image *i, const struct source *list, int n)
{
	fsu_keep_programs_by(&step_rules);
	if (!i->o->confine) {
		fsu_message("not confined: a source that takes this process over can do what you "
			    "can");
		return true;
	}
	if (i->o->manifest && !i->o->userdb)
		fsu_keep_names();
	keep_image(i);
	keep_sources(list, n, i->o->manifest);
	tzset();
	fsu_load_charsets();
	fsu_names_start();
	fsu_programs_start();
	kept.paths = paths;
	if (ukfs_confine(&kept, sizeof(kept)) == 0)
		return true;
	fsu_message("%s", ukfs_errmsg());
	return false;
}
