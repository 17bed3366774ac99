// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server: image, kernel side, requests, and the way back.  It gives up its rights in two steps:
 * before the kernel side reads the first byte of the image, and before the first request.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rump/p2k.h>
#include <rump/rump.h>
#include <rump/rumpuser.h>
#include <rump/ukfs.h>

#include "mount.h"
#include "sandbox.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

#define LEVEL_EMERG 0
#define LEVEL_ERR 3

struct server {
	const struct mount_options *o;
	int channel;
	int image;			/* open; the kernel side knows it as `path` */
	char path[32];
	char *options;			/* with descriptors for the further images that they name */
	bool rdonly;
	struct sandbox sandbox;
	struct ukfs *u;
};

static void show(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static void show_kernel(void *arg, int level, const char *line)
{
	(void)arg;
	fprintf(stderr, "<%d> %s\n", level, line);
}

/* The kernel's errors while it serves, which a host's kernel would log.
 * A panic is shown anyway. */
static void show_error(void *arg, int level, const char *line)
{
	if (level > LEVEL_EMERG && level <= LEVEL_ERR)
		complain(arg, "%s", line);
}

/* An error of libukfs, which knows the image by its descriptor only. */
static void complain_ukfs(const struct server *s, const char *what)
{
	const char *msg = ukfs_errmsg(), *at = strstr(msg, s->path);

	if (at)
		complain(s->o, "%s%.*s%s%s", what, (int)(at - msg), msg, s->o->image,
			 at + strlen(s->path));
	else
		complain(s->o, "%s%s", what, msg);
}

/* ---- before the image is looked at ---- */

static int open_path(const struct server *s, const char *path)
{
	struct stat st;
	int flags = O_CLOEXEC;

	/* A device is locked by claiming it. */
	if (!s->rdonly && !s->o->nolock && !stat(path, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	return open(path, flags | (s->rdonly ? O_RDONLY : O_RDWR));
}

static int cannot_open(const struct server *s, const char *path)
{
	complain(s->o, "%s: %s", path, errno == EBUSY ?
		 "in use: another process has claimed the device, or it is mounted" :
		 strerror(errno));
	return -1;
}

static int open_image(struct server *s)
{
	const struct mount_options *o = s->o;

	s->rdonly = o->rdonly || o->snapshot;
	s->image = open_path(s, o->image);
	if (s->image < 0 && !s->rdonly && (errno == EACCES || errno == EROFS || errno == EPERM)) {
		s->rdonly = true;
		s->image = open_path(s, o->image);
		if (s->image >= 0)
			complain(o, "%s cannot be written: mounted read-only", o->image);
	}
	if (s->image < 0)
		return cannot_open(s, o->image);
	snprintf(s->path, sizeof(s->path), "/dev/fd/%d", s->image);
	return 0;
}

/* The further images that options name. */
static int open_devices(struct server *s)
{
	size_t size = 64 + (s->o->rest ? 3 * strlen(s->o->rest) : 0), used = 0, len;
	char *list = strdup(s->o->rest ? s->o->rest : ""), *save, *word;
	int fd, res = 0;

	s->options = malloc(size);
	if (!list || !s->options) {
		complain(s->o, "out of memory");
		return -1;
	}
	s->options[0] = 0;
	for (word = strtok_r(list, ",", &save); word && !res; word = strtok_r(NULL, ",", &save)) {
		len = strcspn(word, "=");
		if (!word[len] || !ukfs_device_option(word, len)) {
			used += snprintf(s->options + used, size - used, "%s%s", used ? "," : "",
					 word);
			continue;
		}
		fd = open_path(s, word + len + 1);
		if (fd < 0)
			res = cannot_open(s, word + len + 1);
		used += snprintf(s->options + used, size - used, "%s%.*s=/dev/fd/%d",
				 used ? "," : "", (int)len, word, fd);
	}
	free(list);
	return res;
}

/* What has to be made or opened while that is still allowed. */
static int prepare(struct server *s)
{
	const struct mount_options *o = s->o;
	char name[32];
	int err, fd;

	if (o->mem)
		setenv("RUMP_MEMLIMIT", o->mem, 1);
	if (o->ncpu)
		setenv("RUMP_NCPU", o->ncpu, 1);
	if (o->debug)
		ukfs_set_log(show_kernel, NULL);
	err = rump_load_kernel(o->kernel);
	if (err) {
		complain(o, "kernel %s cannot be loaded: %s", rumpuser_kernel(), err == -ENOENT ?
			 "it is not installed" : strerror(-err));
		return -1;
	}
	if (!o->snapshot)
		return 0;
	fd = rumpuser_snapshot_file();
	if (fd < 0) {
		complain(o, "cannot make the snapshot's temporary file: %s; RUMP_TMPDIR names the "
			 "folder",
			 strerror(errno));
		return -1;
	}
	snprintf(name, sizeof(name), "/dev/fd/%d", fd);
	setenv("RUMP_TMPDIR", name, 1);
	return 0;
}

static int enter_sandbox_early(struct server *s)
{
	const struct mount_options *o = s->o;
	char why[512];

	if (o->nosandbox)
		return 0;
	s->sandbox.drop_user = geteuid() == 0;
	if ((s->sandbox.drop_user && sandbox_user(o->runas, s->image, &s->sandbox.uid,
						  &s->sandbox.gid, why, sizeof(why))) ||
	    sandbox_enter_early(&s->sandbox, why, sizeof(why))) {
		complain(o, "%s", why);
		return -1;
	}
	return 0;
}

static int mount_image(struct server *s)
{
	const struct mount_options *o = s->o;
	struct ukfs_args args = {
		.options = s->options,
		.partition = o->partition,
		.method = o->method,
		.nolock = o->nolock,
		.sector_size = o->sector_size,
		.snapshot = o->snapshot,
	};

	s->u = ukfs_mount(o->type, s->path, NULL,
			  o->rdonly || (s->rdonly && !o->snapshot) ? UKFS_RDONLY : 0, &args,
			  sizeof(args));
	if (s->u && !o->debug && !getenv("RUMP_VERBOSE"))
		ukfs_set_log(show_error, (void *)o);
	if (s->u)
		return 0;
	complain_ukfs(s, "");
	return -1;
}

/* ---- serving ---- */

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

static int connect_host(struct server *s)
{
	struct report report = { .rdonly = ukfs_rdonly(s->u) };
	int fd = -1;

	snprintf(report.type, sizeof(report.type), "%s", ukfs_fstype(s->u));
	if (!channel_report(s->channel, &report))
		fd = channel_take(s->channel);
	return fd;			/* the monitor has said why not */
}

static int start_serving(struct server *s, struct p2k *p)
{
	const struct report usable = { .type = "" };
	pthread_t waiter;
	char why[512];
	int err = pthread_create(&waiter, NULL, wait_signal, p);

	if (err) {
		complain(s->o, "no thread for signals: %s", strerror(err));
		return -1;
	}
	if (channel_report(s->channel, &usable)) {
		complain(s->o, "the monitor has gone");
		return -1;
	}
	close(s->channel);
	if (!s->o->nosandbox && sandbox_enter(&s->sandbox, why, sizeof(why))) {
		complain(s->o, "%s", why);
		return -1;
	}
	return 0;
}

static int serve(struct server *s, int fd)
{
	const struct mount_options *o = s->o;
	struct p2k_args args = {
		.fd = fd,
		.flags = (ukfs_rdonly(s->u) ? P2K_RDONLY : 0) |
			 (o->writeback ? P2K_WRITEBACK : 0) | (o->debug ? P2K_DEBUG : 0),
		.server = getpid(),
		.monitor = getppid(),
		.log = show,
	};
	struct p2k *p = p2k_new(ukfs_getmp(s->u), &args, sizeof(args));
	int err = 0, res = EXIT_SYSTEM;

	if (!p) {
		complain(o, "cannot serve: %s", strerror(errno));
		close(fd);
		return EXIT_SYSTEM;
	}
	if (!start_serving(s, p)) {
		err = -p2k_serve(p);
		res = err ? EXIT_SYSTEM : 0;
	}
	if (err)
		complain(o, "the connection to the host's FUSE broke: %s", strerror(err));
	p2k_free(p);
	return res;
}

int server_run(const struct mount_options *o, int channel)
{
	struct server s = { .o = o, .channel = channel };
	int fd, res = EXIT_MOUNT;

	block_signals();
	crash_log();
	/* A monitor that was killed reads no more errors, which is no reason to end. */
	signal(SIGPIPE, SIG_IGN);
	/* The host writes to this process to get memory: it must not wait for memory itself. */
	prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	if (open_image(&s) || open_devices(&s) || prepare(&s) || enter_sandbox_early(&s) ||
	    mount_image(&s))
		return EXIT_MOUNT;
	fd = connect_host(&s);
	if (fd >= 0)
		res = serve(&s, fd);
	if (ukfs_release(s.u, 0)) {
		complain_ukfs(&s, "unmounting: ");
		res = EXIT_SYSTEM;
	}
	return res;
}
