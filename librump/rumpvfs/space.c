// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Space that is about to become free.  A removed file gives its space back when the client releases
 * its node, and the host's FUSE does that some time after unlink(2) has returned.  Who meets a full
 * file system in between waits for it.
 */
#include <linux/jiffies.h>
#include <linux/wait.h>
#include "node.h"

static atomic_t orphans;		/* nodes whose files have lost their last name */
static atomic_t leaving;		/* of these, in rump_node_put */
static atomic_t removed, freed;		/* how many there have been */
static atomic_t in_vain;		/* `removed` when a wait saw nothing freed */
static unsigned long last_freed;	/* jiffies */
static DECLARE_WAIT_QUEUE_HEAD(waiters);

void rump_space_removed(struct rump_node *node)
{
	if (node->inode->i_nlink || xchg(&node->orphan, true))
		return;
	atomic_inc(&orphans);
	atomic_inc(&removed);
}

void rump_space_leaving(const struct rump_node *node)
{
	if (node->orphan)
		atomic_inc(&leaving);
}

void rump_space_left(const struct rump_node *node)
{
	if (!node->orphan)
		return;
	WRITE_ONCE(last_freed, jiffies);
	atomic_dec(&leaving);
	atomic_dec(&orphans);
	atomic_inc(&freed);
	wake_up_all(&waiters);
}

/* A large file takes its time to leave; one that a program has open may not leave at all. */
static int wait_space(void)
{
	int before = atomic_read(&freed), names = atomic_read(&removed);
	long most = msecs_to_jiffies(atomic_read(&leaving) ? 5000 : 50);

	if (before && time_before(jiffies, READ_ONCE(last_freed) + msecs_to_jiffies(50)))
		return 1;
	if (!atomic_read(&orphans) || atomic_read(&in_vain) == names)
		return 0;
	if (wait_event_timeout(waiters, atomic_read(&freed) != before, most))
		return 1;
	atomic_set(&in_vain, names);
	return 0;
}

int rump_vfs_wait_space(void)
{
	return RUMP_CALL(wait_space());
}
