// SPDX-License-Identifier: GPL-2.0-or-later
/* Shared and private mappings: coherent with read and write, between processes, past the end. */
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "suite.h"

#define PAGE 4096

static sigjmp_buf back;

static void on_bus(int sig)
{
	siglongjmp(back, sig);
}

/* Reads or writes one byte: "ok", or the signal that it gave. */
static const char *touch(volatile char *p, bool write)
{
	int sig;

	signal(SIGBUS, on_bus);
	signal(SIGSEGV, on_bus);
	sig = sigsetjmp(back, 1);
	if (sig)
		return sig == SIGBUS ? "SIGBUS" : "SIGSEGV";
	if (write)
		*p = 'w';
	else
		(void)*p;
	return "ok";
}

static char *map(int fd, size_t size, int prot, int flags)
{
	char *p = mmap(NULL, size, prot, flags, fd, 0);

	must(p == MAP_FAILED ? -1 : 0);
	return p;
}

static void coherent(void)
{
	char buf[8] = "";
	int fd, other;
	char *p;

	make_sized("f", 3 * PAGE);
	fd = must(open("f", O_RDWR));
	other = must(open("f", O_RDWR));
	p = map(fd, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	memcpy(p + PAGE, "mapped", 6);
	must(pread(other, buf, 6, PAGE));
	shows("read sees the mapping", "mapped", "%s", buf);
	must(pwrite(other, "writes", 6, PAGE - 3));
	shows("the mapping sees write", "writes", "%.6s", p + PAGE - 3);
	must(fsync(other));
	memcpy(p, "again", 5);
	must(pread(fd, buf, 6, 0));
	shows("after fsync too", "again", "%.5s", buf);
	must(msync(p, 3 * PAGE, MS_SYNC));
	must(munmap(p, 3 * PAGE));
	shut(fd);
	shut(other);
	shows("kept after unmapping", "\"again", "%.6s", content("f"));
}

static void direct_io(void)
{
	char *buf = aligned_alloc(PAGE, PAGE);
	int fd, direct;
	char *p;

	make_sized("f", 4 * PAGE);
	fd = must(open("f", O_RDWR));
	direct = open("f", O_RDWR | O_DIRECT);
	if (direct < 0) {
		shows("O_DIRECT", NULL, "%s", strerrorname_np(errno));
		free(buf);
		return;
	}
	p = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	memcpy(p + PAGE, "mapped", 6);
	call("read", "4096", pread(direct, buf, PAGE, PAGE));
	shows("sees the mapping", "mapped", "%.6s", buf);
	memset(buf, 'D', PAGE);
	call("write", "4096", pwrite(direct, buf, PAGE, PAGE));
	shows("the mapping sees it", "DDDD", "%.4s", p + PAGE);
	free(buf);
}

static void private_map(void)
{
	char buf[8] = "";
	char *p;
	int fd;

	make_sized("f", PAGE);
	must(pwrite(fd = must(open("f", O_RDWR)), "origin", 6, 0));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	shows("private sees the file", "origin", "%.6s", p);
	memcpy(p, "secret", 6);
	must(pread(fd, buf, 6, 0));
	shows("the file does not see it", "origin", "%s", buf);
	must(pwrite(fd, "second", 6, 0));
	shows("nor does it see the file then", "secret", "%.6s", p);
}

static void processes(void)
{
	struct turns t;
	pid_t pid;
	char *p;

	make_sized("f", 2 * PAGE);
	turns_make(&t);
	pid = must(fork());
	if (pid == 0) {
		turns_child(&t);
		p = map(must(open("f", O_RDWR)), 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
		hear(&t);
		shows("child sees", "parent", "%.6s", p + 100);
		memcpy(p + PAGE, "child", 5);
		say(&t);
		leave();
	}
	p = map(must(open("f", O_RDWR)), 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	memcpy(p + 100, "parent", 6);
	say(&t);
	hear(&t);
	shows("parent sees", "child", "%.5s", p + PAGE);
	reap(pid);
	memset(p + 200, 0, sizeof(int));
	for (int i = 0; i < 2; i++)
		if (child_as(NULL)) {
			char *q = map(must(open("f", O_RDWR)), 2 * PAGE, PROT_READ | PROT_WRITE,
				      MAP_SHARED);

			for (int n = 0; n < 1000; n++)
				__atomic_add_fetch((int *)(q + 200), 1, __ATOMIC_SEQ_CST);
			leave();
		}
	shows("counted together", "2000", "%d", *(int *)(p + 200));
}

static void past_the_end(void)
{
	char *p;
	int fd;

	make_sized("f", 3 * PAGE);
	fd = must(open("f", O_RDWR));
	p = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	shows("last page", "ok", "%s", touch(p + 2 * PAGE, true));
	shows("behind the end", "SIGBUS", "%s", touch(p + 3 * PAGE, false));
	must(ftruncate(fd, PAGE + 10));
	shows("truncated away, read", "SIGBUS", "%s", touch(p + 2 * PAGE, false));
	shows("truncated away, write", "SIGBUS", "%s", touch(p + 2 * PAGE, true));
	shows("the page with the end", "ok", "%s", touch(p + PAGE + 11, true));
	must(ftruncate(fd, 4 * PAGE));
	shows("grown again", "ok", "%s", touch(p + 2 * PAGE, false));
	shows("it is zero", "0 0", "%d %d", p[2 * PAGE], p[PAGE + 500]);
	shows("written behind the end, then grown", NULL, "%d", p[PAGE + 11]);
	must(truncate("f", 0));
	shows("truncated to nothing", "SIGBUS", "%s", touch(p, false));
}

static void rights(void)
{
	int r, w;

	make_sized("f", PAGE);
	r = must(open("f", O_RDONLY));
	w = must(open("f", O_WRONLY));
	errno = 0;
	shows("shared write of a read-only descriptor", "EACCES", "%s",
	      mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, r, 0) == MAP_FAILED ?
	      strerrorname_np(errno) : "ok");
	shows("private write of it", "ok", "%s",
	      mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, r, 0) == MAP_FAILED ?
	      strerrorname_np(errno) : "ok");
	shows("read of a write-only descriptor", "EACCES", "%s",
	      mmap(NULL, PAGE, PROT_READ, MAP_SHARED, w, 0) == MAP_FAILED ?
	      strerrorname_np(errno) : "ok");
	shows("executable", "ok", "%s",
	      mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, r, 0) == MAP_FAILED ?
	      strerrorname_np(errno) : "ok");
	shows("of a directory", "ENODEV", "%s",
	      mmap(NULL, PAGE, PROT_READ, MAP_SHARED, must(open(".", O_RDONLY)), 0) == MAP_FAILED ?
	      strerrorname_np(errno) : "ok");
}

/* A mapping outlives descriptor and name. */
static void outlives(void)
{
	char buf[15] = "";
	int fd, again;
	char *p;

	make_sized("f", PAGE);
	fd = must(open("f", O_RDWR));
	again = must(open("f", O_RDWR));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	close(fd);
	memcpy(p, "closed", 6);
	must(unlink("f"));
	memcpy(p + 6, "unlinked", 8);
	must(msync(p, PAGE, MS_SYNC));
	must(pread(again, buf, 14, 0));
	shows("written after close and unlink", "closedunlinked", "%s", buf);
}

/* Bytes behind the end in the last page never reach the file. */
static void tail(void)
{
	char buf[8] = "zzzzzzz";
	char *p;
	int fd;

	make("f", "12345");
	fd = must(open("f", O_RDWR));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	shows("it begins as zeroes", "0", "%d", p[5] | p[100] | p[PAGE - 1]);
	must(munmap(p, PAGE));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	must(ftruncate(fd, 3));
	must(ftruncate(fd, 8));
	must(pread(fd, buf, 8, 0));
	shows("shrunk and grown", "123 0", "%.3s %d", buf, buf[3] | buf[4] | buf[7]);
}

static void holes(void)
{
	int fd = must(open("f", O_CREAT | O_RDWR, 0644));
	char *p, c;

	must(ftruncate(fd, 1 << 20));
	p = map(fd, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED);
	shows("a hole reads as zero", "0", "%d", p[500000]);
	p[500000] = 'x';
	p[(1 << 20) - 1] = 'y';
	must(msync(p, 1 << 20, MS_SYNC));
	must(munmap(p, 1 << 20));
	must(pread(fd, &c, 1, 500000));
	shows("written in the hole", "x", "%c", c);
	call("fadvise", "ok", posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	must(pread(fd, &c, 1, (1 << 20) - 1));
	shows("at its end", "y", "%c", c);
}

const struct part mmap_parts[] = {
	{"coherent", coherent, 0},
	{"direct", direct_io, 0},
	{"private", private_map, 0},
	{"processes", processes, 0},
	{"past-the-end", past_the_end, 0},
	{"rights", rights, 0},
	{"outlives", outlives, 0},
	{"tail", tail, 0},
	{"holes", holes, 0},
	{0}
};
