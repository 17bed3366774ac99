// SPDX-License-Identifier: GPL-2.0-or-later
/* Privileges: what a process gives up beside files and system calls, thread by thread. */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

int confine_fail(int err, char *why, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, len, fmt, ap);
	va_end(ap);
	return err;
}

static int threads(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += e->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}

int confine_check_threads(char *why, size_t len)
{
	int n = threads();

	return n == 1 ? 0 : confine_fail(-EBUSY, why, len, "only a process with one thread can be "
					 "confined, this one has %d", n);
}

int confine_no_new_privileges(char *why, size_t len)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ?
	       confine_fail(-errno, why, len, "cannot give up privileges by exec: %s",
			    strerror(errno)) : 0;
}

int confine_bounding_set(uint64_t kept, char *why, size_t len)
{
	int cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (!(kept >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) && errno != EPERM)
			return confine_fail(-errno, why, len, "cannot give up capability %d: %s",
					    cap, strerror(errno));
	return 0;
}

int confine_capabilities(uint64_t kept, char *why, size_t len)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &head, caps))
		return confine_fail(-errno, why, len, "cannot read the capabilities: %s",
				    strerror(errno));
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		caps[i].permitted &= (uint32_t)(kept >> 32 * i);
		caps[i].effective &= caps[i].permitted;
		caps[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, caps))
		return confine_fail(-errno, why, len, "cannot give up the capabilities: %s",
				    strerror(errno));
	return 0;
}
