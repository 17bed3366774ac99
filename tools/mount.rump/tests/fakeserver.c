// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A mount server without a kernel side, for the tests of what goes around one: an empty directory
 * through FUSE under the type fuse.rump.TYPE, that answers the ioctls of rump/p2k.h and holds its
 * image locked.  -o fake-delay=SECONDS: it goes on that long after the unmount.  -o fake-exit=CODE:
 * it ends with that code.  -o fake-sync=ERRNO: RUMP_IOC_SYNC fails.  -o fake-hang=1: it is
 * never answered.
 */
#define FUSE_USE_VERSION 35
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse_lowlevel.h>
#include <limits.h>
#include <rump/p2k.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "utab.h"

static long delay, code, sync_error, hang;

static void fake_init(void *data, struct fuse_conn_info *conn)
{
	(void)data;
	conn->want |= conn->capable & FUSE_CAP_IOCTL_DIR;
}

static void fake_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st = { .st_ino = ino, .st_mode = S_IFDIR | 0755, .st_nlink = 2 };

	(void)fi;
	st.st_uid = getuid();
	fuse_reply_attr(req, &st, 0);
}

static void fake_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off,
			 struct fuse_file_info *fi)
{
	(void)ino, (void)size, (void)off, (void)fi;
	fuse_reply_buf(req, NULL, 0);
}

static void fake_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned int cmd, void *arg,
		       struct fuse_file_info *fi, unsigned int flags, const void *in, size_t insize,
		       size_t outsize)
{
	struct rump_server who = { .server = getpid(), .monitor = getppid() };

	(void)ino, (void)arg, (void)fi, (void)flags, (void)in, (void)insize;
	if (cmd == RUMP_IOC_SERVER && outsize == sizeof(who))
		fuse_reply_ioctl(req, 0, &who, sizeof(who));
	else if (cmd == RUMP_IOC_SYNC && hang)
		return;
	else if (cmd == RUMP_IOC_SYNC && sync_error)
		fuse_reply_err(req, sync_error);
	else if (cmd == RUMP_IOC_SYNC)
		fuse_reply_ioctl(req, 0, NULL, 0);
	else
		fuse_reply_err(req, ENOTTY);
}

static const struct fuse_lowlevel_ops ops = {
	.init = fake_init, .getattr = fake_getattr, .readdir = fake_readdir, .ioctl = fake_ioctl,
};

static _Noreturn void die(const char *what)
{
	perror(what);
	exit(32);
}

/* The options that FUSE needs to know; the others would be the kernel side's. */
static void take_options(char *list, struct fuse_args *args)
{
	static const char *const known[] = { "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec",
					     "exec", "allow_other" };

	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		sscanf(word, "fake-delay=%ld", &delay);
		sscanf(word, "fake-exit=%ld", &code);
		sscanf(word, "fake-sync=%ld", &sync_error);
		sscanf(word, "fake-hang=%ld", &hang);
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			if (!strcmp(word, known[i])) {
				fuse_opt_add_arg(args, "-o");
				fuse_opt_add_arg(args, word);
			}
	}
}

static int serve(const char *image, const char *dir, struct fuse_args *args, int ready)
{
	static struct fuse_session *se;	/* the process ends with it */

	se = fuse_session_new(args, &ops, sizeof(ops), NULL);
	if (!se || fuse_set_signal_handlers(se) || fuse_session_mount(se, dir))
		return 32;
	rump_utab_add(image, dir);
	if (write(ready, "", 1) != 1)
		die("ready");
	close(ready);
	fuse_session_loop(se);
	fuse_session_unmount(se);
	rump_utab_remove(dir);
	sleep(delay);
	return code;
}

static int lock_image(const char *image)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(image, O_RDWR | O_CLOEXEC);

	if (fd < 0 || fcntl(fd, F_OFD_SETLK, &lock))
		die(image);
	return fd;
}

int main(int argc, char **argv)
{
	static struct fuse_args args = FUSE_ARGS_INIT(0, NULL);	/* the process ends with them */
	const char *base = strrchr(argv[0], '/');
	char name[PATH_MAX + 64], image[PATH_MAX], dir[PATH_MAX], byte;
	int opt, ready[2], status, lock;
	pid_t pid;

	fuse_opt_add_arg(&args, argv[0]);
	while ((opt = getopt(argc, argv, "o:fd")) != -1)
		if (opt == 'o')
			take_options(optarg, &args);
	if (argc - optind != 2 || !realpath(argv[optind], image) ||
	    !realpath(argv[optind + 1], dir))
		die("image");
	snprintf(name, sizeof(name), "-osubtype=rump.%s,fsname=%s", (base ? base + 1 : argv[0]) + 5,
		 image);
	fuse_opt_add_arg(&args, name);
	if (pipe(ready) || (pid = fork()) < 0)
		die("fork");
	if (pid) {
		close(ready[1]);
		return read(ready[0], &byte, 1) == 1 ? 0 : 32;
	}
	setsid();
	close(ready[0]);
	lock = lock_image(image);
	pid = fork();			/* this one is the monitor */
	if (!pid)
		return serve(image, dir, &args, ready[1]);
	close(ready[1]);
	close(lock);
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
		die("/dev/null");
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}
