// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mount options as after "mount -o": those of the VFS are flags of mount(2), two are libukfs's, the
 * others belong to the file system and are passed on as they are, quotes included.
 */
#include <stdio.h>
#include <sys/mount.h>

#include "internal.h"

#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25)
#endif
#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

static const struct {
	const char *name;
	unsigned long set, clear;
} generic[] = {
	{ "defaults", 0, 0 },
	{ "ro", MS_RDONLY, 0 },
	{ "rw", 0, MS_RDONLY },
	{ "sync", MS_SYNCHRONOUS, 0 },
	{ "async", 0, MS_SYNCHRONOUS },
	{ "dirsync", MS_DIRSYNC, 0 },
	{ "noatime", MS_NOATIME, 0 },
	{ "atime", 0, MS_NOATIME },
	{ "relatime", MS_RELATIME, 0 },
	{ "norelatime", 0, MS_RELATIME },
	{ "strictatime", MS_STRICTATIME, 0 },
	{ "nostrictatime", 0, MS_STRICTATIME },
	{ "nodiratime", MS_NODIRATIME, 0 },
	{ "diratime", 0, MS_NODIRATIME },
	{ "lazytime", MS_LAZYTIME, 0 },
	{ "nolazytime", 0, MS_LAZYTIME },
	{ "nosuid", MS_NOSUID, 0 },
	{ "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 },
	{ "dev", 0, MS_NODEV },
	{ "noexec", MS_NOEXEC, 0 },
	{ "exec", 0, MS_NOEXEC },
	{ "nosymfollow", MS_NOSYMFOLLOW, 0 },
	{ "symfollow", 0, MS_NOSYMFOLLOW },
	{ "iversion", MS_I_VERSION, 0 },
	{ "noiversion", 0, MS_I_VERSION },
	{ "mand", MS_MANDLOCK, 0 },
	{ "nomand", 0, MS_MANDLOCK },
	{ "silent", MS_SILENT, 0 },
	{ "loud", 0, MS_SILENT },
	{ "snapshot", UKFSI_SNAPSHOT, 0 },
};

static bool generic_option(const char *opt, size_t len, unsigned long *flags)
{
	for (size_t i = 0; i < sizeof(generic) / sizeof(generic[0]); i++) {
		if (strncmp(generic[i].name, opt, len) != 0 || generic[i].name[len])
			continue;
		*flags = (*flags | generic[i].set) & ~generic[i].clear;
		return true;
	}
	return false;
}

/* Length up to the next comma outside of double quotes. */
size_t ukfsi_option_len(const char *opt)
{
	bool quoted = false;
	size_t len;

	for (len = 0; opt[len] && (quoted || opt[len] != ','); len++)
		if (opt[len] == '"')
			quoted = !quoted;
	return len;
}

#define KERNEL "kernel="

int ukfsi_options(const char *options, unsigned long *flags, char kernel[UKFSI_KERNEL_MAX],
		  char *data, size_t size)
{
	size_t used = 0, len;

	data[0] = kernel[0] = '\0';
	for (; options && *options; options += len + (options[len] == ',')) {
		len = ukfsi_option_len(options);
		if (!len || generic_option(options, len, flags))
			continue;
		if (!strncmp(options, KERNEL, strlen(KERNEL))) {
			snprintf(kernel, UKFSI_KERNEL_MAX, "%.*s", (int)(len - strlen(KERNEL)),
				 options + strlen(KERNEL));
			continue;
		}
		if (used + len + 2 > size)
			return -ENAMETOOLONG;
		if (used)
			data[used++] = ',';
		memcpy(data + used, options, len);
		used += len;
		data[used] = '\0';
	}
	return 0;
}

void ukfsi_take_owners(char *data, char *owners, size_t size)
{
	size_t used = 0, taken = 0, len;

	for (const char *word = data; *word; word += len + (word[len] == ',')) {
		char *to = data;
		size_t *n = &used;

		len = ukfsi_option_len(word);
		if (ukfsi_owner_option(word, len) && taken + len + 2 < size) {
			to = owners;
			n = &taken;
		}
		if (*n)
			to[(*n)++] = ',';
		memmove(to + *n, word, len);
		*n += len;
	}
	data[used] = owners[taken] = '\0';
}
