// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nodes: one for each file that a client refers to, found by its key.
 *
 * The table holds no reference.  A node whose count has fallen to 0 is on its way out, and who
 * finds it waits until it has left the table.
 */
#include <linux/file.h>
#include <linux/namei.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "node.h"

static const struct rhashtable_params node_params = {
	.key_len = sizeof(struct node_key),
	.key_offset = offsetof(struct rump_node, key),
	.head_offset = offsetof(struct rump_node, hash),
	.automatic_shrinking = true,
};
static struct rhashtable nodes;
static atomic_t generation;
static struct kmem_cache *node_cache;

static int __init node_init(void)
{
	node_cache = KMEM_CACHE(rump_node, 0);
	return node_cache ? rhashtable_init(&nodes, &node_params) : -ENOMEM;
}
fs_initcall(node_init);

static void free_node(struct rcu_head *rcu)
{
	kmem_cache_free(node_cache, container_of(rcu, struct rump_node, rcu));
}

static struct rump_node *node_new(const struct path *path, const struct node_key *key)
{
	struct rump_node *node = kmem_cache_zalloc(node_cache, GFP_KERNEL);

	if (!node)
		return NULL;
	node->path = *path;
	node->inode = d_inode(path->dentry);
	node->key = *key;
	atomic_long_set(&node->count, 1);
	node->generation = atomic_inc_return(&generation);
	INIT_LIST_HEAD(&node->lru);
	INIT_LIST_HEAD(&node->forgotten);
	mutex_init(&node->lock);
	return node;
}

/* One that nobody has seen; or NULL. */
static void node_drop(struct rump_node *node)
{
	if (node)
		kmem_cache_free(node_cache, node);
}

static struct rump_node *node_find(const struct node_key *key)
{
	struct rump_node *node;

	rcu_read_lock();
	node = rhashtable_lookup(&nodes, key, node_params);
	if (node && !atomic_long_inc_not_zero(&node->count))
		node = ERR_PTR(-EAGAIN);
	rcu_read_unlock();
	return node;
}

struct rump_node *rump_node_get(const struct path *path)
{
	struct rump_node *node, *mine = NULL;
	struct node_key key;
	int err;

	rump_node_key(d_inode(path->dentry), &key);
	for (;;) {
		node = node_find(&key);
		if (IS_ERR(node)) {
			cond_resched();
			continue;
		}
		if (node) {
			node_drop(mine);
			rump_node_refresh(node, path);
			return node;
		}
		if (!mine && !(mine = node_new(path, &key))) {
			node = ERR_PTR(-ENOMEM);
			break;
		}
		err = rhashtable_lookup_insert_fast(&nodes, &mine->hash, node_params);
		if (!err) {
			rump_node_listed(mine);
			rump_node_remember(mine);
			return mine;
		}
		if (err != -EEXIST && err != -EBUSY) {
			node = ERR_PTR(err);
			break;
		}
	}
	node_drop(mine);
	path_put(path);
	return node;
}

struct rump_node *rump_node_get_dentry(struct rump_node *beside, struct dentry *dentry)
{
	struct path path = { .mnt = beside->path.mnt, .dentry = dentry };

	path_get(&path);
	return rump_node_get(&path);
}

static void node_end(struct rump_node *node)
{
	rump_node_unremember(node);
	rhashtable_remove_fast(&nodes, &node->hash, node_params);
	rump_node_unlist(node);
	rump_space_leaving(node);
	if (node->dir)
		fput(node->dir);
	path_put(&node->path);		/* a dentry of NULL is none */
	rump_space_left(node);
	call_rcu(&node->rcu, free_node);
}

void rump_node_put(struct rump_node *node, unsigned long count)
{
	bool last;
	long left;

	rcu_read_lock();
	left = atomic_long_sub_return(count, &node->count);
	last = left == 1 && READ_ONCE(node->remembered) && atomic_long_inc_not_zero(&node->count);
	rcu_read_unlock();
	if (last) {
		rump_node_forgotten(node);
		left = atomic_long_dec_return(&node->count);
	}
	if (!left)
		node_end(node);
}

struct rump_node *rump_node_keep(struct rump_node *beside, struct dentry *dentry)
{
	struct path path = { .mnt = beside->path.mnt, .dentry = dentry };
	struct rump_node *node;
	struct node_key key;

	if (d_is_negative(dentry))
		return NULL;
	rump_node_key(d_inode(dentry), &key);
	node = node_find(&key);
	if (IS_ERR_OR_NULL(node))
		return NULL;
	path_get(&path);
	rump_node_refresh(node, &path);
	if (atomic_inc_unless_negative(&node->holds))
		return node;
	rump_node_put(node, 1);
	return NULL;
}

void rump_node_unkeep(struct rump_node *node)
{
	if (!node)
		return;
	rump_space_removed(node);
	rump_node_unhold(node);
	rump_node_put(node, 1);
}

/* ---- attributes that calls give beside a node ------------------------------------------------ */

static struct statx_timestamp stamp(struct timespec64 ts)
{
	return (struct statx_timestamp){ .tv_sec = ts.tv_sec, .tv_nsec = ts.tv_nsec };
}

int rump_node_statx(const struct path *path, unsigned int mask, struct statx *stx)
{
	struct kstat st;
	int err = vfs_getattr(path, &st, mask, 0);

	if (err)
		return err;
	*stx = (struct statx){
		.stx_mask = st.result_mask,
		.stx_blksize = st.blksize,
		.stx_attributes = st.attributes,
		.stx_attributes_mask = st.attributes_mask,
		.stx_nlink = st.nlink,
		.stx_uid = from_kuid_munged(current_user_ns(), st.uid),
		.stx_gid = from_kgid_munged(current_user_ns(), st.gid),
		.stx_mode = st.mode,
		.stx_ino = st.ino,
		.stx_size = st.size,
		.stx_blocks = st.blocks,
		.stx_atime = stamp(st.atime),
		.stx_btime = stamp(st.btime),
		.stx_ctime = stamp(st.ctime),
		.stx_mtime = stamp(st.mtime),
		.stx_rdev_major = MAJOR(st.rdev),
		.stx_rdev_minor = MINOR(st.rdev),
		.stx_dev_major = MAJOR(st.dev),
		.stx_dev_minor = MINOR(st.dev),
	};
	return 0;
}

int rump_node_describe(const struct path *path, struct statx *stx)
{
	return stx ? rump_node_statx(path, STATX_BASIC_STATS | STATX_BTIME, stx) : 0;
}

int rump_node_result(struct rump_node *beside, struct dentry *dentry, struct rump_node **out,
		     struct statx *stx)
{
	const struct path path = { .mnt = beside->path.mnt, .dentry = dentry };
	struct rump_node *node = rump_node_get_dentry(beside, dentry);
	int err;

	if (IS_ERR(node))
		return PTR_ERR(node);
	err = rump_node_describe(&path, stx);
	if (err)
		rump_node_put(node, 1);
	else
		*out = node;
	return err;
}

/* ---- finding --------------------------------------------------------------------------------- */

static int node_by_path(const char *name, int flags, struct rump_node **out)
{
	struct path path;
	struct rump_node *node;
	int err;

	if (flags & ~AT_SYMLINK_NOFOLLOW)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, flags ? 0 : LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	node = rump_node_get(&path);
	if (IS_ERR(node))
		return PTR_ERR(node);
	*out = node;
	return 0;
}

int rump_name_check(struct rump_node *dir, const char *name)
{
	if (!d_is_dir(dir->path.dentry))
		return -ENOTDIR;
	if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	return 0;
}

static int lookup(struct rump_node *dir, const char *name, struct rump_node **out,
		  struct statx *stx)
{
	struct dentry *dentry;
	int err = rump_name_check(dir, name);

	if (err)
		return err;
	dentry = lookup_one_positive_unlocked(node_idmap(dir), name, dir->path.dentry,
					      strlen(name));
	if (IS_ERR(dentry))
		return PTR_ERR(dentry);
	err = rump_node_result(dir, dentry, out, stx);
	dput(dentry);
	return err;
}

static int parent(struct rump_node *dir, struct rump_node **out, struct statx *stx)
{
	struct dentry *dentry;
	int err;

	if (!d_is_dir(dir->path.dentry))
		return -ENOTDIR;
	if (dir->path.dentry == dir->path.mnt->mnt_root)
		return -EXDEV;
	dentry = dget_parent(dir->path.dentry);
	err = rump_node_result(dir, dentry, out, stx);
	dput(dentry);
	return err;
}

static int release(struct rump_node *node, unsigned long count)
{
	rump_node_put(node, count);
	return 0;
}

/* One walk over the table; a removal in between may make it miss some. */
static bool release_some(struct vfsmount *mnt)
{
	struct rhashtable_iter iter;
	struct rump_node *node;
	bool found = false;

	rhashtable_walk_enter(&nodes, &iter);
	rhashtable_walk_start(&iter);
	while ((node = rhashtable_walk_next(&iter))) {
		if (IS_ERR(node) || node->path.mnt != mnt)
			continue;
		found = true;
		rhashtable_walk_stop(&iter);
		rump_node_put(node, atomic_long_read(&node->count));
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return found;
}

static int release_all(struct vfsmount *mnt)
{
	while (release_some(mnt))
		;
	return 0;
}

int rump_vfs_node(const char *path, int flags, struct rump_node **node)
{
	return RUMP_CALL(node_by_path(path, flags, node));
}

int rump_vfs_lookup(struct rump_node *dir, const char *name, struct rump_node **node,
		    struct statx *stx)
{
	return NODE_CALL(dir, lookup(dir, name, node, stx));
}

int rump_vfs_parent(struct rump_node *dir, struct rump_node **node, struct statx *stx)
{
	return NODE_CALL(dir, parent(dir, node, stx));
}

uint32_t rump_vfs_generation(const struct rump_node *node)
{
	return node->generation;
}

int rump_vfs_loose_names(struct rump_node *dir)
{
	return NODE_CALL(dir, !!(READ_ONCE(dir->path.dentry->d_flags) & DCACHE_OP_COMPARE));
}

int rump_vfs_statx(struct rump_node *node, unsigned int mask, struct statx *stx)
{
	return NODE_CALL(node, rump_node_statx(&node->path, mask, stx));
}

void rump_vfs_release(struct rump_node *node, unsigned long count)
{
	if (node)
		(void)RUMP_CALL(release(node, count));
}

void rump_vfs_release_all(struct rump_node *node)
{
	(void)RUMP_CALL(release_all(node->path.mnt));
}
