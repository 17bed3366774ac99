// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * boxed [-r RUNAS] [-m METHOD] [-o OPTIONS] [-l BYTES] [-F BYTES] [-f DIR] [-e|-n] IMAGE DO
 * [ARGUMENT]: mount an image, enter the sandbox of the mount servers, do something in it, release
 * the image.
 *
 * boxed list: the names of the attempts.  boxed cost: the filter's instructions for a call.
 *
 * -n: no sandbox.  -e: only what comes before the type is known.  -f: serve a FUSE mount on DIR.
 * DO: load ROUNDS; wait (until standard input ends); panic, abort or segv; memory;
 * try NAME (see forbidden.c); fuse (serve DIR); files; grow.
 */
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/rumpuser.h>

#include "boxed.h"
#include "ukfstest.h"

#define WORKERS 4
#define BIG (3UL << 20)

static struct ukfs *fs;
static int rounds;

static void must(int res, const char *what)
{
	if (res < 0)
		die("%s: %s", what, ukfs_errmsg());
}

/* One round of all that a file system does to its image: data, flushes, holes, names, space. */
static void round_of(int worker, int n, uint8_t *buf)
{
	static const char *const pattern = "/%d-%d";
	char path[64], other[64];
	int fd;

	snprintf(path, sizeof(path), pattern, worker, n % 7);
	snprintf(other, sizeof(other), "/%d-moved", worker);
	fd = ukfs_open(fs, path, O_CREAT | O_RDWR, 0644);
	must(fd, "open");
	content(n, 0, buf, BIG);
	if (ukfs_pwrite(fs, fd, buf, BIG, 0) != BIG)
		die("write: %s", ukfs_errmsg());
	must(ukfs_ffsync(fs, fd), "fsync");
	ukfs_ffallocate(fs, fd, 3 /* punch, keep size */, 4096, 65536);
	if (ukfs_pread(fs, fd, buf, BIG, 0) != BIG || buf[0] != (mix64((uint64_t)n) & 255))
		die("read: %s", ukfs_errmsg());
	must(ukfs_close(fs, fd), "close");
	must(ukfs_rename(fs, path, other), "rename");
	must(ukfs_remove(fs, other), "remove");
	must(ukfs_sync(fs), "sync");
}

static void *worker(void *arg)
{
	uint8_t *buf = malloc(BIG), *grown;
	int n;

	for (n = 0; n < rounds; n++) {
		round_of((int)(intptr_t)arg, n, buf);
		grown = realloc(buf, BIG + (n % 3) * (BIG << 2));	/* mremap */
		buf = grown ? grown : buf;
	}
	free(buf);
	return NULL;
}

static void run_load(const char *arg)
{
	pthread_t thread[WORKERS];
	intptr_t i;

	rounds = arg ? atoi(arg) : 1;
	for (i = 0; i < WORKERS; i++)
		if (pthread_create(&thread[i], NULL, worker, (void *)i))
			die("no thread");
	for (i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
}

static void run_wait(const char *arg)
{
	char c;

	(void)arg;
	if (write(STDOUT_FILENO, "ready\n", 6) != 6)
		die("nobody reads");
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

static void crashed(int sig)
{
	rumpuser_backtrace();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void *panic(void *arg)
{
	(void)arg;
	rumpuser_panic("a test");
}

static void run_panic(const char *arg)
{
	pthread_t t;

	(void)arg;
	pthread_create(&t, NULL, panic, NULL);
	pthread_join(t, NULL);
}

static void run_abort(const char *arg)
{
	(void)arg;
	abort();
}

static void run_segv(const char *arg)
{
	*(volatile char *)(arg ? arg : MAP_FAILED) = 1;
}

/*
 * Asks for `arg` MiB and gives them back.  It does not take all that there is: the kernel side,
 * which cannot go on without a thread, may want one at the moment.
 */
static void run_memory(const char *arg)
{
	size_t size = strtoul(arg ? arg : "1", NULL, 0) << 20;
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	dprintf(STDOUT_FILENO, "%s\n", p == MAP_FAILED ? strerror(errno) : "granted");
	if (p != MAP_FAILED)
		munmap(p, size);
}

static void say(const char *what, int fd)
{
	dprintf(STDOUT_FILENO, "%s: %s\n", what, fd < 0 ? strerror(errno) : "open");
	if (fd >= 0)
		close(fd);
}

/* Which files can be opened by name. */
static void run_files(const char *arg)
{
	char modules[PATH_MAX];

	snprintf(modules, sizeof(modules), "%s", rumpuser_module_path());
	modules[strcspn(modules, ":")] = '\0';
	say("other", open(arg ? arg : "/etc/passwd", O_RDONLY));
	say("new", open("new", O_CREAT | O_WRONLY, 0600));
	say("proc", open("/proc/self/status", O_RDONLY));
	say("modules", open(modules, O_RDONLY | O_DIRECTORY));
}

/* Which open files can be made longer: images, the memory of the kernel side. */
static void run_grow(const char *arg)
{
	(void)arg;
	for (int fd = STDERR_FILENO + 1; fd < 64; fd++) {
		off_t end = lseek(fd, 0, SEEK_END);

		if (end > 0)
			dprintf(STDOUT_FILENO, "%s\n", fallocate(fd, 0, end, 1 << 20) ?
				strerror(errno) : "grown");
	}
}

static void run_try(const char *arg)
{
	forbidden_try(arg);
}

static const struct {
	const char *name;
	void (*run)(const char *arg);
} things[] = {
	{ "load", run_load }, { "wait", run_wait }, { "panic", run_panic }, { "abort", run_abort },
	{ "segv", run_segv }, { "memory", run_memory }, { "try", run_try }, { "fuse", fuse_serve },
	{ "files", run_files }, { "grow", run_grow },
};

static void to_stderr(void *arg, int level, const char *line)
{
	(void)arg;
	dprintf(STDERR_FILENO, "<%d> %s\n", level, line);
}

static int method_of(const char *name)
{
	return !strcmp(name, "async") ? RUMP_DISK_ASYNC : !strcmp(name, "mmap") ? RUMP_DISK_MMAP :
	       RUMP_DISK_SYNC;
}

/* As the mount servers do it. */
static void enter_early(const struct sandbox *s, int method)
{
	char why[512];

	if (sandbox_enter_early(s, why, sizeof(why)))
		die("%s", why);
	rump_init();
	if (method == RUMP_DISK_ASYNC)
		rumpuser_prepare_rings(1);
	if (sandbox_enter_probe(s, why, sizeof(why)))
		die("%s", why);
}

static int confine(void *arg)
{
	char why[512];

	(void)arg;
	if (sandbox_enter_mount(why, sizeof(why)))
		die("%s", why);
	return 0;
}

static void mount_image(int image, const char *options, int method, bool boxed)
{
	struct ukfs_args args = { .options = options, .method = method,
				  .confine = boxed ? confine : NULL };
	char path[32];

	snprintf(path, sizeof(path), "/dev/fd/%d", image);
	fs = ukfs_mount(NULL, path, NULL, 0, &args, sizeof(args));
	if (!fs)
		die("mount: %s", ukfs_errmsg());
	close(image);
}

static void do_thing(const char *name, const char *arg)
{
	unsigned int i;

	for (i = 0; i < sizeof(things) / sizeof(things[0]); i++)
		if (!strcmp(things[i].name, name)) {
			things[i].run(arg);
			return;
		}
	die("there is nothing named %s", name);
}

/* While files can be made: as the mount servers do. */
static void make_snapshot_file(void)
{
	char path[32];
	int fd = rumpuser_snapshot_file();

	if (fd < 0)
		die("no temporary file: %s", strerror(errno));
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	setenv("RUMP_TMPDIR", path, 1);
}

int main(int argc, char **argv)
{
	const char *runas = NULL, *options = NULL, *fuse = NULL;
	int c, image, method = RUMP_DISK_SYNC;
	struct sandbox s = { .drop_user = geteuid() == 0 };
	bool early = true, boxed = true;
	char why[512];

	while ((c = getopt(argc, argv, "r:m:o:l:F:f:en")) != -1)
		switch (c) {
		case 'r': runas = optarg; break;
		case 'm': method = method_of(optarg); break;
		case 'o': options = optarg; break;
		case 'l': s.memory_limit = strtoull(optarg, NULL, 0); break;
		case 'F': s.file_limit = strtoull(optarg, NULL, 0); break;
		case 'f': fuse = optarg; break;
		case 'e': boxed = false; break;
		case 'n': early = boxed = false; break;
		default: return 1;
		}
	if (argc - optind == 1 && !strcmp(argv[optind], "list")) {
		forbidden_list();
		return 0;
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "cost")) {
		cost_say();
		return 0;
	}
	if (argc - optind < 2)
		die("usage: boxed [OPTIONS] IMAGE DO [ARGUMENT]");
	close_range(STDERR_FILENO + 1, ~0U, 0);	/* what is open stays usable in the sandbox */
	image = open(argv[optind], O_RDWR | O_CLOEXEC);
	if (image < 0)
		die("%s: %s", argv[optind], strerror(errno));
	if (options && strstr(options, "snapshot"))
		make_snapshot_file();
	ukfs_set_log(to_stderr, NULL);
	signal(SIGSEGV, crashed);
	if (fuse)
		fuse_mount(fuse);
	if (s.drop_user && sandbox_user(runas, &s.uid, &s.gid, why, sizeof(why)))
		die("%s", why);
	if (early)
		enter_early(&s, method);
	mount_image(image, options, method, boxed);
	forbidden_start_thread();
	if (boxed && sandbox_enter(why, sizeof(why)))
		die("%s", why);
	do_thing(argv[optind + 1], argv[optind + 2]);
	must_release(fs);
	return 0;
}
