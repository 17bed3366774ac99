// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the server writes on standard error goes on, line by line, to our caller's standard error or
 * to the system's log.  A server that a hostile image has taken over must not fill that: the limit
 * is above what the server keeps to by itself (errors.c), so it loses no line of a crash.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "../../libhost/printable.h"
#include "mount.h"

#define BURST 500
#define PER_SECOND 20

void lines_init(struct lines *l, const struct mount_options *o, int fd)
{
	*l = (struct lines){ .o = o, .fd = fd };
	if (!o->debug && !getenv("RUMP_VERBOSE"))
		l->limit = (struct log_limit){ .burst = BURST, .per_second = PER_SECOND };
}

static void put(const struct lines *l, const char *line)
{
	if (l->to_log)
		syslog(LOG_ERR, "%s", line);
	else
		printable_line(stderr, line);
}

static void put_missed(const struct lines *l, unsigned long n)
{
	char text[128];

	snprintf(text, sizeof(text), "%.60s: " LIMIT_TEXT, l->o->program, n);
	if (n)
		put(l, text);
}

static void say(struct lines *l, const char *line)
{
	unsigned long missed;

	if (!limit_pass(&l->limit, &missed))
		return;
	put_missed(l, missed);
	put(l, line);
}

bool lines_read(struct lines *l)
{
	ssize_t n = read(l->fd, l->text + l->fill, sizeof(l->text) - 1 - l->fill);
	char *end;

	if (n <= 0)
		return n < 0 && errno == EINTR;
	l->fill += n;
	l->text[l->fill] = 0;
	while ((end = strchr(l->text, '\n')) || l->fill == sizeof(l->text) - 1) {
		size_t len = end ? (size_t)(end - l->text) : l->fill;

		l->text[len] = 0;
		say(l, l->text);
		len += !!end;
		l->fill -= len;
		memmove(l->text, l->text + len, l->fill + 1);
	}
	return true;
}

void lines_end(struct lines *l, const char *line)
{
	put_missed(l, l->limit.missed);
	if (line)
		put(l, line);
	l->limit.missed = 0;
}
