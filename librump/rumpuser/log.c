// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The log's way out of the kernel side: to the sink that the application has set, else to standard
 * error, where only what ends or endangers the process is shown unless RUMP_VERBOSE is set.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

#define SHOWN_LEVEL 0	/* emergency: the least grave level which is shown by default */
#define LINE_SIZE 1024

/* Held for reading during a call of the sink: none is under way once rumpuser_set_log returns. */
static pthread_rwlock_t sink_lock = PTHREAD_RWLOCK_INITIALIZER;
volatile bool rumpuser_panicking;
static rumpuser_log_fn sink;
static void *sink_arg;

void rumpuser_set_log(rumpuser_log_fn fn, void *arg)
{
	pthread_rwlock_wrlock(&sink_lock);
	sink = fn;
	sink_arg = arg;
	pthread_rwlock_unlock(&sink_lock);
}

static void log_stderr(int level, const char *line)
{
	struct iovec iov[] = {
		{ "rump: ", 6 }, { (char *)line, strlen(line) }, { "\n", 1 },
	};

	if (level > SHOWN_LEVEL && !rumpuser_param_true("RUMP_VERBOSE"))
		return;
	if (writev(STDERR_FILENO, iov, 3) < 0)
		return;	/* there is nobody left to tell */
}

void rumpuser_log(int level, const char *line, unsigned long len)
{
	KEEP_ERRNO;
	char buf[LINE_SIZE];

	if (len >= sizeof(buf))
		len = sizeof(buf) - 1;
	memcpy(buf, line, len);
	buf[len] = '\0';
	pthread_rwlock_rdlock(&sink_lock);
	if (sink)
		sink(sink_arg, level, buf);
	if (!sink || rumpuser_panicking)
		log_stderr(level, buf);
	pthread_rwlock_unlock(&sink_lock);
}

void rumpuser_logf(int level, const char *fmt, ...)
{
	char buf[LINE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	rumpuser_log(level, buf, strlen(buf));
}
