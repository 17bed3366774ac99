/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor that each module's shared library exports as rump_module. */
#ifndef RUMPKERN_MODULE_H
#define RUMPKERN_MODULE_H

struct module;
struct kernel_param;

struct rump_module {
	const char *name;
	const char *depends;		/* modules whose init goes first, comma separated */
	struct module *module;
	int (*init)(void);		/* may be NULL */
	const struct kernel_param *params, *params_end;
};

#endif
