// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identities: as whom a client's thread acts.
 *
 * Credentials are made once for each user and kept in a small table, the thread's are exchanged as
 * a whole: a server changes them with each request.
 */
#include <linux/cred.h>
#include <linux/fs_struct.h>
#include <linux/hash.h>
#include <linux/securebits.h>
#include <linux/user_namespace.h>
#include "context.h"
#include "node.h"

#define KEPT 64

struct kept {
	const struct cred *cred;	/* NULL: nothing is kept here */
	uint32_t uid, gid, flags;
};
static struct kept kept[KEPT];
static DEFINE_SPINLOCK(kept_lock);

/* What a trusted caller has looked at already; reserved blocks and quotas are not among it. */
static const int trusted_caps[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_MKNOD, CAP_SETFCAP,
};

static const struct cred *make_cred(const struct rump_identity *id)
{
	struct cred *cred = prepare_kernel_cred(&init_task);
	kernel_cap_t caps;
	unsigned int i;

	if (!cred)
		return NULL;
	cred->uid = cred->euid = cred->suid = cred->fsuid = KUIDT_INIT(id->uid);
	cred->gid = cred->egid = cred->sgid = cred->fsgid = KGIDT_INIT(id->gid);
	caps = id->uid ? CAP_EMPTY_SET : cred->cap_effective;
	for (i = 0; id->flags & RUMP_ID_TRUSTED && i < ARRAY_SIZE(trusted_caps); i++)
		cap_raise(caps, trusted_caps[i]);
	if (id->flags & RUMP_ID_FSETID)
		cap_raise(caps, CAP_FSETID);
	else
		cap_lower(caps, CAP_FSETID);
	cred->cap_effective = cred->cap_permitted = caps;
	return cred;
}

static struct kept *slot_of(const struct rump_identity *id)
{
	return &kept[hash_32(id->uid ^ id->gid << 2 ^ id->flags << 12, ilog2(KEPT))];
}

static bool is_of(const struct kept *k, const struct rump_identity *id)
{
	return k->cred && k->uid == id->uid && k->gid == id->gid && k->flags == id->flags;
}

/* The caller holds a reference. */
static const struct cred *cred_of(const struct rump_identity *id)
{
	struct kept *k = slot_of(id);
	const struct cred *cred = NULL, *old;

	spin_lock(&kept_lock);
	if (is_of(k, id))
		cred = get_cred(k->cred);
	spin_unlock(&kept_lock);
	if (cred)
		return cred;
	cred = make_cred(id);
	if (!cred)
		return NULL;
	get_cred(cred);
	spin_lock(&kept_lock);
	old = k->cred;
	*k = (struct kept){ cred, id->uid, id->gid, id->flags };
	spin_unlock(&kept_lock);
	put_cred(old);
	return cred;
}

static int become_user(const struct rump_identity *id)
{
	const struct cred *cred = cred_of(id);

	if (!cred)
		return -ENOMEM;
	revert_creds(cred);	/* exchanges the pointer, and puts what was there */
	current->fs->umask = id->mask & S_IRWXUGO;
	return 0;
}

int rump_vfs_identity(const struct rump_identity *id)
{
	return RUMP_CALL(become_user(id));
}

/* unshare(2) refuses threads of one process, which clients' threads are. */
static int enter_namespace(void)
{
	struct cred *cred = prepare_creds();
	int err = cred ? create_user_ns(cred) : -ENOMEM;

	if (!err) {
		commit_creds(cred);
		return task_pid_nr(current);
	}
	if (cred)
		put_cred(cred);
	return err;
}

int rump_userns_enter(void)
{
	return RUMP_CALL(enter_namespace());
}
