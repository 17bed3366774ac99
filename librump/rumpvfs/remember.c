// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Nodes that the client has forgotten and may name again: file handles (name_to_handle_at(2), an
 * NFS server) contain their ids.  This file holds a reference to the last MOST nodes that the
 * client forgot.  Only the node is kept: hold.c drops its file.  A node whose file cannot be found
 * by its file handle is not remembered.
 */
#include <linux/xarray.h>
#include "node.h"

#define MOST	65536

static bool wanted;
static DEFINE_XARRAY(ids);		/* the nodes that are remembered, by address */
static LIST_HEAD(forgotten);		/* of those, oldest first; some may be in use again */
static unsigned long forgotten_len;
static DEFINE_SPINLOCK(forgotten_lock);

static unsigned long id_index(const void *id)
{
	return (unsigned long)id / __alignof__(struct rump_node);
}

void rump_node_remember(struct rump_node *node)
{
	if (!READ_ONCE(wanted) || !node->key.words)
		return;
	if (xa_err(xa_store(&ids, id_index(node), node, GFP_KERNEL)))
		return;
	atomic_long_inc(&node->count);
	WRITE_ONCE(node->remembered, true);
}

static void unlist(struct rump_node *node)
{
	if (list_empty(&node->forgotten))
		return;
	list_del_init(&node->forgotten);
	forgotten_len--;
}

bool rump_node_unremember(struct rump_node *node)
{
	if (!xchg(&node->remembered, false))
		return false;
	xa_erase(&ids, id_index(node));
	spin_lock(&forgotten_lock);
	unlist(node);
	spin_unlock(&forgotten_lock);
	return true;
}

/* The oldest where there are too many: with the reference that is given back now; or NULL. */
static struct rump_node *list_forgotten(struct rump_node *node)
{
	struct rump_node *oldest = NULL;

	spin_lock(&forgotten_lock);
	if (READ_ONCE(node->remembered)) {
		unlist(node);
		list_add_tail(&node->forgotten, &forgotten);
		forgotten_len++;
	}
	if (forgotten_len > MOST) {
		oldest = list_first_entry(&forgotten, struct rump_node, forgotten);
		unlist(oldest);
		if (atomic_long_read(&oldest->count) != 1 || !xchg(&oldest->remembered, false))
			oldest = NULL;	/* it is in use, and will be forgotten again */
	}
	spin_unlock(&forgotten_lock);
	if (oldest)
		xa_erase(&ids, id_index(oldest));
	return oldest;
}

void rump_node_forgotten(struct rump_node *node)
{
	struct rump_node *oldest;

	if (!rump_node_let_go(node)) {
		if (rump_node_unremember(node))
			rump_node_put(node, 1);
		return;
	}
	oldest = list_forgotten(node);
	if (oldest)
		rump_node_put(oldest, 1);
}

void rump_nodes_settle(void)
{
	unsigned long n = READ_ONCE(forgotten_len);
	struct rump_node *node;

	while (n--) {
		spin_lock(&forgotten_lock);
		node = list_first_entry_or_null(&forgotten, struct rump_node, forgotten);
		if (node && !atomic_long_inc_not_zero(&node->count))
			node = NULL;
		spin_unlock(&forgotten_lock);
		if (!node)
			break;
		rump_node_put(node, 1);		/* it is the last of the list now, or not in it */
	}
}

/* The client may ask before it has given its reference to a removed file back. */
static int describe_named(struct rump_node *node, struct statx *stx)
{
	return node->inode->i_nlink ? rump_node_describe(&node->path, stx) : -ESTALE;
}

static int again(const void *id, struct rump_node **out, struct statx *stx)
{
	struct rump_node *node;
	int err;

	rcu_read_lock();
	node = xa_load(&ids, id_index(id));
	if (node && !atomic_long_inc_not_zero(&node->count))
		node = NULL;
	rcu_read_unlock();
	if (!node)
		return -ESTALE;
	err = NODE_HELD(node, describe_named(node, stx));
	if (err)
		rump_node_put(node, 1);
	else
		*out = node;
	return err == -ENOENT ? -ESTALE : err;
}

void rump_vfs_remember(void)
{
	WRITE_ONCE(wanted, true);
}

int rump_vfs_again(const void *id, struct rump_node **node, struct statx *stx)
{
	return RUMP_CALL(again(id, node, stx));
}
