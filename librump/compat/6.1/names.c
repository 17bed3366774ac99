// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that Linux 6.12 has and 6.1 does not, and those that 6.1 asks for and 6.12 does not. */
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <fs/internal.h>
#include <mm/internal.h>
#include <arch/rump/rumpkern/names.h>

/* init/main.c's own. */
void __init mm_core_init(void)
{
	build_all_zonelists(NULL);
	page_alloc_init();
	init_mem_debugging_and_hardening();
	mem_init();
	kmem_cache_init();
	pgtable_init();
	mm_cache_init();
}

#undef sched_cgroup_fork
NOTHING(sched_cgroup_fork, struct task_struct *p, struct kernel_clone_args *args)

#undef kvfree_call_rcu

/* func: the head's offset in the object; without a head the object. */
void kvfree_call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	rump_kvfree_call_rcu(head, head ? (void *)head - (unsigned long)func : (void *)func);
}

long sys_fchmodat2(int dfd, const char __user *name, umode_t mode, unsigned int flags)
{
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dfd, name, (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
			   (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &path);
	if (err)
		return err;
	err = chmod_common(&path, mode);
	path_put(&path);
	return err;
}

void send_call_function_single_ipi(int cpu)
{
	arch_send_call_function_single_ipi(cpu);
}

NOTHING(rcu_cpu_starting, unsigned int cpu)
CONSTANT(int, rcutree_dying_cpu, 0, unsigned int cpu)
CONSTANT(int, rcutree_dead_cpu, 0, unsigned int cpu)
CONSTANT(int, rcutree_offline_cpu, 0, unsigned int cpu)
