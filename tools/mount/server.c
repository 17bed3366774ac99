// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The server: image, kernel side, requests, and the way back.  It gives up its rights in steps
 * (sandbox.h): before libblkid and then the driver read the image, and before the first request.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <rump/p2k.h>
#include <rump/rump.h>
#include <rump/rumpuser.h>
#include <rump/ukfs.h>

#include "../../libhost/confine.h"
#include "../../libhost/printable.h"
#include "mount.h"
#include "sandbox.h"

#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

/*
 * An estimate with room to spare: 64 workers with stacks and buffers, a few hundred threads of the
 * kernel side, what libraries and heaps need.
 */
#define HOST_MEMORY (512ULL << 20)
#define SNAPSHOT_BYTES_PER_BYTE (8 * 4096) /* a bit for each block */

struct server {
	const struct mount_options *o;
	int channel;
	struct images images;
	struct sandbox sandbox;
	struct ukfs *u;
};

static void show(const char *line)
{
	printable_line(stderr, line);
}

static void show_kernel(void *arg, int level, const char *line)
{
	(void)arg;
	fprintf(stderr, "<%d> ", level);
	printable_line(stderr, line);
}

/* An error of libukfs, which knows the image by its descriptor only. */
static void complain_ukfs(const struct server *s, const char *what)
{
	const char *msg = ukfs_errmsg(), *at = strstr(msg, s->images.path);

	if (at)
		complain(s->o, "%s%.*s%s%s", what, (int)(at - msg), msg, s->o->image,
			 at + strlen(s->images.path));
	else
		complain(s->o, "%s%s", what, msg);
}

/* ---- before the image is looked at ---- */

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

static int complain_sandbox(const struct server *s, const char *why)
{
	complain(s->o, "%s", why);
	return -1;
}

/* Where the type is given, no file can be opened any more when the image is read. */
static int check_landlock(const struct mount_options *o)
{
	if (confine_has_files())
		return 0;
	complain(o, "this host has no landlock (Linux 5.13 or later, enabled by lsm=): %s",
		 o->type ?
		 "only the filter of system calls keeps the server from the host's files" :
		 "a hostile image could read the host's files while its type is detected; give "
		 "the type (rump_TYPE or -t), or -o nosandbox for a trusted image");
	return o->type ? 0 : -1;
}

/* A snapshot's file is as long as its image, whose map of blocks is in memory. */
static void set_limits(struct server *s)
{
	s->sandbox.memory_limit = HOST_MEMORY;
	if (s->o->snapshot)
		s->sandbox.memory_limit += s->images.bytes / SNAPSHOT_BYTES_PER_BYTE;
	s->sandbox.file_limit = s->images.largest;
}

/*
 * Up to the first byte of the image.  What the kernel side is made of is there when the filter of
 * system calls comes: threads, memory, rings.  If it does not boot, ukfs_mount says why.
 */
static int enter_sandbox_early(struct server *s)
{
	const struct mount_options *o = s->o;
	char why[512];

	if (o->nosandbox)
		return 0;
	if (check_landlock(o))
		return -1;
	s->sandbox.drop_user = geteuid() == 0;
	if ((s->sandbox.drop_user && sandbox_user(o->runas, &s->sandbox.uid, &s->sandbox.gid, why,
						  sizeof(why))) ||
	    sandbox_enter_early(&s->sandbox, why, sizeof(why)))
		return complain_sandbox(s, why);
	if (!o->debug)
		ukfs_set_log(NULL, NULL);
	rump_init();
	if (o->method == RUMP_DISK_ASYNC && !o->snapshot)
		rumpuser_prepare_rings(s->images.count);	/* else method sync serves */
	set_limits(s);
	return sandbox_enter_probe(&s->sandbox, why, sizeof(why)) ? complain_sandbox(s, why) : 0;
}

/* The drivers are loaded, and are about to see the image. */
static int confine(void *arg)
{
	struct server *s = arg;
	char why[512];
	int err = sandbox_enter_mount(why, sizeof(why));

	if (err)
		complain_sandbox(s, why);
	return -err;
}

static int mount_image(struct server *s)
{
	const struct mount_options *o = s->o;
	const struct images *images = &s->images;
	struct ukfs_args args = {
		.options = images->options,
		.partition = o->partition,
		.method = o->method,
		.nolock = o->nolock,
		.sector_size = o->sector_size,
		.snapshot = o->snapshot,
		.confine = o->nosandbox ? NULL : confine,
		.confine_arg = s,
	};

	s->u = ukfs_mount(o->type, images->path, NULL,
			  o->rdonly || (images->rdonly && !o->snapshot) ? UKFS_RDONLY : 0, &args,
			  sizeof(args));
	if (s->u) {
		errors_start(o);
		return 0;
	}
	complain_ukfs(s, "");
	return -1;
}

/* ---- serving ---- */

static int connect_host(struct server *s)
{
	struct report report = { .rdonly = ukfs_rdonly(s->u) };
	int fd = -1;

	snprintf(report.type, sizeof(report.type), "%s", ukfs_fstype(s->u));
	if (!channel_report(s->channel, &report))
		fd = channel_take(s->channel);
	return fd;			/* the monitor has said why not */
}

static int start_serving(struct server *s)
{
	const struct report usable = { .type = "" };
	char why[512];

	if (channel_report(s->channel, &usable)) {
		complain(s->o, "the monitor has gone");
		return -1;
	}
	close(s->channel);
	if (!s->o->nosandbox && sandbox_enter(why, sizeof(why))) {
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
		.max_cpu = watchdog_seconds(),
		.endless = watchdog_request,
	};
	struct p2k *p = p2k_new(ukfs_getmp(s->u), &args, sizeof(args));
	int err = 0, res = EXIT_SYSTEM;

	if (!p) {
		complain(o, "cannot serve: %s", strerror(errno));
		close(fd);
		return EXIT_SYSTEM;
	}
	if (!start_serving(s)) {
		watchdog_phase(o, NULL);
		signals_serve(p);
		err = -p2k_serve(p);
		signals_serve(NULL);
		res = err ? EXIT_SYSTEM : 0;
	}
	if (err)
		complain(o, "the connection to the host's FUSE broke: %s", strerror(err));
	watchdog_phase(o, "the unmount");
	p2k_free(p);
	return res;
}

int server_run(const struct mount_options *o, int channel, volatile long *written)
{
	struct server s = { .o = o, .channel = channel };
	int fd, res = EXIT_MOUNT;

	signals_block();
	crash_log();
	/* A monitor that was killed reads no more errors, which is no reason to end. */
	signal(SIGPIPE, SIG_IGN);
	/* The host writes to this process to get memory: it must not wait for memory itself. */
	prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0);
	if (images_open(&s.images, o) || prepare(&s) || enter_sandbox_early(&s) ||
	    signals_start(o, written))
		return EXIT_MOUNT;
	watchdog_init(o, s.images.bytes);
	watchdog_phase(o, "the mount");
	if (mount_image(&s))
		return EXIT_MOUNT;
	fd = connect_host(&s);
	if (fd >= 0)
		res = serve(&s, fd);
	watchdog_phase(o, "the unmount");
	if (ukfs_release(s.u, 0)) {
		complain_ukfs(&s, "unmounting: ");
		res = EXIT_SYSTEM;
	}
	errors_end(o);
	return res;
}
