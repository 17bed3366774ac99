// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The part of a module that modpost would generate: linked into each module's shared library,
 * together with an object that has its name and dependencies.
 */
#include <linux/elfnote.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <generated/rump_abi.h>
#include "module.h"

extern const char rump_module_name[], rump_module_depends[];
extern int init_module(void) __weak;
extern const struct kernel_param __start___param[] __weak, __stop___param[] __weak;

struct module __this_module = { .state = MODULE_STATE_COMING };

const struct rump_module rump_module = {
	.name = rump_module_name,
	.depends = rump_module_depends,
	.module = &__this_module,
	.init = init_module,
	.params = __start___param,
	.params_end = __stop___param,
};

/* Which librump this library is for: read from the file before anything in it runs. */
static const struct {
	unsigned int namesz, descsz, type;
	char name[8];
	char desc[(sizeof(RUMP_ABI) + 3) & ~3];
} rump_note __used __aligned(4) __section(".note.rump") = {
	5, sizeof(RUMP_ABI), 1, "rump", RUMP_ABI,
};
