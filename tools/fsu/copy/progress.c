// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The progress line, on a terminal, and the summary.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"

static struct timespec last;
static bool enabled, drawn;

static double since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - t->tv_sec + (now.tv_nsec - t->tv_nsec) / 1e9;
}

void progress_start(struct copy *c)
{
	clock_gettime(CLOCK_MONOTONIC, &c->start);
	last = c->start;
	enabled = !c->o.quiet && isatty(STDERR_FILENO);
}

/* Time left, once the source has seen all there is; a file counts as some bytes, too. */
static void time_left(struct copy *c, double seconds, char out[32])
{
	double done = c->n.bytes + c->n.files * 16384.0;
	double all = c->n.expected_bytes - c->n.holes + c->n.expected_files * 16384.0;
	long left;

	out[0] = '\0';
	if (!c->n.all_seen || done <= 0 || seconds < 1)
		return;
	left = (long)((all > done ? all - done : 0) * seconds / done + 0.5);
	snprintf(out, 32, ", %ld:%02ld left", left / 60, left % 60);
}

static void draw(struct copy *c)
{
	double seconds = since(&c->start);
	char bytes[FSU_HUMAN_MAX], rate[FSU_HUMAN_MAX], left[32];

	time_left(c, seconds, left);
	fprintf(stderr, "\r%s, %llu files, %s/s%s\033[K",
		fsu_size(bytes, c->n.bytes, 1, FSU_HUMAN_1024), (unsigned long long)c->n.files,
		fsu_size(rate, seconds > 0 ? c->n.bytes / seconds : 0, 1, FSU_HUMAN_1024), left);
	drawn = true;
}

void progress_tick(struct copy *c)
{
	struct timespec now;

	if (!enabled)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if ((now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 < 200)
		return;
	last = now;
	draw(c);
}

static void count(char *out, size_t size, unsigned long long n, const char *one, const char *many)
{
	size_t len = strlen(out);

	if (n)
		snprintf(out + len, size - len, "%s%llu %s", len ? ", " : "", n,
			 n == 1 ? one : many);
}

void progress_end(struct copy *c, int code)
{
	char text[256] = "", bytes[FSU_HUMAN_MAX];
	double seconds = since(&c->start);

	if (drawn)
		fputs("\r\033[K", stderr);
	if (!enabled && (!c->o.verbose || c->o.like_cp))
		return;
	count(text, sizeof(text), c->n.files, "file", "files");
	count(text, sizeof(text), c->n.dirs, "directory", "directories");
	count(text, sizeof(text), c->n.links, "hard link", "hard links");
	count(text, sizeof(text), c->n.symlinks, "symbolic link", "symbolic links");
	count(text, sizeof(text), c->n.others, "special file", "special files");
	fprintf(stderr, "%s%s%s bytes in %.2f s%s\n", text, *text ? ", " : "",
		fsu_size(bytes, c->n.bytes, 1, FSU_HUMAN_NONE), seconds,
		code ? ", with errors" : "");
}
