// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Boot: what init/main.c does for a machine, for a process.  All virtual CPUs are online from the
 * start; there is no user mode, so boot ends with the initcalls.
 */
#include <linux/anon_inodes.h>
#include <linux/async.h>
#include <linux/buffer_head.h>
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/cpuset.h>
#include <linux/cred.h>
#include <linux/device/driver.h>
#include <linux/init.h>
#include <linux/init_syscalls.h>
#include <linux/key.h>
#include <linux/kthread.h>
#include <linux/maple_tree.h>
#include <linux/memblock.h>
#include <linux/moduleparam.h>
#include <linux/nsproxy.h>
#include <linux/percpu.h>
#include <linux/pid_namespace.h>
#include <linux/pidfs.h>
#include <linux/proc_fs.h>
#include <linux/proc_ns.h>
#include <linux/radix-tree.h>
#include <linux/random.h>
#include <linux/rmap.h>
#include <linux/sched/init.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <linux/srcu.h>
#include <linux/stop_machine.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#include <asm/setup.h>
#include <generated/utsrelease.h>
#include <mm/internal.h>
#include "rump.h"
#include "sched.h"

/* What init/main.c defines for the rest of the kernel. */
enum system_states system_state __read_mostly;
EXPORT_SYMBOL(system_state);
bool static_key_initialized __read_mostly = true;
EXPORT_SYMBOL_GPL(static_key_initialized);
char *saved_command_line;
unsigned int saved_command_line_len;
unsigned int reset_devices;
bool initcall_debug;
bool early_boot_irqs_disabled;
void (*__initdata late_time_init)(void);
char __initdata boot_command_line[COMMAND_LINE_SIZE];
unsigned long loops_per_jiffy = (1 << 12);
EXPORT_SYMBOL(loops_per_jiffy);
bool rodata_enabled;
unsigned long init_stack[THREAD_SIZE / sizeof(unsigned long)];

/* Tables sized for a process; messages in the form console.c reads. */
#define DEFAULT_CMDLINE \
	"console_msg_format=syslog dhash_entries=32768 ihash_entries=16384 " \
	"mhash_entries=512 mphash_entries=512 "

/* ---- parameters ------------------------------------------------------------------------------ */

static int __init setup_param(char *param, char *val, const char *what, void *early)
{
	const struct obs_kernel_param *p;

	if (val)
		val[-1] = early ? 0 : '=';
	for (p = __setup_start; p < __setup_end; p++) {
		size_t n = strlen(p->str);

		if (early && p->early && !strcmp(param, p->str))
			return p->setup_func(val), 0;
		if (!early && !p->early && p->setup_func && !strncmp(param, p->str, n) &&
		    p->setup_func(param + n))
			return 0;
	}
	return 0;
}

static void __init setup_params(bool early)
{
	static char line[COMMAND_LINE_SIZE] __initdata;

	strscpy(line, boot_command_line, sizeof(line));
	if (early)
		parse_args("early parameters", line, NULL, 0, 0, 0, (void *)1, setup_param);
	else
		parse_args("parameters", line, __start___param,
			   __stop___param - __start___param, -1, -1, NULL, setup_param);
}

static void __init cmdline_init(void)
{
	size_t n = strlen(DEFAULT_CMDLINE);

	strscpy(boot_command_line, DEFAULT_CMDLINE, sizeof(boot_command_line));
	rumpuser_getparam("RUMP_CMDLINE", boot_command_line + n, sizeof(boot_command_line) - n);
	saved_command_line = boot_command_line;
	saved_command_line_len = strlen(boot_command_line);
}

static int __init get_ncpu(unsigned int *ncpu)
{
	static const char msg[] = "RUMP_NCPU: not a number of virtual CPUs from 1 to 64";
	char buf[16];

	*ncpu = min_t(unsigned int, rumpuser_ncpu(), NR_CPUS);
	if (rumpuser_getparam("RUMP_NCPU", buf, sizeof(buf)))
		return 0;
	if (!kstrtouint(buf, 10, ncpu) && *ncpu >= 1 && *ncpu <= NR_CPUS)
		return 0;
	rumpuser_log(3, msg, sizeof(msg) - 1);
	return -EINVAL;
}

/* ---- the steps ------------------------------------------------------------------------------- */

static void __init as_cpu(unsigned int cpu)
{
	rump_self.cpu = cpu;
	rump_self.percpu_offset = per_cpu_offset(cpu);
}

static void __init cpus_init(void)
{
	unsigned int i;

	boot_cpu_init();
	for (i = 0; i < rump_ncpu; i++) {
		set_cpu_possible(i, true);
		set_cpu_present(i, true);
		set_cpu_online(i, true);
		set_cpu_active(i, true);
	}
	setup_nr_cpu_ids();
}

static void __init memory_init(void)
{
	unsigned long max_zone_pfn[MAX_NR_ZONES] = { [ZONE_NORMAL] = max_low_pfn };
	unsigned int i;

	sparse_init();
	free_area_init(max_zone_pfn);
	setup_per_cpu_areas();
	for (i = rump_ncpu; i-- > 0;) {
		as_cpu(i);
		boot_cpu_hotplug_init();
	}
	setup_params(true);
	setup_params(false);
	random_init_early(boot_command_line);
	vfs_caches_init_early();
	mm_core_init();
}

/* The host has the only source of chance here. */
static void __init seed_random(void)
{
	u8 seed[32];

	if (!rumpuser_random(seed, sizeof(seed)))
		add_bootloader_randomness(seed, sizeof(seed));
}

static void __init core_init(void)
{
	unsigned int i;

	wait_bit_init();
	radix_tree_init();
	maple_tree_init();
	workqueue_init_early();
	init_timers();
	srcu_init();
	hrtimers_init();
	softirq_init();
	rump_time_init();
	timekeeping_init();
	rump_time_settle();
	random_init();
	seed_random();
	call_function_init();
	for (i = 1; i < rump_ncpu; i++) {
		smpcfd_prepare_cpu(i);
		hrtimers_prepare_cpu(i);
		as_cpu(i);
		hrtimers_cpu_starting(i);
	}
	as_cpu(0);
	local_irq_enable();
	kmem_cache_init_late();
	console_init();
	setup_per_cpu_pageset();
}

static void __init vfs_init(void)
{
	pid_idr_init();
	anon_vma_init();
	cred_init();
	fork_init();
	proc_caches_init();
	uts_ns_init();
	key_init();
	security_init();
	vfs_caches_init();
	pagecache_init();
	signals_init();
	seq_file_init();
	proc_root_init();
	nsfs_init();
	pidfs_init();
}

static void __init threads_init(void)
{
	int pid;

	rcu_scheduler_starting();
	pid = kernel_thread(kthreadd, NULL, "kthreadd", CLONE_FS | CLONE_FILES);
	kthreadd_task = find_task_by_pid_ns(pid, &init_pid_ns);
	system_state = SYSTEM_SCHEDULING;
	gfp_allowed_mask = __GFP_BITS_MASK;
	set_mems_allowed(node_states[N_MEMORY]);
	rump_rcu_start();
	rump_tick_init();
	workqueue_init();
	init_mm_internals();
}

#define SKIPPED(fn) extern int fn(void);
#include "skipped_initcalls.h"
#undef SKIPPED

static bool __init skipped(initcall_t fn)
{
	static const initcall_t list[] __initconst = {
#define SKIPPED(fn) fn,
#include "skipped_initcalls.h"
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (list[i] == fn)
			return true;
	return false;
}

static void __init run_initcalls(initcall_entry_t *from, initcall_entry_t *to)
{
	for (; from < to; from++) {
		initcall_t fn = initcall_from_entry(from);
		int err = skipped(fn) ? 0 : fn();

		if (err && err != -ENODEV)
			pr_warn("rump: initcall %ps returned %d\n", fn, err);
	}
}

static void __init initcalls(void)
{
	run_initcalls(__initcall_start, __initcall0_start);
	workqueue_init_topology();
	async_init();
	buffer_init();
	driver_init();
	run_initcalls(__initcall0_start, __initcall_end);
}

int __init rump_boot(void)
{
	unsigned int ncpu;
	int err = get_ncpu(&ncpu);

	if (err)
		return err;
	cmdline_init();
	rump_task_init();
	rump_vcpu_init(ncpu);
	local_irq_disable();
	cpus_init();
	rump_panic_init();
	err = rump_arena_init();
	if (err)
		return err;
	memory_init();
	core_init();
	vfs_init();
	threads_init();
	initcalls();
	system_state = SYSTEM_RUNNING;
	pr_info("Linux version " UTS_RELEASE "\n");
	rump_memory_limits();
	rump_fiber_end();
	rump_unschedule();
	rump_self.current_task = NULL;
	return 0;
}

