// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into a program that knows nothing of write logs: after each fdatasync or fsync of it
 * the size of the write log POWERCUT_LOG becomes a line of POWERCUT_ACKS.  What was synced is on
 * the medium at any later cut.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void acknowledge(void)
{
	static __thread int acks = -1;
	const char *log = getenv("POWERCUT_LOG"), *path = getenv("POWERCUT_ACKS");
	struct stat st;
	char line[32];
	int len;

	if (!log || !path)
		return;
	if (acks < 0)
		acks = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	len = stat(log, &st) ? 0 : snprintf(line, sizeof(line), "%lld\n", (long long)st.st_size);
	if (acks < 0 || !len || write(acks, line, len) != len) {
		fprintf(stderr, "acknowledgement: %s: %s\n", path, strerror(errno));
		abort();
	}
}

static int synced(const char *name, int fd)
{
	int (*fn)(int fd) = (int (*)(int))dlsym(RTLD_NEXT, name);
	int rc = fn(fd);

	if (!rc)
		acknowledge();
	return rc;
}

int fdatasync(int fd)
{
	return synced("fdatasync", fd);
}

int fsync(int fd)
{
	return synced("fsync", fd);
}
