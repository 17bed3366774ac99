// SPDX-License-Identifier: GPL-2.0-or-later
/* Files by name: a landlock domain, in which nothing is allowed but what a list names. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

/* linux/landlock.h of a newer host; the size that is passed says which members are known. */
struct ruleset {
	uint64_t files, net, scoped;
};

#define FILES(last) ((1ULL << ((last) + 1)) - 1)	/* all rights up to this bit */

/* What there is to forbid, by the version of the host's landlock;
 * the last row is for later ones. */
static const struct ruleset versions[] = {
	{ FILES(12), 0, 0 },	/* all that open, make or remove files */
	{ FILES(13), 0, 0 },	/* rename and link between directories */
	{ FILES(14), 0, 0 },	/* truncate */
	{ FILES(14), 3, 0 },	/* bind, connect */
	{ FILES(15), 3, 0 },	/* ioctl of devices */
	{ FILES(15), 3, 3 },	/* abstract sockets, signals to other processes */
};

#define REFER_VERSION 2		/* before it, links between directories cannot be allowed */
#define VERSIONS ((int)(sizeof(versions) / sizeof(versions[0])))

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE (LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE | IOCTL_DEV)
#define MAKE (FILES(13) & ~(READ | LANDLOCK_ACCESS_FS_EXECUTE))
#define OF_FILES (LANDLOCK_ACCESS_FS_READ_FILE | WRITE)	/* the others are for directories */
#define TRUNCATE (1ULL << 14)
#define IOCTL_DEV (1ULL << 15)

static uint64_t rights(const struct confine_path *p, mode_t mode)
{
	uint64_t all = (p->access & CONFINE_READ ? READ : 0) |
		       (p->access & CONFINE_WRITE ? WRITE : 0) |
		       (p->access & CONFINE_MAKE ? WRITE | MAKE : 0);

	if (S_ISBLK(mode))	/* its size is asked for by an ioctl */
		all |= IOCTL_DEV;
	return S_ISDIR(mode) ? all : all & OF_FILES;
}

static int allow(int ruleset, uint64_t known, const struct confine_path *p)
{
	struct landlock_path_beneath_attr rule = {
		.parent_fd = open(p->path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	int err = 0;

	if (rule.parent_fd < 0)		/* there is nothing to allow, then */
		return 0;
	if (fstat(rule.parent_fd, &st))
		err = -errno;
	rule.allowed_access = err ? 0 : rights(p, st.st_mode) & known;
	if (rule.allowed_access &&
	    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
		err = -errno;
	close(rule.parent_fd);
	return err;
}

/* Less than 1: a host without landlock, or which has it turned off. */
static int landlock_version(void)
{
	int version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			      LANDLOCK_CREATE_RULESET_VERSION);

	return version < VERSIONS ? version : VERSIONS;
}

bool confine_has_files(void)
{
	return landlock_version() >= 1;
}

/* Directories that may be read, separated by colons. */
static int allow_reading(int ruleset, uint64_t known, const char *readable)
{
	struct confine_path p = { .access = CONFINE_READ };
	char directory[PATH_MAX];
	int err = 0;
	size_t n;

	for (p.path = directory; *readable && !err; readable += n + (readable[n] == ':')) {
		n = strcspn(readable, ":");
		if (!n || n >= sizeof(directory))
			continue;
		memcpy(directory, readable, n);
		directory[n] = '\0';
		err = allow(ruleset, known, &p);
	}
	return err;
}

static int enter(int version, const struct confine_path *paths, size_t count, const char *readable)
{
	const struct ruleset *handled = &versions[version - 1];
	int err = 0, ruleset = syscall(SYS_landlock_create_ruleset, handled,
				       version < 4 ? 8 : version < 6 ? 16 : 24, 0);

	if (ruleset < 0)
		return -errno;
	for (size_t i = 0; i < count && !err; i++)
		err = allow(ruleset, handled->files, &paths[i]);
	if (!err)
		err = allow_reading(ruleset, handled->files, readable);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	return err;
}

static bool makes(const struct confine_path *paths, size_t count)
{
	while (count)
		if (paths[--count].access & CONFINE_MAKE)
			return true;
	return false;
}

int confine_files(const struct confine_path *paths, size_t count, const char *readable, char *why,
		  size_t len)
{
	int err, version = landlock_version();

	if (version < 1 || (version < REFER_VERSION && makes(paths, count)))
		return 0;
	err = enter(version, paths, count, readable);
	return err ? confine_fail(err, why, len, "cannot give up files (landlock): %s",
				  strerror(-err)) : 0;
}
