/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rump_umount: ask the mount who serves it (ask.c), take it away (umount.c), wait until its server
 * has ended (wait.c).  All of it says what is wrong itself, through umount_error().
 */
#ifndef RUMP_UMOUNT_H
#define RUMP_UMOUNT_H

#include <rump/p2k.h>
#include <stdbool.h>
#include <sys/types.h>

#define EX_USAGE 1		/* exit codes of umount(8) */
#define EX_SYSTEM 2
#define EX_FAIL 32
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
	int error;		/* errno value of the question, or 0 */
	int sync_error;		/* of the last write, or 0 */
	struct rump_server who;
};

/* The server's process and its monitor's, as pidfds; -1: none. */
struct umount_server {
	int pidfd, monitor;
};

void umount_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ask the mount; false: no answer, which says a reason in answer->error. */
bool umount_ask(const struct umount_target *target, struct umount_answer *answer);

/* Take the mount away: 0, an exit code, or UMOUNT_RDONLY. */
int umount_detach(const struct umount_target *target);

void umount_watch(struct umount_server *server, const struct rump_server *who);
/* Wait until both processes have ended; false: the server says that something was lost. */
bool umount_wait(struct umount_server *server);

#endif
