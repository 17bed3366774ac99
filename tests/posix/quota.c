// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quotas (option -q): 1 MiB and 10 files for user, group or project QUOTA_ID, or for who runs the
 * suite where that is not root.  In the parts "hard" these are hard limits, in the parts "soft"
 * soft ones with a grace time of seconds.
 */
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "suite.h"

#define QUOTA_ID ALICE
#define QUOTA_BYTES (1024 * 1024)
#define QUOTA_FILES 10
#define BLOCK 4096
#define PATIENCE 60		/* seconds: far more than the grace time,
				   and than what is unlinked needs */

/* The value of a call that may be refused until what was removed is free. */
#define in_time(call) ({ \
	long value_; \
	for (int i_ = 0; (value_ = (call)) < 0 && i_ < PATIENCE * 10; i_++) \
		usleep(100000); \
	value_; \
})

/* XFS says of a project that it is full. */
static const char *refused(void)
{
	return strcmp(quota, "project") ? "EDQUOT" : "EDQUOT|ENOSPC";
}

static void join_project(const char *path, unsigned int project)
{
	int fd = must(open(path, O_RDONLY));
	struct fsxattr x;

	must(ioctl(fd, FS_IOC_FSGETXATTR, &x));
	x.fsx_projid = project;
	if (!strcmp(path, "."))
		x.fsx_xflags |= FS_XFLAG_PROJINHERIT;
	must(ioctl(fd, FS_IOC_FSSETXATTR, &x));
	must(close(fd));
}

/* Whose files count, in a folder where all may write. */
static const struct who *prepare(void)
{
	must(chmod(".", 0777));
	if (!strcmp(quota, "project"))
		join_project(".", QUOTA_ID);
	return geteuid() ? NULL : &alice;
}

/* What the folder itself counts for. */
static struct stat counted(void)
{
	struct stat st;

	must(stat(".", &st));
	if ((!strcmp(quota, "user") && st.st_uid != geteuid()) ||
	    (!strcmp(quota, "group") && st.st_gid != getegid()))
		st = (struct stat){0};
	return st;
}

static long long room(void)
{
	return QUOTA_BYTES - counted().st_blocks * 512;
}

static int files_left(void)
{
	return QUOTA_FILES - (counted().st_ino ? 1 : 0);
}

static int make_files(int most)
{
	int made = 0;

	errno = 0;
	while (made < most && !mknod(text("f%d", made), S_IFREG | 0644, 0))
		made++;
	return made;
}

static void hard_blocks(void)
{
	const struct who *who = prepare();

	if (child_as(who)) {
		int fd = must(open("f", O_CREAT | O_RDWR, 0644));
		int other = must(open("g", O_CREAT | O_RDWR, 0644));
		long long taken = fill_up(fd, BLOCK, 16 * QUOTA_BYTES);

		shows("the refusal", refused(), "%s", refusal());
		shows("taken of what is allowed", "all", "%s",
		      taken == room() ? "all" : text("%lld of %lld", taken, room()));
		call("fsync", "ok", fsync(fd));
		shows("data", "same", "%s", checked(fd, taken));
		call("fallocate", refused(), fallocate(fd, 0, 2 * QUOTA_BYTES, BLOCK));
		call("overwriting needs no room", "4096", pwrite(fd, text("%04096d", 0), BLOCK, 0));
		call("truncate", "ok", ftruncate(fd, taken - BLOCK));
		must(fsync(fd));
		shows("room is back", text("%d", BLOCK), "%lld",
		      fill_up(other, BLOCK, QUOTA_BYTES));
		leave();
	}
}

static void hard_files(void)
{
	const struct who *who = prepare();

	if (child_as(who)) {
		int left = files_left();

		shows("made", text("%d", left), "%d", make_files(100));
		shows("the refusal", refused(), "%s", refusal());
		call("mkdir", refused(), mkdir("d", 0755));
		call("symlink", refused(), symlink("x", "l"));
		call("link needs no inode", "ok", link("f0", "l"));
		call("unlink", "ok", unlink("f1"));
		call("mkdir then", "ok", in_time(mkdir("d", 0755)));
		leave();
	}
}

/* Another user with another group is bound by a project alone. */
static void hard_others(void)
{
	prepare();
	if (child_as(&bob)) {
		fill_up(must(open("f", O_CREAT | O_RDWR, 0644)), BLOCK, 2 * QUOTA_BYTES);
		shows("the refusal", strcmp(quota, "project") ? "none" : refused(), "%s",
		      refusal());
		leave();
	}
}

/* Root may give more than is allowed, which leaves no room. */
static void hard_given(void)
{
	make_sized("big", 2 * QUOTA_BYTES);
	if (!strcmp(quota, "user"))
		call("chown", "ok", chown("big", QUOTA_ID, -1));
	else if (!strcmp(quota, "group"))
		call("chown", "ok", chown("big", -1, QUOTA_ID));
	else
		join_project("big", QUOTA_ID);
	prepare();
	if (child_as(&alice)) {
		int fd = open("f", O_CREAT | O_RDWR, 0644);

		/* XFS wants room for the name */
		shows("create and write", refused(), "%s",
		      fd < 0 || pwrite(fd, "x", 1, 0) < 0 ? refusal() : "none");
		leave();
	}
}

/* A step that is undone where it was allowed, until it is refused: the grace time is over. */
static bool grace_ends(int (*step)(int fd), int fd)
{
	for (int i = 0; i < PATIENCE * 10; i++) {
		errno = 0;
		if (step(fd))
			return true;
		usleep(100000);
	}
	return false;
}

static int one_block(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (pwrite(fd, text("%04096d", 1), BLOCK, end) < 0)
		return -1;
	must(ftruncate(fd, end));
	return 0;
}

static int one_file(int fd)
{
	(void)fd;
	if (mknod("another", S_IFREG | 0644, 0))
		return -1;
	must(unlink("another"));
	return 0;
}

static void soft_blocks(void)
{
	const struct who *who = prepare();

	if (child_as(who)) {
		int fd = must(open("f", O_CREAT | O_RDWR, 0644));

		call("to the limit", text("%lld", room()), fill_up(fd, BLOCK, room()));
		must(fsync(fd));
		call("beyond it", text("%d", 2 * BLOCK),
		     pwrite(fd, text("%08192d", 1), 2 * BLOCK, room()));
		must(fsync(fd));
		shows("after the grace time", "refused", "%s",
		      grace_ends(one_block, fd) ? "refused" : "not refused");
		shows("the refusal", refused(), "%s", refusal());
		call("truncate", "ok", ftruncate(fd, room() - BLOCK));
		must(fsync(fd));
		call("write then", text("%d", BLOCK),
		     pwrite(fd, text("%04096d", 1), BLOCK, room() - BLOCK));
		leave();
	}
}

static void soft_files(void)
{
	const struct who *who = prepare();

	if (child_as(who)) {
		int left = files_left();

		shows("beyond the limit", text("%d", left + 1), "%d", make_files(left + 1));
		shows("after the grace time", "refused", "%s",
		      grace_ends(one_file, -1) ? "refused" : "not refused");
		shows("the refusal", refused(), "%s", refusal());
		call("unlink", "ok", unlink("f0"));
		must(unlink("f1"));
		call("create then", "ok", in_time(mknod("f0", S_IFREG | 0644, 0)));
		leave();
	}
}

const struct part quota_parts[] = {
	{"hard-blocks", hard_blocks, NEEDS_QUOTA},
	{"hard-files", hard_files, NEEDS_QUOTA},
	{"hard-others", hard_others, NEEDS_QUOTA | NEEDS_ROOT},
	{"hard-given", hard_given, NEEDS_QUOTA | NEEDS_ROOT},
	{"soft-blocks", soft_blocks, NEEDS_QUOTA},
	{"soft-files", soft_files, NEEDS_QUOTA},
	{0}
};
