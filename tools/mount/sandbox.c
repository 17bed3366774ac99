// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The isolation of a mount server: user, capabilities, limits, and the order of the steps.
 *
 * A hostile image is read from the probe on, so all that the rest does not need is given up before.
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rump/rumpuser.h>

#include "../../libhost/confine.h"
#include "sandbox.h"

#define MOUNT (CONFINE_SERVE | CONFINE_START)
#define PROBE (MOUNT | CONFINE_DRIVERS)
#define EARLY_FILES 256		/* descriptors while the kernel side boots and mounts */
#define ADDRESS_SLACK (8ULL << 30) /* libc's heaps reserve much that they do not use */

static int become(const struct sandbox *s, char *why, size_t len)
{
	bool same = s->uid == geteuid() && s->gid == getegid();

	/* The root of a user namespace may not be allowed to leave its groups. */
	if ((setgroups(0, NULL) && !(same && errno == EPERM)) ||
	    setresgid(s->gid, s->gid, s->gid) || setresuid(s->uid, s->uid, s->uid))
		return confine_fail(-errno, why, len, "cannot become user %u, group %u: %s",
				    s->uid, s->gid, strerror(errno));
	return 0;
}

/* Never raises a limit. */
static int limit(int resource, rlim_t value, char *why, size_t len)
{
	struct rlimit now, new;

	if (getrlimit(resource, &now))
		return confine_fail(-errno, why, len, "cannot read a limit: %s", strerror(errno));
	new.rlim_max = value < now.rlim_max ? value : now.rlim_max;
	new.rlim_cur = value < now.rlim_cur ? value : now.rlim_cur;
	if (setrlimit(resource, &new))
		return confine_fail(-errno, why, len, "cannot limit resource %d to %llu: %s",
				    resource, (unsigned long long)value, strerror(errno));
	return 0;
}

static rlim_t highest_descriptor(void)
{
	int fd = EARLY_FILES - 1;

	while (fd > STDERR_FILENO && fcntl(fd, F_GETFD) < 0)
		fd--;
	return fd;
}

static int status = -1;		/* /proc/self/status, opened while that is allowed */

/* A value of it in KiB, as bytes. */
static unsigned long long status_bytes(const char *name)
{
	char text[4096], *line;
	ssize_t n = pread(status, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	line = strstr(text, name);
	return line ? strtoull(line + strlen(name), NULL, 10) << 10 : 0;
}

/*
 * The number of processes stays as it is: the host counts all of the user's, and new processes are
 * refused anyway.
 */
static int limit_memory(const struct sandbox *s, char *why, size_t len)
{
	int err;

	if (!s->memory_limit)
		return 0;
	/* Stacks and heaps, exactly; shared mappings, roughly, by the address space. */
	err = limit(RLIMIT_DATA, status_bytes("VmData:") + s->memory_limit, why, len);
	if (!err)
		err = limit(RLIMIT_AS, status_bytes("VmSize:") + s->memory_limit + ADDRESS_SLACK,
			    why, len);
	return err;
}

/* The arena is larger than most images: it has been made, and cannot grow. */
static int limit_files(const struct sandbox *s, char *why, size_t len)
{
	if (!s->file_limit)
		return 0;
	signal(SIGXFSZ, SIG_IGN);		/* the driver gets an error */
	return limit(RLIMIT_FSIZE, s->file_limit, why, len);
}

static bool entered_early;

int sandbox_enter_early(const struct sandbox *s, char *why, size_t len)
{
	int err = confine_check_threads(why, len);
	char readable[8192];
	void *frame[1];

	if (!err)
		err = confine_no_new_privileges(why, len);
	if (err)
		return err;
	status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	backtrace(frame, 1);	/* loads the unwinder, which the backtrace of a panic needs */
	snprintf(readable, sizeof(readable), "/proc:/sys:%s", rumpuser_module_path());
	err = confine_files(NULL, 0, readable, why, len);
	if (!err)
		err = limit(RLIMIT_CORE, 0, why, len);
	if (!err)
		err = limit(RLIMIT_NOFILE, EARLY_FILES, why, len);
	if (!err)
		err = confine_bounding_set(0, why, len);
	if (!err && s->drop_user)
		err = become(s, why, len);
	if (!err)
		err = confine_capabilities(0, why, len);
	entered_early = !err;
	return err;
}

static int check_early(char *why, size_t len)
{
	return entered_early ? 0 : confine_fail(-EINVAL, why, len, "sandbox_enter_early was not "
						"called, or failed");
}

int sandbox_enter_probe(const struct sandbox *s, char *why, size_t len)
{
	int err = check_early(why, len);

	if (!err)
		err = limit_memory(s, why, len);
	if (!err)
		err = limit_files(s, why, len);
	return err ? err : confine_calls(PROBE, why, len);
}

int sandbox_enter_mount(char *why, size_t len)
{
	int err = check_early(why, len);

	/* For this thread and those that it starts; the others cannot open a file either. */
	if (!err)
		err = confine_files(NULL, 0, "", why, len);
	/* Nobody but root looks into the process; it may still look at itself. */
	if (!err && prctl(PR_SET_DUMPABLE, 0))
		err = confine_fail(-errno, why, len, "cannot hide the memory: %s", strerror(errno));
	return err ? err : confine_calls(MOUNT, why, len);
}

int sandbox_enter(char *why, size_t len)
{
	int err = check_early(why, len);

	close(status);
	status = -1;
	if (!err)
		err = limit(RLIMIT_NOFILE, highest_descriptor() + 1, why, len);
	return err ? err : confine_calls(CONFINE_SERVE, why, len);
}
