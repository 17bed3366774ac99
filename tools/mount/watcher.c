// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a monitor keeps of root's rights: to unmount, to send signals to its server, to reach files
 * of others.  It reads what the server says, which the image may have taken over.
 *
 * The monitor of an ordinary user has no rights but its user's, and keeps these: it unmounts by
 * fusermount3, which is set-user-ID, and what gives a filter or landlock to an ordinary user
 * (no_new_privs) takes that away.
 */
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../libhost/confine.h"
#include "mount.h"

#define CAP(name) (1ULL << CAP_##name)

/* The way to a mount, to an image and to a pid file may lead through others' directories. */
static uint64_t kept(const struct mount_options *o)
{
	return CAP(SYS_ADMIN) | CAP(KILL) | CAP(DAC_READ_SEARCH) |
	       (o->pid_file ? CAP(DAC_OVERRIDE) : 0);
}

static bool unmounts_itself(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	return !syscall(SYS_capget, &head, caps) && caps[0].effective & CAP(SYS_ADMIN);
}

static bool needed(const struct mount_options *o)
{
	return !o->nosandbox && unmounts_itself();
}

static int failed(const struct mount_options *o, int err, const char *why)
{
	if (err)
		complain(o, "the monitor cannot give up its rights: %s", why);
	return err ? -1 : 0;
}

int watcher_begin(const struct mount_options *o)
{
	char why[256];
	int err;

	if (!needed(o))
		return 0;
	err = confine_no_new_privileges(why, sizeof(why));
	if (!err)
		err = confine_bounding_set(kept(o), why, sizeof(why));
	if (!err)
		err = confine_capabilities(kept(o), why, sizeof(why));
	return failed(o, err, why);
}

int watcher_settle(const struct mount_options *o, pid_t server)
{
	char why[256];

	if (!needed(o))
		return 0;
	confine_target(server);
	return failed(o, confine_calls(CONFINE_WATCH, why, sizeof(why)), why);
}
