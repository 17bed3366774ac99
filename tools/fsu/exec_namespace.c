// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_exec's namespace.  Who may mount gets a mount namespace only; everybody else a user namespace
 * with one user in it, the caller, who has all capabilities there until the next exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exec.h"
#include "fsu.h"

#define SYSCTL "/proc/sys/"

/* What an administrator sets to forbid user namespaces. */
static const struct {
	const char *name;
	long forbids;
	const char *allow;
} switches[] = {
	{ "user/max_user_namespaces", 0, "user.max_user_namespaces=10000" },
	{ "kernel/unprivileged_userns_clone", 0, "kernel.unprivileged_userns_clone=1" },
	{ "kernel/apparmor_restrict_unprivileged_userns", 1,
	  "kernel.apparmor_restrict_unprivileged_userns=0" },
};

static bool is_set(const char *name, long value)
{
	char path[128];
	long found;
	FILE *f;
	bool set;

	snprintf(path, sizeof(path), SYSCTL "%s", name);
	f = fopen(path, "re");
	set = f && fscanf(f, "%ld", &found) == 1 && found == value;
	if (f)
		fclose(f);
	return set;
}

static bool refused(int err)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (is_set(switches[i].name, switches[i].forbids)) {
			fsu_message("this host forbids user namespaces: an administrator can allow "
				    "them with `sysctl %s'; fsu_get and fsu_put need none",
				    switches[i].allow);
			return false;
		}
	if (err == ENOSPC || err == EUSERS)
		fsu_message("there are too many user namespaces: sysctl user.max_user_namespaces "
			    "is the limit");
	else
		fsu_message("cannot make a user namespace: %s: a container or a chroot may forbid "
			    "it; fsu_get and fsu_put need none", strerror(err));
	return false;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return done;
}

static bool map_id(const char *path, unsigned int inside, unsigned int outside)
{
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1", inside, outside);
	return write_text(path, line);
}

static bool user_namespace(bool as_root)
{
	const uid_t uid = geteuid();
	const gid_t gid = getegid();

	/* An ordinary user's own group can be mapped only where groups cannot be left any more. */
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || !write_text("/proc/self/setgroups", "deny") ||
	    !map_id("/proc/self/uid_map", as_root ? 0 : uid, uid) ||
	    !map_id("/proc/self/gid_map", as_root ? 0 : gid, gid))
		return refused(errno);
	return true;
}

bool fsu_exec_namespace(bool as_root)
{
	as_root = as_root && geteuid() != 0;
	if ((as_root || unshare(CLONE_NEWNS)) && !user_namespace(as_root))
		return false;
	/* Our mounts stay here;
	 * what the host unmounts goes away here, too, and is not kept in use. */
	if (!mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL))
		return true;
	fsu_message("cannot separate the mounts from the host's: %s", strerror(errno));
	return false;
}

bool fsu_exec_keep_mount_right(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, caps))
		return false;
	caps[0].inheritable |= 1U << CAP_SYS_ADMIN;
	return !syscall(SYS_capset, &head, caps) &&
	       !prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_ADMIN, 0, 0);
}
