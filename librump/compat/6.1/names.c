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

/* The kernel's own, which nothing there uses,
 * gives an empty tree's whole range to the first who asks. */
int rump_mtree_alloc_range(struct maple_tree *mt, unsigned long *startp, void *entry,
			   unsigned long size, unsigned long min, unsigned long max, gfp_t gfp)
{
	MA_STATE(mas, mt, 0, 0);
	int err;

	mas_lock(&mas);
	do {
		err = mas_empty_area(&mas, min, max, size);
		if (err)
			break;
		*startp = mas.index;
		mas_set_range(&mas, mas.index, mas.index + size - 1);
		mas_store(&mas, entry);
		/* The lock was let go for memory: the range may be another's. */
	} while (mas_nomem(&mas, gfp));
	if (!err && mas_is_err(&mas))
		err = xa_err(mas.node);
	mas_unlock(&mas);
	mas_destroy(&mas);
	return err;
}
