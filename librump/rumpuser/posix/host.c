// SPDX-License-Identifier: GPL-2.0-or-later
/* What the host lets this process use; what POSIX does not know: names of threads, stacks. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../internal.h"

const char *rumpuser_env(const char *name)
{
	return getuid() == geteuid() && getgid() == getegid() ? getenv(name) : NULL;
}

unsigned int rumpuser_ncpu(void)
{
	KEEP_ERRNO;
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

void rumpuser_thread_name(const char *name)
{
	(void)name;
}

void rumpuser_log_stack(int level)
{
	rumpuser_logf(level, "  no backtrace: POSIX has none");
}
