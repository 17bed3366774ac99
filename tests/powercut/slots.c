// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * slots write IMAGE ACKS WRITELOG OPS: three threads, each OPS times one of
 *   a slot of a file rewritten in place, then fdatasync;
 *   a record appended to a file, then fsync;
 *   a document replaced: written beside, fsync, rename over the old one, fsync of the directory.
 * slots verify IMAGE ACKS CUT: what ACKS acknowledges up to the position CUT of WRITELOG holds.
 *
 * ACKS has "b THREAD WHAT VERSION POSITION" before something begins and "a ..." after it is synced.
 * Of a slot that was being rewritten any bytes may be there; an appended record is whole once
 * acknowledged; a document is always whole, the acknowledged one or one that was begun after it.
 */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "ukfstest.h"

#define THREADS 3
#define SLOTS 48
#define APPEND SLOTS		/* WHAT beyond the slots */
#define DOCUMENT (SLOTS + 1)
#define WHATS (SLOTS + 2)
#define SLOT_SIZE 5000		/* so that neighbours share blocks */
#define RECORD_SIZE 700
#define MAX_DOCUMENT 60000

struct worker {
	pthread_t thread;
	struct ukfs *u;
	uint64_t rng;
	int id, ops, slots, append;	/* descriptors */
	int version[WHATS];
	uint8_t buf[MAX_DOCUMENT];
};

static const char *writelog;
static int acks;

static void must(int ok, const char *what, int thread)
{
	if (!ok)
		die("thread %d: %s: %s", thread, what, ukfs_errmsg());
}

static void path_of(char p[64], int thread, const char *name)
{
	snprintf(p, 64, "/t%d%s%s", thread, *name ? "/" : "", name);
}

static uint64_t seed_of(int thread, int what, int version)
{
	return mix64(((uint64_t)thread << 48) + ((uint64_t)what << 32) + version);
}

static size_t document_size(int thread, int version)
{
	return 1 + seed_of(thread, DOCUMENT, version) % MAX_DOCUMENT;
}

static void say(char op, const struct worker *w, int what)
{
	char line[96];
	struct stat st;
	int len;

	if (stat(writelog, &st))
		die("%s: %s", writelog, strerror(errno));
	len = snprintf(line, sizeof(line), "%c %d %d %d %lld\n", op, w->id, what,
		       w->version[what], (long long)st.st_size);
	if (write(acks, line, len) != len)
		die("acknowledgements: %s", strerror(errno));
}

static void rewrite_slot(struct worker *w)
{
	int what = rng(&w->rng) % SLOTS;

	w->version[what]++;
	content(seed_of(w->id, what, w->version[what]), 0, w->buf, SLOT_SIZE);
	say('b', w, what);
	must(ukfs_pwrite(w->u, w->slots, w->buf, SLOT_SIZE, (off_t)what * SLOT_SIZE) == SLOT_SIZE,
	     "write of a slot", w->id);
	must(!ukfs_ffsync(w->u, w->slots), "sync of the slots", w->id);
	say('a', w, what);
}

static void append_record(struct worker *w)
{
	off_t at = (off_t)w->version[APPEND]++ * RECORD_SIZE;

	content(seed_of(w->id, APPEND, w->version[APPEND]), 0, w->buf, RECORD_SIZE);
	say('b', w, APPEND);
	must(ukfs_pwrite(w->u, w->append, w->buf, RECORD_SIZE, at) == RECORD_SIZE, "append", w->id);
	must(!ukfs_ffsync(w->u, w->append), "sync of the records", w->id);
	say('a', w, APPEND);
}

static void replace_document(struct worker *w)
{
	char dir[64], name[64], beside[64];
	int fd, version = ++w->version[DOCUMENT];
	ssize_t size = document_size(w->id, version);

	path_of(dir, w->id, "");
	path_of(name, w->id, "document");
	path_of(beside, w->id, "document.new");
	content(seed_of(w->id, DOCUMENT, version), 0, w->buf, size);
	say('b', w, DOCUMENT);
	fd = ukfs_open(w->u, beside, O_RDWR | O_CREAT | O_TRUNC, 0644);
	must(fd >= 0, beside, w->id);
	must(ukfs_pwrite(w->u, fd, w->buf, size, 0) == size, beside, w->id);
	must(!ukfs_ffsync(w->u, fd), "sync of a document", w->id);
	ukfs_close(w->u, fd);
	must(!ukfs_rename(w->u, beside, name), "rename", w->id);
	must(!ukfs_fsync(w->u, dir), "sync of a directory", w->id);
	say('a', w, DOCUMENT);
}

static void *work(void *arg)
{
	static void (*const ops[])(struct worker *) = {
		rewrite_slot, rewrite_slot, append_record, replace_document,
	};
	struct worker *w = arg;
	int i;

	for (i = 0; i < w->ops; i++)
		ops[rng(&w->rng) % (sizeof(ops) / sizeof(ops[0]))](w);
	return NULL;
}

static int create(struct ukfs *u, int thread, const char *name)
{
	char p[64];
	int fd;

	path_of(p, thread, name);
	fd = ukfs_open(u, p, O_RDWR | O_CREAT, 0644);
	must(fd >= 0, p, thread);
	return fd;
}

static void start(struct worker *w, struct ukfs *u, int id, int ops)
{
	char dir[64];

	*w = (struct worker){ .u = u, .id = id, .ops = ops, .rng = mix64(getpid() + id) };
	path_of(dir, id, "");
	must(!ukfs_mkdir(u, dir, 0755), dir, id);
	w->slots = create(u, id, "slots");
	w->append = create(u, id, "records");
	must(!ukfs_sync(u), "sync", id);
	if (pthread_create(&w->thread, NULL, work, w))
		die("pthread_create failed");
}

static void write_all(struct ukfs *u, int ops)
{
	static struct worker workers[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		start(&workers[i], u, i, ops);
	for (i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		ukfs_close(u, workers[i].slots);
		ukfs_close(u, workers[i].append);
	}
}

/* ---- verify ------------------------------------------------------------------------------- */

struct known {
	int acked, begun;	/* versions */
};

static int read_acks(const char *path, long long cut, struct known known[THREADS][WHATS])
{
	int thread, what, version, n = 0;
	FILE *f = fopen(path, "r");
	long long position;
	char op;

	if (!f)
		die("%s: %s", path, strerror(errno));
	while (fscanf(f, " %c %d %d %d %lld", &op, &thread, &what, &version, &position) == 5) {
		if (thread < 0 || thread >= THREADS || what < 0 || what >= WHATS)
			die("%s: damaged", path);
		if (position > cut)
			continue;
		if (op == 'a')
			known[thread][what].acked = version;
		else
			known[thread][what].begun = version;
		n += op == 'a';
	}
	fclose(f);
	return n;
}

/* Is `size` bytes at `off` of the file what the version wrote? */
static int holds(struct ukfs *u, const char *p, int thread, int what, int version, off_t off,
		 ssize_t size)
{
	static uint8_t want[MAX_DOCUMENT], got[MAX_DOCUMENT];

	content(seed_of(thread, what, version), 0, want, size);
	return ukfs_read(u, p, off, got, size) == size && !memcmp(got, want, size);
}

static int lost(const char *p, int what, const struct known *k)
{
	fprintf(stderr, "%s: part %d is not as it was acknowledged (version %d, begun %d)\n", p,
		what, k->acked, k->begun);
	return 1;
}

static int verify_slots(struct ukfs *u, int thread, const struct known *known)
{
	int what, bad = 0;
	char p[64];

	path_of(p, thread, "slots");
	for (what = 0; what < SLOTS; what++)
		if (known[what].acked && known[what].begun == known[what].acked &&
		    !holds(u, p, thread, what, known[what].acked, (off_t)what * SLOT_SIZE,
			   SLOT_SIZE))
			bad += lost(p, what, &known[what]);
	return bad;
}

static int verify_records(struct ukfs *u, int thread, const struct known *k)
{
	int version, bad = 0;
	char p[64];

	path_of(p, thread, "records");
	for (version = 1; version <= k->acked; version++)
		if (!holds(u, p, thread, APPEND, version, (off_t)(version - 1) * RECORD_SIZE,
			   RECORD_SIZE))
			bad += lost(p, version, k);
	return bad;
}

static int verify_document(struct ukfs *u, int thread, const struct known *k)
{
	struct stat st;
	int version;
	char p[64];

	path_of(p, thread, "document");
	if (ukfs_stat(u, p, &st))
		return k->acked ? lost(p, 0, k) : 0;
	for (version = k->acked; version <= k->begun; version++)
		if (version && st.st_size == (off_t)document_size(thread, version) &&
		    holds(u, p, thread, DOCUMENT, version, 0, st.st_size))
			return 0;
	return lost(p, 0, k);
}

int main(int argc, char **argv)
{
	static struct known known[THREADS][WHATS];
	int thread, seen, bad = 0;
	struct ukfs *u;

	if (argc == 6 && !strcmp(argv[1], "write")) {
		writelog = argv[4];
		acks = open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (acks < 0)
			die("%s: %s", argv[3], strerror(errno));
		u = must_mount(NULL, argv[2], 0);
		write_all(u, atoi(argv[5]));
		must_release(u);
		return 0;
	}
	if (argc != 5 || strcmp(argv[1], "verify"))
		die("usage: slots write IMAGE ACKS WRITELOG OPS, or slots verify IMAGE ACKS CUT");
	seen = read_acks(argv[3], atoll(argv[4]), known);
	u = must_mount(NULL, argv[2], 0);
	for (thread = 0; thread < THREADS; thread++) {
		bad += verify_slots(u, thread, known[thread]);
		bad += verify_records(u, thread, &known[thread][APPEND]);
		bad += verify_document(u, thread, &known[thread][DOCUMENT]);
	}
	must_release(u);
	printf("%d acknowledgements, %d lost\n", seen, bad);
	return bad != 0;
}
