// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines: the mount's options stand before IMAGE, the command's own before or after it.  -t,
 * -o and -p are the mount's before the image and the command's after it, so `fsu_ls -t ext4
 * disk.img -t` means what it looks like.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <rump/rump.h>

#include "fsu.h"

enum {
	KEY_METHOD = 10000, KEY_SECTOR, KEY_NOLOCK, KEY_NO_CONFINE, KEY_MAX_CPU, KEY_MAX_TIME,
	KEY_HELP, KEY_VERSION, KEY_FIRST_COMMON = KEY_METHOD,
};

static const struct fsu_option common[] = {
	{ 't', NULL, FSU_ARG, "TYPE", "file system type; default: found out (before IMAGE)" },
	{ 'o', NULL, FSU_ARG, "OPTIONS", "mount options, comma separated (before IMAGE)" },
	{ 'p', NULL, FSU_ARG, "PART",
	  "number of the partition; default: the obvious one (before IMAGE)" },
	{ KEY_METHOD, "method", FSU_ARG, "METHOD",
	  "how the image is read and written: sync, async, mmap" },
	{ KEY_SECTOR, "sector-size", FSU_ARG, "N", "sector size of the image in bytes" },
	{ KEY_NOLOCK, "nolock", FSU_NOARG, NULL, "do not lock the image" },
	{ KEY_NO_CONFINE, "no-confine", FSU_NOARG, NULL,
	  "keep all rights while the image is read, for debugging" },
	{ KEY_MAX_CPU, "max-cpu", FSU_ARG, "SECONDS",
	  "end with exit code 71 after this much processor time" },
	{ KEY_MAX_TIME, "max-time", FSU_ARG, "SECONDS", "end with exit code 71 after this time" },
	{ KEY_HELP, "help", FSU_NOARG, NULL, "show this text" },
	{ KEY_VERSION, "version", FSU_NOARG, NULL, "show the version" },
	FSU_OPTIONS_END
};

#define MAX_OPTIONS 128

/* getopt_long's tables, made from ours. */
struct tables {
	struct option longs[MAX_OPTIONS];
	char shorts[MAX_OPTIONS * 3 + 2];
	int nlongs;
};

static void add_options(struct tables *t, const struct fsu_option *o, const char *except)
{
	static const int has_arg[] = { no_argument, required_argument, optional_argument };
	char *s = t->shorts + strlen(t->shorts);

	for (; o->key; o++) {
		if (o->key < 256 && !strchr(t->shorts + 1, o->key) &&
		    !(except && strchr(except, o->key))) {
			*s++ = o->key;
			for (int i = 0; i < (int)o->has_arg; i++)
				*s++ = ':';
			*s = '\0';
		}
		if (o->name)
			t->longs[t->nlongs++] = (struct option){ o->name, has_arg[o->has_arg], NULL,
								 o->key };
	}
}

static void make_tables(struct tables *t, const struct fsu_command *cmd, bool before_image)
{
	memset(t, 0, sizeof(*t));
	/* '+': stop at the first operand, the image or the program to run */
	strcpy(t->shorts, before_image || cmd->flags & FSU_RUN ? "+" : "-");
	if (before_image) {
		add_options(t, common, NULL);
		add_options(t, cmd->options, "top");
	} else {
		add_options(t, cmd->options, NULL);
		add_options(t, common, "top");
	}
}

static bool set_method(struct fsu_mount_options *mnt, const char *arg)
{
	static const struct { const char *name; int method; } methods[] = {
		{ "sync", RUMP_DISK_SYNC }, { "async", RUMP_DISK_ASYNC },
		{ "mmap", RUMP_DISK_MMAP },
	};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(arg, methods[i].name) == 0) {
			mnt->method = methods[i].method;
			return true;
		}
	fsu_usage("--method must be sync, async or mmap, not '%s'", fsu_name(arg));
	return false;
}

static bool set_sector(struct fsu_mount_options *mnt, const char *arg)
{
	uint64_t n;

	if (!fsu_parse_number(arg, &n) || n < 512 || n > 4096 || (n & (n - 1))) {
		fsu_usage("--sector-size must be 512, 1024, 2048 or 4096, not '%s'", fsu_name(arg));
		return false;
	}
	mnt->sector_size = n;
	return true;
}

static bool set_partition(struct fsu_mount_options *mnt, const char *arg)
{
	uint64_t n;

	if (!fsu_parse_number(arg, &n) || n < 1 || n > INT_MAX) {
		fsu_usage("-p before the image needs the number of a partition, from 1 on, not "
			  "'%s'", fsu_name(arg));
		return false;
	}
	mnt->partition = n;
	return true;
}

/* mount(8) lets -o be repeated: the lists are joined. */
static void add_mount_options(struct fsu_mount_options *mnt, const char *arg)
{
	size_t old = mnt->options ? strlen(mnt->options) : 0;

	mnt->options = fsu_realloc(mnt->options, old + strlen(arg) + 2);
	sprintf(mnt->options + old, "%s%s", old ? "," : "", arg);
}

static bool take_common(struct fsu_mount_options *mnt, int key, const char *arg)
{
	switch (key) {
	case 't':
		mnt->type = strcmp(arg, "auto") ? arg : NULL;
		return true;
	case 'o':
		add_mount_options(mnt, arg);
		return true;
	case 'p':
		return set_partition(mnt, arg);
	case KEY_METHOD:
		return set_method(mnt, arg);
	case KEY_SECTOR:
		return set_sector(mnt, arg);
	case KEY_NO_CONFINE:
		mnt->confine = false;
		fsu_message("not confined: an image that takes this process over can do what you "
			    "can");
		return true;
	case KEY_MAX_CPU:
		return fsu_limit_parse("--max-cpu", arg, &mnt->limits.cpu);
	case KEY_MAX_TIME:
		return fsu_limit_parse("--max-time", arg, &mnt->limits.time);
	default:
		mnt->nolock = true;
		return true;
	}
}

static void add_given(struct fsu_line *line, int key, const char *arg)
{
	line->options = fsu_realloc(line->options, (line->noptions + 1) * sizeof(*line->options));
	line->options[line->noptions++] = (struct fsu_given){ key, arg };
}

static void add_operand(struct fsu_line *line, char *arg)
{
	line->operands = fsu_realloc(line->operands, (line->noperands + 2) * sizeof(char *));
	line->operands[line->noperands++] = arg;
	line->operands[line->noperands] = NULL;
}

/* One pass of getopt_long; `before` says which side of the image it is on. */
static enum fsu_parsed parse_side(const struct fsu_command *cmd, int argc, char **argv, bool before,
				  struct fsu_line *line, struct fsu_mount_options *mnt)
{
	struct tables t;
	int key;

	make_tables(&t, cmd, before);
	optind = 0;
	while ((key = getopt_long(argc, argv, t.shorts, t.longs, NULL)) != -1) {
		if (key == 1)
			add_operand(line, optarg);
		else if (key == KEY_HELP)
			return FSU_PARSE_HELP;
		else if (key == KEY_VERSION)
			return FSU_PARSE_VERSION;
		else if (key == '?') {
			fsu_usage_hint();
			return FSU_PARSE_ERROR;
		} else if (key >= KEY_FIRST_COMMON || (before && key < 256 && strchr("top", key))) {
			if (!take_common(mnt, key, optarg))
				return FSU_PARSE_ERROR;
		} else {
			add_given(line, key, optarg);
		}
	}
	return FSU_PARSE_RUN;
}

enum fsu_parsed fsu_parse(const struct fsu_command *cmd, int argc, char **argv,
			  struct fsu_line *line, struct fsu_mount_options *mnt)
{
	bool image = cmd->flags & (FSU_IMAGE | FSU_FILE);
	enum fsu_parsed result;

	/* getopt's own messages begin with argv[0] */
	argv[0] = (char *)fsu_progname;
	result = parse_side(cmd, argc, argv, true, line, mnt);
	if (result != FSU_PARSE_RUN)
		return result;
	if (image) {
		if (optind >= argc) {
			fsu_usage("the image is missing");
			return FSU_PARSE_ERROR;
		}
		line->image = argv[optind];
		argv[optind] = argv[0];
	} else {
		optind--;
	}
	argc -= optind;
	argv += optind;
	argv[0] = (char *)fsu_progname;
	line->args = argv + 1;
	line->nargs = argc - 1;
	if (cmd->flags & FSU_EXPR)
		optind = 1;
	else
		result = parse_side(cmd, argc, argv, false, line, mnt);
	for (int i = optind; result == FSU_PARSE_RUN && i < argc; i++)
		add_operand(line, argv[i]);
	return result;
}

void fsu_line_free(struct fsu_line *line)
{
	free(line->options);
	free(line->operands);
}

static void print_option(FILE *out, const struct fsu_option *o)
{
	char left[80];
	const char *arg = o->argname ? o->argname : "";
	int n = 0;

	if (o->key < 256)
		n = snprintf(left, sizeof(left), "-%c%s%s", o->key,
			     o->argname && !o->name ? " " : "", o->name ? "" : arg);
	if (o->name)
		snprintf(left + n, sizeof(left) - n, "%s--%s%s%s%s", n ? ", " : "    ", o->name,
			 o->has_arg == FSU_OPTARG ? "[=" : o->has_arg ? "=" : "", arg,
			 o->has_arg == FSU_OPTARG ? "]" : "");
	fprintf(out, strlen(left) > 26 ? "  %s\n  %-28s%s\n" : "  %-28s%s%s\n", left,
		strlen(left) > 26 ? "" : o->help, strlen(left) > 26 ? o->help : "");
}

static void print_options(FILE *out, const char *title, const struct fsu_option *o)
{
	if (o->key)
		fprintf(out, "\n%s:\n", title);
	for (; o->key; o++)
		if (o->help)
			print_option(out, o);
}

void fsu_help(const struct fsu_command *cmd, FILE *out)
{
	bool image = cmd->flags & (FSU_IMAGE | FSU_FILE);

	fprintf(out, "Usage: fsu_%s %s[OPTION]... %s\n", cmd->name,
		image ? "[OPTION]... IMAGE " : "", cmd->synopsis);
	fprintf(out, "%c%s.\n", toupper((unsigned char)cmd->summary[0]), cmd->summary + 1);
	print_options(out, "Options", cmd->options);
	print_options(out, "Common options", common);
}
