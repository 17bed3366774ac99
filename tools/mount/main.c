// SPDX-License-Identifier: GPL-2.0-or-later
/* rump_TYPE and rump_fs: mount servers. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount.h"

/* Wait until the mount is usable, or what was to serve it has ended: its exit code. */
static int wait_usable(pid_t monitor, int fd)
{
	char byte;
	ssize_t n;
	int status;

	do
		n = read(fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	while (waitpid(monitor, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BUG;
}

/* What the caller has open besides is not for a daemon: pipes whose end is waited for, locks. */
void close_inherited(int except)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int fd;

	while (d && (e = readdir(d))) {
		fd = atoi(e->d_name);
		if (fd > STDERR_FILENO && fd != except && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
			close(fd);
	}
	if (d)
		closedir(d);
}

static int run_in_background(const struct mount_options *o)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) || (pid = fork()) < 0) {
		complain(o, "cannot start: %s", strerror(errno));
		return EXIT_SYSTEM;
	}
	if (pid) {
		close(fds[1]);
		return wait_usable(pid, fds[0]);
	}
	close(fds[0]);
	close_inherited(o->ready_fd);
	setsid();
	if (chdir("/"))
		complain(o, "/: %s", strerror(errno));
	return monitor_run(o, fds[1]);
}

int main(int argc, char **argv)
{
	struct mount_options o;
	int code;

	/* Descriptors 0 to 2 must not become the image's. */
	while ((code = open("/dev/null", O_RDWR)) >= 0 && code <= 2)
		;
	if (code > 2)
		close(code);
	code = options_parse(&o, argc, argv);
	if (code >= 0)
		return code;
	return o.foreground ? monitor_run(&o, -1) : run_in_background(&o);
}
