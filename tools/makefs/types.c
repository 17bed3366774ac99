// SPDX-License-Identifier: GPL-2.0-or-later
/* The types, which are rows of fs/table.toml. */
#include <string.h>

#include "makefs.h"

static const struct type types[] = {
#include "makefs_types.h"
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

/* Whether this build's kernel side can write it. */
static bool has_driver(const char *name)
{
	for (const char *const *t = ukfs_types(); *t; t++)
		if (strcmp(*t, name) == 0)
			return true;
	return false;
}

const struct type *type_find(const char *name)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (strcmp(types[i].name, name) == 0 && (types[i].builder || has_driver(name)))
			return &types[i];
	return NULL;
}

void type_list(FILE *out)
{
	for (size_t i = 0; i < NTYPES; i++)
		if (types[i].builder || has_driver(types[i].name))
			fprintf(out, " %s", types[i].name);
}
