// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's errors while a server works, which a host's kernel would log.  A damaged image can
 * have one for each of its files, so there is a limit.  The calls come in any thread, with locks of
 * the kernel side held.
 */
#include <pthread.h>
#include <stdlib.h>

#include <rump/ukfs.h>

#include "mount.h"

#define LEVEL_EMERG 0		/* of a panic, which is shown anyway */
#define LEVEL_ERR 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct log_limit limit = { .burst = 100, .per_second = 2 };

static void show(void *arg, int level, const char *line)
{
	unsigned long missed;
	bool pass;

	if (level <= LEVEL_EMERG || level > LEVEL_ERR)
		return;
	pthread_mutex_lock(&lock);
	pass = limit_pass(&limit, &missed);
	pthread_mutex_unlock(&lock);
	if (missed)
		complain(arg, LIMIT_TEXT, missed);
	if (pass)
		complain(arg, "%s", line);
}

void errors_start(const struct mount_options *o)
{
	if (!o->debug && !getenv("RUMP_VERBOSE"))
		ukfs_set_log(show, (void *)o);
}

void errors_end(const struct mount_options *o)
{
	unsigned long missed;

	pthread_mutex_lock(&lock);
	missed = limit.missed;
	limit.missed = 0;
	pthread_mutex_unlock(&lock);
	if (missed)
		complain(o, LIMIT_TEXT, missed);
}
