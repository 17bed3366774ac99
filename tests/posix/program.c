// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs on the file system: running them, ETXTBSY, scripts, suid, and mount flags above it. */
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#include "suite.h"

static void copy(const char *from, const char *to, mode_t mode)
{
	int in = must(open(from, O_RDONLY)), out;
	struct stat st;

	must(fstat(in, &st));
	out = must(open(to, O_CREAT | O_WRONLY | O_TRUNC, 0700));
	for (off_t at = 0; at < st.st_size; )
		must(sendfile(out, in, &at, st.st_size - at) > 0 ? 0 : -1);
	must(fchmod(out, mode));
	shut(in);
	shut(out);
}

static void copy_self(const char *to, mode_t mode)
{
	copy("/proc/self/exe", to, mode);
}

/* Exit code of a program, or the reason that it could not run. */
static const char *ran(const char *path, char *argument)
{
	char *const argv[] = {(char *)path, argument, NULL};
	int status, reason[2], e = 0;
	pid_t pid;

	must(pipe2(reason, O_CLOEXEC));
	pid = must(fork());
	if (pid == 0) {
		execv(path, argv);
		e = errno;
		must(write(reason[1], &e, sizeof(e)));
		_exit(127);
	}
	close(reason[1]);
	if (read(reason[0], &e, sizeof(e)) != sizeof(e))
		e = 0;
	close(reason[0]);
	waitpid(pid, &status, 0);
	if (e)
		return strerrorname_np(e);
	return WIFEXITED(status) ? text("exit %d", WEXITSTATUS(status)) :
		text("SIG%s", sigabbrev_np(WTERMSIG(status)));
}

static void script(const char *path, const char *line, mode_t mode)
{
	make(path, line);
	must(chmod(path, mode));
}

static void running(void)
{
	int fd;

	copy_self("p", 0755);
	shows("program", "exit 42", "%s", ran("./p", "--exec-me"));
	script("s", "#!/bin/sh\nexit 7\n", 0755);
	shows("script", "exit 7", "%s", ran("./s", NULL));
	must(symlink("s", "l"));
	shows("symlink to it", "exit 7", "%s", ran("./l", NULL));
	must(rename("s", "t"));
	shows("after rename", "exit 7", "%s", ran("./t", NULL));
	must(chmod("t", 0644));
	shows("not executable", "EACCES", "%s", ran("./t", NULL));
	script("bad", "#!/nowhere/at/all\n", 0755);
	shows("no interpreter", "ENOENT", "%s", ran("./bad", NULL));
	script("empty", "", 0755);
	shows("empty", "ENOEXEC", "%s", ran("./empty", NULL));
	shows("directory", "EACCES", "%s", ran(".", NULL));
	must(chmod("t", 0755));
	fd = must(open("t", O_RDONLY));
	must(unlink("t"));
	shows("unlinked script by descriptor", "exit 7", "%s",
	      ran(text("/proc/self/fd/%d", fd), NULL));
	script("s", "#!/bin/sh\nexit 8\n", 0711);
	make("s", "#!/bin/sh\nexit 9\n");
	shows("rewritten", "exit 9", "%s", ran("./s", NULL));
}

static void busy(void)
{
	int fd, runs[2];
	pid_t pid;
	char byte;

	copy_self("p", 0755);
	fd = must(open("p", O_WRONLY));
	shows("exec while open to write", NULL, "%s", ran("./p", "--exec-me"));
	shut(fd);
	shows("exec when closed", "exit 42", "%s", ran("./p", "--exec-me"));
	must(unlink("p"));
	copy("/bin/sleep", "sleep", 0755);
	must(pipe2(runs, O_CLOEXEC));
	pid = must(fork());
	if (pid == 0) {
		execl("./sleep", "sleep", "60", NULL);
		_exit(127);
	}
	close(runs[1]);
	must(read(runs[0], &byte, 1));	/* its end: the program runs */
	close(runs[0]);
	opens_shut("write to a running program", NULL, open("sleep", O_WRONLY));
	opens_shut("O_TRUNC of a running program", NULL, open("sleep", O_RDONLY | O_TRUNC));
	call("truncate of a running program", NULL, truncate("sleep", 10));
	opens_shut("read of a running program", "ok", open("sleep", O_RDONLY));
	call("rename of it", "ok", rename("sleep", "moved"));
	call("unlink of it", "ok", unlink("moved"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void rights(void)
{
	static const mode_t modes[] = {0711, 0755, 0744, 0111, 0666, 0001, 0010, 0100};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unlink("p");
		copy_self("p", modes[i]);
		must(chown("p", ALICE, TEAM));
		must(chmod("p", modes[i]));
		if (child_as(&bob)) {
			shows(text("%03o by another", modes[i]),
			      modes[i] & 1 ? "exit 42" : "EACCES", "%s",
			      ran("./p", "--exec-me"));
			leave();
		}
		if (child_as(&alice)) {
			shows(text("%03o by the owner", modes[i]),
			      modes[i] & 0100 ? "exit 42" : "EACCES",
			      "%s", ran("./p", "--exec-me"));
			leave();
		}
		if (child_as(&carol)) {
			shows(text("%03o by the group", modes[i]),
			      modes[i] & 0010 ? "exit 42" : "EACCES", "%s",
			      ran("./p", "--exec-me"));
			leave();
		}
	}
}

/* Whether a program got other ids than its caller's: 1 for the user, 2 for the group. */
static const char *runs_as(const char *path)
{
	return ran(path, "--whoami");
}

static void suid(void)
{
	copy_self("p", 0755);
	must(chown("p", ALICE, TEAM));
	must(chmod("p", 06755));
	if (child_as(&bob)) {
		shows("suid and sgid", NULL, "%s", runs_as("./p"));
		leave();
	}
	must(chmod("p", 0755));
	if (child_as(&bob)) {
		shows("neither", "exit 0", "%s", runs_as("./p"));
		leave();
	}
}

/* Flags of a mount above the same file system, in a mount namespace of this part. */
static void flagged(unsigned long flags)
{
	must(mount("real", "view", NULL, MS_BIND, NULL));
	must(mount(NULL, "view", NULL, MS_BIND | MS_REMOUNT | flags, NULL));
}

static void mount_flags(void)
{
	char c;

	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(mkdir("real", 0755) ?: mkdir("view", 0755));
	copy_self("real/p", 0755);
	script("real/s", "#!/bin/sh\nexit 7\n", 0755);
	must(mknod("real/zero", S_IFCHR | 0666, 0x105));
	flagged(MS_NOEXEC);
	shows("noexec program", "EACCES", "%s", ran("view/p", "--exec-me"));
	shows("noexec script", "EACCES", "%s", ran("view/s", NULL));
	shows("noexec access", "EACCES", "%s",
	      access("view/p", X_OK) ? strerrorname_np(errno) : "ok");
	must(umount("view"));
	flagged(MS_NODEV);
	opens_shut("nodev", "EACCES", open("view/zero", O_RDONLY));
	must(umount("view"));
	flagged(MS_RDONLY);
	opens_shut("read-only create", "EROFS", open("view/new", O_CREAT | O_WRONLY, 0644));
	opens_shut("read-only write", "EROFS", open("view/p", O_WRONLY));
	call("read-only chmod", "EROFS", chmod("view/p", 0700));
	call("read-only rename", "EROFS", rename("view/p", "view/q"));
	call("read-only unlink", "EROFS", unlink("view/p"));
	call("read-only access", "EROFS", access("view/p", W_OK));
	call("read-only read", "1", read(must(open("view/zero", O_RDONLY)), &c, 1));
	must(umount2("view", MNT_DETACH));
	must(chown("real/p", ALICE, TEAM) ?: chmod("real/p", 06755));
	flagged(MS_NOSUID);
	if (child_as(&bob)) {
		shows("nosuid", "exit 0", "%s", runs_as("view/p"));
		leave();
	}
	must(umount("view"));
}

static void mount_point(void)
{
	must(unshare(CLONE_NEWNS));
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(mkdir("a", 0755) ?: mkdir("b", 0755));
	make("a/f", "");
	must(mount("a", "b", NULL, MS_BIND, NULL));
	call("rmdir of a mount point", "EBUSY", rmdir("b"));
	call("rename of a mount point", "EBUSY", rename("b", "c"));
	call("rename over a mount point", "EBUSY", (mkdir("d", 0755), rename("d", "b")));
	call("rename across mounts", "EXDEV", rename("a/f", "b/g"));
	call("link across mounts", "EXDEV", link("a/f", "b/g"));
	must(umount("b"));
	call("rmdir after that", "ok", rmdir("b"));
}

const struct part program_parts[] = {
	{"running", running, NEEDS_OWNERS | NEEDS_LINKS},
	{"busy", busy, NEEDS_OWNERS},
	{"rights", rights, NEEDS_ROOT | NEEDS_OWNERS},
	{"suid", suid, NEEDS_ROOT | NEEDS_OWNERS},
	{"mount-flags", mount_flags, NEEDS_ROOT | NEEDS_OWNERS | NEEDS_SPECIAL},
	{"mount-point", mount_point, NEEDS_ROOT | NEEDS_LINKS},
	{0}
};
