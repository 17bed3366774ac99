// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a server that has been taken over would try.  Each attempt is made in the thread that
 * entered the sandbox and in one that is older than it; "NAME: refused" is said where both got
 * EPERM (or what the table says).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "boxed.h"
#include "ukfstest.h"

#define RW (PROT_READ | PROT_WRITE)
#define HERE ((long)"/etc/passwd")

static const struct attempt {
	const char *name;
	long arg[6];
	int call;
	int expected;		/* 0: EPERM */
} attempts[] = {
#define TRY(call, ...) { #call, { __VA_ARGS__ }, SYS_##call, 0 }
#define TRY_AS(name, call, ...) { name, { __VA_ARGS__ }, SYS_##call, 0 }
	/* files by name */
	TRY(open, HERE, O_RDONLY), TRY(openat, AT_FDCWD, HERE, O_RDONLY),
	TRY(openat2, AT_FDCWD, HERE, 0, 0), TRY(creat, (long)"x", 0600),
	TRY(stat, HERE, 0), TRY(newfstatat, AT_FDCWD, HERE, 0, 0), TRY(statx, AT_FDCWD, HERE),
	TRY(access, HERE, R_OK), TRY(unlink, (long)"x"), TRY(rename, (long)"x", (long)"y"),
	TRY(mkdir, (long)"x", 0700), TRY(chmod, (long)"x", 0777), TRY(chdir, (long)"/"),
	TRY(readlink, (long)"/proc/self/exe"), TRY(truncate, (long)"x", 0), TRY(getdents64, 3),
	TRY(symlink, (long)"x", (long)"y"), TRY(name_to_handle_at, AT_FDCWD, HERE),
	TRY(open_by_handle_at, AT_FDCWD, 0, 0), TRY(inotify_init1, 0),
	/* new descriptors, and what descriptors could be made to do */
	TRY(dup, 1), TRY(dup2, 1, 2), TRY(pipe2, 0, 0), TRY(memfd_create, (long)"x", 0),
	TRY(eventfd2, 0, 0), TRY(epoll_create1, 0), TRY(timerfd_create, 0, 0), TRY(ftruncate, 1, 0),
	TRY(fchmod, 1, 0777), TRY(fchown, 1, 0, 0), TRY(fsetxattr, 1), TRY(sendfile, 1, 0, 0, 1),
	TRY(splice, 0, 0, 1, 0, 1, 0), TRY(copy_file_range, 0, 0, 1, 0, 1, 0),
	TRY_AS("fcntl-dup", fcntl, 1, F_DUPFD, 0), TRY_AS("fcntl-owner", fcntl, 1, F_SETOWN, 1),
	TRY_AS("fcntl-flags", fcntl, 1, F_SETFL, 0),
	TRY_AS("ioctl-tty", ioctl, 0, TIOCSTI, (long)"x"), TRY_AS("ioctl-get", ioctl, 0, TCGETS, 0),
	/* others */
	TRY(socket, AF_UNIX, SOCK_STREAM, 0),
	TRY_AS("socket-inet", socket, AF_INET, SOCK_STREAM, 0),
	TRY(socketpair, AF_UNIX, SOCK_STREAM, 0, 0), TRY(connect, 1, 0, 0), TRY(bind, 1, 0, 0),
	TRY(sendmsg, 1, 0, 0), TRY(recvmsg, 1, 0, 0), TRY(kill, 1, 0),
	TRY_AS("kill-all", kill, -1, 0), TRY_AS("kill-thread", tgkill, 1, 1, 0), TRY(tkill, 1, 0),
	TRY(pidfd_open, 1, 0), TRY(pidfd_send_signal, 1, 0), TRY(shmget, 1, 4096, 0),
	TRY(msgget, 1, 0), TRY(semget, 1, 1, 0), TRY(mq_open, (long)"/x", 0),
	TRY(syslog, 3, 0, 0), TRY(process_madvise, 0, 0, 0, 0, 0),
	TRY(setpriority, 0, 0, 5), TRY(sched_setscheduler, 0, 0, 0), TRY(prlimit64, 1, 0, 0, 0),
	TRY(setrlimit, 0, 0), TRY(setpgid, 0, 0), TRY(setsid),
	/* code, processes, privileges */
	TRY_AS("mmap-exec", mmap, 0, 4096, PROT_READ | PROT_EXEC,
	       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
	TRY_AS("mmap-shared-exec", mmap, 0, 4096, RW | PROT_EXEC, MAP_SHARED, 1, 0),
	TRY_AS("mmap-shared-anonymous", mmap, 0, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
	TRY_AS("mmap-private-file", mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 1, 0),
	TRY_AS("mprotect-exec", mprotect, 0, 4096, PROT_READ | PROT_EXEC),
	TRY(pkey_mprotect, 0, 4096, RW, 0), TRY(memfd_secret, 0), TRY(personality, 0),
	TRY_AS("clone-fork", clone, SIGCHLD, 0, 0, 0, 0),
	TRY_AS("clone-namespace", clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0),
	{ "clone3", { 0, 0 }, SYS_clone3, ENOSYS },
	TRY_AS("prctl-dumpable", prctl, PR_SET_DUMPABLE, 1), TRY(arch_prctl, 0x1002, 0),
	TRY_AS("prctl-seccomp", prctl, PR_SET_SECCOMP, 2, 0), TRY(seccomp, 1, 0, 0),
	TRY_AS("prctl-ptracer", prctl, PR_SET_PTRACER, -1), TRY(setgid, 0), TRY(setgroups, 0, 0),
	TRY(landlock_create_ruleset, 0, 0, 1), TRY(quotactl, 0, 0, 0, 0), TRY(acct, 0),
	/* io_uring */
	TRY(io_uring_setup, 8, 0), TRY_AS("io_uring-files", io_uring_register, 3, 2, 0, 0),
	TRY_AS("io_uring-credentials", io_uring_register, 3, 9, 0, 0), TRY(io_setup, 8, 0),
	/* what ends the process: killed is what they say */
	TRY(execve, (long)"/bin/true", 0, 0), TRY(execveat, AT_FDCWD, (long)"/bin/true", 0, 0, 0),
	TRY(fork), TRY(vfork), TRY(ptrace, 0x4206, 1, 0, 0),
	TRY(process_vm_readv, 1, 0, 0, 0, 0, 0), TRY(process_vm_writev, 1, 0, 0, 0, 0, 0),
	TRY(pidfd_getfd, 3, 1, 0), TRY(mount, HERE, HERE, 0, 0, 0), TRY(umount2, (long)"/proc", 0),
	TRY(move_mount, 0, HERE, 0, HERE, 0), TRY(open_tree, 0, HERE, 0),
	TRY(fsopen, (long)"ext4", 0), TRY(pivot_root, HERE, HERE), TRY(chroot, (long)"/"),
	TRY(setns, 3, 0), TRY(unshare, CLONE_NEWUSER), TRY(setuid, 0), TRY(setresuid, 0, 0, 0),
	TRY(capset, 0, 0), TRY(bpf, 0, 0, 0), TRY(perf_event_open, 0, 0, 0, 0, 0),
	TRY(userfaultfd, 1), TRY(keyctl, 0, -3, 0), TRY(add_key, 0, 0, 0, 0, 0),
	TRY(init_module, 0, 0, (long)""), TRY(finit_module, 3, (long)"", 0),
	TRY(delete_module, (long)"x", 0), TRY(kexec_load, 0, 0, 0, 0), TRY(reboot, 0, 0, 0, 0),
	TRY(swapon, (long)"x", 0), TRY(iopl, 3), TRY(ioperm, 0, 1, 1),
};

#define ATTEMPTS (sizeof(attempts) / sizeof(attempts[0]))

static const struct attempt *chosen;
static sem_t go, gone;
static bool older_refused;

static bool refused(const struct attempt *a)
{
	long res = syscall(a->call, a->arg[0], a->arg[1], a->arg[2], a->arg[3], a->arg[4],
			   a->arg[5]);
	int expected = a->expected ? a->expected : EPERM;

	if (res == -1 && errno == expected)
		return true;
	dprintf(STDOUT_FILENO, "%s: %s\n", a->name, res == -1 ? strerror(errno) : "succeeded");
	return false;
}

static void *older(void *arg)
{
	(void)arg;
	sem_wait(&go);
	older_refused = refused(chosen);
	sem_post(&gone);
	return NULL;
}

void forbidden_start_thread(void)
{
	pthread_t thread;

	if (sem_init(&go, 0, 0) || sem_init(&gone, 0, 0) ||
	    pthread_create(&thread, NULL, older, NULL))
		die("no thread");
}

static void attempt(const struct attempt *a)
{
	bool newer_refused;

	chosen = a;
	sem_post(&go);
	sem_wait(&gone);
	newer_refused = refused(a);
	if (older_refused && newer_refused)
		dprintf(STDOUT_FILENO, "%s: refused\n", a->name);
}

/* NULL: the names of all, for the test to go through. */
void forbidden_try(const char *name)
{
	unsigned int i;

	for (i = 0; i < ATTEMPTS; i++)
		if (!strcmp(attempts[i].name, name))
			break;
	if (i == ATTEMPTS)
		die("no attempt is named %s", name);
	attempt(&attempts[i]);
}

void forbidden_list(void)
{
	unsigned int i;

	for (i = 0; i < ATTEMPTS; i++)
		puts(attempts[i].name);
}
