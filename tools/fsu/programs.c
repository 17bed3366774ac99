// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Programs of the host.  A confined command cannot run any: a process that was made before its
 * image was read does that, and nothing else, one program at a time.  A command that is not
 * confined runs them itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs.h"

#define HIGH 100		/* descriptors in transit, above those that programs are given */

/* What goes before the strings of a request, with the descriptors. */
struct request {
	size_t size;		/* of the strings: the folder ("": ours), then the arguments */
	uint64_t memory;
	int nargs, nfds, as[FSU_PROGRAM_FDS];
};

struct answer {
	int err;		/* of starting it, else 0 and then its end follows */
	int status;
};

static bool wanted;
static int channel = -1;
static pid_t running = -1;	/* of a command that is not confined */

extern char **environ;

void fsu_keep_programs(void)
{
	wanted = true;
}

/* ---- starting one ------------------------------------------------------------------------- */

static void limit_memory(pid_t pid, uint64_t bytes)
{
	struct rlimit now, limit = { bytes, bytes };

	if (prlimit(pid, RLIMIT_AS, NULL, &now) == 0 && bytes < now.rlim_max)
		prlimit(pid, RLIMIT_AS, &limit, NULL);
}

static int spawn(const struct fsu_program *p, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int high[FSU_PROGRAM_FDS], err = 0;
	sigset_t usual;

	/* the helper ignores what its command catches */
	sigemptyset(&usual);
	sigaddset(&usual, SIGINT);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &usual);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < p->nfds; i++) {
		high[i] = fcntl(p->fds[i], F_DUPFD_CLOEXEC, HIGH);
		if (high[i] >= 0)
			posix_spawn_file_actions_adddup2(&actions, high[i], p->as[i]);
	}
	if (p->dir && *p->dir)
		err = posix_spawn_file_actions_addchdir_np(&actions, p->dir);
	if (!err)
		err = posix_spawnp(pid, p->argv[0], &actions, &attr, p->argv, environ);
	if (!err && p->memory)
		limit_memory(*pid, p->memory);
	for (int i = 0; i < p->nfds; i++)
		close(high[i]);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return err;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* ---- the helper --------------------------------------------------------------------------- */

static bool read_full(int fd, void *buf, size_t size)
{
	while (size) {
		ssize_t n = recv(fd, buf, size, 0);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		buf = (char *)buf + (n > 0 ? n : 0);
		size -= n > 0 ? n : 0;
	}
	return true;
}

static bool write_full(int fd, const void *buf, size_t size)
{
	while (size) {
		ssize_t n = send(fd, buf, size, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		buf = (const char *)buf + (n > 0 ? n : 0);
		size -= n > 0 ? n : 0;
	}
	return true;
}

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(FSU_PROGRAM_FDS * sizeof(int))];
};

static bool receive(int fd, struct request *r, int fds[FSU_PROGRAM_FDS])
{
	struct iovec iov = { r, sizeof(*r) };
	union control control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	struct cmsghdr *c = n == sizeof(*r) ? CMSG_FIRSTHDR(&msg) : NULL;

	if (n != sizeof(*r) || r->nfds < 0 || r->nfds > FSU_PROGRAM_FDS || r->nargs < 1)
		return false;
	if (r->nfds && (!c || c->cmsg_len != CMSG_LEN(r->nfds * sizeof(int))))
		return false;
	if (r->nfds)
		memcpy(fds, CMSG_DATA(c), r->nfds * sizeof(int));
	return true;
}

/* The strings of a request, as many as it says; NULL: there are not that many. */
static char **split(char *text, const struct request *r)
{
	char **list = calloc(r->nargs + 2, sizeof(*list)), *end = text + r->size;

	for (int i = 0; list && i < r->nargs + 1; i++) {
		if (text >= end) {
			free(list);
			return NULL;
		}
		list[i] = text;
		text += strlen(text) + 1;
	}
	return list;
}

static bool serve_one(int fd)
{
	struct fsu_program p = { 0 };
	struct answer a = { 0 };
	struct request r = { 0 };
	char *text, **list;
	pid_t pid;

	if (!receive(fd, &r, p.fds) || !(text = calloc(1, r.size + 1)) ||
	    !read_full(fd, text, r.size) || !(list = split(text, &r)))
		return false;
	p.dir = list[0];
	p.argv = list + 1;
	p.nfds = r.nfds;
	p.memory = r.memory;
	memcpy(p.as, r.as, sizeof(p.as));
	a.err = spawn(&p, &pid);
	for (int i = 0; i < p.nfds; i++)
		close(p.fds[i]);
	free(list);
	free(text);
	if (!write_full(fd, &a, sizeof(a)))
		return false;
	if (a.err)
		return true;
	a.status = wait_for(pid);
	return write_full(fd, &a, sizeof(a));
}

bool fsu_programs_start(void)
{
	int pair[2];
	pid_t pid;

	if (!wanted || channel >= 0)
		return wanted;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) || (fflush(NULL), 0) ||
	    (pid = fork()) < 0) {
		fsu_perror(errno, "a process for programs");
		fsu_die(FSU_FAILED);
	}
	if (!pid) {
		signal(SIGINT, SIG_IGN);
		close(pair[0]);
		while (serve_one(pair[1]))
			;
		_exit(0);
	}
	close(pair[1]);
	channel = pair[0];
	return true;
}

/* ---- the command -------------------------------------------------------------------------- */

static size_t copy_strings(const struct fsu_program *p, char *to)
{
	const char *dir = p->dir ? p->dir : "";
	size_t size = strlen(dir) + 1;

	if (to)
		strcpy(to, dir);
	for (char **arg = p->argv; *arg; arg++) {
		if (to)
			strcpy(to + size, *arg);
		size += strlen(*arg) + 1;
	}
	return size;
}

static bool ask(const struct fsu_program *p)
{
	struct request r = { .size = copy_strings(p, NULL), .nfds = p->nfds,
			     .memory = p->memory };
	struct iovec iov = { &r, sizeof(r) };
	union control control = { { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	char *text = fsu_malloc(r.size);
	bool ok;

	while (p->argv[r.nargs])
		r.nargs++;
	memcpy(r.as, p->as, sizeof(r.as));
	copy_strings(p, text);
	if (p->nfds) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(p->nfds * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(p->nfds * sizeof(int));
		memcpy(CMSG_DATA(&control.head), p->fds, p->nfds * sizeof(int));
	}
	ok = sendmsg(channel, &msg, MSG_NOSIGNAL) == sizeof(r) && write_full(channel, text, r.size);
	free(text);
	return ok;
}

int fsu_program_start(const struct fsu_program *p)
{
	struct answer a;

	fflush(NULL);
	if (channel < 0)
		return spawn(p, &running);
	return ask(p) && read_full(channel, &a, sizeof(a)) ? a.err : EPIPE;
}

int fsu_program_wait(void)
{
	struct answer a;

	if (channel < 0)
		return wait_for(running);
	return read_full(channel, &a, sizeof(a)) ? a.status : -1;
}
