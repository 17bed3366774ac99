// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of the host that -fprint and its like print to.  They are made when the image is known,
 * which none of them may be; several actions with the same file share a stream.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "find.h"

struct output {
	FILE *file;
	const char *name;
	struct stat st;
	struct output *next;
};

static FILE *shared(const struct find *f, const struct stat *st)
{
	for (const struct output *o = f->outputs; o; o = o->next)
		if (o->st.st_dev == st->st_dev && o->st.st_ino == st->st_ino)
			return o->file;
	return NULL;
}

static FILE *keep(struct find *f, int fd, const char *name, const struct stat *st)
{
	FILE *file = fdopen(fd, "w");
	struct output *o;

	if (!file)
		return NULL;
	o = fsu_malloc(sizeof(*o));
	*o = (struct output){ file, name, *st, f->outputs };
	f->outputs = o;
	return file;
}

/* NULL with errno, or 0 after a message. */
static FILE *open_output(struct find *f, const char *name)
{
	struct stat st;
	FILE *file;
	int fd;

	if (strcmp(name, "/dev/stdout") == 0)
		return stdout;
	if (strcmp(name, "/dev/stderr") == 0)
		return stderr;
	fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || fstat(fd, &st))
		return NULL;
	if (fsu_is_image(&st)) {
		fsu_message("%s is the image itself, and is not written", fsu_name(name));
		errno = 0;
		return NULL;
	}
	file = shared(f, &st);
	if (file) {
		close(fd);
		return file;
	}
	if (S_ISREG(st.st_mode) && ftruncate(fd, 0))
		return NULL;
	return keep(f, fd, name, &st);
}

bool find_open_outputs(struct find *f)
{
	for (struct node *n = f->all; n; n = n->next) {
		n->out = n->file ? open_output(f, n->file) : stdout;
		if (!n->out) {
			if (errno)
				fsu_perror_verb(errno, "write", n->file);
			f->code = FSU_FAILED;
			return false;
		}
	}
	return true;
}

void find_close_outputs(struct find *f)
{
	struct output *o;

	while ((o = f->outputs)) {
		bool failed = ferror(o->file);

		f->outputs = o->next;
		errno = EIO;
		if (fclose(o->file) || failed) {
			fsu_perror_verb(errno, "write", o->name);
			f->code = FSU_FAILED;
		}
		free(o);
	}
}
