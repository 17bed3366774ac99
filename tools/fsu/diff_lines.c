// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines of two files that differ.  The host's diff compares them: it knows every format.  It
 * gets the content in files of memory and holds all of it itself, so there is a limit to both.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diff.h"
#include "input.h"
#include "ls/ls.h"
#include "programs.h"

#define PIECE (128 << 10)
/* What diff may take: both files, and some bytes for each of their lines. */
#define DIFF_MEMORY(limit) ((limit) < UINT64_MAX / 8 ? 4 * (limit) + (64 << 20) : 0)

size_t diff_take(const struct content *c, char *buf, size_t size)
{
	return c->f ? fread(buf, 1, size, c->f) : 0;
}

static bool is_large(const struct diff *d, const struct file *file)
{
	return !file->missing && S_ISREG(file->st.st_mode) &&
	       (uint64_t)file->st.st_size > d->limit;
}

/* The content in a file of memory, for another program; -1 with errno, EFBIG beyond the limit. */
static int memory_file(const struct diff *d, const struct content *c, const struct file *file)
{
	int fd = memfd_create("fsu_diff", MFD_CLOEXEC), err = is_large(d, file) ? EFBIG : 0;
	char *buf = fsu_malloc(PIECE);
	uint64_t sum = 0;
	size_t n;

	if (fd < 0)
		err = errno;
	while (!err && (n = diff_take(c, buf, PIECE)) > 0) {
		sum += n;
		if (sum > d->limit)
			err = EFBIG;
		else if (write(fd, buf, n) != (ssize_t)n)
			err = errno ? errno : ENOSPC;
	}
	free(buf);
	if (fd >= 0 && err)
		close(fd);
	errno = err;
	if (err)
		return -1;
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* "path\ttime", as diff writes it behind --- and +++. */
static char *label(const struct diff *d, const struct file *file, int side)
{
	char when[64] = "", *text;
	time_t sec = file->missing ? 0 : file->st.st_mtim.tv_sec;
	struct tm tm;

	if (localtime_r(&sec, &tm))
		fsu_strftime(when, sizeof(when), d->context && !d->unified &&
			     fsu_posix_locale(LC_TIME) ?
			     "%a %b %e %T %Y" : "%Y-%m-%d %H:%M:%S.%N %z", &tm,
			     file->missing ? 0 : file->st.st_mtim.tv_nsec);
	if ((d->labels[side] ? asprintf(&text, "--label=%s", d->labels[side]) :
	     asprintf(&text, "--label=%s\t%s", fsu_shown(file->path), when)) < 0)
		fsu_die(TROUBLE);
	return text;
}

const char *diff_shown(const struct diff *d, const struct file f[2], int side)
{
	return fsu_shown(d->labels[side] ? d->labels[side] : f[side].path);
}

static void print_heading(const struct diff *d, const struct file f[2])
{
	static const struct ls_options quoting = { .quote = LS_SHELL };
	char *names[2];

	for (int i = 0; i < 2; i++)
		names[i] = ls_quote(&quoting, diff_shown(d, f, i), false, NULL);
	printf("diff%s %s %s\n", d->switches, names[0], names[1]);
	free(names[0]);
	free(names[1]);
}

/* Its output to ours, the heading in front where there is any. */
static void pass_on(const struct diff *d, int from, const struct file f[2], bool heading)
{
	char *buf = fsu_malloc(64 << 10);
	ssize_t n;

	while ((n = read(from, buf, 64 << 10)) > 0 || (n < 0 && errno == EINTR)) {
		if (n > 0 && heading)
			print_heading(d, f);
		if (n > 0)
			heading = false;
		if (!d->brief)
			fwrite(buf, 1, n > 0 ? n : 0, stdout);
	}
	free(buf);
}

static int run_diff(const struct diff *d, const int fd[2], const struct file f[2], bool heading)
{
	char paths[2][32], **argv = fsu_malloc((d->argc + 5) * sizeof(char *));
	struct fsu_program p = { .argv = argv, .nfds = 3, .fds = { -1, fd[0], fd[1] },
				 .as = { STDOUT_FILENO, fd[0], fd[1] },
				 .memory = DIFF_MEMORY(d->limit) };
	int status, out[2], err, n = d->argc;

	memcpy(argv, d->argv, n * sizeof(char *));
	for (int i = 0; i < 2; i++)
		argv[n + i] = label(d, &f[i], i);
	for (int i = 0; i < 2; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/dev/fd/%d", fd[i]);
		argv[n + 2 + i] = paths[i];
	}
	argv[n + 4] = NULL;
	err = pipe2(out, O_CLOEXEC) ? errno : 0;
	if (!err) {
		p.fds[0] = out[1];
		err = fsu_program_start(&p);
		close(out[1]);
		if (!err)
			pass_on(d, out[0], f, heading);
		close(out[0]);
	}
	free(argv[n]);
	free(argv[n + 1]);
	free(argv);
	if (err) {
		fsu_message("cannot run diff, which compares lines: %s; diffutils has it",
			    strerror(err));
		return TROUBLE;
	}
	status = fsu_program_wait();
	return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) < 2 ?
	       WEXITSTATUS(status) : TROUBLE;
}

static int not_compared(const struct diff *d, const struct file f[2], const struct file *which,
			int err)
{
	char limit[FSU_HUMAN_MAX];

	if (err != EFBIG) {
		fsu_message("%s: cannot be compared: %s", fsu_name(which->path), strerror(err));
		return TROUBLE;
	}
	if (!d->side_by_side && !d->ignores)
		printf("Files %s and %s differ\n", diff_shown(d, f, 0), diff_shown(d, f, 1));
	fflush(stdout);
	fsu_message("%s: has more than %s, too much to compare line by line; --text-limit allows "
		    "more", fsu_name(which->path), fsu_size(limit, d->limit, 1, FSU_HUMAN_1024));
	return TROUBLE;
}

int diff_lines(const struct diff *d, struct content c[2], const struct file f[2], bool heading)
{
	int fd[2] = { -1, -1 }, result = SAME;

	for (int i = 0; i < 2 && result == SAME; i++) {
		fd[i] = memory_file(d, &c[i], &f[i]);
		if (fd[i] < 0)
			result = not_compared(d, f, &f[i], errno);
	}
	if (result == SAME)
		result = run_diff(d, fd, f, heading);
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return result;
}
