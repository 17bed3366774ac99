// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * File system types and their libraries.  The table "rump-modules" of each module directory has
 * lines "ALIAS FILE"; an alias "fs-TYPE" means that the library can mount TYPE, and the word
 * "internal" after them that TYPE is nothing that is in images.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <rump/rumpuser.h>

#include "internal.h"

#define TYPES_MAX 128

static char *types[TYPES_MAX + 1] = { "ramfs", "tmpfs" };	/* which are part of librump */
static int ntypes = 2;

static void add_type(const char *name)
{
	for (int i = 0; i < ntypes; i++)
		if (strcmp(types[i], name) == 0)
			return;
	if (ntypes < TYPES_MAX && (types[ntypes] = strdup(name)))
		ntypes++;
}

static void read_table(const char *dir)
{
	char path[PATH_MAX], line[1024], alias[256], word[16];
	FILE *f;

	snprintf(path, sizeof(path), "%s/rump-modules", dir);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, "fs-", 3) == 0 &&
		    (sscanf(line, "%255s %*s %15s", alias, word) < 2 ||
		     strcmp(word, "internal") != 0))
			add_type(alias + 3);
	fclose(f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void find_types(void)
{
	char *path = strdup(rumpuser_module_path()), *save, *dir;

	for (dir = path ? strtok_r(path, ":", &save) : NULL; dir; dir = strtok_r(NULL, ":", &save))
		read_table(dir);
	free(path);
	qsort(types, ntypes, sizeof(types[0]), by_name);
}

const char *const *ukfs_types(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, find_types);
	return (const char *const *)types;
}

bool ukfsi_type_known(const char *type)
{
	for (const char *const *t = ukfs_types(); *t; t++)
		if (strcmp(*t, type) == 0)
			return true;
	return false;
}

void ukfsi_type_list(char *buf, size_t size)
{
	const char *const *t = ukfs_types();
	size_t len = 0;

	buf[0] = '\0';
	for (; *t && len + 1 < size; t++, len = strlen(buf))
		snprintf(buf + len, size - len, "%s%s", len ? ", " : "", *t);
}

static int load(const char *libpath)
{
	uint64_t pos = ukfsi_log_position();
	char reason[512];
	int res = rump_modload(libpath);

	if (res >= 0)
		return 0;
	ukfsi_log_reason(pos, "", 2, reason, sizeof(reason));
	return ukfsi_error(-res, "%s: cannot load the library: %s%s%s [%s]", libpath,
			   ukfsi_strerror(-res), reason[0] ? ": " : "", reason,
			   ukfsi_errname(-res));
}

int ukfs_modload(const char *libpath)
{
	char here[PATH_MAX];

	if (!libpath || !*libpath)
		return ukfsi_error(EINVAL, "the path of a library is missing");
	if (ukfsi_boot(NULL) < 0)
		return -1;
	if (strchr(libpath, '/'))
		return load(libpath);
	/* a name without a slash would be looked up as a module's name */
	if (snprintf(here, sizeof(here), "./%s", libpath) >= (int)sizeof(here))
		return ukfsi_error(ENAMETOOLONG, "%s: the path is too long", libpath);
	return load(here);
}

static int is_library(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return strncmp(d->d_name, "librumpfs_", 10) == 0 && len > 13 &&
	       strcmp(d->d_name + len - 3, ".so") == 0;
}

int ukfs_modload_dir(const char *directory)
{
	struct dirent **list;
	char path[PATH_MAX];
	int n, res = 0;

	if (ukfsi_boot(NULL) < 0)
		return -1;
	n = scandir(directory, &list, is_library, alphasort);
	if (n < 0)
		return ukfsi_error(errno, "%s: cannot read the directory: %s", directory,
				   ukfsi_strerror(errno));
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, list[i]->d_name);
		if (!res)
			res = load(path);
		free(list[i]);
	}
	free(list);
	return res < 0 ? -1 : n;
}
