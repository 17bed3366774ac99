// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks between processes: fcntl, open file description, flock; and leases. */
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "suite.h"

#define BUSY "EAGAIN|EACCES"

static int lock(int fd, int command, short type, off_t start, off_t length)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};

	return fcntl(fd, command, &l);
}

/* What another process is told about a range: "free", or whose lock is in the way. */
static void other_sees(const char *check, const char *expected, short type, off_t start,
		       off_t length)
{
	pid_t holder = getpid();

	if (child_as(NULL)) {
		struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start,
				  .l_len = length};
		int fd = must(open("f", O_RDWR));

		must(fcntl(fd, F_GETLK, &l));
		if (l.l_type == F_UNLCK)
			shows(check, expected, "free");
		else
			shows(check, expected, "%s %lld+%lld of %s",
			      l.l_type == F_RDLCK ? "read" : "write", (long long)l.l_start,
			      (long long)l.l_len, l.l_pid == holder ? "its holder" :
			      l.l_pid == -1 ? "a description" : "another");
		leave();
	}
}

static void other_locks(const char *check, const char *expected, int command, short type,
			off_t start, off_t length)
{
	if (child_as(NULL)) {
		call(check, expected, lock(must(open("f", O_RDWR)), command, type, start, length));
		leave();
	}
}

static void ranges(void)
{
	int fd;

	make("f", "0123456789");
	fd = must(open("f", O_RDWR));
	call("write lock", "ok", lock(fd, F_SETLK, F_WRLCK, 10, 10));
	other_sees("inside", "write 10+10 of its holder", F_RDLCK, 15, 1);
	other_sees("before", "free", F_WRLCK, 0, 10);
	other_sees("behind", "free", F_WRLCK, 20, 0);
	other_locks("read lock inside", BUSY, F_SETLK, F_RDLCK, 12, 1);
	other_locks("write lock across", BUSY, F_SETLK, F_WRLCK, 0, 11);
	other_locks("write lock behind", "ok", F_SETLK, F_WRLCK, 20, 0);
	call("own overlapping lock", "ok", lock(fd, F_SETLK, F_WRLCK, 5, 10));
	other_sees("they are one", "write 5+15 of its holder", F_WRLCK, 0, 0);
	call("unlock in the middle", "ok", lock(fd, F_SETLK, F_UNLCK, 10, 5));
	other_sees("left part", "write 5+5 of its holder", F_WRLCK, 0, 0);
	other_sees("the hole", "free", F_WRLCK, 10, 5);
	other_sees("right part", "write 15+5 of its holder", F_WRLCK, 10, 0);
	call("to the end of everything", "ok", lock(fd, F_SETLK, F_WRLCK, 100, 0));
	other_sees("far away", "write 100+0 of its holder", F_RDLCK, 1LL << 40, 1);
	call("unlock all", "ok", lock(fd, F_SETLK, F_UNLCK, 0, 0));
	other_sees("nothing left", "free", F_WRLCK, 0, 0);
	call("negative length", "ok", lock(fd, F_SETLK, F_WRLCK, 20, -5));
	other_sees("lies before", "write 15+5 of its holder", F_WRLCK, 0, 0);
	call("before the start", "EINVAL", lock(fd, F_SETLK, F_WRLCK, 5, -6));
	call("bad type", "EINVAL", lock(fd, F_SETLK, 77, 0, 0));
}

static void conversion(void)
{
	int fd;

	make("f", "0123456789");
	fd = must(open("f", O_RDWR));
	call("read lock", "ok", lock(fd, F_SETLK, F_RDLCK, 0, 10));
	other_locks("shared by two", "ok", F_SETLK, F_RDLCK, 0, 10);
	other_locks("write lock of another", BUSY, F_SETLK, F_WRLCK, 0, 10);
	call("to a write lock", "ok", lock(fd, F_SETLK, F_WRLCK, 0, 10));
	other_locks("read lock of another", BUSY, F_SETLK, F_RDLCK, 0, 10);
	call("middle to a read lock", "ok", lock(fd, F_SETLK, F_RDLCK, 3, 4));
	other_sees("left", "write 0+3 of its holder", F_RDLCK, 0, 0);
	other_locks("middle shared", "ok", F_SETLK, F_RDLCK, 3, 4);
	other_sees("right", "write 7+3 of its holder", F_RDLCK, 4, 0);
}

static void descriptors(void)
{
	int r, w;

	make("f", "0123456789");
	r = must(open("f", O_RDONLY));
	w = must(open("f", O_WRONLY));
	call("write lock of a read-only descriptor", "EBADF", lock(r, F_SETLK, F_WRLCK, 0, 1));
	call("read lock of a write-only descriptor", "EBADF", lock(w, F_SETLK, F_RDLCK, 0, 1));
	call("write lock", "ok", lock(w, F_SETLK, F_WRLCK, 0, 1));
	call("same process, another descriptor", "ok", lock(r, F_SETLK, F_RDLCK, 0, 1));
	must(lock(w, F_SETLK, F_WRLCK, 0, 1));
	close(r);
	other_sees("closing any descriptor frees all", "free", F_WRLCK, 0, 0);
	must(lock(w, F_SETLK, F_WRLCK, 0, 1));
	close(must(dup(w)));
	other_sees("closing a duplicate too", "free", F_WRLCK, 0, 0);
	must(lock(w, F_SETLK, F_WRLCK, 0, 1));
	if (child_as(NULL)) {
		struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		must(fcntl(w, F_GETLK, &l));
		shows("a child does not inherit it", "yes", "%s",
		      l.l_type == F_WRLCK && l.l_pid == getppid() ? "yes" : "no");
		close(w);
		leave();
	}
	other_sees("nor frees it by closing", "write 0+1 of its holder", F_WRLCK, 0, 0);
}

static void end_of_holder(void)
{
	struct turns t;
	pid_t pid;

	make("f", "");
	turns_make(&t);
	pid = must(fork());
	if (pid == 0) {
		turns_child(&t);
		must(lock(must(open("f", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
		say(&t);
		pause();
	}
	hear(&t);
	call("held", BUSY, lock(must(open("f", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	call("free after its death", "ok", lock(must(open("f", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
}

/* A byte that is zero, and the same for the children. */
static volatile char *map_shared(void)
{
	void *p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p == MAP_FAILED ? -1 : 0);
	return p;
}

static bool is_deadlock(int result)
{
	return result < 0 && errno == EDEADLK;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/*
 * A second process holds the lock for a while: the first waits, or is interrupted.  The holder
 * leaves a mark before it releases the lock; who has waited finds the mark, on a busy machine too.
 */
static void waiting_with(int command, const char *name)
{
	struct sigaction act = {.sa_handler = on_alarm};
	volatile char *mark = map_shared();
	struct turns t;
	pid_t pid;
	int fd;

	turns_make(&t);
	fd = must(open("f", O_RDWR));
	pid = must(fork());
	if (pid == 0) {
		int own = must(open("f", O_RDWR));

		turns_child(&t);
		must(command == LOCK_EX ? flock(own, LOCK_EX) :
		     lock(own, command == F_SETLKW ? F_SETLK : F_OFD_SETLK, F_WRLCK, 0, 0));
		say(&t);
		hear(&t);
		usleep(100000);
		*mark = 1;
		leave();
	}
	hear(&t);
	sigaction(SIGALRM, &act, NULL);
	ualarm(50000, 20000);
	call(text("%s, interrupted", name), "EINTR",
	     command == LOCK_EX ? flock(fd, LOCK_EX) : lock(fd, command, F_WRLCK, 0, 0));
	ualarm(0, 0);
	say(&t);
	call(text("%s, waiting", name), "ok",
	     command == LOCK_EX ? flock(fd, LOCK_EX) : lock(fd, command, F_WRLCK, 0, 0));
	shows(text("%s, it waited", name), "yes", "%s", *mark ? "yes" : "no");
	reap(pid);
	close(fd);
	munmap((void *)mark, 1);
}

static void waiting(void)
{
	make("f", "");
	waiting_with(F_SETLKW, "fcntl");
	waiting_with(F_OFD_SETLKW, "description");
	waiting_with(LOCK_EX, "flock");
}

/* Whoever asks last is refused, mostly the first process; the other gets its lock. */
static void deadlock(void)
{
	volatile char *refusals = map_shared();
	struct turns t;
	pid_t pid;
	int fd, both;

	make("f", "");
	turns_make(&t);
	fd = must(open("f", O_RDWR));
	must(lock(fd, F_SETLK, F_WRLCK, 0, 1));
	pid = must(fork());
	if (pid == 0) {
		turns_child(&t);
		fd = must(open("f", O_RDWR));
		must(lock(fd, F_SETLK, F_WRLCK, 1, 1));
		say(&t);
		*refusals = is_deadlock(lock(fd, F_SETLKW, F_WRLCK, 0, 1));
		leave();
	}
	hear(&t);
	usleep(100000);
	both = is_deadlock(lock(fd, F_SETLKW, F_WRLCK, 1, 1));
	lock(fd, F_SETLK, F_UNLCK, 0, 0);
	reap(pid);
	shows("each waits for the other: how many are refused", "1", "%d", both + *refusals);
	munmap((void *)refusals, 1);
}

static void description(void)
{
	int a, b;

	make("f", "0123456789");
	a = must(open("f", O_RDWR));
	b = must(open("f", O_RDWR));
	call("lock", "ok", lock(a, F_OFD_SETLK, F_WRLCK, 0, 5));
	call("another description of the process", "EAGAIN", lock(b, F_OFD_SETLK, F_WRLCK, 0, 5));
	call("elsewhere", "ok", lock(b, F_OFD_SETLK, F_WRLCK, 5, 5));
	call("a lock of the process is in the way too", "EAGAIN", lock(a, F_SETLK, F_WRLCK, 0, 10));
	other_sees("another process is told", "write 0+5 of a description", F_WRLCK, 0, 5);
	if (child_as(NULL)) {
		call("a child has it by inheritance", "ok", lock(a, F_OFD_SETLK, F_RDLCK, 0, 5));
		leave();
	}
	call("which converted it", "ok", lock(b, F_OFD_SETLK, F_RDLCK, 0, 5));
	close(dup(a));
	other_sees("closing a duplicate frees nothing", "read 0+10 of a description|"
		   "read 0+5 of a description", F_WRLCK, 0, 5);
	close(b);
	other_sees("closing a description frees its own", "free", F_WRLCK, 5, 0);
	close(a);
	other_sees("and the last one all", "free", F_WRLCK, 0, 0);
}

static void whole_file(void)
{
	int a, b, same;

	make("f", "");
	a = must(open("f", O_RDONLY));
	b = must(open("f", O_RDONLY));
	call("exclusive by a read-only descriptor", "ok", flock(a, LOCK_EX | LOCK_NB));
	call("another description", "EAGAIN", flock(b, LOCK_SH | LOCK_NB));
	same = dup(a);
	call("a duplicate is the same", "ok", flock(same, LOCK_SH | LOCK_NB));
	call("shared by two", "ok", flock(b, LOCK_SH | LOCK_NB));
	call("upgrade while shared", "EAGAIN", flock(a, LOCK_EX | LOCK_NB));
	call("fcntl locks are apart", "ok", lock(must(open("f", O_RDWR)), F_SETLK, F_WRLCK, 0, 0));
	must(flock(b, LOCK_UN));
	must(flock(a, LOCK_EX | LOCK_NB));
	if (child_as(NULL)) {
		call("a child has it", "ok", flock(a, LOCK_EX | LOCK_NB));
		call("another open of the child has not", "EAGAIN",
		     flock(must(open("f", O_RDONLY)), LOCK_EX | LOCK_NB));
		close(a);
		leave();
	}
	call("still held after the child", "EAGAIN", flock(b, LOCK_EX | LOCK_NB));
	close(a);
	call("held by the duplicate", "EAGAIN", flock(b, LOCK_EX | LOCK_NB));
	close(same);
	call("free after the last", "ok", flock(b, LOCK_EX | LOCK_NB));
	call("bad operation", "EINVAL", flock(b, 16));
	must(mkdir("d", 0755));
	call("of a directory", "ok", flock(must(open("d", O_RDONLY)), LOCK_EX | LOCK_NB));
}

static void unlinked(void)
{
	int fd;

	make("f", "");
	fd = must(open("f", O_RDWR));
	must(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	must(unlink("f"));
	make("f", "");
	other_locks("a new file of the name", "ok", F_SETLK, F_WRLCK, 0, 0);
	call("unlock of the unlinked", "ok", lock(fd, F_SETLK, F_UNLCK, 0, 0));
	must(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	shut(fd);
	fd = must(open("f", O_RDWR));
	must(lock(fd, F_SETLK, F_WRLCK, 0, 0));
	must(rename("f", "g") ?: rename("g", "f"));
	other_locks("a moved file", BUSY, F_SETLK, F_WRLCK, 0, 0);
}

static void lock_command(void)
{
	int fd;

	make("f", "0123456789");
	fd = must(open("f", O_RDWR));
	must(lseek(fd, 4, SEEK_SET));
	call("lockf", "ok", lockf(fd, F_TLOCK, 3));
	other_sees("from the offset", "write 4+3 of its holder", F_WRLCK, 0, 0);
	call("F_TEST of one's own", "ok", lockf(fd, F_TEST, 3));
	call("lockf unlock", "ok", lockf(fd, F_ULOCK, 0));
	other_sees("free", "free", F_WRLCK, 0, 0);
}

static void leases(void)
{
	int fd;

	make("f", "");
	fd = must(open("f", O_RDONLY));
	call("read lease", NULL, fcntl(fd, F_SETLEASE, F_RDLCK));
	shows("is", NULL, "%d", fcntl(fd, F_GETLEASE));
	call("write lease with one reader", NULL, fcntl(fd, F_SETLEASE, F_WRLCK));
	shows("is", NULL, "%d", fcntl(fd, F_GETLEASE));
	signal(SIGIO, SIG_IGN);
	if (child_as(NULL)) {
		opens_shut("open by another, not waiting", NULL, open("f", O_RDWR | O_NONBLOCK));
		leave();
	}
	call("give up", NULL, fcntl(fd, F_SETLEASE, F_UNLCK));
	if (child_as(NULL)) {
		opens_shut("open by another", "ok", open("f", O_RDWR | O_NONBLOCK));
		leave();
	}
	fd = must(open("f", O_RDWR));
	call("read lease of a writer", NULL, fcntl(fd, F_SETLEASE, F_RDLCK));
	call("of a directory", NULL, fcntl(must(open(".", O_RDONLY)), F_SETLEASE, F_RDLCK));
}

const struct part lock_parts[] = {
	{"ranges", ranges, 0},
	{"conversion", conversion, 0},
	{"descriptors", descriptors, 0},
	{"end", end_of_holder, 0},
	{"waiting", waiting, 0},
	{"deadlock", deadlock, 0},
	{"description", description, 0},
	{"flock", whole_file, 0},
	{"unlinked", unlinked, 0},
	{"lockf", lock_command, 0},
	{"leases", leases, 0},
	{0}
};
