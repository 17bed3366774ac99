// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into what holds an image: every write, hole, flush that the host is asked for on the
 * image POWERCUT_IMAGE goes to the write log POWERCUT_LOG.
 *
 * It stands between librumpuser and libc, so that the disk methods are judged too: a flush counts
 * where the host was told.  ring.c does the same for io_uring; mappings pass it by.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "recorder.h"
#include "writelog.h"

static struct {
	int (*open)(const char *path, int flags, ...);
	int (*close)(int fd);
	int (*fcntl)(int fd, int cmd, ...);
	ssize_t (*pwrite)(int fd, const void *buf, size_t n, off_t off);
	ssize_t (*pwritev2)(int fd, const struct iovec *iov, int n, off_t off, int flags);
	int (*fallocate)(int fd, int mode, off_t off, off_t len);
	int (*fdatasync)(int fd);
	int (*fsync)(int fd);
} host;

static atomic_int image = -1;		/* its descriptor, where it is open for writing */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int logfd = -1;
static uint64_t logged, requests;	/* bytes and records in the log */

bool recorder_is_image(int fd)
{
	return fd == atomic_load(&image);
}

void recorder_give_up(const char *what)
{
	fprintf(stderr, "write log: %s: %s\n", what, strerror(errno));
	abort();
}

void *recorder_next(const char *name)
{
	void *fn = dlsym(RTLD_NEXT, name);

	if (!fn)
		recorder_give_up(name);
	return fn;
}

__attribute__((constructor)) static void find_host(void)
{
	host.open = recorder_next("open64");
	host.close = recorder_next("close");
	host.fcntl = recorder_next("fcntl64");
	host.pwrite = recorder_next("pwrite64");
	host.pwritev2 = recorder_next("pwritev64v2");
	host.fallocate = recorder_next("fallocate64");
	host.fdatasync = recorder_next("fdatasync");
	host.fsync = recorder_next("fsync");
}

/* Written with the call that the image is written with: a sandbox that allows one allows both. */
static void append(struct writelog_record *r, void *data, size_t len)
{
	struct iovec iov[2] = { { r, sizeof(*r) }, { data, len } };
	ssize_t size = sizeof(*r) + len;

	if (host.pwritev2(logfd, iov, 2, logged, 0) != size)
		recorder_give_up("cannot be written");
	logged += size;
}

uint64_t recorder_begin(int op, int flags, off_t off, uint64_t len, void *data)
{
	struct writelog_record r = { WRITELOG_MAGIC, op, flags, 0, off, len };

	pthread_mutex_lock(&lock);
	r.seq = ++requests;
	append(&r, data, data ? len : 0);
	pthread_mutex_unlock(&lock);
	return r.seq;
}

void recorder_done(uint64_t seq, ssize_t result)
{
	struct writelog_record r = {
		.magic = WRITELOG_MAGIC, .op = WRITELOG_DONE, .seq = seq,
		.len = result > 0 ? result : 0,
	};
	int error = errno;

	pthread_mutex_lock(&lock);
	append(&r, NULL, 0);
	pthread_mutex_unlock(&lock);
	errno = error;
}

static void opened(int fd)
{
	const char *path = getenv("POWERCUT_IMAGE"), *log = getenv("POWERCUT_LOG");
	static struct stat want;	/* by name once: later a sandbox forbids that */
	struct stat st;

	if (!path || !log || fstat(fd, &st) || (!want.st_nlink && stat(path, &want)) ||
	    st.st_dev != want.st_dev || st.st_ino != want.st_ino)
		return;
	if (logfd < 0)
		logfd = host.open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (logfd < 0)
		recorder_give_up(log);
	atomic_store(&image, fd);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	int mode, fd;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
	va_end(ap);
	fd = host.open(path, flags, mode);
	if (fd >= 0 && (flags & O_ACCMODE) != O_RDONLY)
		opened(fd);
	return fd;
}

/* What open is in programs built with _FORTIFY_SOURCE. */
int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
	return open(path, flags);
}

/* A server hands its image on by descriptor, and writes to the duplicate. */
int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;
	int res;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	res = host.fcntl(fd, cmd, arg);
	if (res >= 0 && cmd == F_DUPFD_CLOEXEC &&
	    (host.fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY)
		opened(res);
	return res;
}

int close(int fd)
{
	int expected = fd;

	atomic_compare_exchange_strong(&image, &expected, -1);
	return host.close(fd);
}

char *recorder_snapshot(const struct iovec *iov, int n, size_t *len)
{
	char *copy, *p;

	*len = 0;
	for (int i = 0; i < n; i++)
		*len += iov[i].iov_len;
	copy = p = malloc(*len);
	if (!copy)
		recorder_give_up("out of memory");
	for (; n--; p += iov++->iov_len)
		memcpy(p, iov->iov_base, iov->iov_len);
	return copy;
}

ssize_t pwritev2(int fd, const struct iovec *iov, int n, off_t off, int flags)
{
	struct iovec all;
	uint64_t seq;
	ssize_t rc;

	if (!recorder_is_image(fd))
		return host.pwritev2(fd, iov, n, off, flags);
	all.iov_base = recorder_snapshot(iov, n, &all.iov_len);
	seq = recorder_begin(WRITELOG_WRITE, flags & (RWF_DSYNC | RWF_SYNC) ? WRITELOG_FUA : 0, off,
		    all.iov_len, all.iov_base);
	rc = host.pwritev2(fd, &all, 1, off, flags);
	recorder_done(seq, rc);
	free(all.iov_base);
	return rc;
}

ssize_t pwrite(int fd, const void *buf, size_t n, off_t off)
{
	struct iovec iov = { (void *)buf, n };

	return recorder_is_image(fd) ? pwritev2(fd, &iov, 1, off, 0) :
					   host.pwrite(fd, buf, n, off);
}

int fallocate(int fd, int mode, off_t off, off_t len)
{
	uint64_t seq;
	int rc;

	if (!recorder_is_image(fd))
		return host.fallocate(fd, mode, off, len);
	if (!(mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)))
		recorder_give_up("a mode of fallocate that it has no record for");
	seq = recorder_begin(WRITELOG_ZERO, 0, off, len, NULL);
	rc = host.fallocate(fd, mode, off, len);
	recorder_done(seq, rc ? 0 : len);
	return rc;
}

static int flush(int (*sync)(int fd), int fd)
{
	uint64_t seq;
	int rc;

	if (!recorder_is_image(fd))
		return sync(fd);
	seq = recorder_begin(WRITELOG_FLUSH, 0, 0, 0, NULL);
	rc = sync(fd);
	recorder_done(seq, !rc);
	return rc;
}

int fdatasync(int fd)
{
	return flush(host.fdatasync, fd);
}

int fsync(int fd)
{
	return flush(host.fsync, fd);
}
