// SPDX-License-Identifier: GPL-2.0-or-later
/* The command line of makefs, which is also what a line of a disk's description has. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "makefs.h"

enum { KEY_STRICT = 400, KEY_NO_CONFINE, KEY_MAX_CPU, KEY_MAX_TIME, KEY_HELP, KEY_VERSION };

static const struct fsu_option options[] = {
	{ 't', "type", FSU_ARG, "TYPE", "file system type; default: ext4" },
	{ 's', "size", FSU_ARG, "SIZE", "size of the file system: bytes, or with b, k, m, g, t" },
	{ 'M', "min-size", FSU_ARG, "SIZE", "smallest size that is chosen" },
	{ 'm', "max-size", FSU_ARG, "SIZE", "largest size that is chosen" },
	{ 'b', "free-blocks", FSU_ARG, "N[%]", "blocks that are free in the end" },
	{ 'f', "free-files", FSU_ARG, "N[%]", "files that can be made in the end" },
	{ 'F', "manifest", FSU_ARG, "MTREE",
	  "mtree manifest: attributes, and what no directory has" },
	{ 'N', "userdb", FSU_ARG, "DIR",
	  "folder with the passwd and group that names are looked up in" },
	{ 'T', "time", FSU_ARG, "TIME",
	  "time of all files: seconds since 1970, or a file that has it" },
	{ 'Z', "sparse", FSU_NOARG, NULL, "leave holes in the image where nothing is" },
	{ 'o', NULL, FSU_ARG, "WORDS", "options for the program that makes the file system" },
	{ 'p', "partition-table", FSU_ARG, "TABLE",
	  "the image is a disk with one partition: gpt, mbr" },
	{ 'P', "partitions", FSU_ARG, "FILE",
	  "the image is a disk with the partitions that FILE describes" },
	{ COPY_KEY_NO_OWNER, "no-owner", FSU_NOARG, NULL, "do not keep owners: files are root's" },
	{ COPY_KEY_OWNER, "owner", FSU_ARG, "UID:GID", "files belong to these, names or numbers" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "do not enter other file systems of the host" },
	{ KEY_STRICT, "strict", FSU_NOARG, NULL, "no image at all where something cannot be kept" },
	COPY_OPTIONS,
	{ KEY_MAX_CPU, "max-cpu", FSU_ARG, "SECONDS",
	  "end with exit code 71 after this much processor time" },
	{ KEY_MAX_TIME, "max-time", FSU_ARG, "SECONDS", "end with exit code 71 after this time" },
	{ KEY_NO_CONFINE, "no-confine", FSU_NOARG, NULL,
	  "keep all rights while sources are read: for debugging" },
	{ KEY_HELP, "help", FSU_NOARG, NULL, "show this text" },
	{ KEY_VERSION, "version", FSU_NOARG, NULL, "show the version" },
	FSU_OPTIONS_END
};

#define NOPTIONS (sizeof(options) / sizeof(options[0]))

static void help(void)
{
	printf("Usage: makefs [OPTION]... IMAGE SOURCE...\n"
	       "       makefs [OPTION]... -P FILE IMAGE\n"
	       "Make a file system image of directories, of archives, or of an archive on standard "
	       "input (-).\n\n");
	for (const struct fsu_option *o = options; o->key; o++) {
		char left[64], letter[8] = "    ";

		if (o->key < 256)
			snprintf(letter, sizeof(letter), "-%c%s", o->key, o->name ? ", " : "");
		snprintf(left, sizeof(left), "%s%s%s%s%s", letter, o->name ? "--" : "",
			 o->name ? o->name : "", o->argname ? o->name ? "=" : " " : "",
			 o->argname ? o->argname : "");
		printf("  %-28s %s\n", left, o->help);
	}
	printf("\nTypes:");
	type_list(stdout);
	putchar('\n');
}

static bool bad(const char *option, const char *arg)
{
	fsu_usage("%s does not understand '%s'", option, fsu_name(arg));
	return false;
}

static bool take_size(const char *option, const char *arg, uint64_t *n)
{
	return (parse_size(arg, n) && *n) || bad(option, arg);
}

/* A number, or a part of a hundred. */
static bool take_free(const char *option, const char *arg, uint64_t *n, unsigned int *percent)
{
	char *number = fsu_strdup(arg), *sign = strchr(number, '%');
	bool good;

	if (sign && !sign[1])
		*sign = '\0';
	/* times the size of a block it is a number of bytes */
	good = fsu_parse_number(number, n) && (sign ? *n < 100 : *n <= INT64_MAX >> 16);
	if (sign) {
		*percent = *n;
		*n = 0;
	}
	free(number);
	return good || bad(option, arg);
}

static bool take_time(struct options *o, const char *option, const char *arg)
{
	struct stat st;
	uint64_t n;

	o->time_given = true;
	if (fsu_parse_number(arg, &n) && n <= INT64_MAX)
		o->time = n;
	else if (stat(arg, &st) == 0)
		o->time = st.st_mtim.tv_sec;
	else
		return bad(option, arg);
	return true;
}

static bool take_words(struct words *w, const char *arg)
{
	const char *wrong = words_split(w, arg);

	if (wrong)
		fsu_usage("-o: %s '%s'", wrong, fsu_name(arg));
	return !wrong;
}

static bool take(struct options *o, struct copy *c, int key, char *arg)
{
	switch (key) {
	case 't': o->type = arg; return true;
	case 's':
		if (!take_size("-s", arg, &o->size))
			return false;
		o->min = o->max = o->size;
		return true;
	case 'M': return take_size("-M", arg, &o->min);
	case 'm': return take_size("-m", arg, &o->max);
	case 'b': return take_free("-b", arg, &o->free_blocks, &o->free_blocks_percent);
	case 'f': return take_free("-f", arg, &o->free_files, &o->free_files_percent);
	case 'F': o->manifest = arg; return true;
	case 'N': o->userdb = arg; return true;
	case 'T': o->time_all = true; return take_time(o, "-T", arg);
	case 'Z': o->sparse = true; return true;
	case 'o': return take_words(&o->mkfs_options, arg);
	case 'p':
		o->table = arg;
		return strcmp(arg, "gpt") == 0 || strcmp(arg, "mbr") == 0 || bad("-p", arg);
	case 'P': o->partitions = arg; return true;
	case KEY_STRICT: o->strict = true; return true;
	case KEY_NO_CONFINE: o->confine = false; return true;
	case KEY_MAX_CPU: return fsu_limit_parse("--max-cpu", arg, &o->limits.cpu);
	case KEY_MAX_TIME: return fsu_limit_parse("--max-time", arg, &o->limits.time);
	default: return copy_option(c, &(struct fsu_given){ key, arg });
	}
}

/* As it was given, for who makes the partitions of a disk. */
static void keep(struct words *w, const struct fsu_option *o, const char *arg)
{
	char *word, letter[2] = { o->key };
	bool brief = o->key < 256;

	if (asprintf(&word, "%s%s%s%s", brief ? "-" : "--", brief ? letter : o->name,
		     arg && !brief ? "=" : "", arg ? arg : "") < 0)
		fsu_die(FSU_FAILED);
	words_append(w, word);
}

/* -1 where everything is done, else FSU_OK or FSU_USAGE. */
static int read_options(struct options *o, struct copy *c, int argc, char **argv)
{
	struct option longs[NOPTIONS] = { 0 };
	char shorts[NOPTIONS * 2 + 2] = "", *s = shorts;
	const struct fsu_option *known;
	int key, n = 0;

	for (known = options; known->key; known++) {
		if (known->key < 256) {
			*s++ = known->key;
			if (known->has_arg)
				*s++ = ':';
		}
		if (known->name)
			longs[n++] =
				(struct option){ known->name, known->has_arg, NULL, known->key };
	}
	optind = 0;	/* from the start, each time */
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (key == KEY_HELP || key == KEY_VERSION) {
			key == KEY_HELP ? help() : (void)printf("makefs (rump) %s\n", RUMP_VERSION);
			return -1;
		}
		if (key == '?') {
			fprintf(stderr, "Try `makefs --help'.\n");
			return FSU_USAGE;
		}
		if (!take(o, c, key, optarg))
			return FSU_USAGE;
		for (known = options; known->key != key;)
			known++;
		if (key != 'P')
			keep(&o->given, known, optarg);
	}
	return FSU_OK;
}

static int check(struct options *o, int operands)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (operands < 1 || (operands < 2 && !o->manifest && !o->partitions))
		return fsu_usage("an image and a directory or an archive are needed");
	if (o->partitions && (operands > 1 || o->table))
		return fsu_usage("with -P the table and the sources are what the file says: no -p, "
				 "and the image alone");
	o->fs = type_find(o->type ? o->type : "ext4");
	if (!o->fs) {
		fsu_message("there is no type '%s'; there are:",
			    fsu_name(o->type ? o->type : "ext4"));
		type_list(stderr);
		fputc('\n', stderr);
		return FSU_USAGE;
	}
	if (o->min && o->max && o->min > o->max)
		return fsu_usage("the smallest size is larger than the largest");
	if (o->manifest && operands > 2)
		return fsu_usage("with a manifest there can be one directory only");
	if (!o->time_given && epoch && *epoch && !take_time(o, "SOURCE_DATE_EPOCH", epoch))
		return FSU_USAGE;
	return FSU_OK;
}

int options_read(struct options *o, struct copy *c, int argc, char **argv)
{
	const char *partition = getenv("MAKEFS_PARTITION");
	int code;

	*o = (struct options){ .confine = true };
	if (partition)
		sscanf(partition, "%u %" SCNu64, &o->partition, &o->before);
	code = read_options(o, c, argc, argv);
	return code == FSU_OK ? check(o, argc - optind) : code;
}
