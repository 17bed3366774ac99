// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of the kernel side, and of the process with it. */
#include <dlfcn.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define LEVEL_EMERG 0
#define LEVEL_WARNING 4
#define MAX_FRAMES 64

static void backtrace_to_log(int level)
{
	void *frame[MAX_FRAMES];
	int i, n = backtrace(frame, MAX_FRAMES);
	const char *file;
	Dl_info info;

	for (i = 1; i < n; i++) {	/* frame 0 is this function */
		if (!dladdr(frame[i], &info) || !info.dli_fname) {
			rumpuser_logf(level, "  #%d %p", i, frame[i]);
			continue;
		}
		file = strrchr(info.dli_fname, '/');
		rumpuser_logf(level, "  #%d %s+%#lx %s", i, file ? file + 1 : info.dli_fname,
			      (unsigned long)((char *)frame[i] - (char *)info.dli_fbase),
			      info.dli_sname ? info.dli_sname : "");
	}
}

void rumpuser_backtrace(void)
{
	KEEP_ERRNO;
	backtrace_to_log(LEVEL_WARNING);
}

void rumpuser_panic(const char *message)
{
	static atomic_flag panicking = ATOMIC_FLAG_INIT;
	static __thread bool mine;

	if (atomic_flag_test_and_set(&panicking)) {
		if (mine)	/* the log's sink or the backtrace has failed */
			_exit(RUMP_EXIT_PANIC);
		for (;;)	/* the first one ends the process */
			pause();
	}
	mine = true;
	rumpuser_panicking = true;
	rumpuser_logf(LEVEL_EMERG, "panic: %s", message);
	backtrace_to_log(LEVEL_EMERG);
	_exit(RUMP_EXIT_PANIC);
}
