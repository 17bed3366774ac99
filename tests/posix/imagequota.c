// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * imagequota TYPE IMAGE KIND ID [BYTES FILES hard|soft GRACE]: the quota of a user, group or
 * project in an image.  With limits: they are set, as hard ones or as soft ones with a grace time
 * in seconds, and all may write into the root directory.  Without: bytes and files in use, as the
 * quota file has them.
 */
#include <fcntl.h>
#include <linux/quota.h>
#include <sys/stat.h>

#include <rump/rump_syscalls.h>

#include "ukfstest.h"

static int type;
static unsigned int id;

static void quotactl_of(int fd, int cmd, unsigned int of, void *data, const char *what)
{
	int err = rump_sys_quotactl_fd(fd, QCMD(cmd, type), of, data);

	if (err)
		die("%s: %s", what, strerror(-err));
}

static void set(struct ukfs *u, int fd, char **argv)
{
	struct if_dqblk limits = {.dqb_valid = QIF_LIMITS};
	struct if_dqinfo info = {.dqi_valid = IIF_BGRACE | IIF_IGRACE};
	unsigned long long blocks = strtoull(argv[0], NULL, 10) / 1024,
			   files = strtoull(argv[1], NULL, 10);

	if (!strcmp(argv[2], "hard")) {
		limits.dqb_bhardlimit = blocks;
		limits.dqb_ihardlimit = files;
	} else {
		limits.dqb_bsoftlimit = blocks;
		limits.dqb_isoftlimit = files;
	}
	info.dqi_bgrace = info.dqi_igrace = strtoull(argv[3], NULL, 10);
	quotactl_of(fd, Q_SETINFO, 0, &info, "set the grace time");
	quotactl_of(fd, Q_SETQUOTA, id, &limits, "set the limits");
	if (ukfs_chmod(u, "/", 01777))
		die("chmod: %s", ukfs_errmsg());
}

static void show(int fd)
{
	struct if_dqblk use = {0};

	quotactl_of(fd, Q_GETQUOTA, id, &use, "get the usage");
	printf("%llu %llu\n", (unsigned long long)use.dqb_curspace,
	       (unsigned long long)use.dqb_curinodes);
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {[USRQUOTA] = "user", [GRPQUOTA] = "group",
					    [PRJQUOTA] = "project"};
	static const char *const options[] = {"usrquota", "grpquota", "prjquota"};
	struct ukfs_args args = {0};
	struct ukfs *u;
	int fd;

	if (argc != 5 && argc != 9)
		die("usage: imagequota TYPE IMAGE KIND ID [BYTES FILES hard|soft GRACE]");
	while (strcmp(kinds[type], argv[3]))
		if (++type == PRJQUOTA + 1)
			die("not a kind of quota: %s", argv[3]);
	id = strtoul(argv[4], NULL, 10);
	args.options = options[type];
	u = ukfs_mount(argv[1], argv[2], NULL, 0, &args, sizeof(args));
	if (!u)
		die("%s", ukfs_errmsg());
	fd = rump_sys_openat(AT_FDCWD, ukfs_getmp(u), O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		die("open the root: %s", strerror(-fd));
	if (argc == 9)
		set(u, fd, argv + 5);
	else
		show(fd);
	rump_sys_close(fd);
	must_release(u);
	return 0;
}
