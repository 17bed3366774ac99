// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting for the end of a server that is nobody's child here, through pidfds, and where the kernel
 * tells it (6.15 on) for the code that it ended with.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

void umount_watch(struct umount_server *server, const struct rump_server *who)
{
	server->pidfd = watch(who->server);
	server->monitor = server->pidfd < 0 ? -1 : watch(who->monitor);
}

static void wait_for(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (pidfd >= 0 && poll(&p, 1, -1) < 0)
		;
}

bool umount_wait(struct umount_server *server)
{
	struct exit_info info = { .mask = EXIT_INFO };
	bool good = true;

	/* the monitor goes last and has fetched the server's code by then */
	wait_for(server->pidfd);
	wait_for(server->monitor);
	if (server->pidfd >= 0 && ioctl(server->pidfd, GET_EXIT_INFO, &info) == 0 &&
	    (info.mask & EXIT_INFO))
		good = WIFEXITED(info.exit_code) && WEXITSTATUS(info.exit_code) == 0;
	close(server->pidfd);
	close(server->monitor);
	return good;
}
