// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The libraries of a mount: the type's driver, and, for a program that gives up the right to load
 * any, the modules that the driver may ask for later.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define MODULE_NAME_MAX 64

static int load_driver(struct ukfs *u)
{
	char alias[sizeof(u->fstype) + 4], reason[512];
	int res;

	snprintf(alias, sizeof(alias), "fs-%s", u->fstype);
	res = rump_modload(alias);
	/* no library: the type may be part of librump, which the mount will tell */
	if (res >= 0 || res == -ENOENT)
		return 0;
	ukfsi_log_reason(u->logpos, u->devpath, 2, reason, sizeof(reason));
	return ukfsi_error(-res, "%s: cannot load the file system library of %s: %s%s%s [%s]",
			   u->image, u->fstype, ukfsi_strerror(-res), reason[0] ? ": " : "", reason,
			   ukfsi_errname(-res));
}

/* The character set that a mount option names, as the kernel's load_nls() asks for it. */
static void load_charset(const char *word, size_t len)
{
	static const struct { const char *option, *prefix; } charsets[] = {
		{ "iocharset=", "nls_" }, { "nls=", "nls_" }, { "codepage=", "nls_" },
		{ "codepage=", "nls_cp" },
	};
	char module[MODULE_NAME_MAX];

	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		size_t name = strlen(charsets[i].option);

		if (len <= name || strncmp(word, charsets[i].option, name) != 0 ||
		    memchr(word, '/', len))
			continue;
		snprintf(module, sizeof(module), "%s%.*s", charsets[i].prefix, (int)(len - name),
			 word + name);
		rump_modload(module);
	}
}

/* Not all of them exist in every kernel: what is missing the driver reports when it asks. */
static void load_helpers(const struct ukfs *u, const char *options)
{
	size_t len;

	ukfsi_type_asks(u->fstype, rump_modload);
	for (const char *word = options; *word; word += len + (word[len] == ',')) {
		len = ukfsi_option_len(word);
		load_charset(word, len);
	}
}

int ukfsi_load_drivers(struct ukfs *u, const struct ukfs_args *args, const char *options)
{
	int err;

	if (load_driver(u) < 0)
		return -1;
	if (!args->confine && !ukfsi_confining())
		return 0;
	load_helpers(u, options);
	if (ukfsi_confine_mount() < 0)
		return -1;
	if (!args->confine)
		return 0;
	err = args->confine(args->confine_arg);
	return err ? ukfsi_error(err, "%s: the program cannot give up its rights: %s", u->image,
				 ukfsi_strerror(err)) : 0;
}
