/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process gives up of the host before it reads bytes that it does not trust: the parts, from
 * which tools/mount (sandbox.h) and libukfs (ukfs_confine) make their steps.
 *
 * All functions return 0, or a negative errno value with a sentence in why[len].
 */
#ifndef LIBHOST_CONFINE_H
#define LIBHOST_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The end of a step that failed: `err`, with that sentence. */
int confine_fail(int err, char *why, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* ---- rights.c ------------------------------------------------------------------------------ */

/* What a thread gives up those keep that exist already. */
int confine_check_threads(char *why, size_t len);
/* No privileges by exec, for the thread and those that it starts; a filter and a domain ask it. */
int confine_no_new_privileges(char *why, size_t len);
/* Capabilities that no program which the thread runs could have, all but the mask `kept` (1 <<
 * CAP_X): while it is root, as later it would be refused. */
int confine_bounding_set(uint64_t kept, char *why, size_t len);
/* The calling thread's own, all but those of `kept` that it has. */
int confine_capabilities(uint64_t kept, char *why, size_t len);

/* ---- files.c: files by name ---------------------------------------------------------------- */

enum {
	CONFINE_READ = 1,	/* files are read, directories listed */
	CONFINE_WRITE = 2,	/* files that exist are written */
	CONFINE_MAKE = 4,	/* files are made, renamed, removed */
};

struct confine_path {
	const char *path;	/* a directory stands for everything below it; a path that does not
				   exist is ignored */
	unsigned int access;	/* CONFINE_*, CONFINE_MAKE for a directory */
};

/*
 * Whether the host can take files by name away from a process (Linux 5.13, landlock enabled).
 * Where it cannot, confine_files succeeds and does nothing.
 */
bool confine_has_files(void);

/*
 * The calling thread, and threads that it starts, can open no file by name from now on, but these
 * paths, and for reading everything below the directories of `readable`, which colons separate.
 * Open descriptors stay usable.  After several calls a file must be allowed by all of them.  A host
 * whose landlock always refuses links between directories (before Linux 5.19) ignores a list with
 * CONFINE_MAKE.
 */
int confine_files(const struct confine_path *paths, size_t count, const char *readable, char *why,
		  size_t len);

/* ---- calls.c: system calls ----------------------------------------------------------------- */

enum {
	CONFINE_SERVE = 1,	/* serve.def: a kernel side at work on an image that is open */
	CONFINE_START = 2,	/* start.def, MOUNT: its mount */
	CONFINE_DRIVERS = 4,	/* start.def, PROBE: drivers are loaded */
	CONFINE_TOOL = 8,	/* tool.def, TOOL: a command's output */
	CONFINE_HOST = 16,	/* tool.def, HOST: files of the host */
	CONFINE_PIPES = 32,	/* tool.def, PIPES: descriptors for another process */
	CONFINE_BOOT = 64,	/* tool.def, BOOT: the kernel side starts */
	CONFINE_WATCH = 128,	/* watch.def: a monitor */
};

/* With CONFINE_WATCH: the process that signals can be sent to. */
void confine_target(pid_t pid);

/*
 * Put a filter on all threads of the process, which leaves them the calls of these groups;
 * CONFINE_SERVE or CONFINE_WATCH is one of them.  It is added to those that there are: all of them
 * apply.
 */
int confine_calls(unsigned int groups, char *why, size_t len);

#endif
