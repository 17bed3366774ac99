// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of the kernel side, and of the process with it. */
#include <stdatomic.h>
#include <unistd.h>

#include "internal.h"

#define LEVEL_EMERG 0
#define LEVEL_WARNING 4

void rumpuser_backtrace(void)
{
	KEEP_ERRNO;
	rumpuser_log_stack(LEVEL_WARNING);
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
	rumpuser_log_stack(LEVEL_EMERG);
	_exit(RUMP_EXIT_PANIC);
}
