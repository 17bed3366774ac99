// SPDX-License-Identifier: GPL-2.0-or-later
/* Who learns that the mount is usable: the service manager, a pid file, a descriptor. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mount.h"

static void tell_service_manager(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	char text[64];
	int fd;

	if (!path || strlen(path) >= sizeof(sa.sun_path))
		return;
	strcpy(sa.sun_path, path);
	if (sa.sun_path[0] == '@')
		sa.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "READY=1\nMAINPID=%d", (int)getpid());
	sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&sa,
	       offsetof(struct sockaddr_un, sun_path) + strlen(path));
	close(fd);
}

static void write_pid(const struct mount_options *o)
{
	char *temporary;
	int fd = -1;

	if (!o->pid_file || asprintf(&temporary, "%s.%d", o->pid_file, (int)getpid()) < 0)
		return;
	/* Others may write to the folder: what they put there is replaced, never followed. */
	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 || dprintf(fd, "%d\n", (int)getpid()) < 0 || rename(temporary, o->pid_file))
		complain(o, "pid file %s: %s", o->pid_file, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(temporary);
}

void report_usable(const struct mount_options *o)
{
	write_pid(o);
	if (o->ready_fd >= 0) {
		if (write(o->ready_fd, "\n", 1) < 0)
			complain(o, "ready-fd=%d: %s", o->ready_fd, strerror(errno));
		close(o->ready_fd);
	}
	tell_service_manager();
}
