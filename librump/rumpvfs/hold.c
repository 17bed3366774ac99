// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nodes and memory.  A client may know any number of files; what it knows of them must not keep
 * all their inodes in memory.  Where memory is short, nodes that no call is at work on let go of
 * their files, and find them again by their file handles, as an NFS server does.  A file without a
 * name has no handle, and one of a file system that keeps none on the medium neither: those stay.
 */
#include <linux/cred.h>
#include <linux/exportfs.h>
#include <linux/file.h>
#include <linux/namei.h>
#include <linux/shrinker.h>
#include <linux/xarray.h>
#include "node.h"

#define BATCH 32

static LIST_HEAD(lru);			/* oldest first */
static unsigned long lru_len;
static DEFINE_SPINLOCK(lru_lock);

/* By the file system's operations on handles: do they find a file that has left memory? */
static DEFINE_XARRAY(proofs);
#define GOOD xa_mk_value(1)
#define BAD xa_mk_value(0)

static void *proof(struct super_block *sb)
{
	if (!exportfs_can_decode_fh(sb->s_export_op))
		return BAD;
	return xa_load(&proofs, (unsigned long)sb->s_export_op / sizeof(long));
}

void rump_node_key_by_address(struct inode *inode, struct node_key *key)
{
	memset(key, 0, sizeof(*key));
	key->sb = inode->i_sb;
	memcpy(key->raw, &inode, sizeof(inode));
}

void rump_node_key(struct inode *inode, struct node_key *key)
{
	int words = NODE_KEY_WORDS, type;

	memset(key, 0, sizeof(*key));
	key->sb = inode->i_sb;
	if (proof(inode->i_sb) == GOOD) {
		type = exportfs_encode_inode_fh(inode, (struct fid *)key->raw, &words, NULL, 0);
		if (type >= 0 && type != FILEID_INVALID) {
			key->type = type;
			key->words = words;
			return;
		}
	}
	rump_node_key_by_address(inode, key);
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

/* ---- is a handle enough? ------------------------------------------------------------------------ */

/* 1 or 0; -EAGAIN: the file is in use, so that nothing is seen. */
static int try_handle(struct vfsmount *mnt, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);
	struct node_key key = { .words = NODE_KEY_WORDS };
	int words = NODE_KEY_WORDS, type;
	struct dentry *again;

	type = exportfs_encode_inode_fh(inode, (struct fid *)key.raw, &words, NULL, 0);
	if (type < 0 || type == FILEID_INVALID)
		return 0;
	key.type = type;
	key.words = words;
	if (atomic_read(&inode->i_count) > 1)
		return -EAGAIN;
	d_mark_dontcache(inode);
	dput(dentry);
	again = decode(mnt, &key);
	if (IS_ERR(again))
		return 0;
	dput(again);
	return 1;
}

struct dentry *rump_node_prove(struct rump_node *dir, const char *name, struct dentry *dentry)
{
	struct super_block *sb = dentry->d_sb;
	int good;

	if (likely(proof(sb)))
		return dentry;
	good = try_handle(dir->path.mnt, dentry);
	if (good == -EAGAIN)
		return dentry;
	xa_store(&proofs, (unsigned long)sb->s_export_op / sizeof(long), good ? GOOD : BAD,
		 GFP_KERNEL);
	return lookup_one_positive_unlocked(node_idmap(dir), name, dir->path.dentry, strlen(name));
}

/* ---- found again -------------------------------------------------------------------------------- */

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

	mutex_lock(&node->lock);
	if (atomic_read(&node->holds) < 0) {
		set_path(node, mine);
		atomic_set_release(&node->holds, 0);
		rump_node_listed(node);
		mine = NULL;
	}
	mutex_unlock(&node->lock);
	dput(mine);
	mntput(path->mnt);
}

/* ---- let go ------------------------------------------------------------------------------------- */

void rump_node_listed(struct rump_node *node)
{
	if (!node->key.words)
		return;
	spin_lock(&lru_lock);
	list_add_tail(&node->lru, &lru);
	lru_len++;
	spin_unlock(&lru_lock);
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

/* Under lru_lock.  The caller puts what the node had. */
static bool let_go(struct rump_node *node, struct dentry **dentry, struct file **dir)
{
	bool gone = false;

	if (!mutex_trylock(&node->lock))
		return false;
	if (!atomic_cmpxchg(&node->holds, 0, -1)) {
		/* A file without a name, and the root, are not to be found by a handle. */
		if (node->inode->i_nlink && node->path.dentry != node->path.mnt->mnt_root) {
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

static unsigned long scan_batch(unsigned long *looked, unsigned long most)
{
	struct dentry *dentries[BATCH];
	struct file *dirs[BATCH];
	unsigned long n = 0, i;

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
	spin_unlock(&lru_lock);
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
