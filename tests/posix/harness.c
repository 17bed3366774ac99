// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The suite's harness: parts in children of their own, and one line of output for each check.
 * What was counted lies in memory that all children share.
 */
#include <fts.h>
#include <stdarg.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "harness.h"

#define PART_SECONDS 280	/* what is not over then hangs */

const struct who alice = {ALICE, ALICE, 0, {0}};
const struct who bob = {BOB, BOB, 0, {0}};
const struct who carol = {CAROL, CAROL, 1, {TEAM}};

struct tally *tally;
static const char *theme_name, *part_name;

void harness_init(void)
{
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED) {
		perror("posix_suite: mmap");
		exit(2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	umask(022);
	signal(SIGPIPE, SIG_IGN);
}

static bool matches(const char *expected, const char *got)
{
	size_t n = strlen(got);

	for (const char *p = expected; ; p++) {
		const char *end = strchrnul(p, '|');

		if ((size_t)(end - p) == n && !strncmp(p, got, n))
			return true;
		if (!*end)
			return false;
		p = end;
	}
}

void shows(const char *check, const char *expected, const char *format, ...)
{
	char *got, *line;
	bool failed;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&got, format, ap) < 0)
		abort();
	va_end(ap);
	failed = expected && !matches(expected, got);
	__atomic_add_fetch(&tally->checks, 1, __ATOMIC_RELAXED);
	if (failed)
		__atomic_add_fetch(&tally->failed, 1, __ATOMIC_RELAXED);
	if (asprintf(&line, "%s/%s %s: %s%s%s\n", theme_name, part_name, check, got,
		     failed ? "   FAILED, expected: " : "", failed ? expected : "") < 0)
		abort();
	fputs(line, stdout);	/* one write, whichever process it is */
	fflush(stdout);
	free(line);
	free(got);
}

const char *error_name(long value)
{
	return value < 0 ? strerrorname_np(errno) : value ? text("%ld", value) : "ok";
}

long show_call(const char *check, const char *expected, long value)
{
	shows(check, expected, "%s", error_name(value));
	return value;
}

int show_open(const char *check, const char *expected, int fd)
{
	shows(check, expected, "%s", fd < 0 ? strerrorname_np(errno) : "ok");
	return fd;
}

void shut(int fd)
{
	if (fd >= 0)
		close(fd);
}

long must_be(long value, const char *expression, const char *file, int line)
{
	if (value >= 0)
		return value;
	shows("cannot go on", "", "%s at %s:%d: %s", strerrorname_np(errno),
	      strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line, expression);
	leave();
}

void leave(void)
{
	fflush(stdout);
	_exit(0);
}

void reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		shows("a child", "", "ended by SIG%s", sigabbrev_np(WTERMSIG(status)));
}

bool child_as(const struct who *who)
{
	pid_t pid;

	fflush(stdout);
	pid = must(fork());
	if (pid) {
		reap(pid);
		return false;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (who) {
		must(syscall(SYS_setgroups, who->ngroups, who->groups));
		must(setresgid(who->gid, who->gid, who->gid));
		must(setresuid(who->uid, who->uid, who->uid));
	}
	return true;
}

void turns_make(struct turns *t)
{
	must(pipe(t->pipes[0]));
	must(pipe(t->pipes[1]));
	t->side = 0;
}

void turns_child(struct turns *t)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	t->side = 1;
}

void say(struct turns *t)
{
	must(write(t->pipes[t->side][1], "!", 1));
}

void hear(struct turns *t)
{
	char c;

	must(read(t->pipes[!t->side][0], &c, 1) == 1 ? 0 : -1);
}

/* Take away a part's folder, and what is in it; errno of what could not be. */
static int take_away(char *folder)
{
	char *const paths[] = {folder, NULL};
	FTS *tree = fts_open(paths, FTS_PHYSICAL, NULL);
	FTSENT *e;
	int failed = 0;

	while (tree && (e = fts_read(tree)))
		if (e->fts_info != FTS_D && remove(e->fts_accpath))
			failed = errno;
	if (tree)
		fts_close(tree);
	return failed;
}

static void run_inside(const struct part *part, const char *folder)
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(chdir(folder));
	part->run();
	leave();
}

/* Wait for a part, but not for ever. */
static void wait_part(pid_t pid)
{
	struct pollfd p = {.fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

	setpgid(pid, pid);
	if (p.fd >= 0 && poll(&p, 1, PART_SECONDS * 1000) == 0) {
		shows("time", "", "no end after %d s", PART_SECONDS);
		kill(-pid, SIGKILL);
	}
	shut(p.fd);
	reap(pid);
	kill(-pid, SIGKILL);	/* what it may have left */
}

void run_part(const char *theme, const struct part *part, const char *dir)
{
	char *folder;
	pid_t pid;
	int left;

	theme_name = theme;
	part_name = part->name;
	if (asprintf(&folder, "%s/%s.%s", dir, theme, part->name) < 0)
		abort();
	/* What the part before has removed may take its time to be free. */
	for (int i = 0; (left = mkdir(folder, 0755)) && errno == ENOSPC && i < 600; i++)
		usleep(100000);
	if (left || chmod(folder, 0755)) {
		shows("folder", "", "%s", strerrorname_np(errno));
		free(folder);
		return;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_inside(part, folder);
	if (pid < 0)
		shows("fork", "", "%s", strerrorname_np(errno));
	else
		wait_part(pid);
	left = take_away(folder);
	if (left)
		shows("taking away its folder", "", "%s", strerrorname_np(left));
	free(folder);
}
