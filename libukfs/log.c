// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's recent log lines, so that an error can carry the file system's own reason.
 * The sink runs with kernel locks held: it copies one line under a mutex that nobody holds for
 * longer than such a copy.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"
#include "../libhost/printable.h"

#define LINES 64
#define LINE_MAX_ 400
#define LEVEL_WARNING 4

static struct {
	pthread_mutex_t lock;
	uint64_t next;			/* number of the line to come */
	struct { int level; char text[LINE_MAX_]; } line[LINES];
	rump_log_fn fn;			/* the program's own sink */
	void *arg;
	bool verbose;
} ring = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void sink(void *arg, int level, const char *text)
{
	rump_log_fn fn;
	void *fn_arg;

	(void)arg;
	pthread_mutex_lock(&ring.lock);
	ring.line[ring.next % LINES].level = level;
	snprintf(ring.line[ring.next % LINES].text, LINE_MAX_, "%s", text);
	ring.next++;
	fn = ring.fn;
	fn_arg = ring.arg;
	pthread_mutex_unlock(&ring.lock);
	if (fn)
		fn(fn_arg, level, text);
	else if (ring.verbose)
		printable_line(stderr, text);	/* it may have names of the image in it */
}

static void start(void)
{
	const char *v = secure_getenv("RUMP_VERBOSE");

	ring.verbose = v && *v && strcmp(v, "0") != 0;
	rump_set_log(sink, NULL);
}

void ukfsi_log_start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, start);
}

void ukfs_set_log(void (*fn)(void *arg, int level, const char *line), void *arg)
{
	pthread_mutex_lock(&ring.lock);
	ring.fn = fn;
	ring.arg = arg;
	pthread_mutex_unlock(&ring.lock);
	ukfsi_log_start();
}

uint64_t ukfsi_log_position(void)
{
	uint64_t pos;

	pthread_mutex_lock(&ring.lock);
	pos = ring.next;
	pthread_mutex_unlock(&ring.lock);
	return pos;
}

/* The disks are rd0, rd1, ..., their partitions rd0p1, ...: does `text` speak of another one? */
static bool names_other_disk(const char *text, const char *dev)
{
	const char *p = text;
	size_t len = strlen(dev);

	for (; (p = strstr(p, "rd")); p += 2) {
		if ((p > text && isalnum((unsigned char)p[-1])) || !isdigit((unsigned char)p[2]))
			continue;
		if (!len || strncmp(p, dev, len) != 0 || isdigit((unsigned char)p[len]))
			return true;
	}
	return false;
}

/* A dump of a damaged block ("00000010: 58 46 53 42 ..."), or printk about its own limits. */
static bool is_noise(const char *text)
{
	return (strspn(text, "0123456789abcdef") == 8 && text[8] == ':') ||
	       strstr(text, " callbacks suppressed");
}

/* What follows "EXT4-fs (rd0): ", "BTRFS error (device rd0): ", "SQUASHFS error: ". */
static const char *without_prefix(const char *text, const char *dev)
{
	const char *p = *dev ? strstr(text, dev) : NULL;
	size_t word = strcspn(text, " :");

	if (p && (p = strstr(p, "): ")))
		text = p + 3;
	else if (isupper((unsigned char)text[0]) && strncmp(text + word, " error: ", 8) == 0)
		text += word + 8;
	else if (isupper((unsigned char)text[0]) && isupper((unsigned char)text[1]) &&
		 strncmp(text + word, ": ", 2) == 0)
		text += word + 2;
	return text;
}

/* "/dev/rd0p2" is "rd0p2" in the log. */
static const char *log_name(const char *devpath)
{
	const char *slash = strrchr(devpath, '/');

	return slash ? slash + 1 : devpath;
}

int ukfsi_log_reason(uint64_t since, const char *devpath, int max, char *buf, size_t size)
{
	const char *dev = log_name(devpath);
	size_t len = 0;
	int n = 0;

	buf[0] = '\0';
	pthread_mutex_lock(&ring.lock);
	if (ring.next > LINES && since < ring.next - LINES)
		since = ring.next - LINES;
	for (; since < ring.next && n < max && len + 1 < size; since++) {
		const char *text = ring.line[since % LINES].text;

		if (ring.line[since % LINES].level > LEVEL_WARNING || is_noise(text) ||
		    names_other_disk(text, dev))
			continue;
		text = without_prefix(text, dev);
		if (!*text || strstr(buf, text))
			continue;
		snprintf(buf + len, size - len, "%s%s", n ? "; " : "", text);
		len += strlen(buf + len);
		while (len && (buf[len - 1] == '.' || buf[len - 1] == ' ' || buf[len - 1] == '\n'))
			buf[--len] = '\0';
		n++;
	}
	pthread_mutex_unlock(&ring.lock);
	return n;
}
