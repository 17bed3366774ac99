// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kernel modules as shared libraries: the host's dynamic linker does the relocation, this file the
 * rest of a module's start: dependencies first, parameters, notifiers, init.
 *
 * The kernel asks for what it misses with request_module(): the same door.
 */
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/slab.h>
#include <generated/rump_abi.h>
#include "module.h"
#include "names.h"
#include "rump.h"
#include "sched.h"

#define NAME_MAX_LEN	64

struct loaded {
	struct list_head list;
	const struct rump_module *m;
	struct completion done;
	int err;
};

static LIST_HEAD(modules);
static DEFINE_MUTEX(modules_mutex);
static BLOCKING_NOTIFIER_HEAD(notifiers);

/* Parameters from the command line, as NAME.PARAM=VALUE. */
static void module_params(const struct rump_module *m)
{
	char *line = kstrdup(saved_command_line, GFP_KERNEL), *next = line, *param, *val, arg[256];
	size_t n = strlen(m->name);

	while (line && *next) {
		next = next_arg(next, &param, &val);
		if (strncmp(param, m->name, n) || param[n] != '.')
			continue;
		snprintf(arg, sizeof(arg), val ? "%s=%s" : "%s", param + n + 1, val);
		parse_args(m->name, arg, m->params, m->params_end - m->params, -32768, 32767, NULL,
			   NULL);
	}
	kfree(line);
}

static int start(const struct rump_module *m)
{
	struct module *mod = m->module;
	int err;

	strscpy(mod->name, m->name, sizeof(mod->name));
	mutex_init(&mod->param_lock);
	module_params(m);
	blocking_notifier_call_chain(&notifiers, MODULE_STATE_COMING, mod);
	err = m->init ? m->init() : 0;
	if (err < 0) {
		mod->state = MODULE_STATE_GOING;
		blocking_notifier_call_chain(&notifiers, MODULE_STATE_GOING, mod);
		return err;
	}
	mod->state = MODULE_STATE_LIVE;
	blocking_notifier_call_chain(&notifiers, MODULE_STATE_LIVE, mod);
	return 0;
}

static int load_depends(const char *depends)
{
	char name[NAME_MAX_LEN];
	int err = 0;

	while (*depends && !err) {
		size_t n = strcspn(depends, ",");

		strscpy(name, depends, min(n + 1, sizeof(name)));
		err = rumpkern_modload(name);
		depends += n + (depends[n] == ',');
	}
	return err;
}

static struct loaded *find_loaded(const struct rump_module *m)
{
	struct loaded *l;

	list_for_each_entry(l, &modules, list)
		if (l->m == m)
			return l;
	return NULL;
}

/* Once each; who comes while another starts it waits. */
static int start_once(const struct rump_module *m)
{
	struct loaded *l, *new = kzalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	new->m = m;
	init_completion(&new->done);
	mutex_lock(&modules_mutex);
	l = find_loaded(m);
	if (!l)
		list_add(&new->list, &modules);
	mutex_unlock(&modules_mutex);
	if (l) {
		kfree(new);
		wait_for_completion(&l->done);
		return l->err;
	}
	new->err = load_depends(m->depends) ?: start(m);
	complete_all(&new->done);
	return new->err;
}

int rumpkern_modload(const char *name)
{
	static const char abi[] = RUMP_ABI;
	char why[256] = "";
	void *m;
	int err;

	RUMP_HYPERCALL(err = rumpuser_module_load(name, abi, &m, why, sizeof(why)));
	if (err == EPROTO)
		pr_err("module %s was built for %s, this is %s\n", name, why, abi);
	else if (err == ENOEXEC)
		pr_err("module %s: %s\n", name, why);
	if (err)
		return err == EPROTO ? -RUMP_EPROGMISMATCH : -err;
	return start_once(m);
}

int __request_module(bool wait, const char *fmt, ...)
{
	char name[NAME_MAX_LEN];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	return n < sizeof(name) ? rumpkern_modload(name) : -ENAMETOOLONG;
}
EXPORT_SYMBOL(__request_module);

/* ---- what kernel/module/ has for the rest of the kernel -------------------------------------- */

char modprobe_path[KMOD_PATH_LEN] = "";
int modules_disabled;

int register_module_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&notifiers, nb);
}
EXPORT_SYMBOL(register_module_notifier);

int unregister_module_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&notifiers, nb);
}
EXPORT_SYMBOL(unregister_module_notifier);

struct module *find_module(const char *name)
{
	struct loaded *l;

	list_for_each_entry(l, &modules, list)
		if (!strcmp(l->m->name, name))
			return l->m->module;
	return NULL;
}

void print_modules(void)
{
	struct loaded *l;

	printk(KERN_DEFAULT "Modules loaded:");
	list_for_each_entry(l, &modules, list)
		pr_cont(" %s", l->m->name);
	pr_cont("\n");
}

/* Addresses in shared libraries are the host's business. */
CONSTANT(struct module *, __module_address, NULL, unsigned long addr)
CONSTANT(struct module *, __module_text_address, NULL, unsigned long addr)
CONSTANT(bool, is_module_address, false, unsigned long addr)
CONSTANT(bool, is_module_text_address, false, unsigned long addr)
CONSTANT(bool, __is_module_percpu_address, false, unsigned long addr, unsigned long *can_addr)
CONSTANT(bool, is_module_percpu_address, false, unsigned long addr)

const struct exception_table_entry *search_module_extables(unsigned long addr)
{
	return NULL;
}

void __noreturn __module_put_and_kthread_exit(struct module *mod, long code)
{
	module_put(mod);
	kthread_exit(code);
}
EXPORT_SYMBOL(__module_put_and_kthread_exit);
