// SPDX-License-Identifier: GPL-2.0-or-later
/* What server and monitor tell each other, on a pair of sockets that keeps messages apart. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mount.h"

static int whole(ssize_t n, size_t size)
{
	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = EPIPE;
	return -1;
}

int channel_report(int channel, const struct report *report)
{
	return whole(send(channel, report, sizeof(*report), MSG_NOSIGNAL), sizeof(*report));
}

int channel_read(int channel, struct report *report)
{
	int res = whole(recv(channel, report, sizeof(*report), MSG_TRUNC), sizeof(*report));

	report->type[sizeof(report->type) - 1] = 0;
	return res;
}

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

int channel_give(int channel, int fd)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control.room) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return whole(sendmsg(channel, &msg, MSG_NOSIGNAL), 1);
}

int channel_take(int channel)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	union control control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control.room) };
	struct cmsghdr *c;
	int fd;

	if (whole(recvmsg(channel, &msg, MSG_CMSG_CLOEXEC), 1))
		return -1;
	c = CMSG_FIRSTHDR(&msg);
	if (!c || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}
