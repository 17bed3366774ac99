// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line, which is mount(8)'s: ours is taken out of -o, the rest is the file system's. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libmount/libmount.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rump/rump.h>
#include <rump/ukfs.h>

#include "../../libhost/printable.h"
#include "mount.h"
#include "sandbox.h"

#define DAY (24 * 60 * 60L)
#define STOP 30			/* seconds */
#define WATCHDOG 30		/* seconds; no request of a sound image takes as long */

void complain(const struct mount_options *o, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s: ", o->program);
	printable_line(stderr, text);
}

static const struct { const char *name, *arg, *help; } table[] = {
#define RUMP_OPTION(name, arg, help) { name, arg, help },
#include "options.def"
#undef RUMP_OPTION
};

static void usage(FILE *f, const struct mount_options *o)
{
	fprintf(f, "usage: %s [-o OPTIONS] [-f] [-d] IMAGE DIRECTORY\n"
		"Serve the file system in IMAGE as a mount on DIRECTORY, by the kernel's own "
		"driver in a process.\n"
		"  -o OPTIONS  comma separated mount options\n"
		"  -f          stay in the foreground\n"
		"  -d          stay in the foreground and show requests and the kernel's log\n"
		"  -h, --help  this text\n"
		"  -V, --version\n"
		"options after -o (others go to the file system):\n", o->program);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		fprintf(f, "  %s%s%-*s %s\n", table[i].name, table[i].arg ? "=" : "",
			(int)(28 - strlen(table[i].name) - !!table[i].arg),
			table[i].arg ? table[i].arg : "", table[i].help);
}

static bool number(const char *text, long least, long most, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	return *text && !*end && !errno && *value >= least && *value <= most;
}

static int set_number(struct mount_options *o, const char *name, const char *text, long least,
		      long most, long *value)
{
	if (number(text, least, most, value))
		return 0;
	complain(o, "option %s=%s: a number from %ld to %ld is needed", name, text, least, most);
	return -1;
}

/* As the kernel side's RUMP_MEMLIMIT: at least 16M. */
static int check_size(const struct mount_options *o, const char *name, const char *text)
{
	static const char units[] = "KMGkmg";
	const size_t digits = strspn(text, "0123456789");
	const char *unit = text[digits] ? strchr(units, text[digits]) : NULL;
	int shift = unit ? ((unit - units) % 3 + 1) * 10 : 0;
	unsigned long long n = strtoull(text, NULL, 10);

	if (digits && digits < 16 && (unit ? !text[digits + 1] : !text[digits]) &&
	    n >= (16ULL << 20) >> shift && n <= (1ULL << 50) >> shift)
		return 0;
	complain(o, "option %s=%s: a size of at least 16M is needed, such as 64M or 2G", name,
		 text);
	return -1;
}

static int check_open(const struct mount_options *o, const char *name, int fd)
{
	if (fcntl(fd, F_GETFD) >= 0)
		return 0;
	complain(o, "option %s=%d: there is no such open descriptor", name, fd);
	return -1;
}

static int check_power(const struct mount_options *o, const char *name, long n)
{
	if (!(n & (n - 1)))
		return 0;
	complain(o, "option %s=%ld: a power of two is needed", name, n);
	return -1;
}

/* It becomes a part of paths. */
static int check_version(const struct mount_options *o, const char *text)
{
	if (*text >= '0' && *text <= '9' && !text[strspn(text, "0123456789.")])
		return 0;
	complain(o, "option kernel=%s: a version is needed, such as 6.12", text);
	return -1;
}

static int set_choice(struct mount_options *o, const char *name, const char *text,
		      const char *const *choices, int *value)
{
	for (int i = 0; choices[i]; i++)
		if (!strcmp(text, choices[i])) {
			*value = i;
			return 0;
		}
	complain(o, "option %s=%s: no such choice (see --help)", name, text);
	return -1;
}

static void add_rest(struct mount_options *o, const char *word)
{
	size_t len = o->rest ? strlen(o->rest) : 0;
	char *rest = realloc(o->rest, len + strlen(word) + 2);

	if (!rest) {
		complain(o, "out of memory");
		exit(EXIT_SYSTEM);
	}
	sprintf(rest + len, "%s%s", len ? "," : "", word);
	o->rest = rest;
}

/* Numbers that need no more than their limits. */
static bool is_plain_number(struct mount_options *o, const char *name, const char *text, int *err)
{
	const struct { const char *name; long least, most; int *value; } numbers[] = {
		{ "part", 1, INT_MAX, &o->partition },
		{ "stop", 0, DAY, &o->stop },
		{ "watchdog", 0, DAY, &o->watchdog },
	};
	long n = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		*err = set_number(o, name, text, numbers[i].least, numbers[i].most, &n);
		*numbers[i].value = n;
		return true;
	}
	return false;
}

static int set_valued(struct mount_options *o, const char *name, const char *v)
{
	static const char *const methods[] = { "sync", "async", "mmap", NULL };
	static const char *const caches[] = { "writethrough", "writeback", NULL };
	long n = 0;
	int choice = 0, err = 0;

	if (is_plain_number(o, name, v, &err)) {
		;
	} else if (!strcmp(name, "sector")) {
		err = set_number(o, name, v, 512, 4096, &n) || check_power(o, name, n);
		o->sector_size = n;
	} else if (!strcmp(name, "ready-fd")) {
		err = set_number(o, name, v, 0, INT_MAX, &n) || check_open(o, name, n);
		o->ready_fd = n;
	} else if (!strcmp(name, "method")) {
		err = set_choice(o, name, v, methods, &choice);
		o->method = RUMP_DISK_SYNC + choice;
	} else if (!strcmp(name, "cache")) {
		err = set_choice(o, name, v, caches, &choice);
		o->writeback = choice;
	} else if (!strcmp(name, "kernel")) {
		err = check_version(o, v);
		o->kernel = v;
	} else if (!strcmp(name, "mem")) {
		err = check_size(o, name, v);
		o->mem = v;
	} else if (!strcmp(name, "ncpu")) {
		err = set_number(o, name, v, 1, 64, &n);
		o->ncpu = v;
	} else if (!strcmp(name, "uid") || !strcmp(name, "gid")) {
		add_rest(o, v - strlen("uid="));
	} else if (!strcmp(name, "runas")) {
		o->runas = v;
	} else {
		o->pid_file = v;
	}
	return err;
}

static void set_flag(struct mount_options *o, const char *name)
{
	const struct { const char *name; bool *flag, value; } flags[] = {
		{ "ro", &o->rdonly, true }, { "rw", &o->rdonly, false },
		{ "snapshot", &o->snapshot, true }, { "nosandbox", &o->nosandbox, true },
		{ "lock", &o->nolock, false }, { "nolock", &o->nolock, true },
		{ "allow_other", &o->allow_other, true },
		{ "noallow_other", &o->allow_other, false },
		{ "suid", &o->nosuid, false }, { "nosuid", &o->nosuid, true },
		{ "dev", &o->nodev, false }, { "nodev", &o->nodev, true },
		{ "exec", &o->noexec, false }, { "noexec", &o->noexec, true },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(name, flags[i].name))
			*flags[i].flag = flags[i].value;
}

/* A further image: its path must be good after a chdir. */
static int add_device(struct mount_options *o, const char *word, size_t len)
{
	char *path = realpath(word + len + 1, NULL), *whole = NULL;
	int res = -1;

	if (!path)
		complain(o, "option %s: %s", word, strerror(errno));
	else if (asprintf(&whole, "%.*s=%s", (int)len, word, path) >= 0)
		res = 0;
	if (!res)
		add_rest(o, whole);
	free(whole);
	free(path);
	return res;
}

static int set_option(struct mount_options *o, char *word)
{
	char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : strlen(word);

	if (value && ukfs_device_option(word, len))
		return add_device(o, word, len);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strlen(table[i].name) != len || strncmp(table[i].name, word, len) != 0 ||
		    !value != !table[i].arg)
			continue;
		if (value)
			return set_valued(o, table[i].name, value + 1);
		set_flag(o, table[i].name);
		return 0;
	}
	add_rest(o, word);
	return 0;
}

static int set_options(struct mount_options *o, char *list)
{
	char *name, *value;
	size_t len, value_len;

	while (!mnt_optstr_next_option(&list, &name, &len, &value, &value_len)) {
		name[value ? value + value_len - name : (ptrdiff_t)len] = '\0';
		if (set_option(o, name))
			return -1;
	}
	if (!list[strspn(list, ",")])
		return 0;
	complain(o, "the quotation mark in the option %s has no end", list);
	return -1;
}

/* Paths that are good after a chdir. */
static char *absolute(const struct mount_options *o, const char *path, const char *what)
{
	char *abs = realpath(path, NULL);

	if (!abs)
		complain(o, "%s %s: %s", what, path, strerror(errno));
	return abs;
}

static int open_dir(struct mount_options *o)
{
	o->dir_fd = open(o->dir, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	o->parent_fd = openat(o->dir_fd, "..", O_PATH | O_CLOEXEC);
	if (o->parent_fd < 0 && errno == ENOTDIR)	/* fuse_can_mount says it */
		return 0;
	if (o->parent_fd < 0)
		complain(o, "directory %s: %s", o->dir, strerror(errno));
	return o->parent_fd < 0 ? -1 : 0;
}

static char *absolute_new(const struct mount_options *o, const char *path)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;
	const char *name = slash ? slash + 1 : copy;
	char *folder, *abs = NULL;

	if (slash)
		*slash = 0;
	folder = realpath(!slash ? "." : slash == copy ? "/" : copy, NULL);
	if (!folder || !*name || (access(path, F_OK) ? access(folder, W_OK) : access(path, W_OK)))
		complain(o, "pid file %s: %s", path, *name ? strerror(errno) : "not a file name");
	else if (asprintf(&abs, "%s/%s", folder, name) < 0)
		abs = NULL;
	free(folder);
	free(copy);
	return abs;
}

/* What has to be looked up, so that a wrong call is found before anything is done. */
static int resolve(struct mount_options *o, const char *image, const char *dir)
{
	char why[512];
	uid_t uid;
	gid_t gid;

	if (o->runas && sandbox_user(o->runas, &uid, &gid, why, sizeof(why))) {
		complain(o, "option %s", why);
		return EXIT_USAGE;
	}
	if (o->pid_file && !(o->pid_file = absolute_new(o, o->pid_file)))
		return EXIT_USAGE;
	o->image = absolute(o, image, "image");
	o->dir = o->image ? absolute(o, dir, "directory") : NULL;
	return o->dir && !open_dir(o) ? -1 : EXIT_MOUNT;
}

int options_parse(struct mount_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { 0 },
	};
	const char *slash = strrchr(argv[0], '/');
	int c;

	*o = (struct mount_options){ .program = slash ? slash + 1 : argv[0], .ready_fd = -1,
				     .method = RUMP_DISK_ASYNC, .watchdog = WATCHDOG,
				     .stop = STOP };
	o->allow_other = geteuid() == 0;
	o->nosuid = o->nodev = true;
	if (!strncmp(o->program, "rump_", 5) && strcmp(o->program, "rump_fs") != 0)
		o->type = o->program + 5;
	while ((c = getopt_long(argc, argv, "o:t:dfhV", longs, NULL)) != -1) {
		switch (c) {
		case 'o':
			if (set_options(o, optarg))
				return EXIT_USAGE;
			break;
		case 't':
			o->type = optarg;
			break;
		case 'd':
			o->debug = true;
			o->foreground = true;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'h':
			usage(stdout, o);
			return 0;
		case 'V':
			printf("%s (rump) %s, Linux %s\n", o->program, RUMP_VERSION,
			       rump_kernel_version());
			return 0;
		default:
			usage(stderr, o);
			return EXIT_USAGE;
		}
	}
	if (argc - optind != 2) {
		complain(o, "an image and a directory are needed (see --help)");
		return EXIT_USAGE;
	}
	return resolve(o, argv[optind], argv[optind + 1]);
}
