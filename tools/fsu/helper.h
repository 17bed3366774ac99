/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command and its helper for programs share: the requests, and how a program is started. */
#ifndef FSU_HELPER_H
#define FSU_HELPER_H

#include <sys/socket.h>

#include "programs.h"

/* What goes before the strings of a request, with the descriptors. */
struct request {
	size_t size;		/* of the strings: the directory ("": ours), then the arguments */
	uint64_t memory;
	int nargs, nfds, as[FSU_PROGRAM_FDS];
};

struct answer {
	int err;		/* of starting it, else 0 and then its end follows */
	int status;
};

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(FSU_PROGRAM_FDS * sizeof(int))];
};

bool helper_read(int fd, void *buf, size_t size);
bool helper_write(int fd, const void *buf, size_t size);

/* 0 or an errno value. */
int helper_spawn(const struct fsu_program *p, pid_t *pid);
/* The status of a child; -1: unknown. */
int helper_wait(pid_t pid);

/* The helper's life.  `rules`: NULL, or whose a program is. */
_Noreturn void helper_run(int fd, const struct fsu_program_rules *rules);

#endif
