// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Programs of the host.  A confined command cannot run any: a process that was made before its
 * image was read does that (helper.c), and nothing else, one program at a time.  A command that is
 * not confined runs them itself.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "end.h"
#include "helper.h"

static bool wanted;
static const struct fsu_program_rules *rules;
static int channel = -1;
static pid_t running = -1;	/* of a command that is not confined */

void fsu_keep_programs(void)
{
	wanted = true;
}

void fsu_keep_programs_by(const struct fsu_program_rules *r)
{
	wanted = true;
	rules = r;
}

bool fsu_programs_helped(void)
{
	return channel >= 0;
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
		close(pair[0]);
		helper_run(pair[1], rules);
	}
	close(pair[1]);
	channel = pair[0];
	return true;
}

void fsu_programs_end(void)
{
	char byte;

	if (channel < 0 || shutdown(channel, SHUT_WR))
		return;
	while (recv(channel, &byte, 1, 0) > 0 || errno == EINTR)
		errno = 0;
}

/* ---- not confined ------------------------------------------------------------------------ */

static int spawn(const struct fsu_program *p)
{
	int err = helper_spawn(p, &running);

	if (!err && rules)
		fsu_end_program(running);
	return err;
}

static int wait_spawned(void)
{
	int status = helper_wait(running);

	if (rules)
		fsu_end_program(0);
	return status;
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
	ok = sendmsg(channel, &msg, MSG_NOSIGNAL) == sizeof(r) &&
	     helper_write(channel, text, r.size);
	free(text);
	return ok;
}

int fsu_program_start(const struct fsu_program *p)
{
	struct answer a;

	fflush(NULL);
	if (channel < 0)
		return spawn(p);
	return ask(p) && helper_read(channel, &a, sizeof(a)) ? a.err : EPIPE;
}

int fsu_program_wait(void)
{
	struct answer a;

	if (channel < 0)
		return wait_spawned();
	return helper_read(channel, &a, sizeof(a)) ? a.status : -1;
}
