// SPDX-License-Identifier: GPL-2.0-or-later
/* System calls: the filter made of sandbox_calls.def, put on all threads of the process at once. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sandbox.h"

#define MAX_CONDITIONS 4

struct rule {
	int call;
	uint32_t action;
	struct scmp_arg_cmp condition[MAX_CONDITIONS];	/* as many as have an operator */
};

/* The flags of pthread_create. */
#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
		CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)
#define SELF getpid()

/* The host looks at the lower half of these arguments only. */
#define IS(n, value) { n, SCMP_CMP_MASKED_EQ, 0xffffffffU, (uint32_t)(value) }
#define BITS(n, mask, value) { n, SCMP_CMP_MASKED_EQ, mask, value }

#define ALLOW(call, reason, ...) { SCMP_SYS(call), SCMP_ACT_ALLOW, { __VA_ARGS__ } },
#define SPARE ALLOW
#define REFUSE(call, reason, err) { SCMP_SYS(call), SCMP_ACT_ERRNO(err), { } },
#define KILL(call, reason) { SCMP_SYS(call), SCMP_ACT_KILL_PROCESS, { } },

static int add_rule(scmp_filter_ctx ctx, const struct rule *r)
{
	unsigned int n = 0;

	while (n < MAX_CONDITIONS && r->condition[n].op)
		n++;
	return seccomp_rule_add_array(ctx, r->action, r->call, n, r->condition);
}

static int add_rules(scmp_filter_ctx ctx)
{
	const struct rule rules[] = {
#include "sandbox_calls.def"
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]) && !err; i++)
		err = add_rule(ctx, &rules[i]);
	return err;
}

int sandbox_calls(char *why, size_t len)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err;

	if (!ctx)
		return sandbox_fail(-ENOMEM, why, len, "no memory for the filter of system calls");
	err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!err)	/* a binary tree */
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!err)
		err = add_rules(ctx);
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	if (err)
		return sandbox_fail(err, why, len, "the host refuses a filter of system calls "
				    "(seccomp): %s; the kernel must have CONFIG_SECCOMP_FILTER",
				    strerror(-err));
	return 0;
}
