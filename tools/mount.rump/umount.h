/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rump_umount: ask the mount who serves it (ask.c), take it away (umount.c), wait until its server
 * has ended (wait.c), or end that (end.c).  All of it says what is wrong itself, through
 * umount_error().
 */
#ifndef RUMP_UMOUNT_H
#define RUMP_UMOUNT_H

#include <rump/p2k.h>
#include <stdbool.h>
#include <sys/types.h>

#define EX_USAGE 1		/* exit codes of umount(8) */
#define EX_SYSTEM 2
#define EX_FAIL 32
#define UMOUNT_BUSY (-2)	/* with a user's option -f, which has not cut the connection */
#define UMOUNT_RDONLY (-1)	/* not unmounted, but read-only now: option -r */

struct umount_options {
	bool lazy, force, verbose, rdonly, notable;
};

struct umount_target {
	char *dir;		/* as mountinfo has it */
	dev_t dev;
	ino_t bdi;		/* tells its backing device from a later one of this number */
	uid_t owner;		/* who mounted it */
	gid_t owner_gid;
	struct umount_options opt;
};

struct umount_answer {
	int error;		/* errno value of the question, or 0; ETIMEDOUT: no answer */
	int sync_error;		/* of the last write, or 0 */
	struct rump_server who;
};

/* The server's process and its monitor's, as pidfds; -1: none. */
struct umount_server {
	int pidfd, monitor;
};

void umount_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * How long a server is waited for, in milliseconds; -1: without limit.  Root does not wait without
 * limit for what another user runs.
 */
enum umount_step {
	UMOUNT_ANSWER,			/* who it is */
	UMOUNT_WRITE,			/* until everything is written */
	UMOUNT_DETACH,
	UMOUNT_END,			/* until it has ended by itself */
	UMOUNT_KILLED,			/* until it has ended, and its image is free */
};
int umount_patience(const struct umount_target *target, enum umount_step step);

/* Wait until a child or another process has ended; false: it has not, within `ms`. */
bool umount_ended(int pidfd, int ms);

/* Ask the mount; false: no answer, which says a reason in answer->error. */
bool umount_ask(const struct umount_target *target, struct umount_answer *answer);

/* Take the mount away: 0, an exit code, UMOUNT_RDONLY or UMOUNT_BUSY. */
int umount_detach(const struct umount_target *target);

/* Find the processes, by what the mount has answered, or without an answer. */
void umount_watch(struct umount_server *server, const struct umount_target *target,
		  const struct rump_server *who);
/* Wait until both processes have ended: 0; ETIMEDOUT: they have not; EIO: the server's exit code
 * says that something was lost. */
int umount_wait(const struct umount_server *server, int ms);
void umount_forget(struct umount_server *server);

/* end.c: option -f.  The server is killed, by end only if it does not end by itself; 0, or an exit
 * code. */
int umount_kill(const struct umount_target *target, const struct umount_server *server);
int umount_end(const struct umount_target *target, const struct umount_server *server);
/* Whether the mount is still there. */
bool umount_is_mounted(const struct umount_target *target);

#endif
