// SPDX-License-Identifier: GPL-2.0-or-later
/* Directory streams: complete, stable while entries come and go, and positions that lead back. */
#include <dirent.h>

#include "suite.h"

#define SOME 500

static void create(int from, int to)
{
	for (int i = from; i < to; i++)
		must(close(must(open(text("f%d", i), O_CREAT | O_EXCL | O_WRONLY, 0644))));
}

/* How often each of f0, f1 ... comes until the end of the stream. */
static void count(DIR *d, int *seen, int n, int *dots)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		int i = e->d_name[0] == 'f' ? atoi(e->d_name + 1) : -1;

		if (i >= 0 && i < n)
			seen[i]++;
		else
			(*dots)++;
	}
}

static const char *tally_of(const int *seen, int from, int to)
{
	int none = 0, once = 0, more = 0;

	for (int i = from; i < to; i++) {
		none += seen[i] == 0;
		once += seen[i] == 1;
		more += seen[i] > 1;
	}
	return text("once %d, never %d, more often %d", once, none, more);
}

static void complete(void)
{
	int seen[SOME] = {0}, dots = 0;
	DIR *d = opendir(".");

	count(d, seen, SOME, &dots);
	shows("empty", "2 dots", "%d dots", dots);
	create(0, SOME);
	rewinddir(d);
	dots = 0;
	count(d, seen, SOME, &dots);
	shows("after rewinding", "once 500, never 0, more often 0", "%s", tally_of(seen, 0, SOME));
	shows("dots", "2", "%d", dots);
	closedir(d);
}

static void types(void)
{
	static const char *const names[] = {"file", "dir", "fifo", "link"};
	struct dirent *e;
	struct stat st;
	DIR *d;

	make("file", "");
	must(mkdir("dir", 0755) ?: mkfifo("fifo", 0644) ?: symlink("x", "link"));
	for (size_t i = 0; i < 4; i++) {
		d = opendir(".");
		while ((e = readdir(d)) && strcmp(e->d_name, names[i]))
			;
		shows(text("type of %s", names[i]), NULL, "%d", e ? e->d_type : -1);
		must(lstat(names[i], &st));
		shows(text("inode of %s", names[i]), "same", "%s",
		      e && e->d_ino == st.st_ino ? "same" : "another");
		closedir(d);
	}
	d = opendir("dir");
	while ((e = readdir(d)) && strcmp(e->d_name, "."))
		;
	must(stat("dir", &st));
	shows("inode of dot", "same", "%s", e && e->d_ino == st.st_ino ? "same" : "another");
	rewinddir(d);
	while ((e = readdir(d)) && strcmp(e->d_name, ".."))
		;
	must(stat(".", &st));
	shows("inode of dot-dot", "same", "%s", e && e->d_ino == st.st_ino ? "same" : "another");
}

/* Each entry is removed as soon as it was read: all of them come, and none is left. */
static void removing(void)
{
	struct dirent *e;
	int removed = 0;
	DIR *d;

	create(0, SOME);
	d = opendir(".");
	while ((e = readdir(d)))
		if (e->d_name[0] == 'f')
			removed += !unlink(e->d_name);
	shows("removed while reading", "500", "%d", removed);
	closedir(d);
}

/* What was there all the time comes exactly once, whatever is made and removed meanwhile. */
static void changing(void)
{
	int seen[3 * SOME] = {0}, dots = 0, n = 0;
	struct dirent *e;
	DIR *d;

	create(0, 2 * SOME);
	d = opendir(".");
	while (n < 100 && (e = readdir(d))) {
		int i = e->d_name[0] == 'f' ? atoi(e->d_name + 1) : -1;

		n++;
		if (i >= 0)
			seen[i]++;
	}
	for (int i = SOME; i < 2 * SOME; i++)
		must(unlink(text("f%d", i)));
	create(2 * SOME, 3 * SOME);
	count(d, seen, 3 * SOME, &dots);
	shows("those that stayed", "once 500, never 0, more often 0", "%s",
	      tally_of(seen, 0, SOME));
	shows("new ones more often", "0", "%d",
	      atoi(strrchr(tally_of(seen, 2 * SOME, 3 * SOME), ' ') + 1));
	closedir(d);
}

static void positions(void)
{
	long at[SOME + 2];
	char names[SOME + 2][16];
	int n = 0, wrong = 0;
	struct dirent *e;
	DIR *d;

	create(0, SOME);
	d = opendir(".");
	for (;;) {
		long place = telldir(d);

		e = readdir(d);
		if (!e)
			break;
		at[n] = place;
		snprintf(names[n++], sizeof(names[0]), "%.15s", e->d_name);
	}
	shows("entries", "502", "%d", n);
	for (int i = n - 1; i >= 0; i -= 7) {
		seekdir(d, at[i]);
		e = readdir(d);
		wrong += !e || strcmp(e->d_name, names[i]);
	}
	shows("wrong after seekdir", "0", "%d", wrong);
	seekdir(d, at[250]);
	closedir(d);
	d = opendir(".");
	seekdir(d, at[250]);
	e = readdir(d);
	shows("in another stream", NULL, "%s",
	      e && !strcmp(e->d_name, names[250]) ? "same" : "another");
	closedir(d);
}

static void moved(void)
{
	int seen[SOME] = {0}, dots = 0;
	DIR *d;

	must(mkdir("d", 0755));
	must(chdir("d"));
	create(0, SOME);
	d = opendir(".");
	must(rename("../d", "../e"));
	count(d, seen, SOME, &dots);
	shows("a directory that was renamed", "once 500, never 0, more often 0", "%s",
	      tally_of(seen, 0, SOME));
}

static void descriptors(void)
{
	int seen[SOME] = {0}, dots = 0, fd;
	DIR *a, *b;

	create(0, SOME);
	a = opendir(".");
	b = opendir(".");
	must(readdir(a) ? 0 : -1);
	count(b, seen, SOME, &dots);
	shows("two streams are apart", "once 500, never 0, more often 0", "%s",
	      tally_of(seen, 0, SOME));
	fd = must(open(".", O_RDONLY));
	call("seek to the start", "ok", lseek(fd, 0, SEEK_SET));
	call("fsync", "ok", fsync(fd));
	call("write", "EBADF", write(fd, "x", 1));
}

static void thousands(void)
{
	int *seen = calloc(many, sizeof(*seen)), dots = 0;
	DIR *d;

	create(0, many);
	d = opendir(".");
	count(d, seen, many, &dots);
	shows("entries", text("once %ld, never 0, more often 0", many), "%s",
	      tally_of(seen, 0, many));
	for (int i = 0; i < many; i += 2)
		must(unlink(text("f%d", i)));
	rewinddir(d);
	memset(seen, 0, many * sizeof(*seen));
	count(d, seen, many, &dots);
	shows("half of them", text("once %ld, never %ld, more often 0", many / 2, many - many / 2),
	      "%s", tally_of(seen, 0, many));
	call("rmdir while full", "ENOTEMPTY", rmdir(text("../%s", "readdir.many")));
	for (int i = 1; i < many; i += 2)
		must(unlink(text("f%d", i)));
	closedir(d);
	free(seen);
}

const struct part readdir_parts[] = {
	{"complete", complete, 0},
	{"types", types, NEEDS_LINKS | NEEDS_SPECIAL},
	{"removing", removing, 0},
	{"changing", changing, 0},
	{"positions", positions, 0},
	{"moved", moved, 0},
	{"streams", descriptors, 0},
	{"many", thousands, NEEDS_MANY},
	{0}
};
