// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names which the rest of the kernel expects of an architecture and of replaced files: those of
 * programs, page protections, interrupts and RCU's tree, none of which exists here.
 */
#include <linux/audit.h>
#include <linux/binfmts.h>
#include <linux/crc32.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/rcu_node_tree.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <asm/syscall.h>
#include "names.h"
#include "sched.h"

/* ---- programs ---- */

NOTHING(flush_thread, void)

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	panic("a program was started");
}

CONSTANT(long, arch_ptrace, -EIO, struct task_struct *child, long request, unsigned long addr,
	 unsigned long data)
NOTHING(ptrace_disable, struct task_struct *child)
CONSTANT(int, syscall_get_arch, EM_NONE, struct task_struct *task)

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	return vm_flags & VM_WRITE ? PAGE_SHARED : PAGE_READONLY;
}
EXPORT_SYMBOL(vm_get_page_prot);

NOTHING(execmem_init, void)
NOTHING(vmalloc_init, void)
NOTHING(pgtable_cache_init, void)

/* ---- the client's memory ---- */

/* The portable ones read words past the end of a string, where there may be nothing. */
long strncpy_from_user(char *dst, const char __user *src, long count)
{
	const char *end = count > 0 ? memchr(src, 0, count) : NULL;
	long n = end ? end - src : max(count, 0L);

	memcpy(dst, src, n + !!end);
	return n;
}
EXPORT_SYMBOL(strncpy_from_user);

long strnlen_user(const char __user *s, long count)
{
	const char *end = count > 0 ? memchr(s, 0, count) : NULL;

	return end ? end - s + 1 : count + 1;
}
EXPORT_SYMBOL(strnlen_user);

/* ---- checksums ---- */

/* A third of the time of creating a file in ext4.  lib/crc32.c leaves the name to architectures. */
u32 __pure __crc32c_le(u32 crc, unsigned char const *p, size_t len)
{
	return rumpuser_crc32c(&crc, p, len) ? __crc32c_le_base(crc, p, len) : crc;
}

/* ---- /proc ---- */

CONSTANT(int, show_interrupts, 0, struct seq_file *p, void *v)

static void *cpuinfo_start(struct seq_file *m, loff_t *pos)
{
	return *pos < rump_ncpu ? (void *)(*pos + 1) : NULL;
}

static void *cpuinfo_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return cpuinfo_start(m, pos);
}

static void cpuinfo_stop(struct seq_file *m, void *v)
{
}

static int cpuinfo_show(struct seq_file *m, void *v)
{
	seq_printf(m, "processor\t: %lu\nmodel name\t: rump virtual CPU\n\n", (unsigned long)v - 1);
	return 0;
}

const struct seq_operations cpuinfo_op = {
	.start = cpuinfo_start,
	.next = cpuinfo_next,
	.stop = cpuinfo_stop,
	.show = cpuinfo_show,
};

/* ---- modules ---- */

struct module_attribute module_uevent = { .attr = { .name = "uevent", .mode = 0200 } };

/* What the kernel asks for by name, where it is part of librump; the linker has left no names. */
extern const char utf8_data_table[] __weak;

void *__symbol_get(const char *symbol)
{
	return strcmp(symbol, "utf8_data_table") ? NULL : (void *)utf8_data_table;
}
EXPORT_SYMBOL_GPL(__symbol_get);

/* ---- kernel/rcu/tree.c ---- */

int rcu_num_lvls = RCU_NUM_LVLS;
int num_rcu_lvl[] = NUM_RCU_LVL_INIT;
int rcu_num_nodes = NUM_RCU_NODES;
int rcu_scheduler_active;
EXPORT_SYMBOL_GPL(rcu_scheduler_active);
int sysctl_panic_on_rcu_stall;
int sysctl_max_rcu_stall_to_panic;

NOTHING(rcu_init_geometry, void)

void rcu_scheduler_starting(void)
{
	rcu_scheduler_active = 2;	/* RCU_SCHEDULER_RUNNING */
}

CONSTANT(bool, rcu_is_watching, true, void)
EXPORT_SYMBOL_GPL(rcu_is_watching);

CONSTANT(int, rcu_needs_cpu, 0, void)
NOTHING(rcu_softirq_qs, void)
NOTHING(rcu_momentary_eqs, void)
NOTHING(rcu_preempt_deferred_qs, struct task_struct *t)
NOTHING(exit_rcu, void)
NOTHING(kfree_rcu_scheduler_running, void)

void kvfree_rcu_barrier(void)
{
	rcu_barrier();
}
EXPORT_SYMBOL_GPL(kvfree_rcu_barrier);

CONSTANT(int, rcutree_prepare_cpu, 0, unsigned int cpu)
CONSTANT(int, rcutree_online_cpu, 0, unsigned int cpu)
NOTHING(rcutree_report_cpu_starting, unsigned int cpu)
