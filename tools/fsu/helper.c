// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that runs programs for a confined command: a request, its program, the answer. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper.h"

#define HIGH 100		/* descriptors in transit, above those that programs are given */
#define PATIENCE 2000		/* milliseconds of a program that is told to end */

/* What the helper did to its signals: it ignores some, and blocks SIGCHLD. */
static sigset_t changed, mask;
static bool watches;

/* ---- starting one ------------------------------------------------------------------------- */

static void limit_memory(pid_t pid, uint64_t bytes)
{
	struct rlimit now, limit = { bytes, bytes };

	if (prlimit(pid, RLIMIT_AS, NULL, &now) == 0 && bytes < now.rlim_max)
		prlimit(pid, RLIMIT_AS, &limit, NULL);
}

/* The program gets signals as the helper got them, and SIGINT whatever that was. */
static void set_signals(posix_spawnattr_t *attr)
{
	short flags = POSIX_SPAWN_SETSIGDEF | (watches ? POSIX_SPAWN_SETSIGMASK : 0);
	sigset_t usual = changed;

	sigaddset(&usual, SIGINT);
	posix_spawnattr_init(attr);
	posix_spawnattr_setsigdefault(attr, &usual);
	posix_spawnattr_setsigmask(attr, &mask);
	posix_spawnattr_setflags(attr, flags);
}

int helper_spawn(const struct fsu_program *p, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int high[FSU_PROGRAM_FDS], err = 0;

	set_signals(&attr);
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

int helper_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

/* ---- a request ---------------------------------------------------------------------------- */

bool helper_read(int fd, void *buf, size_t size)
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

bool helper_write(int fd, const void *buf, size_t size)
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

static bool readable(struct pollfd *p, int timeout)
{
	return poll(p, 1, timeout) > 0 && p->revents;
}

/*
 * A program that works for its command ends with that: the channel has nothing to read before, as
 * the command waits for the answer.
 */
static int wait_or_end(int fd, int children, pid_t pid)
{
	struct pollfd both[] = { { .fd = children, .events = POLLIN },
				 { .fd = fd, .events = POLLIN } };
	struct signalfd_siginfo si;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (poll(both, 2, -1) < 0)
			continue;
		if (both[1].revents) {
			kill(pid, SIGTERM);
			if (!readable(&both[0], PATIENCE))
				kill(pid, SIGKILL);
			return helper_wait(pid);
		}
		if (read(children, &si, sizeof(si)) < 0)
			return helper_wait(pid);
	}
	return status;
}

/* ---- its life ----------------------------------------------------------------------------- */

struct helper {
	const struct fsu_program_rules *rules;
	int fd, children;	/* children: their ends, where there are rules */
};

/* What is run for these strings; false: nothing, and the answer is complete. */
static bool start(struct helper *h, struct fsu_program *p, struct answer *a, pid_t *pid)
{
	char **made = NULL;

	if (h->rules) {
		made = h->rules->words(p->argv, &a->err);
		if (!made)
			return false;
		p->argv = made;
	}
	a->err = helper_spawn(p, pid);
	for (char **w = made; w && *w; w++)
		free(*w);
	free(made);
	return !a->err;
}

static bool serve_one(struct helper *h)
{
	struct fsu_program p = { 0 };
	struct answer a = { 0 };
	struct request r = { 0 };
	char *text, **list;
	bool runs;
	pid_t pid;

	if (!receive(h->fd, &r, p.fds) || !(text = calloc(1, r.size + 1)) ||
	    !helper_read(h->fd, text, r.size) || !(list = split(text, &r)))
		return false;
	p.dir = list[0];
	p.argv = list + 1;
	p.nfds = r.nfds;
	p.memory = r.memory;
	memcpy(p.as, r.as, sizeof(p.as));
	runs = start(h, &p, &a, &pid);
	for (int i = 0; i < p.nfds; i++)
		close(p.fds[i]);
	free(list);
	free(text);
	if (!helper_write(h->fd, &a, sizeof(a)) && !h->rules)
		return false;
	if (a.err)
		return true;
	if (runs)
		a.status = h->rules ? wait_or_end(h->fd, h->children, pid) : helper_wait(pid);
	return helper_write(h->fd, &a, sizeof(a));
}

static int watch_children(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &mask);
	watches = true;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* A user's interrupt is for the command, which may have more to ask. */
static void ignore(int sig)
{
	if (signal(sig, SIG_IGN) != SIG_IGN)
		sigaddset(&changed, sig);
}

_Noreturn void helper_run(int fd, const struct fsu_program_rules *rules)
{
	struct helper h = { .rules = rules, .fd = fd };

	ignore(SIGINT);
	if (rules) {		/* there is something to do when the command has ended */
		ignore(SIGTERM);
		ignore(SIGHUP);
		h.children = watch_children();
	}
	while (serve_one(&h))
		;
	if (rules)
		rules->end();
	_exit(0);
}
