// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The log and the end: printk's console is the log callback, a machine's restart or halt is the
 * end of the process.
 */
#include <linux/console.h>
#include <linux/panic.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/sched/debug.h>
#include <linux/string.h>
#include "sched.h"

/* A record comes as "<level>text\n" (console_msg_format=syslog), several lines in a record. */
static void write_log(struct console *con, const char *s, unsigned int n)
{
	const char *end = s + n;

	while (s < end) {
		const char *eol = memchr(s, '\n', end - s) ?: end, *text = s;
		int level = 6;

		if (*s == '<') {
			text = memchr(s, '>', eol - s);
			text = text ? text + 1 : s;
			level = text == s ? 6 : simple_strtoul(s + 1, NULL, 10) & 7;
		}
		rumpuser_log(level, text, eol - text);
		s = eol + 1;
	}
}

static struct console rump_console = {
	.name = "rump",
	.write = write_log,
	.flags = CON_PRINTBUFFER | CON_ENABLED | CON_ANYTIME,
	.index = -1,
};

static int __init log_init(void)
{
	register_console(&rump_console);
	return 0;
}
console_initcall(log_init);

static int panic_event(struct notifier_block *nb, unsigned long event, void *message)
{
	rumpuser_panic(message);
}

static struct notifier_block panic_nb = { .notifier_call = panic_event, .priority = INT_MAX };

void __init rump_panic_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
}

void machine_restart(char *cmd)
{
	rumpuser_panic(cmd ?: "restart");
}

void machine_halt(void)
{
	rumpuser_panic("halt");
}

void machine_power_off(void)
{
	rumpuser_panic("power off");
}

void show_stack(struct task_struct *task, unsigned long *sp, const char *loglvl)
{
	if (!task || task == current)
		rumpuser_backtrace();
}

void show_regs(struct pt_regs *regs)
{
	rumpuser_backtrace();
}

void dump_stack_lvl(const char *loglvl)
{
	rumpuser_backtrace();
}
EXPORT_SYMBOL(dump_stack_lvl);

void dump_stack(void)
{
	rumpuser_backtrace();
}
EXPORT_SYMBOL(dump_stack);
