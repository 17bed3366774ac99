/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contexts as the kernel side declares them; include/rump/rump.h says what they mean. */
#ifndef RUMPVFS_CONTEXT_H
#define RUMPVFS_CONTEXT_H

struct rump_context;

int rump_context_create(struct rump_context **out);
int rump_context_destroy(struct rump_context *ctx);
struct rump_context *rump_context_switch(struct rump_context *ctx);
int rump_userns_enter(void);

#endif
