// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * opmix IMAGE THREADS OPS SEED: OPS operations on one mount, spread over THREADS threads.
 *
 * Each thread owns a directory, whose files it knows exactly: every read is compared and all of it
 * is looked at again at the end.  All threads also fight over the names of one shared directory,
 * where an operation may lose a race but must never fail in any other way.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "ukfstest.h"

#define FILES 48
#define SHARED 64
#define MAXIO 20000
#define MAXSIZE 300000
#define PATHLEN 64

struct file {
	bool exists;
	uint64_t seed, size;
};

struct worker {
	pthread_t thread;
	struct ukfs *u;
	int id, ops;
	uint64_t rng, seeds;
	struct file files[FILES];
	bool dirs[FILES];
	uint8_t buf[MAXIO], want[MAXIO];
	unsigned long done, lost;
};

static bool has_links = true;	/* hard and symbolic links: not on FAT */

static void path_of(char *p, const struct worker *w, const char *kind, int n)
{
	snprintf(p, PATHLEN, "/t%d/%s%d", w->id, kind, n);
}

#define CHECK(cond, what, path) do { \
	if (!(cond)) \
		die("thread %d: %s %s: %s (%s)", w->id, what, path, strerror(errno), \
		    ukfs_errmsg()); \
} while (0)

/* ---- the thread's own directory ----------------------------------------------------------- */

static void op_create(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	char p[PATHLEN];
	int rc;

	path_of(p, w, "f", n);
	rc = ukfs_create(w->u, p, 0644);
	CHECK(f->exists ? rc == -1 && errno == EEXIST : rc == 0, "create", p);
	if (!f->exists)
		*f = (struct file){ true, mix64(((uint64_t)w->id << 32) + w->seeds++), 0 };
}

static void op_write(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	size_t len = rng(&w->rng) % MAXIO;
	uint64_t off = f->size ? rng(&w->rng) % (f->size + 1) : 0;
	char p[PATHLEN];

	if (!f->exists || off + len > MAXSIZE)
		return;
	path_of(p, w, "f", n);
	content(f->seed, off, w->buf, len);
	CHECK(ukfs_write(w->u, p, off, w->buf, len) == (ssize_t)len, "write", p);
	if (off + len > f->size)
		f->size = off + len;
}

static void compare(struct worker *w, const char *p, struct file *f, uint64_t off, size_t len)
{
	ssize_t n = ukfs_read(w->u, p, off, w->buf, len), want;

	want = off >= f->size ? 0 : off + len > f->size ? (ssize_t)(f->size - off) : (ssize_t)len;
	CHECK(n >= 0, "read", p);
	if (n != want)
		die("thread %d: %s: read %zd bytes at %lu, not %zd", w->id, p, n, off, want);
	content(f->seed, off, w->want, want);
	if (memcmp(w->buf, w->want, want))
		die("thread %d: %s: other bytes in [%lu, %lu)", w->id, p, off, off + want);
}

static void op_read(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	char p[PATHLEN];

	path_of(p, w, "f", n);
	if (f->exists)
		compare(w, p, f, rng(&w->rng) % (f->size + 1), rng(&w->rng) % MAXIO);
	else
		CHECK(ukfs_read(w->u, p, 0, w->buf, 1) == -1 && errno == ENOENT, "read of", p);
}

static void op_truncate(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	char p[PATHLEN];

	if (!f->exists)
		return;
	path_of(p, w, "f", n);
	f->size = rng(&w->rng) % (f->size + 1);
	CHECK(ukfs_truncate(w->u, p, f->size) == 0, "truncate", p);
}

static void op_unlink(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	char p[PATHLEN];
	int rc;

	path_of(p, w, "f", n);
	rc = ukfs_remove(w->u, p);
	CHECK(f->exists ? rc == 0 : rc == -1 && errno == ENOENT, "remove", p);
	f->exists = false;
}

static void op_rename(struct worker *w, int n)
{
	int to = rng(&w->rng) % FILES;
	char p[PATHLEN], q[PATHLEN];

	if (!w->files[n].exists || n == to)
		return;
	path_of(p, w, "f", n);
	path_of(q, w, "f", to);
	CHECK(ukfs_rename(w->u, p, q) == 0, "rename", p);
	w->files[to] = w->files[n];
	w->files[n].exists = false;
}

static void op_dir(struct worker *w, int n)
{
	char p[PATHLEN];

	path_of(p, w, "d", n);
	if (w->dirs[n])
		CHECK(ukfs_rmdir(w->u, p) == 0, "rmdir", p);
	else
		CHECK(ukfs_mkdir(w->u, p, 0755) == 0, "mkdir", p);
	w->dirs[n] = !w->dirs[n];
}

static void op_readdir(struct worker *w, int n)
{
	struct ukfs_dirent *e;
	struct ukfs_dir *d;
	int want = 2, got = 0, i;
	char p[PATHLEN];

	(void)n;
	snprintf(p, sizeof(p), "/t%d", w->id);
	for (i = 0; i < FILES; i++)
		want += w->files[i].exists + w->dirs[i];
	d = ukfs_opendir(w->u, p);
	CHECK(d, "opendir", p);
	errno = 0;
	while ((e = ukfs_readdir(d)))
		got++;
	CHECK(errno == 0, "readdir", p);
	CHECK(ukfs_closedir(d) == 0, "closedir", p);
	if (got != want)
		die("thread %d: %s: %d entries, not %d", w->id, p, got, want);
}

static void op_stat(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	struct stat st;
	char p[PATHLEN];
	int rc;

	path_of(p, w, "f", n);
	rc = ukfs_stat(w->u, p, &st);
	CHECK(f->exists ? rc == 0 : rc == -1 && errno == ENOENT, "stat", p);
	if (f->exists && (uint64_t)st.st_size != f->size)
		die("thread %d: %s: size %ld, not %lu", w->id, p, (long)st.st_size, f->size);
}

static void op_fsync(struct worker *w, int n)
{
	char p[PATHLEN];

	if (!w->files[n].exists || rng(&w->rng) % 4)
		return;
	path_of(p, w, "f", n);
	CHECK(ukfs_fsync(w->u, p) == 0, "fsync", p);
}

static void op_fd(struct worker *w, int n)
{
	struct file *f = &w->files[n];
	char p[PATHLEN];
	struct stat st;
	int fd;

	if (!f->exists)
		return;
	path_of(p, w, "f", n);
	fd = ukfs_open(w->u, p, O_RDONLY);
	CHECK(fd >= 0, "open", p);
	CHECK(ukfs_fstat(w->u, fd, &st) == 0, "fstat", p);
	CHECK(ukfs_pread(w->u, fd, w->buf, MAXIO, 0) ==
	      (ssize_t)(f->size < MAXIO ? f->size : MAXIO), "pread", p);
	CHECK(ukfs_close(w->u, fd) == 0, "close", p);
}

/* ---- the shared directory ----------------------------------------------------------------- */

/* An operation on a name that others change too: these errors mean that somebody was faster. */
static void raced(struct worker *w, int rc, const char *what, const char *p)
{
	CHECK(rc >= 0 || errno == ENOENT || errno == EEXIST || errno == ENOTEMPTY ||
	      errno == EISDIR || errno == ENOTDIR, what, p);
	w->lost += rc < 0;
}

static void op_shared(struct worker *w, int n)
{
	char p[PATHLEN], q[PATHLEN];
	struct stat st;
	int rc;

	(void)n;
	snprintf(p, sizeof(p), "/shared/%d", (int)(rng(&w->rng) % SHARED));
	snprintf(q, sizeof(q), "/shared/%d", (int)(rng(&w->rng) % SHARED));
	switch (rng(&w->rng) % 9) {
	case 0: raced(w, ukfs_create(w->u, p, 0644), "create", p); break;
	case 1: raced(w, ukfs_remove(w->u, p), "remove", p); break;
	case 2: raced(w, ukfs_mkdir(w->u, p, 0755), "mkdir", p); break;
	case 3: raced(w, ukfs_rmdir(w->u, p), "rmdir", p); break;
	case 4: raced(w, ukfs_stat(w->u, p, &st), "stat", p); break;
	case 5:
		rc = ukfs_rename(w->u, p, q);
		if (rc < 0 && errno == EINVAL)	/* a directory into itself */
			break;
		raced(w, rc, "rename", p);
		break;
	case 6: raced(w, ukfs_write(w->u, p, 0, w->buf, rng(&w->rng) % MAXIO), "write", p); break;
	case 7:
		if (has_links) {
			rc = ukfs_link(w->u, p, q);
			if (rc < 0 && errno == EPERM)	/* a directory */
				break;
			raced(w, rc, "link", p);
		}
		break;
	default:
		if (has_links)
			raced(w, ukfs_symlink(w->u, "nowhere", p), "symlink", p);
	}
}

/* ---- all of it ---------------------------------------------------------------------------- */

static const struct { void (*fn)(struct worker *w, int n); int weight; } ops[] = {
	{ op_create, 18 }, { op_write, 22 }, { op_read, 16 }, { op_truncate, 4 }, { op_unlink, 7 },
	{ op_rename, 6 }, { op_dir, 4 }, { op_readdir, 2 }, { op_stat, 6 }, { op_fsync, 3 },
	{ op_fd, 4 }, { op_shared, 18 },
};

static void one(struct worker *w)
{
	int total = 0, pick;
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		total += ops[i].weight;
	pick = rng(&w->rng) % total;
	for (i = 0; pick >= ops[i].weight; i++)
		pick -= ops[i].weight;
	ops[i].fn(w, rng(&w->rng) % FILES);
	w->done++;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int i;

	for (i = 0; i < w->ops; i++)
		one(w);
	return NULL;
}

/* Everything the thread believes, looked at again. */
static void verify(struct worker *w, struct ukfs *u)
{
	char p[PATHLEN];
	uint64_t off;
	int n;

	w->u = u;
	op_readdir(w, 0);
	for (n = 0; n < FILES; n++) {
		op_stat(w, n);
		if (!w->files[n].exists)
			continue;
		path_of(p, w, "f", n);
		for (off = 0; off < w->files[n].size; off += MAXIO)
			compare(w, p, &w->files[n], off, MAXIO);
	}
}

static void setup(struct ukfs *u, struct worker *workers, int threads, int count, uint64_t seed)
{
	char p[PATHLEN];
	int i;

	if (ukfs_mkdir(u, "/shared", 0755))
		die("mkdir /shared: %s", strerror(errno));
	has_links = ukfs_symlink(u, "x", "/probe") == 0 && ukfs_remove(u, "/probe") == 0;
	for (i = 0; i < threads; i++) {
		workers[i] = (struct worker){ .u = u, .id = i, .ops = count / threads,
					      .rng = mix64(seed + i) };
		snprintf(p, sizeof(p), "/t%d", i);
		if (ukfs_mkdir(u, p, 0755))
			die("mkdir %s: %s", p, strerror(errno));
	}
}

int main(int argc, char **argv)
{
	unsigned long done = 0, lost = 0;
	struct worker *workers;
	struct ukfs *u;
	int threads, i;

	if (argc != 5)
		die("usage: opmix IMAGE THREADS OPS SEED");
	threads = atoi(argv[2]);
	workers = calloc(threads, sizeof(*workers));
	u = must_mount(NULL, argv[1], 0);
	setup(u, workers, threads, atoi(argv[3]), strtoull(argv[4], NULL, 0));
	for (i = 0; i < threads; i++)
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			die("pthread_create failed");
	for (i = 0; i < threads; i++) {
		pthread_join(workers[i].thread, NULL);
		done += workers[i].done;
		lost += workers[i].lost;
	}
	for (i = 0; i < threads; i++)
		verify(&workers[i], u);
	must_release(u);
	u = must_mount(NULL, argv[1], UKFS_RDONLY);
	for (i = 0; i < threads; i++)
		verify(&workers[i], u);
	must_release(u);
	free(workers);
	printf("%lu operations, %lu lost a race\n", done, lost);
	return 0;
}
