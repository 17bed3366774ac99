// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters from the environment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int rumpuser_getparam(const char *name, char *buf, unsigned long size)
{
	KEEP_ERRNO;
	const char *value = rumpuser_env(name);

	if (!value)
		return ENOENT;
	if (strlen(value) >= size)
		return E2BIG;
	strcpy(buf, value);
	return 0;
}

bool rumpuser_param_true(const char *name)
{
	const char *value = rumpuser_env(name);

	return value && *value && strcmp(value, "0");
}
