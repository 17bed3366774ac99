// SPDX-License-Identifier: GPL-2.0-or-later
/* The monitor: it outlives the server, whatever becomes of that. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "known.h"
#include "mount.h"
#include "utab.h"

#define EARLY_PATIENCE 5	/* seconds of a server whose mount nobody has used */
#define BEHIND 2		/* seconds that a server has to end itself first */

struct monitor {
	const struct mount_options *o;
	pid_t server;
	int channel;		/* of the server; -1: it has said that it serves */
	int signals;
	int started;		/* of our caller, who waits; -1: nobody */
	bool reported, usable, background, told;	/* told: the server is to end */
	struct ending ending;
	volatile long *written;	/* by the server */
	dev_t mount;
	struct lines lines;	/* what the server writes on standard error */
};

/* ---- signals ---- */

static void end_server(struct monitor *m)
{
	if (m->usable)
		fuse_unmount(m->o, m->mount, false);
	/* In use, here or in another mount namespace: the server finishes its work and ends, its
	 * users are left without a file system. */
	kill(m->server, SIGTERM);
	if (!m->told)
		ending_begin(&m->ending, !m->usable ? EARLY_PATIENCE : m->o->stop ?
			     m->o->stop + BEHIND : 0, *m->written);
	m->told = true;
}

static void on_signal(struct monitor *m)
{
	struct signalfd_siginfo si;

	if (read(m->signals, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGQUIT)
		kill(m->server, SIGKILL);
	else
		end_server(m);
}

static void watch_end(struct monitor *m)
{
	char text[512];

	if (!m->told || !ending_is_over(&m->ending, *m->written))
		return;
	snprintf(text, sizeof(text), "%s: %s: the server does not end: it is killed",
		 m->o->program, m->o->image);
	lines_end(&m->lines, text);
	kill(m->server, SIGKILL);
	m->ending.seconds = 0;
}

/* ---- the mount ---- */

/* The server has mounted the image: mount on the host, and give it the connection. */
static void make_mount(struct monitor *m, const struct report *report)
{
	const struct mount_options *o = m->o;
	int fd = fuse_mount_dir(o, report->type, o->rdonly || report->rdonly);

	if (fd < 0)
		return;
	m->mount = fuse_mount_device(o);
	fuse_tune(m->mount);
	if (m->mount && known_as(m->mount))
		complain(o, "rump_umount -f will not find a server that does not answer: %s",
			 strerror(errno));
	rump_utab_add(o->image, o->dir);
	if (channel_give(m->channel, fd))
		complain(o, "the server does not take the mount: %s", strerror(errno));
	close(fd);
}

/* Who reads our caller's output must not wait for us. */
static void leave_caller(struct monitor *m)
{
	int null;

	m->lines.to_log = true;
	openlog(m->o->program, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

static void on_usable(struct monitor *m)
{
	const struct mount_options *o = m->o;

	report_usable(o);
	m->usable = true;
	if (m->started >= 0) {
		if (write(m->started, "", 1) < 0)
			end_server(m);		/* the caller has gone */
		close(m->started);
		m->started = -1;
	}
	if (m->background)
		leave_caller(m);
	if (watcher_settle(o, m->server))
		kill(m->server, SIGKILL);
}

/* ---- the end ---- */

static int end_code(struct monitor *m)
{
	char text[128];
	int status;

	while (waitpid(m->server, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) <= EXIT_MOUNT || WEXITSTATUS(status) == EXIT_ENDLESS)) {
		lines_end(&m->lines, NULL);
		return WEXITSTATUS(status);
	}
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "%s: the server was ended by signal %d (%s)",
			 m->o->program, WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "%s: the kernel side crashed", m->o->program);
	lines_end(&m->lines, text);
	return EXIT_BUG;
}

/* False: the server reports nothing more. */
static bool on_report(struct monitor *m)
{
	struct report report;
	bool first = !m->reported;

	m->reported = true;
	switch (report_read(m->o, m->channel, first, &report)) {
	case REPORT_MOUNTED:
		make_mount(m, &report);
		if (m->mount)
			return true;
		break;
	case REPORT_USABLE:
		on_usable(m);
		break;
	case REPORT_WRONG:
		complain(m->o, "the server sent a wrong report: it is killed");
		kill(m->server, SIGKILL);
		break;
	case REPORT_NONE:
		break;
	}
	close(m->channel);
	return false;
}

static void watch(struct monitor *m)
{
	struct pollfd fds[] = {
		{ .fd = m->lines.fd, .events = POLLIN },
		{ .fd = m->signals, .events = POLLIN },
		{ .fd = m->channel, .events = POLLIN },
		{ .fd = m->started },		/* an error: the caller has gone */
	};

	for (;;) {
		if (poll(fds, 4, m->told ? 500 : -1) < 0)
			continue;
		watch_end(m);
		if (fds[1].revents)
			on_signal(m);
		if (fds[3].revents)
			end_server(m);
		if (fds[2].revents && !on_report(m))
			fds[2].fd = -1;
		if (fds[3].revents || m->usable)
			fds[3].fd = -1;
		/* The server holds the other end for as long as it lives. */
		if (fds[0].revents && !lines_read(&m->lines))
			return;
	}
}

/* The server has none of the caller's files, and its errors come to us. */
static void set_descriptors(int errors)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	close(null);
	close(errors);
	close_inherited(-1);
	setvbuf(stderr, NULL, _IOLBF, 0);
}

static int start_server(struct monitor *m, const sigset_t *before)
{
	int channel[2], lines[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) ||
	    pipe2(lines, O_CLOEXEC))
		return -1;
	m->channel = channel[0];
	lines_init(&m->lines, m->o, lines[0]);
	m->server = fork();
	if (m->server)
		goto out;
	sigprocmask(SIG_SETMASK, before, NULL);
	close(m->signals);
	close(m->channel);
	close(m->lines.fd);
	close(m->o->dir_fd);
	close(m->o->parent_fd);
	if (m->started >= 0)
		close(m->started);
	set_descriptors(lines[1]);
	exit(server_run(m->o, channel[1], m->written));
out:
	close(channel[1]);
	close(lines[1]);
	return m->server < 0 ? -1 : 0;
}

int monitor_run(const struct mount_options *o, int started)
{
	struct monitor m = { .o = o, .started = started, .background = !o->foreground };
	sigset_t set, before;
	int code;

	/* before the image is touched, whose journal would be replayed */
	if (!fuse_can_mount(o))
		return EXIT_MOUNT;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	signal(SIGPIPE, SIG_IGN);	/* who reads what we say may go */
	sigprocmask(SIG_BLOCK, &set, &before);
	m.signals = signalfd(-1, &set, SFD_CLOEXEC);
	m.written = ending_share();
	if (m.signals < 0 || !m.written || start_server(&m, &before)) {
		complain(o, "cannot start the server: %s", strerror(errno));
		return EXIT_SYSTEM;
	}
	if (watcher_begin(o))
		kill(m.server, SIGKILL);
	watch(&m);
	code = end_code(&m);
	fuse_unmount(o, m.mount, true);
	if (code == EXIT_BUG || code == EXIT_ENDLESS)
		images_wait_free(o);
	if (m.usable && !fuse_mount_device(o))
		rump_utab_remove(o->dir);
	if (m.usable && o->pid_file)
		unlink(o->pid_file);
	return code;
}
