// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The monitor can be found by the device of its mount, also where the server answers nothing: it
 * listens on a socket that is named for it.  Nobody is ever answered there; the host tells who
 * connects the process and the user of the listener.  The name goes with the process.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "known.h"

ino_t known_device(dev_t dev)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/bdi/%u:%u", major(dev), minor(dev));
	return stat(path, &st) ? 0 : st.st_ino;
}

/* A mount may have the number of one that has just ended, whose server still writes. */
static socklen_t known_name(dev_t dev, struct sockaddr_un *sa)
{
	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	/* no file: the first byte is 0 */
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       snprintf(sa->sun_path + 1, sizeof(sa->sun_path) - 1, "rump-mount/%u:%u/%ju",
			major(dev), minor(dev), (uintmax_t)known_device(dev));
}

int known_as(dev_t dev)
{
	struct sockaddr_un sa;
	socklen_t len = known_name(dev, &sa);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&sa, len) && !listen(fd, 1))
		return 0;
	if (fd >= 0)
		close(fd);
	return -1;
}

pid_t known_monitor(dev_t dev, uid_t owner)
{
	struct sockaddr_un sa;
	socklen_t len = known_name(dev, &sa), size = sizeof(struct ucred);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct ucred who = { 0 };
	pid_t pid = 0;

	/* Anybody could have taken the name: it must be root, or who has mounted. */
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&sa, len) &&
	    !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) &&
	    (who.uid == 0 || who.uid == owner))
		pid = who.pid;
	if (fd >= 0)
		close(fd);
	return pid;
}
