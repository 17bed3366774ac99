// SPDX-License-Identifier: GPL-2.0-or-later
/* A FUSE mount that answers hello and nothing else: what reads and replies need of the sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "boxed.h"
#include "ukfstest.h"

static int dev = -1;

/* The other process: one request, then the mount goes away. */
static void client(const char *dir)
{
	struct stat st;

	if (!stat(dir, &st) || errno != ENOSYS)
		_exit(1);
	_exit(umount2(dir, MNT_DETACH) ? 1 : 0);
}

void fuse_mount(const char *dir)
{
	char options[128];
	pid_t pid;

	dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		die("/dev/fuse: %s", strerror(errno));
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", dev);
	if (mount("boxed", dir, "fuse", MS_NOSUID | MS_NODEV, options))
		die("mount: %s", strerror(errno));
	pid = fork();
	if (!pid)
		client(dir);
	if (pid < 0)
		die("fork: %s", strerror(errno));
}

static void reply(uint64_t unique, int error, void *data, size_t len)
{
	struct fuse_out_header head = { sizeof(head) + len, error, unique };
	struct iovec iov[] = { { &head, sizeof(head) }, { data, len } };

	if (writev(dev, iov, 2) < 0 && errno != ENOENT)
		die("reply: %s", strerror(errno));
}

void fuse_serve(const char *arg)
{
	static char buf[1 << 20];
	struct fuse_init_out hello = { .major = 7, .minor = 31, .max_write = 65536 };
	struct fuse_in_header *in = (void *)buf;
	int requests = 0;

	(void)arg;
	while (read(dev, buf, sizeof(buf)) > 0) {
		if (in->opcode == FUSE_INIT)
			reply(in->unique, 0, &hello, sizeof(hello));
		else if (in->opcode != FUSE_FORGET)
			reply(in->unique, -ENOSYS, NULL, 0);
		requests++;
	}
	if (errno != ENODEV)	/* unmounted */
		die("/dev/fuse: %s", strerror(errno));
	if (requests < 2)
		die("the other process did not come");
}
