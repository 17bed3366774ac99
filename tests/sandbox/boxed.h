/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the program boxed share. */
#ifndef BOXED_H
#define BOXED_H

#include "../../tools/mount/sandbox.h"

/* Before sandbox_enter: a thread for the attempts.
 * In it: make the attempt `name`, say what came. */
void forbidden_start_thread(void);
void forbidden_try(const char *name);
void forbidden_list(void);

/* Without an image: what the filter costs a call. */
void cost_say(void);

/* Before the sandbox: mount DIR, and have another process use it.  In it: answer. */
void fuse_mount(const char *dir);
void fuse_serve(const char *arg);

#endif
