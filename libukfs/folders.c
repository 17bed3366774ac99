// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Folders of images: options of a file system that name one (lowerdir=, upperdir= ...) name IMAGE
 * or IMAGE//FOLDER to whoever mounts, several with colons between.  Each image is mounted beside,
 * once, and the driver is told where its folder is in the kernel side.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

static struct ukfs *mounted(struct ukfs *u, const char *image, const struct ukfs_args *args,
			    bool readonly)
{
	struct ukfs_args own = *args;
	struct ukfs *layer;

	for (int i = 0; i < u->nlayers; i++)
		if (strcmp(u->layers[i]->image, image) == 0)
			return u->layers[i];
	if (u->nlayers == UKFSI_LAYERS_MAX) {
		ukfsi_error(E2BIG, "%s: folders of more than %d images", image, UKFSI_LAYERS_MAX);
		return NULL;
	}
	own.options = NULL;
	own.confinement = NULL;		/* done, and it knows the images */
	own.partition = 0;
	layer = ukfs_mount(NULL, image, NULL, readonly ? UKFS_RDONLY : 0, &own, sizeof(own));
	if (layer)
		u->layers[u->nlayers++] = layer;
	return layer;
}

int ukfsi_folders(struct ukfs *u, const struct ukfs_args *args, bool readonly, const char *value,
		  size_t len, char *paths, size_t size)
{
	char *list = strndup(value, len), *save = NULL, *image, *folder;
	size_t used = 0;
	int res = 0;

	if (!list)
		return ukfsi_error(ENOMEM, "%s", ukfsi_strerror(ENOMEM));
	paths[0] = '\0';
	for (image = strtok_r(list, ":", &save); image && !res;
	     image = strtok_r(NULL, ":", &save)) {
		struct ukfs *layer;

		folder = strstr(image, "//");
		if (folder)
			*folder = '\0';
		layer = mounted(u, image, args, readonly);
		if (layer)
			used += snprintf(paths + used, size - used, "%s%s/%s", used ? ":" : "",
					 layer->mountpoint, folder ? folder + 2 : "");
		if (!layer)
			res = -1;
		else if (used >= size)
			res = ukfsi_error(EINVAL, "the folders of images are longer than %zu bytes",
					  size);
		else if (!readonly && layer->rdonly)
			res = ukfsi_error(EINVAL, "%s: an option before reads it only; name it "
					  "first where it is written", image);
	}
	free(list);
	return res;
}

int ukfsi_folders_release(struct ukfs *u)
{
	int res, err = 0;

	while (u->nlayers > 0) {
		res = ukfs_release(u->layers[--u->nlayers], UKFS_RELFLAG_FORCE) < 0 ? -errno : 0;
		err = err < 0 ? err : res;
	}
	return err;
}
