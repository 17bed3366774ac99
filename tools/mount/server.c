// SPDX-License-Identifier: GPL-2.0-or-later
/* The server: image, kernel side, mount, requests, and the way back. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <rump/p2k.h>
#include <rump/rump.h>
#include <rump/ukfs.h>

#include "mount.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

static void show(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static void show_kernel(void *arg, int level, const char *line)
{
	(void)arg;
	fprintf(stderr, "<%d> %s\n", level, line);
}

static struct ukfs *mount_image(const struct mount_options *o)
{
	struct ukfs_args args = {
		.options = o->rest,
		.partition = o->partition,
		.method = o->method,
		.nolock = o->nolock,
		.sector_size = o->sector_size,
		.snapshot = o->snapshot,
	};
	struct ukfs *u;

	if (o->mem)
		setenv("RUMP_MEMLIMIT", o->mem, 1);
	if (o->ncpu)
		setenv("RUMP_NCPU", o->ncpu, 1);
	if (o->debug)
		ukfs_set_log(show_kernel, NULL);
	u = ukfs_mount(o->type, o->image, NULL, o->rdonly ? UKFS_RDONLY : UKFS_RDONLY_FALLBACK, &args,
		       sizeof(args));
	if (!u)
		complain(o, "%s", ukfs_errmsg());
	else if (ukfs_rdonly(u) && !o->rdonly)
		complain(o, "%s: mounted read-only: the image or its file system cannot be written",
			 o->image);
	return u;
}

/* True: written.  The host keeps its defaults otherwise. */
static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) >= 0;

	if (fd >= 0)
		close(fd);
	return done;
}

/*
 * Where it is allowed to: read ahead and collect writes as for a disk.  The host's defaults for
 * FUSE are made for servers that it cannot trust with its memory.
 */
static void tune_host(dev_t dev)
{
	static const struct { const char *name, *value; } tuning[] = {
		{ "read_ahead_kb", "1024" }, { "strict_limit", "0" }, { "max_ratio", "100" },
	};
	char path[128];

	for (size_t i = 0; i < sizeof(tuning) / sizeof(tuning[0]); i++) {
		snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u/%s", major(dev), minor(dev),
			 tuning[i].name);
		write_text(path, tuning[i].value);
	}
}

/* The signals that end a server, taken by a thread of their own; all others have them blocked. */
static sigset_t ending;

static void *wait_signal(void *p)
{
	int sig;

	sigwait(&ending, &sig);
	p2k_stop(p);
	return NULL;
}

static void block_signals(void)
{
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
}

static int serve(const struct mount_options *o, struct ukfs *u, int fd, int ready)
{
	struct p2k_args args = {
		.fd = fd,
		.flags = (ukfs_rdonly(u) ? P2K_RDONLY : 0) | (o->writethrough ? P2K_WRITETHROUGH : 0) |
			 (o->debug ? P2K_DEBUG : 0),
		.server = getpid(),
		.monitor = getppid(),
		.log = show,
	};
	struct p2k *p = p2k_new(ukfs_getmp(u), &args, sizeof(args));
	pthread_t waiter;
	int err;

	if (!p) {
		complain(o, "cannot serve: %s", strerror(errno));
		close(fd);
		return EXIT_SYSTEM;
	}
	err = pthread_create(&waiter, NULL, wait_signal, p);
	if (err)
		complain(o, "no thread for signals: %s", strerror(err));
	if (write(ready, "", 1) < 0)
		complain(o, "nobody waits for the mount");
	close(ready);
	if (!err)
		err = -p2k_serve(p);
	if (err)
		complain(o, "the connection to the host's FUSE broke: %s", strerror(err));
	p2k_free(p);
	return err ? EXIT_SYSTEM : 0;
}

int server_run(const struct mount_options *o, int ready)
{
	struct ukfs *u;
	int fd, res;

	block_signals();
	/* The host writes to this process to get memory: it must not wait for memory itself. */
	prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	u = mount_image(o);
	if (!u)
		return EXIT_MOUNT;
	fd = fuse_mount_dir(o, ukfs_fstype(u), ukfs_rdonly(u));
	if (fd >= 0) {
		tune_host(fuse_mount_device(o->dir));
		res = serve(o, u, fd, ready);
	} else {
		res = EXIT_MOUNT;
	}
	if (ukfs_release(u, 0)) {
		complain(o, "unmounting: %s", ukfs_errmsg());
		res = EXIT_SYSTEM;
	}
	return res;
}
