// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The questions to a mount, in a child: its open directory must not keep the mount busy, it may
 * have to become the user who mounted (nobody else gets in, root included), and a server that does
 * not answer must not hold us up.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umount.h"

static int open_root(const struct umount_target *target)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(target->dir, flags);

	if (fd < 0 && errno == EACCES && geteuid() == 0 &&
	    !setresgid(target->owner_gid, target->owner_gid, target->owner_gid) &&
	    !setresuid(target->owner, target->owner, target->owner))
		fd = open(target->dir, flags);
	return fd;
}

/* In the child.  There are two messages: who it is, and that everything is written. */
static _Noreturn void ask(const struct umount_target *target, int result)
{
	struct umount_answer answer = { 0 };
	int fd = open_root(target);

	if (fd < 0 || ioctl(fd, RUMP_IOC_SERVER, &answer.who))
		answer.error = errno;
	if (write(result, &answer, sizeof(answer)) != sizeof(answer))
		_exit(1);
	if (!answer.error && ioctl(fd, RUMP_IOC_SYNC))
		answer.sync_error = errno;
	_exit(write(result, &answer, sizeof(answer)) != sizeof(answer));
}

static bool hear(int fd, int ms, struct umount_answer *answer)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, ms);
	return p.revents && read(fd, answer, sizeof(*answer)) == sizeof(*answer);
}

bool umount_ask(const struct umount_target *target, struct umount_answer *answer)
{
	int pipefd[2];
	pid_t child;

	*answer = (struct umount_answer){ 0 };
	if (pipe2(pipefd, O_CLOEXEC) || (child = fork()) < 0) {
		answer->error = errno;
		return false;
	}
	if (!child)
		ask(target, pipefd[1]);
	close(pipefd[1]);
	if (hear(pipefd[0], umount_patience(target, UMOUNT_ANSWER), answer) &&
	    hear(pipefd[0], umount_patience(target, UMOUNT_WRITE), answer)) {
		waitpid(child, NULL, 0);
	} else {
		/* It dies when the mount's connection is cut, if not at once. */
		kill(child, SIGKILL);
		answer->error = ETIMEDOUT;
	}
	close(pipefd[0]);
	return !answer->error;
}
