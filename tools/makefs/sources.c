// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sources: archives, and what they will be kept in, are opened before makefs is confined, and
 * read after.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

static bool is_archive(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || (stat(path, &st) == 0 && !S_ISDIR(st.st_mode));
}

static int open_file(const char *path)
{
	int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) :
				     fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		fsu_perror_verb(errno, "read", path);
	return fd;
}

bool sources_open(struct sources *s, struct tree *t, const struct options *o, char **paths, int n)
{
	bool archives = o->manifest;

	*s = (struct sources){ .n = n, .manifest = -1 };
	s->list = fsu_malloc((n + 1) * sizeof(*s->list));
	for (int i = 0; i < n; i++) {
		s->list[i] = (struct source){ paths[i], -1 };
		if (!is_archive(paths[i]))
			continue;
		archives = true;
		s->list[i].fd = open_file(paths[i]);
		if (s->list[i].fd < 0)
			return false;
	}
	if (o->manifest)
		s->manifest = open_file(o->manifest);
	return (!o->manifest || s->manifest >= 0) && (!archives || open_spool(t));
}

unsigned long sources_read(struct sources *s, struct tree *t, const struct options *o, bool one_fs)
{
	unsigned long errors = 0;

	for (int i = 0; i < s->n && !fsu_interrupted(); i++)
		errors += s->list[i].fd >= 0 ? read_archive(t, &s->list[i], o) :
			  scan_directory(t, s->list[i].path, one_fs);
	if (o->manifest)
		errors += read_manifest(t, s->manifest, s->n ? s->list[0].path : NULL, o);
	return errors;
}
