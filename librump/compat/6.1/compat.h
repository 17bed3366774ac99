/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Included before each file of rumpkern, rumpvfs, rumpblk and rumpmtd: what they say in the words
 * of Linux 6.12, in those of 6.1.  What is more than a name is in names.c.
 */
#ifndef RUMP_COMPAT_6_1_H
#define RUMP_COMPAT_6_1_H

#include <linux/blk-mq.h>
#include <linux/crc32.h>
#include <linux/exportfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/maple_tree.h>
#include <linux/mount.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/vmalloc.h>
#include <linux/xattr.h>

/* ---- rumpkern ---- */

#define kernel_thread(fn, arg, name, flags)	kernel_thread(fn, arg, flags)
#define MAX_PAGE_ORDER				(MAX_ORDER - 1)
#define slab_late_init				slab_sysfs_init
#define param_sysfs_builtin_init		slab_late_init /* part of what makes the folder */
#define sched_tick				scheduler_tick

/* Private to init/main.c and lib/crc32.c. */
#ifndef MODULE
extern const struct obs_kernel_param __setup_start[], __setup_end[];
#endif
extern initcall_entry_t __initcall_start[], __initcall0_start[], __initcall_end[];
u32 __pure __crc32c_le_base(u32 crc, unsigned char const *p, size_t len);

void mm_core_init(void);
static inline void workqueue_init_topology(void) { }
static inline void async_init(void) { }

/* Other arguments or results: names.c has the ones of the kernel's names. */
#define sched_cgroup_fork			rump_sched_cgroup_fork
#define mtree_alloc_range			rump_mtree_alloc_range
int rump_mtree_alloc_range(struct maple_tree *mt, unsigned long *startp, void *entry,
			   unsigned long size, unsigned long min, unsigned long max, gfp_t gfp);
#define kvfree_call_rcu				rump_kvfree_call_rcu
void rump_kvfree_call_rcu(struct rcu_head *head, void *ptr);

/* Private to kernel/fork.c; this is the one caller that starts nothing. */
static inline struct task_struct *copy_process(struct pid *pid, int trace, int node,
					       struct kernel_clone_args *args)
{
	struct task_struct *p = create_io_thread(args->fn, args->fn_arg, node);

	if (!IS_ERR(p)) {
		p->flags &= ~PF_IO_WORKER;
		sigemptyset(&p->blocked);
	}
	return p;
}

/* Allocations were not profiled. */
#define __vmalloc_node_range_noprof		__vmalloc_node_range
#define __vmalloc_node_noprof			__vmalloc_node
#define __vmalloc_noprof			__vmalloc
#define vmalloc_noprof				vmalloc
#define vmalloc_huge_noprof			vmalloc_huge
#define vzalloc_noprof				vzalloc
#define vmalloc_user_noprof			vmalloc_user
#define vmalloc_node_noprof			vmalloc_node
#define vzalloc_node_noprof			vzalloc_node
#define vrealloc_noprof				vrealloc
#define kvmalloc_array_noprof			kvmalloc_array
#define alloc_pages_noprof			alloc_pages

static inline struct shrinker *shrinker_alloc(unsigned int flags, const char *name)
{
	struct shrinker *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (s)
		*s = (struct shrinker){ .flags = flags, .seeks = DEFAULT_SEEKS };
	return s;
}

static inline void shrinker_register(struct shrinker *s)
{
	WARN_ON(register_shrinker(s, "rump"));
}

static inline void mm_account_reclaimed_pages(unsigned long pages)
{
	if (current->reclaim_state)
		current->reclaim_state->reclaimed_slab += pages;
}

/* ---- rumpvfs ---- */

/* A mount's mapping of owners was a user namespace. */
#define mnt_idmap				user_namespace
#define user_namespace(mnt)			mnt_user_ns(mnt)
#define old_mnt_idmap				old_mnt_userns
#define new_mnt_idmap				new_mnt_userns
#define kernel_tmpfile_open			vfs_tmpfile_open
#define is_posix_acl_xattr(name)		false
#define vfs_remove_acl				vfs_removexattr
#define exportfs_encode_inode_fh(in, fid, words, parent, flags) \
	exportfs_encode_inode_fh(in, fid, words, parent)

static inline bool exportfs_can_decode_fh(const struct export_operations *ops)
{
	return ops && ops->fh_to_dentry;
}

/* To hold off who freezes the file system was left to the caller. */
#define vfs_iter_write(file, iter, pos, flags)				\
({									\
	ssize_t __n;							\
									\
	file_start_write(file);						\
	__n = vfs_iter_write(file, iter, pos, flags);			\
	file_end_write(file);						\
	__n;								\
})

long sys_fchmodat2(int dfd, const char __user *name, umode_t mode, unsigned int flags);

/* ---- rumpblk ---- */

#define bdev_partno(bdev)			((bdev)->bd_partno)
#define rq_list					request *
#undef rq_list_empty
#define rq_list_empty(list)			(!*(list))

#endif
