// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files by name: a landlock domain in which nothing is allowed but to read below some folders.  It
 * holds for the calling thread and for those that it starts.  What is open already stays usable.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

/* linux/landlock.h of a newer host; the size that is passed says which members are known. */
struct ruleset {
	uint64_t files, net, scoped;
};

#define FILES(last) ((1ULL << ((last) + 1)) - 1)	/* all rights up to this bit */

/* What there is to forbid, by the version of the host's landlock;
 * the last row is for later ones. */
static const struct ruleset versions[] = {
	{ FILES(12), 0, 0 },	/* all that open, make or remove files */
	{ FILES(13), 0, 0 },	/* rename and link between folders */
	{ FILES(14), 0, 0 },	/* truncate */
	{ FILES(14), 3, 0 },	/* bind, connect */
	{ FILES(15), 3, 0 },	/* ioctl of devices */
	{ FILES(15), 3, 3 },	/* abstract sockets, signals to other processes */
};

#define VERSIONS ((int)(sizeof(versions) / sizeof(versions[0])))

static int allow_reading(int ruleset, const char *folder)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	int err = 0;

	if (rule.parent_fd < 0)		/* there is nothing to read, then */
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

static int allow_all(int ruleset, const char *readable)
{
	char folder[4096];
	size_t n;
	int err = 0;

	for (; !err && *readable; readable += n + (readable[n] == ':')) {
		n = strcspn(readable, ":");
		if (!n || n >= sizeof(folder))
			continue;
		memcpy(folder, readable, n);
		folder[n] = '\0';
		err = allow_reading(ruleset, folder);
	}
	return err;
}

/* Less than 1: a host without landlock, or which has it turned off. */
static int landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool sandbox_has_landlock(void)
{
	return landlock_version() >= 1;
}

int sandbox_files(const char *readable, char *why, size_t len)
{
	int version = landlock_version();
	int err, ruleset;

	if (version < 1)	/* the caller has asked sandbox_has_landlock what that means */
		return 0;
	if (version > VERSIONS)
		version = VERSIONS;
	ruleset = syscall(SYS_landlock_create_ruleset, &versions[version - 1],
			  version < 4 ? 8 : version < 6 ? 16 : 24, 0);
	if (ruleset < 0)
		return sandbox_fail(-errno, why, len, "cannot give up files (landlock): %s",
				    strerror(errno));
	err = allow_all(ruleset, readable);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	if (err)
		return sandbox_fail(err, why, len, "cannot give up files (landlock): %s",
				    strerror(-err));
	return 0;
}
