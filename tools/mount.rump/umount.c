// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Taking a mount away: root through libmount, which keeps its table right; a user through
 * fusermount3, which may.
 */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "umount.h"

static int said_busy(const struct umount_target *target)
{
	struct mount_attr rdonly = { .attr_set = MOUNT_ATTR_RDONLY };

	if (target->opt.rdonly &&
	    mount_setattr(AT_FDCWD, target->dir, 0, &rdonly, sizeof(rdonly)) == 0) {
		umount_error("%s is busy: it stays mounted, and is read-only now", target->dir);
		return UMOUNT_RDONLY;
	}
	umount_error("%s is busy: a program has a file open there or works in it (fuser -vm names "
		     "it); with -l it is taken away as soon as nobody uses it",
		     target->dir);
	return EX_FAIL;
}

static int said_forbidden(const struct umount_target *target)
{
	const struct passwd *pw = getpwuid(target->owner);

	umount_error("%s was mounted by user %u%s%s%s: only that user and root may unmount it",
		     target->dir, target->owner, pw ? " (" : "", pw ? pw->pw_name : "",
		     pw ? ")" : "");
	return EX_USAGE;
}

/* 0 or an errno value */
static int detach_as_root(const struct umount_target *target)
{
	struct libmnt_context *cxt = mnt_new_context();
	int rc, error;

	if (!cxt || mnt_context_set_target(cxt, target->dir))
		return ENOMEM;
	mnt_context_disable_helpers(cxt, 1);
	mnt_context_disable_swapmatch(cxt, 1);
	mnt_context_enable_lazy(cxt, target->opt.lazy);
	mnt_context_enable_force(cxt, target->opt.force);
	mnt_context_disable_mtab(cxt, target->opt.notable);
	rc = mnt_context_umount(cxt);
	error = mnt_context_syscall_called(cxt) ? mnt_context_get_syscall_errno(cxt) : -rc;
	mnt_free_context(cxt);
	return rc ? error : 0;
}

/* What fusermount3 prints, in `text`; its exit code, or -1 with errno. */
static int run_fusermount(const struct umount_target *target, char *text, size_t size)
{
	const char *option = target->opt.lazy ? "-uz" : "-u";
	int pipefd[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(pipefd) || (pid = fork()) < 0)
		return -1;
	if (!pid) {
		dup2(pipefd[1], STDERR_FILENO);
		close(pipefd[0]);
		close(pipefd[1]);
		execlp("fusermount3", "fusermount3", option, "--", target->dir, NULL);
		_exit(127);
	}
	close(pipefd[1]);
	while (used < size - 1 && (n = read(pipefd[0], text + used, size - 1 - used)) > 0)
		used += n;
	close(pipefd[0]);
	text[used] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int detach_as_user(const struct umount_target *target)
{
	char text[512];
	int rc;

	if (target->owner != getuid())
		return said_forbidden(target);
	rc = run_fusermount(target, text, sizeof(text));
	if (rc == 0)
		return 0;
	if (rc == 127)
		umount_error("fusermount3 is not installed, and without it only root can unmount: "
			     "install the package fuse3");
	else if (rc < 0)
		umount_error("cannot run fusermount3: %s", strerror(errno));
	else if (strstr(text, strerror(EBUSY)))
		return target->opt.force ? UMOUNT_BUSY : said_busy(target);
	else
		umount_error("%s cannot be unmounted: %s", target->dir, text);
	return rc == 127 || rc < 0 ? EX_SYSTEM : EX_FAIL;
}

/* The host writes what it has before it unmounts: that may wait for the server for ever. */
static int detach_in_time(const struct umount_target *target)
{
	int ms = umount_patience(target, UMOUNT_DETACH), pidfd, status = 0;
	bool ended;
	pid_t child;

	if (ms < 0)
		return detach_as_root(target);
	child = fork();
	if (!child)
		_exit(detach_as_root(target));
	pidfd = child < 0 ? -1 : syscall(SYS_pidfd_open, child, 0);
	if (pidfd < 0)
		return errno;
	ended = umount_ended(pidfd, ms) && waitpid(child, &status, 0) == child;
	close(pidfd);
	return !ended ? ETIMEDOUT : WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

int umount_detach(const struct umount_target *target)
{
	int error = geteuid() == 0 ? detach_in_time(target) : EPERM;

	/* The first try has cut the connection:
	 * who hung in a request, our own question too, lets go. */
	for (int i = 0; i < 20 && error == EBUSY && target->opt.force; i++) {
		usleep(50000);
		error = detach_in_time(target);
	}
	switch (error) {
	case 0:
		return 0;
	case EPERM:
		return detach_as_user(target);
	case EBUSY:
		return said_busy(target);
	case ETIMEDOUT:
		umount_error("%s cannot be unmounted: its server does not answer: -f kills it",
			     target->dir);
		return EX_SYSTEM;
	case EINVAL:
		umount_error("%s cannot be unmounted here: it was mounted outside of this user "
			     "namespace",
			     target->dir);
		return EX_FAIL;
	default:
		umount_error("%s cannot be unmounted: %s", target->dir, strerror(error));
		return EX_FAIL;
	}
}
