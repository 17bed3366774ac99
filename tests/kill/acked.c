// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * acked write IMAGE LOG [FILE]: write files for ever, each fsynced and then acknowledged by a line
 * in LOG, which ends with the size that the host's file FILE has at that moment.
 * acked verify IMAGE LOG: everything LOG acknowledges is in the image, byte for byte.
 *
 * LOG has "+ N SIZE" after file N was fsynced and "- N" before it is removed (it may then be there
 * or not).  A line is one write to a host file, so killing the process loses none.
 */
#include <fcntl.h>
#include <unistd.h>

#include "ukfstest.h"

#define MAXSIZE 200000
#define MAXFILES 100000

static uint8_t buf[MAXSIZE], got[MAXSIZE + 1];
static const char *clock_file;	/* its size is the time */

static void path_of(char *p, size_t size, int n)
{
	snprintf(p, size, "/dir%d/file-%06d", n % 7, n);
}

static void say(int log, const char *fmt, int n, int size)
{
	struct stat st;
	char line[64];
	int len = snprintf(line, sizeof(line), fmt, n, size);

	if (clock_file) {
		if (stat(clock_file, &st))
			die("%s: %s", clock_file, strerror(errno));
		len += snprintf(line + len, sizeof(line) - len, " %lld", (long long)st.st_size);
	}
	line[len++] = '\n';
	if (write(log, line, len) != len)
		die("log: %s", strerror(errno));
}

static void write_one(struct ukfs *u, int log, int n, int size)
{
	char p[64];
	int fd;

	path_of(p, sizeof(p), n);
	content(n, 0, buf, size);
	fd = ukfs_open(u, p, O_RDWR | O_CREAT | O_TRUNC, 0644);
	if (fd < 0)
		die("open %s: %s", p, ukfs_errmsg());
	if (ukfs_pwrite(u, fd, buf, size / 2, 0) != size / 2 ||
	    ukfs_pwrite(u, fd, buf + size / 2, size - size / 2, size / 2) != size - size / 2)
		die("write %s: %s", p, ukfs_errmsg());
	if (ukfs_ffsync(u, fd))
		die("fsync %s: %s", p, ukfs_errmsg());
	say(log, "+ %d %d", n, size);
	ukfs_close(u, fd);
}

static void remove_one(struct ukfs *u, int log, int n)
{
	char p[64];

	path_of(p, sizeof(p), n);
	say(log, "- %d", n, 0);
	if (ukfs_remove(u, p) && errno != ENOENT)
		die("remove %s: %s", p, ukfs_errmsg());
}

/* Files not acknowledged are written beside, so that there is always work in flight. */
static void writer(struct ukfs *u, int log, int first)
{
	uint64_t state = mix64(first + getpid());
	char p[64];
	int n;

	for (n = 0; n < 7; n++) {
		snprintf(p, sizeof(p), "/dir%d", n);
		if (ukfs_mkdir(u, p, 0755) && errno != EEXIST)
			die("mkdir %s: %s", p, ukfs_errmsg());
	}
	for (n = first; n < MAXFILES; n++) {
		write_one(u, log, n, 1 + rng(&state) % (rng(&state) % 8 ? 9000 : MAXSIZE - 1));
		if (n % 3 == 0 && n > 40)
			remove_one(u, log, n - 40);
		snprintf(p, sizeof(p), "/dir%d/unsynced", n % 7);
		ukfs_remove(u, p);
		if (ukfs_create(u, p, 0600) == 0)
			ukfs_write(u, p, 0, buf, rng(&state) % 50000);
	}
}

static int verify_one(struct ukfs *u, int n, int size)
{
	char p[64];
	ssize_t len;

	path_of(p, sizeof(p), n);
	len = ukfs_read(u, p, 0, got, sizeof(got));
	content(n, 0, buf, size);
	if (len == size && !memcmp(got, buf, size))
		return 0;
	fprintf(stderr, "%s: %s, %zd bytes, acknowledged with %d\n", p,
		len < 0 ? strerror(errno) : "other content", len, size);
	return 1;
}

static int *read_log(const char *path, int *first)
{
	int *sizes = calloc(MAXFILES, sizeof(*sizes)), n, size;
	FILE *f = fopen(path, "r");
	char line[64], op;

	*first = 1;
	if (!sizes)
		die("out of memory");
	while (f && fgets(line, sizeof(line), f)) {
		size = 0;
		if (sscanf(line, "%c %d %d", &op, &n, &size) < 2 || n < 0 || n >= MAXFILES)
			die("%s: not a line of the log: %s", path, line);
		sizes[n] = op == '+' ? size : 0;
		if (n >= *first)
			*first = n + 2;	/* the next one may have been begun */
	}
	if (f)
		fclose(f);
	return sizes;
}

int main(int argc, char **argv)
{
	int *sizes, first, n, bad = 0, seen = 0, log;
	struct ukfs *u;

	if (argc != 4 && argc != 5)
		die("usage: acked write|verify IMAGE LOG [FILE]");
	clock_file = argv[4];
	sizes = read_log(argv[3], &first);
	u = must_mount(NULL, argv[2], 0);
	if (!strcmp(argv[1], "write")) {
		log = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (log < 0)
			die("%s: %s", argv[3], strerror(errno));
		writer(u, log, first);
	}
	for (n = 0; n < MAXFILES; n++)
		if (sizes[n] && ++seen)
			bad += verify_one(u, n, sizes[n]);
	must_release(u);
	free(sizes);
	printf("%d acknowledged files, %d lost\n", seen, bad);
	return bad != 0;
}
