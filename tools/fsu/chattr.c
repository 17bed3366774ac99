// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_chattr and fsu_lsattr: the attributes that chattr(1) and lsattr(1) know, by the same letters.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"


/* In the order in which lsattr shows them. */
static const struct flag {
	char letter;
	bool settable;
	unsigned long flag;
	const char *name;
} flags[] = {
	{ 's', true, FS_SECRM_FL, "Secure_Deletion" },
	{ 'u', true, FS_UNRM_FL, "Undelete" },
	{ 'S', true, FS_SYNC_FL, "Synchronous_Updates" },
	{ 'D', true, FS_DIRSYNC_FL, "Synchronous_Directory_Updates" },
	{ 'i', true, FS_IMMUTABLE_FL, "Immutable" },
	{ 'a', true, FS_APPEND_FL, "Append_Only" },
	{ 'd', true, FS_NODUMP_FL, "No_Dump" },
	{ 'A', true, FS_NOATIME_FL, "No_Atime" },
	{ 'c', true, FS_COMPR_FL, "Compression_Requested" },
	{ 'E', false, FS_ENCRYPT_FL, "Encrypted" },
	{ 'j', true, FS_JOURNAL_DATA_FL, "Journaled_Data" },
	{ 'I', false, FS_INDEX_FL, "Indexed_directory" },
	{ 't', true, FS_NOTAIL_FL, "No_Tailmerging" },
	{ 'T', true, FS_TOPDIR_FL, "Top_of_Directory_Hierarchies" },
	{ 'e', true, FS_EXTENT_FL, "Extents" },
	{ 'C', true, FS_NOCOW_FL, "No_COW" },
	{ 'x', true, FS_DAX_FL, "DAX" },
	{ 'F', true, FS_CASEFOLD_FL, "Casefold" },
	{ 'N', false, FS_INLINE_DATA_FL, "Inline_Data" },
	{ 'P', true, FS_PROJINHERIT_FL, "Project_Hierarchy" },
	{ 'V', false, FS_VERITY_FL, "Verity" },
	{ 'm', true, FS_NOCOMP_FL, "Dont_Compress" },
};

#define NFLAGS (sizeof(flags) / sizeof(flags[0]))

#define FLAG_LETTER(c) { c, NULL, FSU_NOARG, NULL, NULL }

const struct fsu_option fsu_chattr_options[] = {
	{ 'f', NULL, FSU_NOARG, NULL, "no messages about what cannot be changed" },
	{ 'p', NULL, FSU_ARG, "PROJECT", "the number of the project" },
	{ 'R', NULL, FSU_NOARG, NULL, "directories with their content" },
	{ 'v', NULL, FSU_ARG, "VERSION", "the file's version, or generation" },
	{ 'V', NULL, FSU_NOARG, NULL, "show the attributes that are set" },
	FLAG_LETTER('a'), FLAG_LETTER('A'), FLAG_LETTER('c'), FLAG_LETTER('C'), FLAG_LETTER('d'),
	FLAG_LETTER('D'), FLAG_LETTER('e'), FLAG_LETTER('F'), FLAG_LETTER('i'), FLAG_LETTER('j'),
	FLAG_LETTER('m'), FLAG_LETTER('P'), FLAG_LETTER('s'), FLAG_LETTER('S'), FLAG_LETTER('t'),
	FLAG_LETTER('T'), FLAG_LETTER('u'), FLAG_LETTER('x'),
	FSU_OPTIONS_END
};

const struct fsu_option fsu_lsattr_options[] = {
	{ 'a', NULL, FSU_NOARG, NULL, "names that begin with a dot, too" },
	{ 'd', NULL, FSU_NOARG, NULL, "directories themselves, not their content" },
	{ 'l', NULL, FSU_NOARG, NULL, "names of the attributes instead of letters" },
	{ 'p', NULL, FSU_NOARG, NULL, "the number of the project, too" },
	{ 'R', NULL, FSU_NOARG, NULL, "directories with all that is below" },
	{ 'v', NULL, FSU_NOARG, NULL, "the version, or generation, too" },
	FSU_OPTIONS_END
};

static void flags_text(char text[NFLAGS + 1], unsigned long value)
{
	for (size_t i = 0; i < NFLAGS; i++)
		text[i] = value & flags[i].flag ? flags[i].letter : '-';
	text[NFLAGS] = '\0';
}

int fsu_get_flags(struct ukfs *u, const char *path, mode_t type, unsigned long *value)
{
	if (S_ISREG(type) || S_ISDIR(type))
		return ukfs_getflags(u, path, value) ? errno : 0;
	return EOPNOTSUPP;
}

/* ---- chattr ------------------------------------------------------------------------------ */

struct chattr {
	unsigned long add, remove, set;
	bool adds, removes, sets;
	bool recursive, verbose, silent, has_project, has_version;
	uint64_t project, version;
	int code;
};

static bool take_letter(unsigned long *value, char letter)
{
	for (size_t i = 0; i < NFLAGS; i++)
		if (flags[i].letter == letter && flags[i].settable) {
			*value |= flags[i].flag;
			return true;
		}
	fsu_usage("there is no attribute '%c' to set: aAcCdDeijFmPsStTux", letter);
	return false;
}

/* "+ia", "=d": operands before the first path.  Returns how many there are, or -1. */
static int take_flags(struct chattr *c, const struct fsu_line *line)
{
	int n;

	for (n = 0; n < line->noperands; n++) {
		const char *s = line->operands[n];
		bool add = *s == '+';

		if (*s != '+' && *s != '=')
			break;
		*(add ? &c->adds : &c->sets) = true;
		while (*++s)
			if (!take_letter(add ? &c->add : &c->set, *s))
				return -1;
	}
	if (!c->adds && !c->removes && !c->sets && !c->has_project && !c->has_version)
		return fsu_usage("attributes to add, remove or set are missing: +i, -a, =A"), -1;
	if (c->sets && (c->adds || c->removes))
		return fsu_usage("= excludes + and -"), -1;
	if (c->add & c->remove)
		return fsu_usage("an attribute cannot be both added and removed"), -1;
	if (n == line->noperands)
		return fsu_usage("the path of a file in the image is missing"), -1;
	return n;
}

static bool parse_chattr(struct chattr *c, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;
		int key = line->options[i].key;

		switch (key) {
		case 'R': c->recursive = true; break;
		case 'V': c->verbose = true; break;
		case 'f': c->silent = true; break;
		case 'p':
			c->has_project = fsu_parse_number(arg, &c->project) &&
					 c->project <= UINT32_MAX;
			if (!c->has_project)
				return !fsu_usage("-p needs the number of a project, not '%s'",
						  fsu_name(arg));
			break;
		case 'v':
			c->has_version = fsu_parse_number(arg, &c->version) &&
					 c->version <= UINT32_MAX;
			if (!c->has_version)
				return !fsu_usage("-v needs a number, not '%s'", fsu_name(arg));
			break;
		default:
			c->removes = true;
			if (!take_letter(&c->remove, key))
				return false;
		}
	}
	return true;
}

static void chattr_failed(struct chattr *c, int err, const char *verb, const char *path)
{
	if (!c->silent)
		fsu_perror_verb(err, verb, path);
	c->code = FSU_FAILED;
}

static int set_project(struct ukfs *u, const char *path, uint32_t project)
{
	struct fsxattr x;

	if (ukfs_ioctl(u, path, FS_IOC_FSGETXATTR, &x))
		return errno;
	x.fsx_projid = project;
	return ukfs_ioctl(u, path, FS_IOC_FSSETXATTR, &x) ? errno : 0;
}

static void change(struct ukfs *u, struct chattr *c, const char *path, mode_t type)
{
	unsigned long value = 0, new;
	int version = c->version;
	char text[NFLAGS + 1];
	int err = fsu_get_flags(u, path, type, &value);

	if (err) {
		chattr_failed(c, err, "read the attributes of", path);
		return;
	}
	new = c->sets ? c->set : (value & ~c->remove) | c->add;
	if (!S_ISDIR(type))
		new &= ~(unsigned long)FS_DIRSYNC_FL;
	if (c->verbose) {
		flags_text(text, new);
		printf("Flags of %s set as %s\n", fsu_shown(path), text);
	}
	err = (c->adds || c->removes || c->sets) && ukfs_chflags(u, path, new) ? errno : 0;
	if (err)
		chattr_failed(c, err, "set the attributes of", path);
	if (c->has_version) {
		if (c->verbose)
			printf("Version of %s set as %d\n", fsu_shown(path), version);
		if (ukfs_ioctl(u, path, FS_IOC_SETVERSION, &version))
			chattr_failed(c, errno, "set the version of", path);
	}
	if (c->has_project) {
		if (c->verbose)
			printf("Project of %s set as %" PRIu64 "\n", fsu_shown(path), c->project);
		err = set_project(u, path, c->project);
		if (err)
			chattr_failed(c, err, "set the project of", path);
	}
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct chattr *c = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (e->visit == FSU_ERROR)
		chattr_failed(c, e->err, "read", e->path);
	else if (e->visit != FSU_POST && !(S_ISLNK(e->type) && e->depth))
		change(u, c, e->path, e->type);
	return e->visit == FSU_PRE && !c->recursive ? FSU_WALK_SKIP : 0;
}

int fsu_chattr_run(struct fsu_line *line)
{
	struct chattr c = { 0 };
	struct ukfs *u;
	int first;

	if (!parse_chattr(&c, line))
		return FSU_USAGE;
	first = take_flags(&c, line);
	if (first < 0)
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = first; i < line->noperands; i++)
		fsu_walk_types(u, line->operands[i], FSU_FOLLOW_NONE, on_entry, &c);
	return c.code;
}

/* ---- lsattr ------------------------------------------------------------------------------ */

struct lsattr {
	bool all, dirs, names, project, recursive, version;
	int code;
};

static void print_names(const char *path, unsigned long value)
{
	const char *separator = "";

	printf("%-28s ", fsu_shown(path));
	for (size_t i = 0; i < NFLAGS; i++) {
		if (!(value & flags[i].flag))
			continue;
		printf("%s%s", separator, flags[i].name);
		separator = ", ";
	}
	puts(*separator ? "" : "---");
}

/* A file and what else is asked for; nothing is shown where a part cannot be read. */
static int show(struct ukfs *u, struct lsattr *l, const char *path, const struct stat *st)
{
	struct fsxattr x = { 0 };
	char text[NFLAGS + 1];
	unsigned long value;
	unsigned int version = 0;
	int err = fsu_get_flags(u, path, st->st_mode, &value);

	if (!err && l->project && ukfs_ioctl(u, path, FS_IOC_FSGETXATTR, &x))
		err = errno;
	if (!err && l->version && ukfs_ioctl(u, path, FS_IOC_GETVERSION, &version))
		err = errno;
	if (err) {
		fsu_perror_verb(err, "read the attributes of", path);
		return err;
	}
	if (l->project)
		printf("%5u ", x.fsx_projid);
	if (l->version)
		printf("%-10u ", version);
	if (l->names) {
		print_names(path, value);
	} else {
		flags_text(text, value);
		printf("%s %s\n", text, fsu_shown(path));
	}
	return 0;
}

static int list(struct ukfs *u, struct lsattr *l, const char *path);

static void list_entry(struct ukfs *u, struct lsattr *l, const char *dir, const char *name)
{
	struct fsu_path path = { 0 };
	struct stat st;

	fsu_path_set(&path, dir);
	fsu_path_push(&path, name);
	if (ukfs_lstat(u, path.s, &st)) {
		fsu_perror_verb(errno, "stat", path.s);
	} else if (name[0] != '.' || l->all) {
		/* what has no attributes does not matter here */
		show(u, l, path.s, &st);
		if (S_ISDIR(st.st_mode) && l->recursive && strcmp(name, ".") &&
		    strcmp(name, "..")) {
			printf("\n%s:\n", fsu_shown(path.s));
			list(u, l, path.s);
			putchar('\n');
		}
	}
	fsu_path_free(&path);
}

static int list(struct ukfs *u, struct lsattr *l, const char *path)
{
	struct ukfs_dir *dir = ukfs_opendir(u, path);
	struct ukfs_dirent *d;
	int err = dir ? 0 : errno;

	while (dir && !fsu_interrupted()) {
		char *name;

		errno = 0;
		d = ukfs_readdir(dir);
		if (!d) {
			err = errno;
			break;
		}
		name = fsu_strdup(d->d_name);
		list_entry(u, l, path, name);
		free(name);
	}
	if (err)
		fsu_perror_verb(err, "read directory", path);
	if (dir)
		ukfs_closedir(dir);
	return err;
}

static void list_operand(struct ukfs *u, struct lsattr *l, const char *path)
{
	struct stat st;
	int err = ukfs_lstat(u, path, &st) ? errno : 0;

	if (err) {
		fsu_perror_verb(err, "stat", path);
	} else if (S_ISDIR(st.st_mode) && !l->dirs) {
		err = list(u, l, path);
	} else {
		err = show(u, l, path, &st);
	}
	if (err)
		l->code = FSU_FAILED;
}

int fsu_lsattr_run(struct fsu_line *line)
{
	struct lsattr l = { 0 };
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'a': l.all = true; break;
		case 'd': l.dirs = true; break;
		case 'l': l.names = true; break;
		case 'p': l.project = true; break;
		case 'R': l.recursive = true; break;
		case 'v': l.version = true; break;
		}
	}
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (!line->noperands)
		list_operand(u, &l, ".");
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++)
		list_operand(u, &l, line->operands[i]);
	return l.code;
}
