/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a mount server gives up, in steps, each before the bytes that it is for are read:
 *
 *   sandbox_enter_early	while the process has one thread, because what a thread gives up
 *				the threads that exist already keep
 *   sandbox_enter_probe	the kernel side has booted, libblkid has not seen the image
 *   sandbox_enter_mount	the drivers are loaded, none of them has seen the image
 *   sandbox_enter		the file system is mounted, no request has been read
 */
#ifndef RUMP_MOUNT_SANDBOX_H
#define RUMP_MOUNT_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct sandbox {
	uid_t uid;			/* whom to become, where drop_user is set */
	gid_t gid;
	bool drop_user;
	unsigned long long memory_limit; /* bytes that the process may take for itself from the
					    probe on, besides the kernel side's RUMP_MEMLIMIT,
					    for stacks and buffers; 0: no limit.  A wall, not a
					    budget: the kernel side panics where it gets no
					    thread */
	unsigned long long file_limit;	/* bytes that no file may become longer than; 0: any */
};

/*
 * Whom a server that root started becomes: `runas` (USER, UID or either with :GROUP), where that is
 * NULL "_rump", where the host has no such user "nobody", where the user namespace has no such user
 * the one that it is.  All functions here return 0 or a negative errno value, then with a sentence
 * in why[len].
 */
int sandbox_user(const char *runas, uid_t *uid, gid_t *gid, char *why, size_t len);

/*
 * With one thread, image and /dev/fuse open (the image is mounted as "/dev/fd/N" then): becomes the
 * user, gives up all capabilities, privileges by exec, core files, and all files by name but the
 * module folders, /proc and /sys, for reading.  Where confine_has_files() is false, a process in
 * the step "probe" can open every file for reading that its user can; from the step "mount" on the
 * filter of system calls refuses that by itself.
 */
int sandbox_enter_early(const struct sandbox *s, char *why, size_t len);

/*
 * All threads are left with the calls of libhost/serve.def and start.def: no sockets, no
 * new memory objects, programs, processes or rings.  Libraries can be loaded, from the module
 * folders.  The limits of memory and files hold.  Like the steps below it fails where
 * sandbox_enter_early was not called.
 */
int sandbox_enter_probe(const struct sandbox *s, char *why, size_t len);

/* No files by name and no new code, in all threads. */
int sandbox_enter_mount(char *why, size_t len);

/*
 * After the mount, in any thread: all threads are left with the calls of libhost/serve.def, no new
 * descriptors.
 */
int sandbox_enter(char *why, size_t len);

#endif
