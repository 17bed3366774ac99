// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting for the end of a server that is nobody's child here, through pidfds, and where the kernel
 * tells it (6.15 on) for the code that it ended with.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../mount/known.h"
#include "umount.h"

/* linux/pidfd.h of 6.15 */
struct exit_info {
	uint64_t mask, cgroupid;
	uint32_t ids[11];
	int32_t exit_code;
};
#define GET_EXIT_INFO _IOWR(0xFF, 11, struct exit_info)
#define EXIT_INFO (1ULL << 3)

/* The pid is true in the server's pid namespace only: elsewhere it may be anybody's. */
static bool is_server(pid_t pid)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(name, sizeof(name), f))
		name[0] = '\0';
	fclose(f);
	return strncmp(name, "rump_", 5) == 0;
}

static int watch(pid_t pid)
{
	return pid > 0 && is_server(pid) ? syscall(SYS_pidfd_open, pid, 0) : -1;
}

void umount_watch(struct umount_server *server, const struct umount_target *target,
		  const struct rump_server *who)
{
	server->pidfd = watch(who->server);
	server->monitor = server->pidfd < 0 ? -1 : watch(who->monitor);
	if (!who->server && target->opt.force)
		server->monitor = watch(known_monitor(target->dev, target->owner));
}

int umount_patience(const struct umount_target *target, enum umount_step step)
{
	static const int forced[] = { 3000, 3000, 3000, 5000, 10000 };
	static const int foreign[] = { 10000, 600000, 60000, 600000, 60000 };

	if (target->opt.force)
		return forced[step];
	return geteuid() == 0 && target->owner != 0 ? foreign[step] : -1;
}

bool umount_ended(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (pidfd >= 0 && poll(&p, 1, ms) < 0)
		;
	return pidfd < 0 || p.revents;
}

int umount_wait(const struct umount_server *server, int ms)
{
	struct exit_info info = { .mask = EXIT_INFO };

	/* the monitor goes last and has fetched the server's code by then */
	if (!umount_ended(server->pidfd, ms) || !umount_ended(server->monitor, ms))
		return ETIMEDOUT;
	if (server->pidfd >= 0 && ioctl(server->pidfd, GET_EXIT_INFO, &info) == 0 &&
	    (info.mask & EXIT_INFO) &&
	    !(WIFEXITED(info.exit_code) && WEXITSTATUS(info.exit_code) == 0))
		return EIO;
	return 0;
}

void umount_forget(struct umount_server *server)
{
	if (server->pidfd >= 0)
		close(server->pidfd);
	if (server->monitor >= 0)
		close(server->monitor);
	*server = (struct umount_server){ -1, -1 };
}
