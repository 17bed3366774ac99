/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rumpvfs calls of rumpkern. */
#ifndef RUMPKERN_RUMP_H
#define RUMPKERN_RUMP_H

int rump_boot(void);
/* No errno of the host says it; rump/rump.h has it as EPROGMISMATCH. */
#define RUMP_EPROGMISMATCH 600

int rumpkern_modload(const char *name);

#endif
