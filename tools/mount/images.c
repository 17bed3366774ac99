// SPDX-License-Identifier: GPL-2.0-or-later
/* The images of a mount, opened by name while the server may do that. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rump/ukfs.h>

#include "mount.h"

#define PATIENCE_MS 5000	/* then somebody else has it */

static int open_path(const struct images *s, const char *path)
{
	struct stat st;
	int flags = O_CLOEXEC;

	/* A device is locked by claiming it. */
	if (!s->rdonly && !s->o->nolock && !stat(path, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	return open(path, flags | (s->rdonly ? O_RDONLY : O_RDWR));
}

static int cannot_open(const struct images *s, const char *path)
{
	complain(s->o, "%s: %s", path, errno == EBUSY ?
		 "in use: another process has claimed the device, or it is mounted" :
		 strerror(errno));
	return -1;
}

static void add_size(struct images *s, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size <= 0)
		return;
	s->bytes += size;
	if ((unsigned long long)size > s->largest)
		s->largest = size;
}

static int open_first(struct images *s)
{
	const struct mount_options *o = s->o;

	s->rdonly = o->rdonly || o->snapshot;
	s->fd = open_path(s, o->image);
	if (s->fd < 0 && !s->rdonly && (errno == EACCES || errno == EROFS || errno == EPERM)) {
		s->rdonly = true;
		s->fd = open_path(s, o->image);
		if (s->fd >= 0)
			complain(o, "%s cannot be written: mounted read-only", o->image);
	}
	if (s->fd < 0)
		return cannot_open(s, o->image);
	s->count = 1;
	add_size(s, s->fd);
	snprintf(s->path, sizeof(s->path), "/dev/fd/%d", s->fd);
	return 0;
}

/* The further images that options name. */
static int open_further(struct images *s)
{
	size_t size = 64 + (s->o->rest ? 3 * strlen(s->o->rest) : 0), used = 0, len;
	char *list = strdup(s->o->rest ? s->o->rest : ""), *save, *word;
	int fd, res = 0;

	s->options = malloc(size);
	if (!list || !s->options) {
		complain(s->o, "out of memory");
		return -1;
	}
	s->options[0] = 0;
	for (word = strtok_r(list, ",", &save); word && !res; word = strtok_r(NULL, ",", &save)) {
		len = strcspn(word, "=");
		if (!word[len] || !ukfs_device_option(word, len)) {
			used += snprintf(s->options + used, size - used, "%s%s", used ? "," : "",
					 word);
			continue;
		}
		fd = open_path(s, word + len + 1);
		if (fd < 0)
			res = cannot_open(s, word + len + 1);
		else
			add_size(s, fd);
		used += snprintf(s->options + used, size - used, "%s%.*s=/dev/fd/%d",
				 used ? "," : "", (int)len, word, fd);
		s->count++;
	}
	free(list);
	return res;
}

static bool image_free(const struct mount_options *o)
{
	bool reader = o->rdonly || o->snapshot;
	struct flock lock = { .l_type = reader ? F_RDLCK : F_WRLCK, .l_whence = SEEK_SET };
	struct stat st;
	bool device = !stat(o->image, &st) && S_ISBLK(st.st_mode), is_free;
	int fd = open(o->image, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (device ? O_EXCL : 0));

	if (fd < 0)
		return errno != EBUSY;
	is_free = fcntl(fd, F_OFD_GETLK, &lock) || lock.l_type == F_UNLCK;
	close(fd);
	return is_free;
}

/*
 * umount(2) returns before the server has written all and closed the image.  A killed process
 * leaves its io_uring to the host, which keeps the image open until the last write is through.
 */
void images_wait_free(const struct mount_options *o)
{
	for (int ms = 0; !o->nolock && ms < PATIENCE_MS && !image_free(o); ms += 2)
		usleep(2000);
}

int images_open(struct images *s, const struct mount_options *o)
{
	*s = (struct images){ .o = o, .fd = -1 };
	if (!fuse_image_mounted(o->image))
		images_wait_free(o);
	return open_first(s) ? -1 : open_further(s);
}
