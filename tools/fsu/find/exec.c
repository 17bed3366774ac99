// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -exec and -ok: a program of the host gets a copy of the file, with the same name, in a temporary
 * folder that is removed when the program has ended.  -execdir and -okdir run it there, and with +
 * on the files of one directory at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../input.h"
#include "../programs.h"
#include "find.h"

#define BATCH_FILES 512		/* copies that exist at a time for -exec ... + */

struct exec_batch {
	char **paths;		/* of the copies */
	int count;
	char *dir;		/* -execdir: where they are from ... */
	char *folder;		/* ... and where all of them are */
};

/* ---- copies ------------------------------------------------------------------------------ */

static int copy_content(struct find *f, const char *from, int to)
{
	FILE *in = fsu_fopen(f->u, from), *out = in ? fdopen(to, "w") : NULL;
	char *buf = fsu_malloc(128 << 10);
	int err = out ? 0 : errno;
	size_t n;

	while (out && (n = fread(buf, 1, 128 << 10, in)) > 0)
		fwrite(buf, 1, n, out);
	if (out && (ferror(in) || ferror(out)))
		err = errno ? errno : EIO;
	if (out ? fclose(out) && !err : close(to))
		err = errno;
	fsu_fclose(in);
	free(buf);
	return err;
}

/* malloc'd; NULL with errno. */
static char *new_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = NULL;

	if (asprintf(&folder, "%s/fsu_find.XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0)
		fsu_die(FSU_FAILED);
	if (mkdtemp(folder))
		return folder;
	free(folder);
	return NULL;
}

/* The path of a copy, in that folder or a new one; NULL after a message. */
static char *copy_out(struct find *f, const struct fsu_entry *e, const char *shared)
{
	char *base, *path = NULL, *folder = NULL;
	int fd = -1, err = 0;

	if (!S_ISREG(e->type)) {
		fsu_message("%s: only regular files can be copied out for a program",
			    fsu_name(e->path));
		f->code = FSU_FAILED;
		return NULL;
	}
	base = find_basename(e->path);
	folder = shared ? fsu_strdup(shared) : new_folder();
	if (!folder || asprintf(&path, "%s/%s", folder, base) < 0)
		err = errno;
	if (!err)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	err = err ? err : fd < 0 ? errno : copy_content(f, e->path, fd);
	err = err ? err : fsu_entry_stat(e);
	if (!err && chmod(path, e->st.st_mode & 0777))
		err = errno;
	free(base);
	if (!err) {
		free(folder);
		return path;
	}
	fsu_perror_verb(err, "copy out", e->path);
	f->code = FSU_FAILED;
	if (path)
		unlink(path);
	if (folder)
		rmdir(folder);
	free(path);
	free(folder);
	return NULL;
}

/* The folder goes with its last copy. */
static void drop_copy(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

static void drop_batch(struct exec_batch *b)
{
	while (b->count)
		drop_copy(b->paths[--b->count]);
	free(b->folder);
	free(b->dir);
	b->folder = b->dir = NULL;
}

/* ---- programs ---------------------------------------------------------------------------- */

/* `copy': one of the program's files; it runs beside it where -execdir said so. */
static bool run(struct find *f, const struct node *n, char **argv, const char *copy)
{
	char *folder = fsu_strndup(copy, fsu_basename(copy) - copy);
	struct fsu_program p = { .argv = argv, .dir = n->inside ? folder : NULL };
	int status, err = fsu_program_start(&p);

	free(folder);
	if (err) {
		fsu_perror_verb(err, "run", argv[0]);
		f->code = FSU_FAILED;
		return false;
	}
	status = fsu_program_wait();
	return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The path as the program gets it. */
static char *argument(const struct node *n, const char *copy)
{
	char *path;

	if (!n->inside)
		return fsu_strdup(copy);
	if (asprintf(&path, "./%s", fsu_basename(copy)) < 0)
		fsu_die(FSU_FAILED);
	return path;
}

/* Each {} in an argument is the path. */
static char *fill_in(const char *arg, const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *at;

	if (!out)
		fsu_die(FSU_FAILED);
	for (; (at = strstr(arg, "{}")); arg = at + 2)
		fprintf(out, "%.*s%s", (int)(at - arg), arg, path);
	fputs(arg, out);
	fclose(out);
	return text;
}

static bool run_one(struct find *f, struct node *n, char *copy)
{
	char **argv = fsu_malloc((n->argc + 1) * sizeof(char *)), *path = argument(n, copy);
	bool ok;

	for (int i = 0; i < n->argc; i++)
		argv[i] = fill_in(n->argv[i], path);
	argv[n->argc] = NULL;
	ok = run(f, n, argv, copy);
	free(path);
	for (int i = 0; i < n->argc; i++)
		free(argv[i]);
	free(argv);
	return ok;
}

void find_exec_rest(struct find *f, struct node *n)
{
	struct exec_batch *b = n->copies;
	char **argv;

	if (!b || !b->count)
		return;
	argv = fsu_malloc((n->argc + b->count) * sizeof(char *));
	memcpy(argv, n->argv, (n->argc - 1) * sizeof(char *));
	for (int i = 0; i < b->count; i++)
		argv[n->argc - 1 + i] = argument(n, b->paths[i]);
	argv[n->argc - 1 + b->count] = NULL;
	if (!run(f, n, argv, b->paths[0]))
		f->code = FSU_FAILED;
	for (int i = 0; i < b->count; i++)
		free(argv[n->argc - 1 + i]);
	free(argv);
	drop_batch(b);
}

void find_exec_free(struct node *n)
{
	if (!n->copies)
		return;
	drop_batch(n->copies);
	free(n->copies->paths);
	free(n->copies);
}

static bool agreed(const struct node *n, const char *path)
{
	char answer[64];

	fflush(stdout);
	fprintf(stderr, "< %s ... %s > ? ", n->argv[0], fsu_name(path));
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

/* -execdir looks for programs where copies of the image's files are, if PATH says so. */
static bool path_is_safe(struct find *f)
{
	const char *path = getenv("PATH");

	for (; path && *path == '/'; path++) {
		path += strcspn(path, ":");
		if (!*path)
			return true;
	}
	if (!path)
		return true;
	fsu_message("-execdir would run files of the image, because PATH has a directory that does "
		    "not begin with a slash; take it out");
	f->code = FSU_FAILED;
	f->quit = true;
	return false;
}

/* The folder for copies of -execdir ... {} +: that of the others of the same directory, or NULL. */
static const char *batch_folder(struct find *f, struct node *n, const struct fsu_entry *e)
{
	size_t len = fsu_basename(e->path) - e->path;
	struct exec_batch *b = n->copies;

	if (b->dir && (strlen(b->dir) != len || memcmp(b->dir, e->path, len))) {
		find_exec_rest(f, n);
		drop_batch(b);
	}
	if (n->inside && !b->dir)
		b->dir = fsu_strndup(e->path, len);
	return b->folder;
}

static void exec_later(struct find *f, struct node *n, const struct fsu_entry *e)
{
	struct exec_batch *b = n->copies;
	char *copy;

	if (!b) {
		n->copies = b = fsu_malloc(sizeof(*b));
		*b = (struct exec_batch){ .paths = fsu_malloc(BATCH_FILES * sizeof(char *)) };
	}
	copy = copy_out(f, e, batch_folder(f, n, e));
	if (!copy)
		return;
	b->paths[b->count++] = copy;
	if (n->inside && !b->folder)
		b->folder = fsu_strndup(copy, fsu_basename(copy) - copy - 1);
	if (b->count == BATCH_FILES)
		find_exec_rest(f, n);
}

bool find_exec(struct find *f, struct node *n, const struct fsu_entry *e)
{
	char *copy;
	bool ok;

	if ((n->inside && !path_is_safe(f)) || (n->ask && !agreed(n, e->path)))
		return false;
	if (n->batch) {
		exec_later(f, n, e);
		return true;
	}
	copy = copy_out(f, e, NULL);
	if (!copy)
		return false;
	ok = run_one(f, n, copy);
	drop_copy(copy);
	return ok;
}
