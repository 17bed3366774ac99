// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rump_umount DIR...: unmount, and return when the server has ended: the image is written, closed
 * and unlocked then.  As umount.fuse.rump it is what umount(8) runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../mount/known.h"
#include "umount.h"

static const char *progname = "rump_umount";

void umount_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "%s: ", progname);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

static int usage(const char *what)
{
	if (what)
		umount_error("%s", what);
	fprintf(stderr, "Try `rump_umount --help'.\n");
	return EX_USAGE;
}

static void help(void)
{
	puts("Usage: rump_umount [-flnrv] [-N NAMESPACE] DIR...\n"
	     "Unmount what rump servers serve, and wait until their images are closed.\n\n"
	     "Options:\n"
	     "  -f             cut the connection of a server that does not answer, and kill it\n"
	     "  -l             take it out of the tree now, end it when nobody uses it; do "
	     "not wait\n"
	     "  -n             leave /run/mount/utab alone\n"
	     "  -N NAMESPACE   unmount in the mount namespace that this file stands for\n"
	     "  -r             make it read-only if it is busy (root)\n"
	     "  -t TYPE        accepted, without effect\n"
	     "  -v             say what was unmounted\n"
	     "      --help     show this text\n"
	     "      --version  show the version");
}

static bool superblock_number(struct libmnt_fs *fs, const char *name, unsigned int *number)
{
	const char *options = mnt_fs_get_fs_options(fs);
	char *value;
	size_t len;

	if (!options || mnt_optstr_get_option(options, name, &value, &len) || !value)
		return false;
	*number = strtoul(value, NULL, 10);
	return true;
}

static bool fill_target(struct umount_target *target, struct libmnt_fs *fs)
{
	target->dev = mnt_fs_get_devno(fs);
	target->bdi = known_device(target->dev);
	target->dir = strdup(mnt_fs_get_target(fs));
	return target->dir && superblock_number(fs, "user_id", &target->owner) &&
	       superblock_number(fs, "group_id", &target->owner_gid);
}

/* The mount on a directory that this program is for; a sentence and false for another. */
static bool find_mount(const char *name, struct umount_target *target)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_cache *cache = mnt_new_cache();
	struct libmnt_fs *fs = NULL;
	const char *type;
	bool found = false;

	if (table && !mnt_table_set_cache(table, cache))
		fs = mnt_table_find_target(table, name, MNT_ITER_BACKWARD);
	type = fs ? mnt_fs_get_fstype(fs) : NULL;
	if (!table || !cache)
		umount_error("cannot read /proc/self/mountinfo: %s", strerror(errno));
	else if (!type && access(name, F_OK) && errno != EACCES && errno != ENOTCONN)
		umount_error("%s: %s", name, strerror(errno));
	else if (!type)
		umount_error("%s is not mounted: it is no mount point", name);
	else if (strcmp(type, "fuse.rump") != 0 && strncmp(type, "fuse.rump.", 10) != 0)
		umount_error("%s is a mount of type %s, which no rump server serves: use umount",
			     name, type);
	else
		found = fill_target(target, fs);
	mnt_unref_table(table);
	mnt_unref_cache(cache);
	return found;
}

/*
 * A copy of the mount in another mount namespace, which a sandbox or a container may have taken
 * along, keeps the file system and its backing device alive.  A new mount may have got the number.
 */
static bool lives_elsewhere(const struct umount_target *target)
{
	return target->bdi && known_device(target->dev) == target->bdi;
}

/* Everything that there is to say about the last writes, and the exit code. */
static int finish(const struct umount_target *target, const struct umount_answer *answer,
		  const struct umount_server *server)
{
	bool answered = !answer->error;
	int end = 0;

	if (answered && lives_elsewhere(target)) {
		umount_error("%s is unmounted here, but a program in another mount namespace still "
			     "has it: its image stays in use",
			     target->dir);
		return EX_SYSTEM;
	}
	if (answered && server->pidfd < 0) {
		umount_error("%s is unmounted, but this cannot wait for its server, which runs in "
			     "another pid namespace",
			     target->dir);
		return EX_SYSTEM;
	}
	if (answered)
		end = umount_wait(server, umount_patience(target, UMOUNT_END));
	if (end == ETIMEDOUT) {
		umount_error("%s is unmounted, but its server, which user %u runs, has not ended: "
			     "its image may be in use",
			     target->dir, target->owner);
		return EX_SYSTEM;
	}
	if (answer->sync_error)
		umount_error("%s is unmounted, but its image is not complete: the last writes "
			     "failed: %s",
			     target->dir, strerror(answer->sync_error));
	else if (end)
		umount_error("%s is unmounted, but its server ended with an error: the last writes "
			     "may be lost, the system's log says why",
			     target->dir);
	/* a server that is gone has nothing more to close */
	else if (!answered && answer->error != ENOTCONN) {
		umount_error("%s is unmounted, but its server did not say who it is, so this does "
			     "not wait for it: %s",
			     target->dir, strerror(answer->error));
		return EX_SYSTEM;
	}
	return answer->sync_error || end ? EX_FAIL : 0;
}

/* With its owner's -f: only root can cut the connection, but both can kill the server. */
static int kill_and_detach(const struct umount_target *target, const struct umount_server *server)
{
	struct umount_target dead = *target;
	int rc = umount_kill(target, server);

	dead.opt.force = false;
	return rc == 0 && umount_is_mounted(target) ? umount_detach(&dead) : rc;
}

static int take_away(const struct umount_target *target, const struct umount_answer *answer,
		     const struct umount_server *server)
{
	const struct umount_options *opt = &target->opt;
	bool silent = answer->error == ETIMEDOUT;
	int rc;

	if (silent && !opt->force && !opt->lazy) {
		umount_error("%s: the server, which user %u runs, does not answer: -f kills it",
			     target->dir, target->owner);
		return EX_SYSTEM;
	}
	if (silent && opt->force && geteuid() != 0 && target->owner == getuid())
		return kill_and_detach(target, server);
	rc = umount_detach(target);
	if (rc == UMOUNT_BUSY)
		return kill_and_detach(target, server);
	if (rc != 0 || opt->lazy)
		return rc;
	/* a server that is gone has nothing more to close */
	if (opt->force)
		return answer->error == ENOTCONN ? 0 : umount_end(target, server);
	return finish(target, answer, server);
}

static int unmount(const char *name, const struct umount_options *opt)
{
	struct umount_target target = { .opt = *opt };
	struct umount_server server = { -1, -1 };
	struct umount_answer answer = { 0 };
	int rc = EX_FAIL;

	if (!find_mount(name, &target))
		goto out;
	umount_ask(&target, &answer);
	umount_watch(&server, &target, &answer.who);
	rc = take_away(&target, &answer, &server);
	if (rc == 0 && opt->verbose)
		printf("%s: %s unmounted\n", progname, target.dir);
	if (rc == UMOUNT_RDONLY)
		rc = 0;
	umount_forget(&server);
out:
	free(target.dir);
	return rc;
}

static bool enter_namespace(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && setns(fd, CLONE_NEWNS) == 0)
		return true;
	umount_error("cannot enter the mount namespace %s: %s", path, strerror(errno));
	return false;
}

static int parse(int argc, char **argv, struct umount_options *opt)
{
	int key;

	/* umount(8) gives the directory first: getopt permutes */
	while ((key = getopt(argc, argv, "flnrvN:t:")) != -1) {
		switch (key) {
		case 'f': opt->force = true; break;
		case 'l': opt->lazy = true; break;
		case 'n': opt->notable = true; break;
		case 'r': opt->rdonly = true; break;
		case 'v': opt->verbose = true; break;
		case 't': break;
		case 'N':
			if (!enter_namespace(optarg))
				return EX_SYSTEM;
			break;
		default:
			return usage(NULL);	/* getopt has said it */
		}
	}
	return optind < argc ? 0 : usage("which directory is to be unmounted?");
}

int main(int argc, char **argv)
{
	struct umount_options opt = { 0 };
	int rc;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		help();
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("rump_umount (rump) %s\n", RUMP_VERSION);
		return 0;
	}
	argv[0] = (char *)progname;	/* getopt's sentences begin with it */
	rc = parse(argc, argv, &opt);
	if (rc)
		return rc;
	for (; optind < argc; optind++) {
		int one = unmount(argv[optind], &opt);

		if (one)
			rc = rc ? EX_FAIL : one;
	}
	return rc;
}
