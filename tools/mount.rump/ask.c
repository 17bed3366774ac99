// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The questions to a mount, in a child: its open directory must not keep the mount busy, it may
 * have to become the user who mounted (nobody else gets in, root included), and with -f a server
 * that does not answer must not hold us up.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umount.h"

#define FORCE_PATIENCE_MS 3000

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

static void ask(const struct umount_target *target, struct umount_answer *answer)
{
	int fd = open_root(target);

	if (fd < 0 || ioctl(fd, RUMP_IOC_SERVER, &answer->who))
		answer->error = errno;
	else if (ioctl(fd, RUMP_IOC_SYNC))
		answer->sync_error = errno;
}

bool umount_ask(const struct umount_target *target, struct umount_answer *answer)
{
	struct pollfd answered = { .events = POLLIN };
	int pipefd[2];
	pid_t child;

	*answer = (struct umount_answer){ 0 };
	if (pipe2(pipefd, O_CLOEXEC) || (child = fork()) < 0) {
		answer->error = errno;
		return false;
	}
	if (!child) {
		ask(target, answer);
		_exit(write(pipefd[1], answer, sizeof(*answer)) != sizeof(*answer));
	}
	close(pipefd[1]);
	answered.fd = pipefd[0];
	poll(&answered, 1, target->opt.force ? FORCE_PATIENCE_MS : -1);
	if (!answered.revents)
		/* It dies when the mount's connection is cut, if not at once. */
		kill(child, SIGKILL);
	if (!answered.revents || read(pipefd[0], answer, sizeof(*answer)) != sizeof(*answer))
		answer->error = ETIMEDOUT;
	else
		waitpid(child, NULL, 0);
	close(pipefd[0]);
	return !answer->error;
}
