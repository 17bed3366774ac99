// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_exec: run a program that finds the image mounted, in a namespace that nobody else sees.
 *
 * Three processes: this one waits; the mount server, which keeps the right to mount; the program,
 * which has the caller's rights and no more.  The server is not in our process group: what is typed
 * on the terminal is for the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rump/p2k.h>
#include <rump/rump.h>

#include "exec.h"
#include "fsu.h"

/* As env(1) and its like have them. */
enum { EXEC_FAILED = 125, EXEC_NOT_RUNNABLE = 126, EXEC_NOT_FOUND = 127, EXEC_SIGNAL = 128 };

const struct fsu_option fsu_exec_options[] = {
	{ 'm', "mount-point", FSU_ARG, "DIR", "where the program finds the image (default: /mnt)" },
	{ 'r', "root", FSU_NOARG, NULL, "be root for the image, without being it on the host" },
	{ 'w', "write", FSU_NOARG, NULL, "mount for reading and writing" },
	FSU_OPTIONS_END
};

struct exec {
	const struct fsu_line *line;
	const char *dir;
	bool root, write;

	sigset_t before;	/* the caller's signal mask */
	int signals;
	pid_t server;		/* 0: it has ended, with server_status */
	int server_status;
	int top;		/* the image's root directory, or -1 */
};

/* ---- the mount server ---- */

static char *server_options(const struct exec *x, int ready)
{
	static const char *const methods[] = { "sync", "async", "mmap" };
	const struct fsu_mount_options *mnt = x->line->mount;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	/* The user's options stand behind, so that they can say otherwise. */
	fprintf(f, "%s,ready-fd=%d", x->write ? "rw" : "ro", ready);
	if (mnt->partition)
		fprintf(f, ",part=%d", mnt->partition);
	if (mnt->method)
		fprintf(f, ",method=%s", methods[mnt->method - RUMP_DISK_SYNC]);
	if (mnt->sector_size)
		fprintf(f, ",sector=%u", mnt->sector_size);
	fprintf(f, "%s%s%s", mnt->nolock ? ",nolock" : "", mnt->options ? "," : "",
		mnt->options ? mnt->options : "");
	return fclose(f) ? NULL : text;
}

/* The server that stands beside this program, or the first in PATH. */
static void execute_server(char **argv)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - sizeof("rump_fs"));
	char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash) {
		strcpy(slash + 1, "rump_fs");
		execv(path, argv);
	}
	execvp("rump_fs", argv);
}

static _Noreturn void run_server(const struct exec *x, pid_t parent, int ready)
{
	/* The messages are ours for the user, so the name is. */
	char *name = (char *)fsu_progname, *type = (char *)x->line->mount->type;
	char *options = server_options(x, ready);
	char *argv[] = { name, "-t", type ? type : name, "-f", "-o", options, "--",
			 (char *)x->line->image, (char *)x->dir, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXEC_FAILED);
	sigprocmask(SIG_SETMASK, &x->before, NULL);
	if (null >= 0) {
		dup2(null, 0);
		dup2(null, 1);
	}
	fcntl(ready, F_SETFD, 0);
	unsetenv("NOTIFY_SOCKET");
	/* mount(8)'s table is the host's: this mount is none of its business. */
	setenv("LIBMOUNT_UTAB", "/dev/null/none", 1);
	if (options && fsu_exec_keep_mount_right())
		execute_server(type ? argv : argv + 2);
	fsu_message("cannot start the mount server rump_fs: %s", strerror(errno));
	_exit(EXEC_FAILED);
}

static int next_signal(struct exec *x, struct signalfd_siginfo *si)
{
	ssize_t n;

	do
		n = read(x->signals, si, sizeof(*si));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*si) ? (int)si->ssi_signo : 0;
}

/* 0: usable; a signal: asked to stop before; -1: the server has ended, and said why. */
static int wait_usable(struct exec *x, int ready)
{
	struct pollfd fds[] = {
		{ .fd = ready, .events = POLLIN }, { .fd = x->signals, .events = POLLIN },
	};
	struct signalfd_siginfo si;
	int sig, stop = 0;
	char byte;

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			return read(ready, &byte, 1) == 1 || stop ? stop : -1;
		sig = next_signal(x, &si);
		if (sig != SIGCHLD) {
			stop = sig;
			kill(x->server, SIGTERM);
		}
	}
}

static int start_server(struct exec *x)
{
	const pid_t parent = getpid();
	int ready[2], res;

	if (pipe2(ready, O_CLOEXEC) || (x->server = fork()) < 0) {
		fsu_message("cannot start the mount server: %s", strerror(errno));
		x->server = 0;
		return -1;
	}
	if (!x->server)
		run_server(x, parent, ready[1]);
	close(ready[1]);
	res = wait_usable(x, ready[0]);
	close(ready[0]);
	return res;
}

/* ---- the program ---- */

static int run_program(struct exec *x)
{
	char **argv = x->line->operands;
	pid_t pid = fork();
	int err;

	if (pid)
		return pid;
	sigprocmask(SIG_SETMASK, &x->before, NULL);
	execvp(argv[0], argv);
	err = errno;
	fsu_message("cannot run %s: %s", fsu_name(argv[0]), strerror(err));
	_exit(err == ENOENT ? EXEC_NOT_FOUND : EXEC_NOT_RUNNABLE);
}

/* Its exit code. */
static int wait_program(struct exec *x, pid_t program)
{
	struct signalfd_siginfo si;
	int status;
	pid_t pid;

	fsu_end_program(program);
	for (;;) {
		int sig = next_signal(x, &si);

		/* The terminal's signals reach the program without us. */
		if (sig != SIGCHLD && si.ssi_code <= 0)
			kill(program, sig);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid == program) {
				fsu_end_program(0);
				return WIFEXITED(status) ? WEXITSTATUS(status) :
							   EXEC_SIGNAL + WTERMSIG(status);
			}
			if (pid == x->server) {
				x->server = 0;
				x->server_status = status;
			}
		}
	}
}

/* ---- the end ---- */

/* What the program wrote is the host's until it is written back: an error of that is told here. */
static bool sync_image(struct exec *x)
{
	bool good = x->top < 0 || !x->server ||
		    (!syncfs(x->top) && !ioctl(x->top, RUMP_IOC_SYNC));

	if (!good)
		fsu_message("%s: the last writes failed: %s", fsu_name(x->line->image),
			    strerror(errno));
	if (x->top >= 0)
		close(x->top);
	return good;
}

/* Returns whether everything is on the medium; the server has said why not. */
static bool end_server(struct exec *x)
{
	if (x->server) {
		if (umount2(x->dir, UMOUNT_NOFOLLOW) && errno == EBUSY)
			fsu_message("processes that the program left behind use %s: it is taken "
				    "from them",
				    fsu_name(x->dir));
		kill(x->server, SIGTERM);
		while (waitpid(x->server, &x->server_status, 0) < 0 && errno == EINTR)
			;
		x->server = 0;
	}
	return WIFEXITED(x->server_status) && WEXITSTATUS(x->server_status) == 0;
}

static int execute(struct exec *x)
{
	int code = start_server(x);
	bool good = true;
	pid_t program;

	if (code == 0) {
		x->top = open(x->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		program = run_program(x);
		code = program < 0 ? EXEC_FAILED : wait_program(x, program);
		if (program < 0)
			fsu_message("cannot run the program: %s", strerror(errno));
		good = sync_image(x);
	} else {
		code = code < 0 ? EXEC_FAILED : EXEC_SIGNAL + code;
	}
	if ((!end_server(x) || !good) && code == 0)
		code = EXEC_FAILED;
	return code;
}

static void take_signals(struct exec *x)
{
	static const int taken[] = { SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		sigaddset(&set, taken[i]);
	/* A caller that ignores it would have the children vanish unseen. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &set, &x->before);
	x->signals = signalfd(-1, &set, SFD_CLOEXEC);
}

int fsu_exec_run(struct fsu_line *line)
{
	struct exec x = { .line = line, .dir = "/mnt", .top = -1 };
	char dir[PATH_MAX];

	for (int i = 0; i < line->noptions; i++) {
		if (line->options[i].key == 'm')
			x.dir = line->options[i].arg;
		else if (line->options[i].key == 'r')
			x.root = true;
		else
			x.write = true;
	}
	if (line->noperands == 0)
		return fsu_usage("the command to run is missing");
	if (line->mount->limits.cpu)
		return fsu_usage("--max-cpu does not hold for the program and the mount server, "
				 "which are other processes; --max-time does");
	if (!realpath(x.dir, dir)) {
		fsu_message("cannot mount on %s: %s", fsu_name(x.dir), strerror(errno));
		return EXEC_FAILED;
	}
	x.dir = dir;
	if (!fsu_exec_namespace(x.root))
		return EXEC_FAILED;
	take_signals(&x);
	if (x.signals >= 0)
		return execute(&x);
	fsu_message("cannot wait for signals: %s", strerror(errno));
	return EXEC_FAILED;
}
