// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * confined PROGRAM [ARGUMENT...]: run a program where there are no namespaces, no mounts and no
 * /dev/fuse, as in most containers.  Seccomp refuses the system calls; /dev/fuse is kept away by
 * landlock, which allows all files but that one.  What could not be taken away ends this with 99.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

static void die(int code, const char *what)
{
	fprintf(stderr, "confined: %s: %s\n", what, strerror(errno));
	exit(code);
}

/* All that is in a folder, but one name. */
static void allow(int ruleset, const char *folder, const char *except)
{
	DIR *dir = opendir(folder);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		struct landlock_path_beneath_attr rule = { .allowed_access = ACCESS };

		/* what a link leads to has a rule of its own */
		if (d->d_name[0] == '.' || d->d_type == DT_LNK || strcmp(d->d_name, except) == 0)
			continue;
		rule.parent_fd = openat(dirfd(dir), d->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (rule.parent_fd < 0 ||
		    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
			die(99, d->d_name);
		close(rule.parent_fd);
	}
	if (dir)
		closedir(dir);
}

static void hide_fuse(void)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = ACCESS };
	int ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (ruleset < 0)
		die(77, "the host's kernel has no landlock");
	allow(ruleset, "/", "dev");
	allow(ruleset, "/dev", "fuse");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0))
		die(99, "landlock");
	close(ruleset);
}

static void refuse_calls(void)
{
	static const int refused[] = {
		SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2),
		SCMP_SYS(fsopen),
		SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
		SCMP_SYS(mount_setattr), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
	};
	static const int spaces[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET };
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < sizeof(refused) / sizeof(refused[0]); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
	for (size_t i = 0; !err && i < sizeof(spaces) / sizeof(spaces[0]); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				       SCMP_A0(SCMP_CMP_MASKED_EQ, spaces[i], spaces[i]));
	/* its flags are in memory, where a filter cannot look; libc takes clone then */
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (!err)
		err = seccomp_load(filter);
	errno = -err;
	if (err)
		die(99, "seccomp");
	seccomp_release(filter);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die(99, "a program is missing");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die(99, "no_new_privs");
	hide_fuse();
	refuse_calls();
	if (!unshare(CLONE_NEWUSER) || !mount("none", "/mnt", "tmpfs", 0, NULL) ||
	    open("/dev/fuse", O_RDWR | O_CLOEXEC) >= 0)
		die(99, "something is still allowed");
	execvp(argv[1], argv + 1);
	die(99, argv[1]);
}
