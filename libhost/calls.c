// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * System calls: the filters made of serve.def, start.def, tool.def and watch.def, put on all
 * threads of the process at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/fs.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <unistd.h>

#include "confine.h"

#define MAX_CONDITIONS 4

struct rule {
	int call;
	unsigned int group;
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

#define RULE(call, group, action, ...) { SCMP_SYS(call), CONFINE_##group, action, { __VA_ARGS__ } },
#define ALLOW(call, reason, ...) RULE(call, SERVE, SCMP_ACT_ALLOW, __VA_ARGS__)
#define SPARE ALLOW
#define MOUNT(call, reason, ...) RULE(call, START, SCMP_ACT_ALLOW, __VA_ARGS__)
#define PROBE(call, reason, ...) RULE(call, DRIVERS, SCMP_ACT_ALLOW, __VA_ARGS__)
#define TOOL(call, reason, ...) RULE(call, TOOL, SCMP_ACT_ALLOW, __VA_ARGS__)
#define PIPES(call, reason, ...) RULE(call, PIPES, SCMP_ACT_ALLOW, __VA_ARGS__)
#define HOST(call, reason, ...) RULE(call, HOST, SCMP_ACT_ALLOW, __VA_ARGS__)
#define WATCH(call, reason, ...) RULE(call, WATCH, SCMP_ACT_ALLOW, __VA_ARGS__)
#define BOOT(call, reason, ...) RULE(call, BOOT, SCMP_ACT_ALLOW, __VA_ARGS__)
#define REFUSE(call, reason, err) RULE(call, SERVE, SCMP_ACT_ERRNO(err))
#define KILL(call, reason) RULE(call, SERVE, SCMP_ACT_KILL_PROCESS)

static pid_t target = -1;

void confine_target(pid_t pid)
{
	target = pid;
}

/*
 * fakeroot(1) keeps owners in a process of its own and asks for them by System V IPC: the
 * identifier of what has the n-th of its keys.  -1: we do not run under it.
 */
static int faked(int n)
{
	const char *key = secure_getenv("FAKEROOTKEY");

	if (!key)
		return -1;
	return n < 2 ? msgget(atoi(key) + n, 0) : semget(atoi(key) + n, 1, 0);
}

static int add_rule(scmp_filter_ctx ctx, const struct rule *r)
{
	unsigned int n = 0;

	while (n < MAX_CONDITIONS && r->condition[n].op)
		n++;
	return seccomp_rule_add_array(ctx, r->action, r->call, n, r->condition);
}

static int add_rules(scmp_filter_ctx ctx, unsigned int groups)
{
	const struct rule rules[] = {
#include "serve.def"
#include "start.def"
#include "tool.def"
#include "watch.def"
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]) && !err; i++) {
		if (groups & rules[i].group)
			err = add_rule(ctx, &rules[i]);
		if (err == -EEXIST)	/* two groups have it */
			err = 0;
	}
	return err;
}

int confine_calls(unsigned int groups, char *why, size_t len)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err;

	if (!ctx)
		return confine_fail(-ENOMEM, why, len, "no memory for the filter of system calls");
	err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!err)	/* done already, and a filter before does not allow it */
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_NNP, 0);
	if (!err)	/* a binary tree */
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!err)
		err = add_rules(ctx, groups);
	if (!err)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	if (err)
		return confine_fail(err, why, len, "the host refuses a filter of system calls "
				    "(seccomp): %s; the kernel must have CONFIG_SECCOMP_FILTER",
				    strerror(-err));
	return 0;
}
