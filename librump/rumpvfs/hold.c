// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nodes and memory.  A client may know any number of files; what it knows of them must not keep
 * all their inodes in memory.  Where memory is short, nodes that no call is at work on let go of
 * their files, and find them again by their file handles, as an NFS server does.  A file without a
 * name has no handle, and one of a file system that keeps none on the medium neither: those stay.
 * Which file systems do is tried, once, on a file that is not in use.
 */
#include <linux/cred.h>
#include <linux/exportfs.h>
#include <linux/file.h>
#include <linux/namei.h>
#include <linux/shrinker.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "node.h"

#define BATCH 32
#define PROVE_EACH 128

static LIST_HEAD(lru);			/* oldest first */
static unsigned long lru_len;
static DEFINE_SPINLOCK(lru_lock);

void rump_node_key(struct inode *inode, struct node_key *key)
{
	int words = NODE_KEY_WORDS, type;

	memset(key, 0, sizeof(*key));
	key->sb = inode->i_sb;
	if (exportfs_can_decode_fh(inode->i_sb->s_export_op)) {
		type = exportfs_encode_inode_fh(inode, (struct fid *)key->raw, &words, NULL, 0);
		if (type >= 0 && type != FILEID_INVALID) {
			key->type = type;
			key->words = words;
			return;
		}
		memset(key->raw, 0, sizeof(key->raw));
	}
	memcpy(key->raw, &inode, sizeof(inode));
}

static int any(void *unused, struct dentry *dentry)
{
	return 1;
}

static struct dentry *decode(struct vfsmount *mnt, const struct node_key *key)
{
	const struct cred *old = override_creds(init_task.cred);
	struct dentry *dentry = exportfs_decode_fh(mnt, (struct fid *)key->raw, key->words,
						   key->type, any, NULL);

	revert_creds(old);
	return dentry ?: ERR_PTR(-ESTALE);
}

/* ---- found again ----------------------------------------------------------------------------- */

static void set_path(struct rump_node *node, struct dentry *dentry)
{
	node->path.dentry = dentry;
	node->inode = d_inode(dentry);
	node->used = true;
}

int rump_node_find_again(struct rump_node *node)
{
	struct dentry *dentry;
	int err = 0;

	mutex_lock(&node->lock);
	if (!atomic_inc_unless_negative(&node->holds)) {
		dentry = decode(node->path.mnt, &node->key);
		err = PTR_ERR_OR_ZERO(dentry);
		if (!err) {
			set_path(node, dentry);
			atomic_set_release(&node->holds, 1);
			rump_node_listed(node);
		}
	}
	mutex_unlock(&node->lock);
	return err;
}

void rump_node_refresh(struct rump_node *node, const struct path *path)
{
	struct dentry *mine = path->dentry;

	/* Who has the lock finds it, or reads it: that takes the locks of directories, which the
	 * caller may hold. */
	if (atomic_read(&node->holds) < 0 && mutex_trylock(&node->lock)) {
		if (atomic_read(&node->holds) < 0) {
			set_path(node, mine);
			atomic_set_release(&node->holds, 0);
			rump_node_listed(node);
			mine = NULL;
		}
		mutex_unlock(&node->lock);
	}
	dput(mine);
	mntput(path->mnt);
}

/* ---- is a handle enough? --------------------------------------------------------------------- */

/* By the file system's operations on handles: do they find a file that has left memory? */
static DEFINE_XARRAY(proofs);
#define GOOD xa_mk_value(1)
#define BAD xa_mk_value(0)

static void *proof(const struct rump_node *node)
{
	return xa_load(&proofs, (unsigned long)node->key.sb->s_export_op / sizeof(long));
}

/*
 * Nobody but its node uses the file, and nothing of it is to be written: what leaves memory while
 * it is written may lose that (btrfs refers to the inode then, which is no longer to be referred
 * to).
 */
static bool may_leave(struct rump_node *node)
{
	struct inode *inode = node->inode;

	return !node->dir && inode->i_nlink && !IS_ROOT(node->path.dentry) &&
	       d_count(node->path.dentry) == 1 && atomic_read(&inode->i_count) == 1 &&
	       !(READ_ONCE(inode->i_state) & (I_DIRTY_ALL | I_SYNC)) &&
	       !mapping_tagged(inode->i_mapping, PAGECACHE_TAG_DIRTY) &&
	       !mapping_tagged(inode->i_mapping, PAGECACHE_TAG_WRITEBACK);
}

/* One that can be tried: locked, let go, and referred to. */
static struct rump_node *take_candidate(void)
{
	struct rump_node *node;

	spin_lock(&lru_lock);
	list_for_each_entry(node, &lru, lru) {
		if (proof(node) || !mutex_trylock(&node->lock))
			continue;
		if (!atomic_cmpxchg(&node->holds, 0, -1)) {
			if (may_leave(node) && atomic_long_inc_not_zero(&node->count))
				goto found;
			atomic_set(&node->holds, 0);
		}
		mutex_unlock(&node->lock);
	}
	node = NULL;
found:
	spin_unlock(&lru_lock);
	return node;
}

/* Let its file leave memory, and find it by its handle; if that is in vain, by its name. */
static bool try_handle(struct rump_node *node)
{
	struct dentry *dentry = node->path.dentry, *parent = dget_parent(dentry), *again;
	const struct cred *old = override_creds(init_task.cred);
	struct name_snapshot name;
	bool good;

	take_dentry_name_snapshot(&name, dentry);
	d_mark_dontcache(node->inode);
	dput(dentry);
	again = decode(node->path.mnt, &node->key);
	good = !IS_ERR(again);
	if (!good)
		again = lookup_one_positive_unlocked(node_idmap(node), name.name.name, parent,
						     name.name.len);
	if (IS_ERR(again)) {
		node->path.dentry = NULL;
		rump_node_unlist(node);
	} else {
		set_path(node, again);
		atomic_set_release(&node->holds, 0);
	}
	release_dentry_name_snapshot(&name);
	dput(parent);
	revert_creds(old);
	return good;
}

static void prove(struct work_struct *unused)
{
	struct rump_node *node = take_candidate();

	if (!node)
		return;
	xa_store(&proofs, (unsigned long)node->key.sb->s_export_op / sizeof(long),
		 try_handle(node) ? GOOD : BAD, GFP_KERNEL);
	mutex_unlock(&node->lock);
	rump_node_put(node, 1);
	rump_nodes_settle();
}
static DECLARE_WORK(prove_work, prove);

/* ---- let go ---------------------------------------------------------------------------------- */

void rump_node_listed(struct rump_node *node)
{
	unsigned long n;

	if (!node->key.words)
		return;
	spin_lock(&lru_lock);
	list_add_tail(&node->lru, &lru);
	n = ++lru_len;
	spin_unlock(&lru_lock);
	/* Long before memory is short. */
	if (n % PROVE_EACH == 0 && !proof(node))
		queue_work(system_wq, &prove_work);
}

static void unlist(struct rump_node *node)
{
	list_del_init(&node->lru);
	lru_len--;
}

void rump_node_unlist(struct rump_node *node)
{
	spin_lock(&lru_lock);
	if (!list_empty(&node->lru))
		unlist(node);
	spin_unlock(&lru_lock);
}

/* A handle does not lead to a file without a name, nor to the root.  The file is in memory. */
static bool may_be_found(const struct rump_node *node)
{
	return node->inode->i_nlink && node->path.dentry != node->path.mnt->mnt_root;
}

/* Under lru_lock.  The caller puts what the node had. */
static bool let_go(struct rump_node *node, struct dentry **dentry, struct file **dir)
{
	bool gone = false;

	if (proof(node) != GOOD || !mutex_trylock(&node->lock))
		return false;
	if (!atomic_cmpxchg(&node->holds, 0, -1)) {
		if (may_be_found(node)) {
			*dentry = node->path.dentry;
			*dir = node->dir;
			node->path.dentry = NULL;
			node->inode = NULL;
			node->dir = NULL;
			gone = true;
		} else {
			atomic_set(&node->holds, 0);
		}
	}
	mutex_unlock(&node->lock);
	return gone;
}

static bool stays(struct rump_node *node)
{
	bool found;

	if (!atomic_inc_unless_negative(&node->holds))
		return false;
	found = may_be_found(node);
	rump_node_unhold(node);
	return !found || proof(node) == BAD;
}

bool rump_node_let_go(struct rump_node *node)
{
	struct dentry *dentry = NULL;
	struct file *dir = NULL;

	if (stays(node))
		return false;
	spin_lock(&lru_lock);
	if (let_go(node, &dentry, &dir))
		unlist(node);
	spin_unlock(&lru_lock);
	if (!proof(node))
		queue_work(system_wq, &prove_work);
	if (dir)
		fput(dir);
	dput(dentry);
	return true;
}

static unsigned long scan_batch(unsigned long *looked, unsigned long most)
{
	struct dentry *dentries[BATCH];
	struct file *dirs[BATCH];
	unsigned long n = 0, i;
	bool unproven;

	spin_lock(&lru_lock);
	while (*looked < most && n < BATCH && !list_empty(&lru)) {
		struct rump_node *node = list_first_entry(&lru, struct rump_node, lru);

		++*looked;
		if (!node->used && let_go(node, &dentries[n], &dirs[n])) {
			unlist(node);
			n++;
		} else {
			WRITE_ONCE(node->used, false);
			list_move_tail(&node->lru, &lru);
		}
	}
	unproven = !list_empty(&lru) && !proof(list_first_entry(&lru, struct rump_node, lru));
	spin_unlock(&lru_lock);
	if (unproven)
		queue_work(system_wq, &prove_work);
	for (i = 0; i < n; i++) {
		if (dirs[i])
			fput(dirs[i]);
		dput(dentries[i]);
	}
	return n;
}

static unsigned long scan_nodes(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long looked = 0, freed = 0, before;

	if (!(sc->gfp_mask & __GFP_FS))
		return SHRINK_STOP;
	do {
		before = looked;
		freed += scan_batch(&looked, sc->nr_to_scan);
	} while (looked > before && looked < sc->nr_to_scan);
	sc->nr_scanned = looked;
	return freed;
}

static unsigned long count_nodes(struct shrinker *s, struct shrink_control *sc)
{
	return READ_ONCE(lru_len) ?: SHRINK_EMPTY;
}

static int __init hold_init(void)
{
	struct shrinker *s = shrinker_alloc(0, "rump-nodes");

	if (!s)
		return -ENOMEM;
	s->count_objects = count_nodes;
	s->scan_objects = scan_nodes;
	shrinker_register(s);
	return 0;
}
fs_initcall(hold_init);
