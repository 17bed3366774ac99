// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line, which is mount(8)'s: ours is taken out of -o, the rest is the file system's. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rump/rump.h>

#include "mount.h"

void complain(const struct mount_options *o, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", o->program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static const struct { const char *name, *arg, *help; } table[] = {
#define RUMP_OPTION(name, arg, help) { name, arg, help },
#include "options.def"
#undef RUMP_OPTION
};

static void usage(FILE *f, const struct mount_options *o)
{
	fprintf(f, "usage: %s [-o OPTIONS] [-f] [-d] IMAGE DIRECTORY\n"
		"Serve the file system in IMAGE as a mount on DIRECTORY, by the kernel's own driver in a process.\n"
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

static int set_valued(struct mount_options *o, const char *name, const char *v)
{
	static const char *const methods[] = { "sync", "async", "mmap", NULL };
	static const char *const caches[] = { "writethrough", "writeback", NULL };
	long n = 0;
	int choice = 0, err = 0;

	if (!strcmp(name, "part")) {
		err = set_number(o, name, v, 1, INT_MAX, &n);
		o->partition = n;
	} else if (!strcmp(name, "sector")) {
		err = set_number(o, name, v, 512, 4096, &n);
		o->sector_size = n;
	} else if (!strcmp(name, "ready-fd")) {
		err = set_number(o, name, v, 0, INT_MAX, &n);
		o->ready_fd = n;
	} else if (!strcmp(name, "method")) {
		err = set_choice(o, name, v, methods, &choice);
		o->method = RUMP_DISK_SYNC + choice;
	} else if (!strcmp(name, "cache")) {
		err = set_choice(o, name, v, caches, &choice);
		o->writeback = choice;
	} else if (!strcmp(name, "mem")) {
		o->mem = v;
	} else if (!strcmp(name, "ncpu")) {
		o->ncpu = v;
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
		{ "allow_other", &o->allow_other, true }, { "noallow_other", &o->allow_other, false },
		{ "suid", &o->nosuid, false }, { "nosuid", &o->nosuid, true },
		{ "dev", &o->nodev, false }, { "nodev", &o->nodev, true },
		{ "exec", &o->noexec, false }, { "noexec", &o->noexec, true },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (!strcmp(name, flags[i].name))
			*flags[i].flag = flags[i].value;
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

static int set_option(struct mount_options *o, char *word)
{
	char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : strlen(word);

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
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
		if (set_option(o, word))
			return -1;
	return 0;
}

/* A path that is good after a chdir. */
static char *absolute(const struct mount_options *o, const char *path, const char *what)
{
	char *abs = realpath(path, NULL);

	if (!abs)
		complain(o, "%s %s: %s", what, path, strerror(errno));
	return abs;
}

int options_parse(struct mount_options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { 0 },
	};
	const char *slash = strrchr(argv[0], '/');
	int c;

	*o = (struct mount_options){ .program = slash ? slash + 1 : argv[0], .ready_fd = -1,
				     .method = RUMP_DISK_ASYNC };
	o->allow_other = geteuid() == 0;
	o->nosuid = o->nodev = geteuid() != 0;
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
	o->image = absolute(o, argv[optind], "image");
	o->dir = o->image ? absolute(o, argv[optind + 1], "directory") : NULL;
	return o->dir ? -1 : EXIT_MOUNT;
}
