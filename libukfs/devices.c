// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Further devices: options of a file system that name one (device=, logdev=, journal_path= ...)
 * name an image of the host to whoever mounts.  Each becomes a disk, whose node the driver is told.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* Attach the image that a word's value names; its node goes to `node`. */
static int attach_one(struct ukfs *u, const struct ukfs_args *args, bool readonly,
		      const char *value, size_t len, char node[RUMP_DEVPATH_MAX])
{
	char *path = strndup(value, len);
	int disk, res = -1;

	if (!path)
		return ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
	if (u->nmore == UKFSI_MORE_MAX) {
		ukfsi_error(E2BIG, "%s: a file system of more than %d images", path,
			    UKFSI_MORE_MAX + 1);
	} else {
		disk = ukfsi_attach(path, args, readonly, node);
		if (disk < 0)
			ukfsi_attach_error(path, readonly, -disk);
		else
			res = u->more[u->nmore++] = disk;
	}
	free(path);
	return res < 0 ? -1 : 0;
}

/* `text` gets a formatted string at its end; false: no room. */
static bool append(char *text, size_t size, const char *fmt, const char *a, int alen, const char *b)
{
	size_t used = strlen(text);
	int n = snprintf(text + used, size - used, fmt, used ? "," : "", alen, a, b);

	return n >= 0 && (size_t)n < size - used;
}

/* Put a word whose value names folders of images to the end of `data`, as the driver wants them. */
static int add_folders(struct ukfs *u, const struct ukfs_args *args, bool write, const char *word,
		       size_t name, size_t len, char *data, size_t size)
{
	char paths[1024];
	int res = ukfsi_folders(u, args, !write, word + name + 1, len - name - 1, paths,
				sizeof(paths));

	if (!res && !append(data, size, "%s%.*s=%s", word, name, paths))
		res = ukfsi_error(EINVAL, "the mount options are longer than %zu bytes", size);
	return res;
}

int ukfsi_devices(struct ukfs *u, const struct ukfs_args *args, bool readonly, char *data,
		  size_t size)
{
	char *old = strdup(data), node[RUMP_DEVPATH_MAX];
	struct ukfs_args beside = *args;
	size_t len, name;
	int res = 0;

	if (!old)
		return ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
	/* what a driver that only reads writes nevertheless */
	beside.snapshot |= readonly;
	data[0] = '\0';
	for (const char *word = old; *word && !res; word += len + (word[len] == ',')) {
		enum ukfsi_device kind;
		bool fits = true;

		len = ukfsi_option_len(word);
		name = strcspn(word, "=,");
		kind = name < len ? ukfsi_device_option(u->fstype, word, name) : UKFSI_DEVICE_NONE;
		if (kind == UKFSI_DEVICE_NONE) {
			fits = append(data, size, "%s%.*s%s", word, len, "");
		} else if (kind >= UKFSI_FOLDER_READ) {
			bool write = kind == UKFSI_FOLDER_WRITE;

			res = add_folders(u, write ? &beside : args, write, word, name, len, data,
					  size);
		} else {
			res = attach_one(u, args, readonly, word + name + 1, len - name - 1, node);
			if (!res && kind == UKFSI_DEVICE_OPTION)
				fits = append(data, size, "%s%.*s=%s", word, name, node);
			else if (!res)
				fits = strlen(u->source) + strlen(node) + 2 <= sizeof(u->source) &&
				       strcat(strcat(u->source, ":"), node);
		}
		if (!fits)
			res = ukfsi_error(EINVAL, "the mount options are longer than %zu bytes",
					  size);
	}
	free(old);
	return res;
}
