// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Data that is changed in one way while other processes read it through the cache: when a change
 * has returned, nobody reads what was there before.
 */
#include <linux/aio_abi.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>

#include "suite.h"

#define PIECES 10
#define PIECE (64 << 10)
#define SIZE (PIECES * PIECE)
#define ROUNDS_NS 300000000LL	/* how long each change is repeated, at least */
#define ROUNDS 20

/* What the changes work with; `data` has the round's bytes, aligned for direct I/O. */
struct work {
	int direct, cached, source;
	char *data, *map;
	aio_context_t aio;
};

static int by_aio(struct work *w)
{
	struct iocb blocks[PIECES] = {0}, *list[PIECES];
	struct io_event events[PIECES];

	for (int i = 0; i < PIECES; i++) {
		blocks[i].aio_fildes = w->direct;
		blocks[i].aio_lio_opcode = IOCB_CMD_PWRITE;
		blocks[i].aio_buf = (uintptr_t)(w->data + i * PIECE);
		blocks[i].aio_nbytes = PIECE;
		blocks[i].aio_offset = i * PIECE;
		list[i] = &blocks[i];
	}
	if (syscall(SYS_io_submit, w->aio, (long)PIECES, list) != PIECES ||
	    syscall(SYS_io_getevents, w->aio, (long)PIECES, (long)PIECES, events, NULL) != PIECES)
		return -1;
	for (int i = 0; i < PIECES; i++)
		if (events[i].res != PIECE)
			return -1;
	return 0;
}

static int by_direct_write(struct work *w)
{
	return pwrite(w->direct, w->data, SIZE, 0) == SIZE ? 0 : -1;
}

static int by_write(struct work *w)
{
	return pwrite(w->cached, w->data, SIZE, 0) == SIZE ? 0 : -1;
}

static int by_mapping(struct work *w)
{
	memcpy(w->map, w->data, SIZE);
	return 0;
}

static int by_mapping_then_direct(struct work *w)
{
	memset(w->map, 0xff, SIZE);
	return by_direct_write(w);
}

static int by_copy(struct work *w)
{
	off_t from = 0, to = 0;

	if (pwrite(w->source, w->data, SIZE, 0) != SIZE)
		return -1;
	return copy_file_range(w->source, &from, w->cached, &to, SIZE, 0) == SIZE ? 0 : -1;
}

static int by_punching(struct work *w)
{
	if (by_write(w))
		return -1;
	memset(w->data + PIECE, 0, SIZE - 2 * PIECE);
	if (!fallocate(w->cached, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PIECE,
		       SIZE - 2 * PIECE))
		return 0;
	/* a type without holes has the zeros */
	return errno != EOPNOTSUPP || pwrite(w->cached, w->data + PIECE, SIZE - 2 * PIECE, PIECE) !=
	       SIZE - 2 * PIECE ? -1 : 0;
}

static int by_zeroing(struct work *w)
{
	if (by_direct_write(w))
		return -1;
	memset(w->data + PIECE, 0, PIECE);
	return fallocate(w->cached, FALLOC_FL_ZERO_RANGE, PIECE, PIECE) && errno != EOPNOTSUPP ?
	       -1 : by_direct_write(w);
}

static int by_truncating(struct work *w)
{
	return ftruncate(w->cached, 0) ?: by_write(w);
}

static int by_truncating_then_direct(struct work *w)
{
	memset(w->data + PIECE, 0, SIZE - PIECE);
	return ftruncate(w->cached, PIECE) ?: ftruncate(w->cached, SIZE) ?: by_direct_write(w);
}

/* Each by itself, until it is killed: opens the file and reads it. */
static pid_t reader(void)
{
	static char data[SIZE];
	pid_t pid = must(fork());

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int fd = open("f", O_RDONLY);

		if (fd < 0 || pread(fd, data, SIZE, 0) < 0)
			_exit(1);
		close(fd);
	}
}

static bool stale(const char *expected)
{
	static char data[SIZE];
	int fd = must(open("f", O_RDONLY));
	bool differs = must(pread(fd, data, SIZE, 0)) != SIZE || memcmp(data, expected, SIZE);

	shut(fd);
	return differs;
}

static long long clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void repeat(struct work *w, const char *name, int (*change)(struct work *w))
{
	long long end = clock_ns() + ROUNDS_NS;
	int bad = 0, failed = 0, n = 0;

	while ((clock_ns() < end || n < ROUNDS) && !bad && !failed) {
		memset(w->data, ++n, SIZE);
		if (change(w))
			failed = errno ?: EIO;
		else if (stale(w->data))
			bad = n;
	}
	shows(name, "good", "%s", failed ? strerrorname_np(failed) : bad ? "stale" : "good");
}

static void beside_readers(void)
{
	static const struct {
		const char *name;
		int (*change)(struct work *w);
	} changes[] = {
		{"asynchronous direct writes", by_aio}, {"direct writes", by_direct_write},
		{"writes", by_write}, {"writes to a mapping", by_mapping},
		{"direct writes over a mapping's", by_mapping_then_direct}, {"copies", by_copy},
		{"holes", by_punching}, {"zeroed ranges", by_zeroing},
		{"truncation and writes", by_truncating},
		{"truncation and direct writes", by_truncating_then_direct},
	};
	struct work w = {
		.direct = must(open("f", O_CREAT | O_RDWR | O_DIRECT, 0644)),
		.cached = must(open("f", O_RDWR)),
		.source = must(open("in", O_CREAT | O_RDWR, 0644)),
		.data = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0),
	};
	pid_t readers[2];

	must(by_write(&w));
	w.map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w.cached, 0);
	must(syscall(SYS_io_setup, PIECES, &w.aio));
	for (size_t i = 0; i < 2; i++)
		readers[i] = reader();
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		repeat(&w, changes[i].name, changes[i].change);
	for (size_t i = 0; i < 2; i++) {
		must(kill(readers[i], SIGKILL));
		must(waitpid(readers[i], NULL, 0));
	}
}

const struct part coherent_parts[] = {
	{"beside readers", beside_readers, 0},
	{0}
};
