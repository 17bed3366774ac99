// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mount.rump: what mount(8) runs for -t rump and -t rump.TYPE.  It takes out of the options what is
 * meant for mount(8) and its friends, and becomes the mount server rump_TYPE.
 *
 * Under the name mount.TYPE (a link that the administrator makes) it serves the mounts that have
 * the option "rump", and hands all others back to mount(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EX_USAGE 1		/* exit codes of mount(8) */
#define EX_SYSTEM 2
#define EX_FAIL 32

struct request {
	const char *spec, *dir;
	const char *type;	/* NULL: probed */
	const char *namespace;
	char *options;		/* what remains for the server */
	char *table;		/* what umount(8) and others look for in /run/mount/utab */
	bool fake, verbose, remount;
	bool shared_name;	/* called as mount.TYPE, which is not ours alone */
	bool rump;		/* the option "rump" */
};

/* Of mount(8), fstab(5), systemd and others: not for a file system.  A star stands for any end. */
static const char *const swallowed[] = {
	"auto", "noauto", "user", "user=*", "nouser", "users", "nousers", "owner", "noowner",
	"group", "nogroup", "nofail", "_netdev", "defaults", "loop", "loop=*", "x-*", "X-*",
	"comment=*", "helper=*", "uhelper=*",
};

static _Noreturn __attribute__((format(printf, 2, 3))) void die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("mount.rump: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(code);
}

static _Noreturn void help(void)
{
	puts("Usage: mount.rump IMAGE DIR [-fnsv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]\n"
	     "Mount an image through a rump server; mount(8) runs this for -t rump and -t "
	     "rump.TYPE.\n\n"
	     "Options:\n"
	     "  -f             do everything but the mount\n"
	     "  -n             accepted, without effect\n"
	     "  -N NAMESPACE   mount in the mount namespace that this file stands for\n"
	     "  -o OPTIONS     mount options, comma separated\n"
	     "  -s             accepted, without effect\n"
	     "  -t TYPE        rump.TYPE, or rump: found out\n"
	     "  -v             show the command that serves the mount\n"
	     "      --help     show this text\n"
	     "      --version  show the version");
	exit(0);
}

static bool matches(const char *pattern, const char *word, size_t len)
{
	size_t fixed = strcspn(pattern, "*");

	return strncmp(pattern, word, fixed) == 0 && (pattern[fixed] ? len >= fixed : len == fixed);
}

/* One more option at the end of a list. */
static void append(char **list, const char *word, size_t len)
{
	size_t used = *list ? strlen(*list) : 0;

	*list = realloc(*list, used + len + 2);
	if (!*list)
		die(EX_SYSTEM, "out of memory");
	sprintf(*list + used, "%s%.*s", used ? "," : "", (int)len, word);
}

/* Whether the option is not for the server. */
static bool take(struct request *rq, const char *word, size_t len)
{
	if (matches("x-*", word, len) || matches("_netdev", word, len))
		append(&rq->table, word, len);
	for (size_t i = 0; i < sizeof(swallowed) / sizeof(swallowed[0]); i++)
		if (matches(swallowed[i], word, len))
			return true;
	if (matches("rump", word, len))
		return rq->rump = true;
	if (matches("remount", word, len))
		rq->remount = true;
	return false;
}

static void add_options(struct request *rq, char *list)
{
	char *name, *value;
	size_t len, value_len;

	while (!mnt_optstr_next_option(&list, &name, &len, &value, &value_len)) {
		if (value)
			len = value + value_len - name;
		if (!take(rq, name, len))
			append(&rq->options, name, len);
	}
	if (list[strspn(list, ",")])
		die(EX_USAGE, "the quotation mark in the option %s has no end", list);
}

/* "rump.ext4" and, as mountinfo names it, "fuse.rump.ext4" are ext4; "rump" is to be found out. */
static const char *served_type(const char *type)
{
	if (strncmp(type, "fuse.", 5) == 0)
		type += 5;
	if (strcmp(type, "rump") == 0 || strcmp(type, "auto") == 0)
		return NULL;
	if (strncmp(type, "rump.", 5) == 0)
		type += 5;
	if (!*type || strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789_-") != strlen(type))
		die(EX_USAGE, "'%s' is not a file system type: use -t rump.TYPE, such as rump.ext4",
		    type);
	return type;
}

static void parse(struct request *rq, int argc, char **argv)
{
	const char *base = strrchr(argv[0], '/');
	int opt;

	base = base ? base + 1 : argv[0];
	if (strncmp(base, "mount.", 6) == 0) {
		rq->type = served_type(base + 6);
		rq->shared_name = strncmp(base + 6, "rump", 4) != 0;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		help();
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("mount.rump (rump) %s\n", RUMP_VERSION);
		exit(0);
	}
	while ((opt = getopt(argc, argv, "fnsvN:o:t:")) != -1) {
		switch (opt) {
		case 'f': rq->fake = true; break;
		case 'v': rq->verbose = true; break;
		case 'N': rq->namespace = optarg; break;
		case 'o': add_options(rq, optarg); break;
		case 't': rq->type = served_type(optarg); break;
		case 'n': case 's': break;
		default: fputs("Try `mount.rump --help'.\n", stderr); exit(EX_USAGE);
		}
	}
	if (argc - optind != 2)
		die(EX_USAGE, "two operands are needed, the image and the directory; see "
		    "`mount.rump --help'");
	rq->spec = argv[optind];
	rq->dir = argv[optind + 1];
}

/* What the kernel's side of the mount,
 * or a file system that is not rump's, needs: mount(8) itself. */
static _Noreturn void hand_back(const struct request *rq, const char *type)
{
	const char *args[10] = { "mount", "-i" };
	int n = 2;

	if (geteuid()) {	/* mount(8) takes an ordinary user's word for nothing:
				   fstab decides */
		execlp("mount", "mount", "-i", rq->dir, NULL);
		die(EX_SYSTEM, "cannot run mount: %s", strerror(errno));
	}
	if (rq->fake)
		args[n++] = "-f";
	if (type) {
		args[n++] = "-t";
		args[n++] = type;
	}
	if (rq->options) {
		args[n++] = "-o";
		args[n++] = rq->options;
	}
	args[n++] = rq->spec;
	args[n++] = rq->dir;
	execvp("mount", (char **)args);
	die(EX_SYSTEM, "cannot run mount: %s", strerror(errno));
}

static bool found_in(char *path, const char *dir, size_t len, const char *name)
{
	return snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dir, name) < PATH_MAX &&
	       access(path, X_OK) == 0;
}

/* Beside this program, where it was installed, or in PATH. */
static bool find_server(char *path, const char *name)
{
	const char *dir = getenv("PATH");
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));

	while (len > 0 && self[--len] != '/')
		;
	if ((len > 0 && found_in(path, self, len, name)) ||
	    found_in(path, RUMP_BINDIR, strlen(RUMP_BINDIR), name))
		return true;
	for (; dir && *dir; dir += len + (dir[len] == ':')) {
		len = strcspn(dir, ":");
		if (len && found_in(path, dir, len, name))
			return true;
	}
	return false;
}

static void enter_namespace(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNS) < 0)
		die(EX_SYSTEM, "cannot enter the mount namespace %s: %s", path, strerror(errno));
	close(fd);
}

static _Noreturn void serve(const struct request *rq)
{
	char name[80], path[PATH_MAX];

	snprintf(name, sizeof(name), "rump_%s", rq->type ? rq->type : "fs");
	if (!find_server(path, name))
		die(EX_FAIL, "there is no %s beside mount.rump, in %s or in PATH: rump does not "
		    "serve this type, or is not installed completely",
		    name, RUMP_BINDIR);
	if (rq->verbose)
		printf("mount.rump: %s%s%s %s %s\n", path, rq->options ? " -o " : "",
		       rq->options ? rq->options : "", rq->spec, rq->dir);
	fflush(stdout);
	if (rq->fake)
		exit(0);
	if (rq->namespace)
		enter_namespace(rq->namespace);
	/* the server makes the mount's entry there, and mount(8) leaves an entry alone */
	if (rq->table)
		setenv("RUMP_UTAB", rq->table, 1);
	if (rq->options)
		execl(path, name, "-o", rq->options, rq->spec, rq->dir, NULL);
	else
		execl(path, name, rq->spec, rq->dir, NULL);
	die(EX_SYSTEM, "cannot run %s: %s", path, strerror(errno));
}

int main(int argc, char **argv)
{
	struct request rq = { 0 };

	parse(&rq, argc, argv);
	if (rq.remount)
		hand_back(&rq, NULL);
	if (rq.shared_name && !rq.rump)
		hand_back(&rq, rq.type);
	serve(&rq);
}
