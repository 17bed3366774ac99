/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the host, which a confined command runs by a helper; one at a time. */
#ifndef FSU_PROGRAMS_H
#define FSU_PROGRAMS_H

#include "fsu.h"

#define FSU_PROGRAM_FDS 5

struct fsu_program {
	char **argv;		/* argv[0] is looked for in PATH */
	const char *dir;	/* where it runs; NULL: here */
	int nfds;
	int fds[FSU_PROGRAM_FDS];	/* what it gets ... */
	int as[FSU_PROGRAM_FDS];	/* ... under which numbers */
	uint64_t memory;	/* bytes that it may take; 0: no limit */
};

/*
 * For a command whose helper runs no program but some of its own choice: the command asks for one
 * by words that mean nothing else, and what is run ends with the command.
 */
struct fsu_program_rules {
	/* in the helper: what is run for these words, from malloc; NULL: nothing is, and *err is
	 * the answer, 0 or an errno value */
	char **(*words)(char **asked, int *err);
	/* in the helper: the command has ended */
	void (*end)(void);
};

/* Before fsu_mount: the command will run programs, any or by rules. */
void fsu_keep_programs(void);
void fsu_keep_programs_by(const struct fsu_program_rules *rules);
/* Whether there is a helper now, which the rules hold for. */
bool fsu_programs_helped(void);
/* The helper ends, and what it runs by rules with it; returns when it has.  Async-signal-safe. */
void fsu_programs_end(void);
/* For the confinement alone: whether there is a helper. */
bool fsu_programs_start(void);
/* 0 or an errno value; what was printed so far is out before. */
int fsu_program_start(const struct fsu_program *p);
/* The status of the one that was started, as from waitpid; -1: unknown. */
int fsu_program_wait(void);

#endif
