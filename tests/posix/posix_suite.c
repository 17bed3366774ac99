// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * posix_suite [OPTIONS] DIR: what the file system of DIR does, one line for each check.
 *
 * Exit code 0 where no check with an expected result failed, 1 where one did, 2 where it could not
 * start.  The output of two runs on file systems of the same type is compared with diff.
 */
#include <getopt.h>

#include "harness.h"

static const struct theme {
	const char *name;
	const struct part *parts;
} themes[] = {
#define ROW(name) {#name, name##_parts},
	THEMES(ROW)
};

static const struct need {
	unsigned int bit;
	const char *reason;
} needs[] = {
	{NEEDS_ROOT, "needs root"},
	{NEEDS_OWNERS, "the type has no owners and modes"},
	{NEEDS_LINKS, "the type has no links"},
	{NEEDS_SPECIAL, "the type has no special files"},
	{NEEDS_XATTRS, "the type has no extended attributes"},
	{NEEDS_TIMES, "the type's times are coarse"},
	{NEEDS_HOLES, "the type has no holes and no large files"},
	{NEEDS_NAMES, "the type's names are not bytes"},
	{NEEDS_TMPFILE, "the type has no files without a name"},
	{NEEDS_SMALL, "needs a small file system and option -s"},
	{NEEDS_QUOTA, "needs quotas and option -q"},
	{NEEDS_MANY, "needs option -n"},
};

/* What a file system of a type cannot do. */
static const struct type {
	const char *name;
	unsigned int lacks;
} types[] = {
	{"vfat", NEEDS_OWNERS | NEEDS_LINKS | NEEDS_SPECIAL | NEEDS_XATTRS | NEEDS_TIMES |
		 NEEDS_HOLES | NEEDS_NAMES | NEEDS_TMPFILE},
};

long many;
const char *quota;

static unsigned int lacking = NEEDS_SMALL | NEEDS_QUOTA | NEEDS_MANY;
static const char *only;

static int usage(void)
{
	fputs("usage: posix_suite [OPTIONS] DIR\n"
	      "  -k THEME     only parts whose THEME/PART begins with this\n"
	      "  -t TYPE      leave out what a file system of this type cannot do (vfat)\n"
	      "  -n NUMBER    directories of so many entries too\n"
	      "  -s           the file system is small: fill it\n"
	      "  -q KIND      quotas of this kind are in force, as quota.c says (user, group, "
	      "project)\n"
	      "  -l           list the parts\n", stderr);
	return 2;
}

static bool set_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, name)) {
			lacking |= types[i].lacks;
			return true;
		}
	return false;
}

static void run(const char *theme, const struct part *part, const char *dir)
{
	char *name;

	if (asprintf(&name, "%s/%s", theme, part->name) < 0)
		abort();
	if (!only || !strncmp(name, only, strlen(only))) {
		unsigned int missing = part->needs & lacking;
		const struct need *need = needs;

		while (missing && !(missing & need->bit))
			need++;
		if (!dir)
			puts(name);
		else if (missing)
			printf("# left out: %s: %s\n", name, need->reason);
		else
			run_part(theme, part, dir);
	}
	free(name);
}

static void run_all(const char *dir)
{
	for (size_t i = 0; i < sizeof(themes) / sizeof(themes[0]); i++)
		for (const struct part *part = themes[i].parts; part->name; part++)
			run(themes[i].name, part, dir);
}

int main(int argc, char **argv)
{
	bool list = false;
	char *dir;
	int c;

	if (argc == 2 && !strcmp(argv[1], "--exec-me"))	/* the theme program runs copies of this */
		return 42;
	if (argc == 2 && !strcmp(argv[1], "--whoami"))
		return (getuid() != geteuid()) + 2 * (getgid() != getegid());
	while ((c = getopt(argc, argv, "k:t:n:sq:l")) != -1) {
		switch (c) {
		case 'k': only = optarg; break;
		case 't':
			if (!set_type(optarg))
				return usage();
			break;
		case 'n': many = atol(optarg); lacking &= ~NEEDS_MANY; break;
		case 's': lacking &= ~NEEDS_SMALL; break;
		case 'q': quota = optarg; lacking &= ~NEEDS_QUOTA; break;
		case 'l': list = true; break;
		default: return usage();
		}
	}
	if (list) {
		run_all(NULL);
		return 0;
	}
	if (optind != argc - 1)
		return usage();
	dir = realpath(argv[optind], NULL);
	if (!dir) {
		perror(argv[optind]);
		return 2;
	}
	if (geteuid() != 0)
		lacking |= NEEDS_ROOT;
	harness_init();
	run_all(dir);
	printf("# %ld checks, %ld failed\n", tally->checks, tally->failed);
	return tally->failed ? 1 : 0;
}
