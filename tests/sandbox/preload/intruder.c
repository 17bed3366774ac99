// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for an exploit, preloaded into a mount server or a command.  Where it comes to
 * INTRUDE_AT (probe: libblkid looks at the image; mount: the driver is about to; read: it has a
 * request for the disk; serve: requests are about to be read; work: a command looks at a file;
 * archive, tree: makefs reads an archive, a directory; end: a monitor's server has ended) the
 * attempts INTRUDE are made, names with commas between them, or, where that is not set, all
 * attempts but those that end the process.  "intruder: NAME: refused" or what the host said goes to
 * standard error.  INTRUDE=stop: it stops until it gets SIGCONT.
 * INTRUDE=memory: it takes up to 3 GiB for itself, and says how much it got.
 * INTRUDE=flood: it writes FLOOD lines to standard error.
 * INTRUDE=helper: it asks whatever process it is connected to, by the requests of a command's
 * helper, to run touch(1) for the file INTRUDE_TOUCH, and goes on when that has answered.
 *
 * INTRUDE_REPORT is the type that the server reports to its monitor instead of the true one;
 * "twice": the true one, two times.
 */
#include <blkid/blkid.h>
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rump/ukfs.h>

#include "../../../tools/fsu/helper.h"
#include "../attempts.h"

#define FLOOD 20000
#define PIECE (64UL << 20)
#define PIECES 24

/* Those of the table of calls that end the server. */
static bool is_fatal(int call)
{
	static const int fatal[] = {
#define ALLOW(...)
#define SPARE(...)
#define REFUSE(...)
#define KILL(call, reason) SYS_##call,
#include "../../../libhost/serve.def"
	};

	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (fatal[i] == call)
			return true;
	return false;
}

static void attempt(const struct attempt *a)
{
	long res = syscall(a->call, a->arg[0], a->arg[1], a->arg[2], a->arg[3], a->arg[4],
			   a->arg[5]);
	int expected = a->expected ? a->expected : EPERM;

	dprintf(STDERR_FILENO, "intruder: %s: %s\n", a->name, res != -1 ? "succeeded" :
		errno == expected ? "refused" : strerror(errno));
}

/* With the flags of a heap, and with those of a stack that grows. */
static void take_memory(void)
{
	static const int flags[] = { 0, MAP_GROWSDOWN };
	static void *piece[2][PIECES];
	int n = 0;

	for (int i = 0; i < 2 * PIECES; i++) {
		void **p = &piece[i / PIECES][i % PIECES];

		*p = mmap(NULL, PIECE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | flags[i / PIECES], -1, 0);
		n += *p != MAP_FAILED;
	}
	for (int i = 0; i < 2 * PIECES; i++)
		if (piece[i / PIECES][i % PIECES] != MAP_FAILED)
			munmap(piece[i / PIECES][i % PIECES], PIECE);
	dprintf(STDERR_FILENO, "intruder: %d MiB\n", n * (int)(PIECE >> 20));
}

static void ask_helper(void)
{
	const char *file = getenv("INTRUDE_TOUCH");
	struct request r = { .nargs = 2 };
	char text[4096], answers[2 * sizeof(struct answer)];

	if (!file)
		return;
	r.size = snprintf(text, sizeof(text), "%c%s%c%s", 0, "touch", 0, file) + 1;
	for (int fd = 3; fd < 32; fd++)
		if (send(fd, &r, sizeof(r), MSG_NOSIGNAL) == sizeof(r) &&
		    send(fd, text, r.size, MSG_NOSIGNAL) == (ssize_t)r.size)
			dprintf(STDERR_FILENO, "intruder: descriptor %d answers %d bytes\n", fd,
				(int)recv(fd, answers, sizeof(answers), 0));
}

static bool is_named(const char *name, const char *list)
{
	const char *at = strstr(list, name);
	size_t len = strlen(name);

	while (at && ((at > list && at[-1] != ',') || (at[len] && at[len] != ',')))
		at = strstr(at + 1, name);
	return at;
}

static void intrude(const char *moment)
{
	const char *at = getenv("INTRUDE_AT"), *name = getenv("INTRUDE");
	static atomic_flag done = ATOMIC_FLAG_INIT;

	if (!at || strcmp(at, moment) != 0 || atomic_flag_test_and_set(&done))
		return;
	if (name && !strcmp(name, "stop"))
		raise(SIGSTOP);
	if (name && !strcmp(name, "memory"))
		take_memory();
	if (name && !strcmp(name, "helper"))
		ask_helper();
	for (int i = 0; name && !strcmp(name, "flood") && i < FLOOD; i++)
		dprintf(STDERR_FILENO, "intruder: line %d of a flood\n", i);
	for (size_t i = 0; i < ATTEMPTS; i++)
		if (name && *name ? is_named(attempts[i].name, name) : !is_fatal(attempts[i].call))
			attempt(&attempts[i]);
	dprintf(STDERR_FILENO, "intruder: done at %s\n", moment);
}

/* The functions at whose call that happens; each goes on to the one that it stands before. */
#define STAND_BEFORE(moment, type, name, parameters, arguments)		\
type name parameters;							\
type name parameters							\
{									\
	type (*next) parameters = (type (*) parameters)dlsym(RTLD_NEXT, #name);	\
	intrude(moment);						\
	return next arguments;						\
}

struct archive;
struct archive_entry;
struct rumpuser_blk;
struct rumpuser_bio;
struct p2k;

STAND_BEFORE("probe", int, blkid_do_safeprobe, (blkid_probe pr), (pr))
STAND_BEFORE("mount", int, rump_sys_mount,
	     (const char *source, const char *dir, const char *type, unsigned long flags,
	      const void *data), (source, dir, type, flags, data))
STAND_BEFORE("read", void, rumpuser_blk_submit,
	     (struct rumpuser_blk *blk, struct rumpuser_bio **bios, int n,
	      struct rumpuser_bio **done), (blk, bios, n, done))
STAND_BEFORE("read", void, rumpuser_blk_do, (struct rumpuser_blk *blk, struct rumpuser_bio *bio),
	     (blk, bio))
STAND_BEFORE("serve", int, p2k_serve, (struct p2k *p), (p))
STAND_BEFORE("work", int, ukfs_stat, (struct ukfs *u, const char *path, struct stat *st),
	     (u, path, st))
STAND_BEFORE("work", int, ukfs_statx,
	     (struct ukfs *u, const char *path, int flags, unsigned int mask, struct statx *st),
	     (u, path, flags, mask, st))
STAND_BEFORE("work", struct ukfs_dir *, ukfs_opendirat, (struct ukfs *u, int fd, const char *path),
	     (u, fd, path))
STAND_BEFORE("work", int, ukfs_mkdir, (struct ukfs *u, const char *path, mode_t mode),
	     (u, path, mode))
STAND_BEFORE("work", int, ukfs_open, (struct ukfs *u, const char *path, int flags, ...),
	     (u, path, flags, 0600))

STAND_BEFORE("archive", int, archive_read_next_header,
	     (struct archive *a, struct archive_entry **e), (a, e))
STAND_BEFORE("end", pid_t, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
STAND_BEFORE("tree", ssize_t, llistxattr, (const char *path, char *list, size_t size),
	     (path, list, size))

ssize_t send(int fd, const void *data, size_t size, int flags)
{
	ssize_t (*next)(int, const void *, size_t, int) =
		(ssize_t (*)(int, const void *, size_t, int))dlsym(RTLD_NEXT, "send");
	const char *type = getenv("INTRUDE_REPORT");
	char report[256];

	if (!type || size > sizeof(report) || strlen(type) + 1 >= size || !*(const char *)data)
		return next(fd, data, size, flags);
	memcpy(report, data, size);
	if (!strcmp(type, "twice"))
		next(fd, report, size, flags);
	else
		strcpy(report, type);
	return next(fd, report, size, flags);
}
