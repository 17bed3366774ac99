// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The calling thread's last error.  A failing call stores what the sentence needs and no more:
 * programs that test for ENOENT in a loop should not pay for text, so it is made in ukfs_errmsg.
 */
#include <stdarg.h>
#include <stdio.h>

#include "../libhost/printable.h"
#include "internal.h"

static _Thread_local struct {
	int err;
	const char *op;			/* NULL: text is the sentence */
	char image[256];
	char path[512], second[512];
	char reason[512];
	char text[2048];
} last;

const char *ukfsi_strerror(int err)
{
	const char *text;

	if (err == EPROGMISMATCH)
		return "The library was built for another kernel or another librump";
	text = strerrordesc_np(err);
	return text ? text : "Unknown error";
}

const char *ukfsi_errname(int err)
{
	const char *name;

	if (err == EPROGMISMATCH)
		return "EPROGMISMATCH";
	name = strerrorname_np(err);
	return name ? name : "unknown error";
}

static void keep(char *to, size_t size, const char *from)
{
	size_t len = from ? strnlen(from, size - 1) : 0;

	memcpy(to, from ? from : "", len);
	to[len] = '\0';
}

/* Names come from images that nobody vouches for: no terminal sequences, no second line. */
static void make_printable(void)
{
	char shown[sizeof(last.text) * 4];

	printable(shown, last.text, "");
	keep(last.text, sizeof(last.text), shown);
}

int ukfsi_error(int err, const char *fmt, ...)
{
	va_list ap;

	last.err = err;
	last.op = NULL;
	va_start(ap, fmt);
	vsnprintf(last.text, sizeof(last.text), fmt, ap);
	va_end(ap);
	make_printable();
	errno = err;
	return -1;
}

/* For these the file system has mostly said more in its log. */
static bool has_reason(int err)
{
	return err == EIO || err == EUCLEAN || err == EBADMSG || err == EROFS;
}

int ukfsi_fail(const struct ukfs *u, const char *op, const char *path, long res)
{
	last.err = (int)-res;
	last.op = op;
	keep(last.image, sizeof(last.image), u->image);
	keep(last.path, sizeof(last.path), path);
	last.second[0] = '\0';
	last.reason[0] = '\0';
	if (has_reason(last.err) || (u->snapshot && last.err == ENOSPC))
		ukfsi_log_reason(u->logpos, u->devpath, 1, last.reason, sizeof(last.reason));
	errno = last.err;
	return -1;
}

void ukfsi_fail_second(const char *path)
{
	keep(last.second, sizeof(last.second), path);
}

const char *ukfs_errmsg(void)
{
	if (last.op) {
		snprintf(last.text, sizeof(last.text), "%s: cannot %s%s%s%s%s: %s%s%s%s",
			 last.image, last.op, last.path[0] ? " " : "", last.path,
			 last.second[0] ? " to " : "", last.second, ukfsi_strerror(last.err),
			 last.reason[0] ? " (" : "", last.reason, last.reason[0] ? ")" : "");
		make_printable();
	}
	return last.text;
}
