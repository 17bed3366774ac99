/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door between clients and the kernel side: each call goes in and out through here. */
#ifndef RUMPVFS_ENTER_H
#define RUMPVFS_ENTER_H

#include "../rumpkern/sched.h"

extern bool rump_booted;

/* The calling host thread holds a virtual CPU and is a task afterwards.  0 or a negative errno. */
static inline int rump_enter(void)
{
	if (likely(rump_self.current_task)) {
		rump_schedule();
		return 0;
	}
	return rump_booted ? rump_adopt() : -ENXIO;
}

static inline void rump_leave(void)
{
	rump_exit_work();
	rump_unschedule();
}

/* The value of `call`, made inside. */
#define RUMP_CALL(call)				\
({						\
	long __r = rump_enter();		\
						\
	if (likely(!__r)) {			\
		__r = (call);			\
		rump_leave();			\
	}					\
	__r;					\
})

#endif
