// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of users and groups for a confined command.  The host's C library may ask a service for
 * them, over the network: so a process that was made before the image is read asks, and reads
 * nothing but numbers and names from the command.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fsu.h"

#define NAME_SIZE 256

struct question {
	bool group, find;
	unsigned int id;
	char name[NAME_SIZE];	/* with find */
};

struct answer {
	bool known;
	unsigned int id;
	char name[NAME_SIZE];
};

static bool wanted;
static int channel = -1;

void fsu_keep_names(void)
{
	wanted = true;
}

static struct answer ask_host(const struct question *q)
{
	struct passwd *pw = q->group ? NULL : q->find ? getpwnam(q->name) : getpwuid(q->id);
	struct group *gr = !q->group ? NULL : q->find ? getgrnam(q->name) : getgrgid(q->id);
	struct answer a = { .known = pw || gr, .id = pw ? pw->pw_uid : gr ? gr->gr_gid : 0 };
	const char *name = pw ? pw->pw_name : gr ? gr->gr_name : "";

	if (strlen(name) < NAME_SIZE)
		strcpy(a.name, name);
	else
		a.known = false;
	return a;
}

static void serve(int fd)
{
	struct question q;
	struct answer a;
	ssize_t n;

	/* a user's interrupt is for the command, which may have more to ask */
	signal(SIGINT, SIG_IGN);
	while ((n = recv(fd, &q, sizeof(q), 0)) == sizeof(q) || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		q.name[NAME_SIZE - 1] = '\0';
		a = ask_host(&q);
		if (send(fd, &a, sizeof(a), MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

void fsu_names_start(void)
{
	int pair[2];
	pid_t pid;

	if (!wanted || channel >= 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return;
	fflush(NULL);
	pid = fork();
	if (!pid) {
		close(STDIN_FILENO);
		close(STDOUT_FILENO);
		close(pair[0]);
		serve(pair[1]);
	}
	close(pair[1]);
	if (pid < 0)		/* numbers are shown */
		close(pair[0]);
	else
		channel = pair[0];
}

static struct answer ask(const struct question *q)
{
	struct answer a = { .known = false };

	if (channel < 0)
		return ask_host(q);
	if (send(channel, q, sizeof(*q), MSG_NOSIGNAL) != sizeof(*q) ||
	    recv(channel, &a, sizeof(a), 0) != sizeof(a))
		a.known = false;
	return a;
}

char *fsu_names_ask(bool group, unsigned int id)
{
	struct question q = { .group = group, .id = id };
	struct answer a = ask(&q);

	return a.known ? fsu_strdup(a.name) : NULL;
}

bool fsu_names_find(bool group, const char *name, unsigned int *id)
{
	struct question q = { .group = group, .find = true };
	struct answer a;

	if (strlen(name) >= NAME_SIZE)
		return false;
	strcpy(q.name, name);
	a = ask(&q);
	*id = a.id;
	return a.known;
}
