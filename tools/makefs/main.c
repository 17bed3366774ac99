// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * makefs: an image from a tree, in four steps: gather the tree, find the size, make an empty file
 * system with its own mkfs, copy with the kernel's driver.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "makefs.h"

#define MAKEFS_INCOMPLETE 3	/* the image is there, without what was named */

const char *fsu_progname = "makefs";

enum { KEY_STRICT = 400, KEY_HELP, KEY_VERSION };

static const struct fsu_option options[] = {
	{ 't', "type", FSU_ARG, "TYPE", "file system type; default: ext4" },
	{ 's', "size", FSU_ARG, "SIZE", "size of the file system: bytes, or with b, k, m, g, t" },
	{ 'M', "min-size", FSU_ARG, "SIZE", "smallest size that is chosen" },
	{ 'm', "max-size", FSU_ARG, "SIZE", "largest size that is chosen" },
	{ 'b', "free-blocks", FSU_ARG, "N[%]", "blocks that are free in the end" },
	{ 'f', "free-files", FSU_ARG, "N[%]", "files that can be made in the end" },
	{ 'F', "manifest", FSU_ARG, "MTREE", "mtree manifest: attributes, and what no directory has" },
	{ 'N', "userdb", FSU_ARG, "DIR", "folder with the passwd and group that names are looked up in" },
	{ 'T', "time", FSU_ARG, "TIME", "time of all files: seconds since 1970, or a file that has it" },
	{ 'Z', "sparse", FSU_NOARG, NULL, "leave holes in the image where nothing is" },
	{ 'o', NULL, FSU_ARG, "WORDS", "options for the program that makes the file system" },
	{ 'p', "partition-table", FSU_ARG, "TABLE", "the image is a disk with one partition: gpt, mbr" },
	{ COPY_KEY_NO_OWNER, "no-owner", FSU_NOARG, NULL, "do not keep owners: files are root's" },
	{ COPY_KEY_OWNER, "owner", FSU_ARG, "UID:GID", "files belong to these, names or numbers" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "do not enter other file systems of the host" },
	{ KEY_STRICT, "strict", FSU_NOARG, NULL, "no image at all where something cannot be kept" },
	COPY_OPTIONS,
	{ KEY_HELP, "help", FSU_NOARG, NULL, "show this text" },
	{ KEY_VERSION, "version", FSU_NOARG, NULL, "show the version" },
	FSU_OPTIONS_END
};

#define NOPTIONS (sizeof(options) / sizeof(options[0]))

struct run {
	struct options o;
	struct fsu_given copy[64];	/* the copier's, as given */
	int ncopy;
	struct tree tree;
	struct image image;
	struct copy c;
	unsigned long errors;
};

/* ---- the command line -------------------------------------------------------------------- */

static void help(void)
{
	printf("Usage: makefs [OPTION]... IMAGE SOURCE...\n"
	       "Make a file system image of directories, of archives, or of an archive on standard input (-).\n\n");
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
	good = fsu_parse_number(number, n) && (!sign || *n < 100);
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

static bool take(struct run *r, int key, char *arg)
{
	struct options *o = &r->o;

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
	case 'o': o->mkfs_options = arg; return true;
	case 'p':
		o->table = arg;
		return strcmp(arg, "gpt") == 0 || strcmp(arg, "mbr") == 0 || bad("-p", arg);
	case KEY_STRICT: o->strict = true; return true;
	default:
		if (r->ncopy == sizeof(r->copy) / sizeof(r->copy[0]))
			return bad("makefs", "so many options");
		r->copy[r->ncopy++] = (struct fsu_given){ key, arg };
		return copy_option(&r->c, &r->copy[r->ncopy - 1]);
	}
}

/* FSU_OK: run, with optind at the operands; -1: everything is done. */
static int parse(struct run *r, int argc, char **argv)
{
	struct option longs[NOPTIONS] = { 0 };
	char shorts[NOPTIONS * 2 + 2] = "", *s = shorts;
	int key, n = 0;

	for (const struct fsu_option *o = options; o->key; o++) {
		if (o->key < 256) {
			*s++ = o->key;
			if (o->has_arg)
				*s++ = ':';
		}
		if (o->name)
			longs[n++] = (struct option){ o->name, o->has_arg, NULL, o->key };
	}
	while ((key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (key == KEY_HELP || key == KEY_VERSION) {
			key == KEY_HELP ? help() : (void)printf("makefs (rump) %s\n", RUMP_VERSION);
			return -1;
		}
		if (key == '?') {
			fprintf(stderr, "Try `makefs --help'.\n");
			return FSU_USAGE;
		}
		if (!take(r, key, optarg))
			return FSU_USAGE;
	}
	return FSU_OK;
}

static int check(struct run *r, int operands)
{
	struct options *o = &r->o;
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	if (operands < 1 || (operands < 2 && !o->manifest))
		return fsu_usage("an image and a directory or an archive are needed");
	r->image.type = type_find(o->type ? o->type : "ext4");
	if (!r->image.type) {
		fsu_message("there is no type '%s'; there are:", fsu_name(o->type ? o->type : "ext4"));
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

/* ---- the steps --------------------------------------------------------------------------- */

static unsigned long gather_one(struct run *r, const char *source)
{
	struct stat st;

	if (strcmp(source, "-") == 0 || (stat(source, &st) == 0 && !S_ISDIR(st.st_mode)))
		return read_archive(&r->tree, source, &r->o);
	return scan_directory(&r->tree, source, r->c.o.one_fs);
}

static bool gather(struct run *r, char **sources, int n)
{
	tree_init(&r->tree);
	for (int i = 0; i < n && !fsu_interrupted(); i++)
		r->errors += gather_one(r, sources[i]);
	if (r->o.manifest)
		r->errors += read_manifest(&r->tree, r->o.manifest, n ? sources[0] : NULL, &r->o);
	tree_settle(&r->tree, r->o.time_given ? r->o.time : INT64_MAX, r->o.time_all);
	tree_side_use(&r->tree);
	return !fsu_interrupted() && !r->tree.broken && !(r->errors && r->o.strict);
}

static void prepare_copy(struct run *r, bool retry)
{
	copy_init(&r->c);
	for (int i = 0; i < r->ncopy; i++)
		copy_option(&r->c, &r->copy[i]);
	r->c.o.strict = r->o.strict;
	r->c.o.fresh = true;
	r->c.o.quiet_full = retry;
	r->c.o.write_out = r->image.type->write_out;
	r->c.from = &tree_side;
	r->c.to = &image_side;
	r->c.n.expected_bytes = r->tree.bytes;
	r->c.n.expected_files = r->tree.files;
	r->c.n.all_seen = true;
}

/* The folder that a new ext2 has: the tree's takes its place. */
static void make_way(struct run *r)
{
	if (tree_find(&r->tree, "/lost+found"))
		ukfs_rmdir(r->c.u, "/lost+found");
}

static bool fill_once(struct run *r, bool retry)
{
	char *root[] = { "/" };
	bool good;

	prepare_copy(r, retry);
	r->c.u = image_mount(&r->image);
	if (!r->c.u)
		return false;
	make_way(r);
	copy_run(&r->c, root, 1, "/");
	good = !r->c.stop && !fsu_interrupted();
	return fsu_unmount() && good;
}

#define GROWTHS 12

/* The size is an estimate: where it was too small after all, the image is made again. */
static bool fill(struct run *r)
{
	bool retry = !r->o.size;

	if (!image_fit(&r->image, &r->tree))
		return false;
	for (int n = 0; n < GROWTHS; n++) {
		if (fill_once(r, retry && n + 1 < GROWTHS))
			return image_settle(&r->image);
		if (!retry || r->c.fatal != ENOSPC || fsu_interrupted() ||
		    !image_grow(&r->image, &r->tree))
			return false;
	}
	return false;
}

static int make(struct run *r, const char *image, char **sources, int n)
{
	bool direct = r->image.type->builder && build_direct(&r->o, &r->c, sources, n), good;

	r->image.o = &r->o;
	r->image.name = image;
	r->image.start = r->o.table ? 1 << 20 : 0;
	fsu_set_image(image);
	if (!direct && !gather(r, sources, n))
		return FSU_FAILED;
	if (!image_begin(&r->image))
		return FSU_FAILED;
	if (r->image.type->builder) {
		prepare_copy(r, false);
		good = build(&r->image, &r->c, direct ? sources[0] : NULL);
	} else {
		good = fill(r);
	}
	r->errors += r->c.n.errors;
	if (r->o.strict && r->errors)
		good = false;
	if (!image_finish(&r->image, good))
		return FSU_FAILED;
	return r->errors ? MAKEFS_INCOMPLETE : FSU_OK;
}

/* Owners and devices of what a builder reads, for somebody who is not root. */
static void fake_root(struct run *r, char **argv, char **sources, int n)
{
	char *words[] = { "fakeroot", "--", NULL };
	int argc = 0;
	char **all;

	if (!r->image.type->builder || geteuid() == 0 || build_direct(&r->o, &r->c, sources, n))
		return;
	while (argv[argc])
		argc++;
	all = fsu_malloc((argc + 3) * sizeof(*all));
	memcpy(all, words, sizeof(words));
	memcpy(all + 2, argv, (argc + 1) * sizeof(*all));
	execvp("fakeroot", all);
	fsu_message("%s images with owners of your choice are made under fakeroot: install the package "
		    "fakeroot", r->image.type->name);
	exit(FSU_FAILED);
}

int main(int argc, char **argv)
{
	static struct run r;
	int code;

	setlocale(LC_ALL, "");
	copy_init(&r.c);
	code = parse(&r, argc, argv);
	if (code == FSU_OK) {
		code = check(&r, argc - optind);
		if (code == FSU_OK && r.o.userdb && !userdb_open(r.o.userdb))
			code = FSU_FAILED;
		if (code == FSU_OK) {
			char **sources = argv + optind + 1;
			int n = argc - optind - 1;

			fake_root(&r, argv, sources, n);
			program_environment(&r.o);
			fsu_catch_signals();
			code = make(&r, argv[optind], sources, n);
		}
	}
	if (code < 0)
		code = FSU_OK;
	if (!fsu_flush() && code == FSU_OK)
		code = FSU_FAILED;
	return fsu_interrupted() ? 128 + fsu_interrupted() : code;
}
