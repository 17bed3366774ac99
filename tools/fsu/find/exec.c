// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * -exec and -ok: a program of the host gets a copy of the file, with the same name, in a temporary
 * folder that is removed when the program has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../input.h"
#include "find.h"

#define BATCH_FILES 512		/* copies that exist at a time for -exec ... + */

extern char **environ;

struct exec_batch {
	char **paths;		/* of the copies */
	int count;
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

/* The path of a copy, NULL after a message. */
static char *copy_out(struct find *f, const struct fsu_entry *e)
{
	const char *tmp = getenv("TMPDIR");
	char *base, *path = NULL, *folder = NULL;
	int fd = -1, err = 0;

	if (!S_ISREG(e->type)) {
		fsu_message("%s: only regular files can be copied out for a program", fsu_name(e->path));
		f->code = FSU_FAILED;
		return NULL;
	}
	base = find_basename(e->path);
	if (asprintf(&folder, "%s/fsu_find.XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0 || !mkdtemp(folder) ||
	    asprintf(&path, "%s/%s", folder, base) < 0)
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

static void drop_copy(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
}

/* ---- programs ---------------------------------------------------------------------------- */

static bool run(struct find *f, char **argv)
{
	int status, err;
	pid_t pid;

	fflush(stdout);
	err = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (err) {
		fsu_perror_verb(err, "run", argv[0]);
		f->code = FSU_FAILED;
		return false;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
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
	char **argv = fsu_malloc((n->argc + 1) * sizeof(char *));
	bool ok;

	for (int i = 0; i < n->argc; i++)
		argv[i] = fill_in(n->argv[i], copy);
	argv[n->argc] = NULL;
	ok = run(f, argv);
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
	memcpy(argv + n->argc - 1, b->paths, b->count * sizeof(char *));
	argv[n->argc - 1 + b->count] = NULL;
	if (!run(f, argv))
		f->code = FSU_FAILED;
	free(argv);
	while (b->count)
		drop_copy(b->paths[--b->count]);
}

void find_exec_free(struct node *n)
{
	while (n->copies && n->copies->count)
		drop_copy(n->copies->paths[--n->copies->count]);
	if (n->copies)
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

bool find_exec(struct find *f, struct node *n, const struct fsu_entry *e)
{
	char *copy;
	bool ok;

	if (n->ask && !agreed(n, e->path))
		return false;
	copy = copy_out(f, e);
	if (!copy)
		return n->batch;
	if (!n->batch) {
		ok = run_one(f, n, copy);
		drop_copy(copy);
		return ok;
	}
	if (!n->copies) {
		n->copies = fsu_malloc(sizeof(*n->copies));
		*n->copies = (struct exec_batch){ fsu_malloc(BATCH_FILES * sizeof(char *)), 0 };
	}
	n->copies->paths[n->copies->count++] = copy;
	if (n->copies->count == BATCH_FILES)
		find_exec_rest(f, n);
	return true;
}
