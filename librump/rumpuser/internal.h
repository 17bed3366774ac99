/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of librumpuser share among themselves; nothing of it is exported. */
#ifndef RUMPUSER_INTERNAL_H
#define RUMPUSER_INTERNAL_H

#include <stdarg.h>
#include <stdbool.h>

#include <rump/rumpuser.h>

/* The kernel side's entry points, set by rumpuser_init. */
extern struct rumpuser_upcalls rumpuser_up;

int rumpuser_thread_init(void);

/* Is the parameter set to something else than "" and "0"? */
bool rumpuser_param_true(const char *name);

void rumpuser_logf(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
