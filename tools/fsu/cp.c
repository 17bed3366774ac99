// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_cp: cp inside of the image, with the engine of put and get; the kernel copies the data, and
 * shares blocks where the file system can.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "copy/copy.h"

enum { KEY_ATTRIBUTES = 400, KEY_PARENTS, KEY_PRESERVE, KEY_NO_PRESERVE, KEY_REMOVE, KEY_REFLINK,
       KEY_SPARSE, KEY_STRIP };

const struct fsu_option fsu_cp_options[] = {
	{ 'a', "archive", FSU_NOARG, NULL, "-dR --preserve=all" },
	{ KEY_ATTRIBUTES, "attributes-only", FSU_NOARG, NULL, "no data" },
	{ 'd', NULL, FSU_NOARG, NULL, "--no-dereference --preserve=links" },
	{ 'f', "force", FSU_NOARG, NULL,
	  "remove what cannot be opened for writing, and try again" },
	{ 'H', NULL, FSU_NOARG, NULL, "follow symbolic links among the operands" },
	{ 'i', "interactive", FSU_NOARG, NULL, "ask before something is replaced" },
	{ 'l', "link", FSU_NOARG, NULL, "hard links instead of copies" },
	{ 'L', "dereference", FSU_NOARG, NULL, "follow all symbolic links" },
	{ 'n', "no-clobber", FSU_NOARG, NULL, "replace nothing" },
	{ KEY_NO_PRESERVE, "no-preserve", FSU_ARG, "LIST", "do not keep these" },
	{ 'p', NULL, FSU_NOARG, NULL, "--preserve=mode,ownership,timestamps" },
	{ 'P', "no-dereference", FSU_NOARG, NULL, "follow no symbolic links" },
	{ KEY_PARENTS, "parents", FSU_NOARG, NULL,
	  "the whole path of the source below the destination" },
	{ KEY_PRESERVE, "preserve", FSU_OPTARG, "LIST",
	  "keep mode, ownership, timestamps (default), links, xattr, all" },
	{ KEY_REFLINK, "reflink", FSU_OPTARG, "WHEN",
	  "share blocks: auto (default), always (or fail), never" },
	{ KEY_REMOVE, "remove-destination", FSU_NOARG, NULL, "remove each existing file first" },
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" },
	{ 'r', NULL, FSU_NOARG, NULL, "the same" },
	{ 's', "symbolic-link", FSU_NOARG, NULL, "symbolic links instead of copies" },
	{ KEY_SPARSE, "sparse", FSU_ARG, "WHEN",
	  "holes: auto (default), always (for zeros, too), never" },
	{ KEY_STRIP, "strip-trailing-slashes", FSU_NOARG, NULL,
	  "take slashes off the end of sources" },
	{ 't', "target-directory", FSU_ARG, "PATH", "copy into this directory" },
	{ 'T', "no-target-directory", FSU_NOARG, NULL,
	  "the destination is the copy, not a directory for it" },
	{ 'u', "update", FSU_NOARG, NULL, "replace only what is older" },
	{ 'v', "verbose", FSU_NOARG, NULL, "name each file" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "do not enter other subvolumes" },
	FSU_OPTIONS_END
};

struct cp {
	struct copy c;
	struct fsu_target target;
	bool follow_given, parents, strip;
};

static bool take_attributes(unsigned int *keep, const char *list, bool on)
{
	static const struct { const char *name; unsigned int keep; } names[] = {
		{ "mode", KEEP_MODE }, { "ownership", KEEP_OWNER }, { "timestamps", KEEP_TIMES },
		{ "links", KEEP_LINKS }, { "xattr", KEEP_XATTRS }, { "context", 0 },
		{ "all", KEEP_ALL },
	};

	while (*list) {
		size_t len = strcspn(list, ","), i;

		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strlen(names[i].name) == len && strncmp(names[i].name, list, len) == 0)
				break;
		if (i == sizeof(names) / sizeof(names[0]))
			return !fsu_usage("what is kept can be mode, ownership, timestamps, links, "
					  "xattr or all, not '%.*s'", (int)len, list);
		*keep = on ? *keep | names[i].keep : *keep & ~names[i].keep;
		list += len + (list[len] == ',');
	}
	return true;
}

static bool take_when(enum copy_when *when, const char *option, const char *arg,
		      const char *fallback)
{
	static const char *const names[] = { "auto", "never", "always" };

	if (!arg)
		arg = fallback;
	for (int i = 0; i < 3; i++)
		if (strcmp(arg, names[i]) == 0) {
			*when = i;
			return true;
		}
	return !fsu_usage("%s must be auto, always or never, not '%s'", option, fsu_name(arg));
}

static void set_follow(struct cp *cp, enum fsu_follow follow)
{
	cp->c.o.follow = follow;
	cp->follow_given = true;
}

static bool take_option(struct cp *cp, const struct fsu_given *given)
{
	struct copy_options *o = &cp->c.o;
	const char *arg = given->arg;

	switch (given->key) {
	case 'a':
		o->recursive = true;
		o->keep = KEEP_ALL;
		set_follow(cp, FSU_FOLLOW_NONE);
		return true;
	case 'd':
		o->keep |= KEEP_LINKS;
		set_follow(cp, FSU_FOLLOW_NONE);
		return true;
	case 'f': o->force = true; return true;
	case 'H': set_follow(cp, FSU_FOLLOW_START); return true;
	case 'i': o->ask = true; o->no_clobber = false; return true;
	case 'l': o->links = COPY_HARD_LINKS; return true;
	case 'L': set_follow(cp, FSU_FOLLOW_ALL); return true;
	case 'n': o->no_clobber = true; o->ask = false; return true;
	case 'p': o->keep |= KEEP_MODE | KEEP_OWNER | KEEP_TIMES; return true;
	case 'P': set_follow(cp, FSU_FOLLOW_NONE); return true;
	case 'R':
	case 'r': o->recursive = true; return true;
	case 's': o->links = COPY_SYMLINKS; return true;
	case 't': cp->target.directory = arg; return true;
	case 'T': cp->target.plain = true; return true;
	case 'u': o->update = true; return true;
	case 'v': o->verbose = true; return true;
	case 'x': o->one_fs = true; return true;
	case KEY_ATTRIBUTES: o->no_data = true; return true;
	case KEY_PARENTS: cp->parents = true; return true;
	case KEY_PRESERVE:
		return take_attributes(&o->keep, arg ? arg : "mode,ownership,timestamps", true);
	case KEY_NO_PRESERVE:
		o->no_mode |= strstr(arg, "mode") || strcmp(arg, "all") == 0;
		return take_attributes(&o->keep, arg, false);
	case KEY_REMOVE: o->remove_first = true; return true;
	case KEY_REFLINK: return take_when(&o->reflink, "--reflink", arg, "always");
	case KEY_SPARSE: return take_when(&o->sparse, "--sparse", arg, "auto");
	default: cp->strip = true; return true;
	}
}

static bool parse(struct cp *cp, const struct fsu_line *line)
{
	copy_init(&cp->c);
	cp->c.from = cp->c.to = &image_side;
	cp->c.same_image = true;
	cp->c.o = (struct copy_options){ .like_cp = true, .quiet = true, .uid = -1, .gid = -1 };
	for (int i = 0; i < line->noptions; i++)
		if (!take_option(cp, &line->options[i]))
			return false;
	if (!cp->follow_given)
		cp->c.o.follow = cp->c.o.recursive && cp->c.o.links != COPY_HARD_LINKS ?
					 FSU_FOLLOW_NONE :
					 FSU_FOLLOW_ALL;
	if (cp->c.o.reflink == COPY_ALWAYS && cp->c.o.sparse != COPY_AUTO)
		return !fsu_usage("--reflink=always excludes --sparse");
	return fsu_target_usage(&cp->target, line, 2);
}

static int failed(struct cp *cp, int err, const char *verb, const char *path)
{
	fsu_perror_verb(err, verb, path);
	cp->c.n.errors++;
	return -1;
}

/* --parents: the directories that lead to the copy, as those that lead to the source are. */
static int make_parents(struct ukfs *u, struct cp *cp, const char *from, char *to)
{
	char *source = fsu_strdup(from), *s = source, *t = to + strlen(to) - strlen(from);
	struct stat st, have;
	int res = 0;

	while (!res && (s = strchr(s + 1, '/')) && s[strspn(s, "/")]) {
		char *end = t + (s - source);

		*s = *end = '\0';
		if (ukfs_stat(u, source, &st))
			res = failed(cp, errno, "stat", source);
		else if (ukfs_stat(u, to, &have) == 0 && S_ISDIR(have.st_mode))
			;
		else if (ukfs_mkdir(u, to, (st.st_mode & 0777 & ~cp->c.umask) | 0700))
			res = failed(cp, errno, "make directory", to);
		else if (cp->c.o.verbose)
			printf("%s -> %s\n", fsu_shown(source), fsu_shown(to));
		*s = *end = '/';
	}
	free(source);
	return res;
}

static char *destination(struct cp *cp, const struct fsu_line *line, const char *from)
{
	struct fsu_path path = { 0 };
	char *stripped;

	if (!cp->target.directory)
		return fsu_target_path(&cp->target, line, from);
	fsu_path_set(&path, cp->target.directory);
	stripped = fsu_strip(from);
	if (cp->parents)
		fsu_path_push(&path, from + strspn(from, "/"));
	else if (strcmp(fsu_basename(stripped), ".."))
		fsu_path_push(&path, fsu_basename(stripped));
	free(stripped);
	return path.s;
}

/* What an operand becomes; false after a message. */
static bool plan(struct ukfs *u, struct cp *cp, const struct fsu_line *line, struct job *job)
{
	struct stat st;
	bool copied_twice;

	job->to = destination(cp, line, job->from);
	job->typed = !cp->target.directory;
	copied_twice = fsu_target_made(&cp->target, job->to);
	fsu_names_add(&cp->target.made, job->to, 0, 0);
	if (copied_twice && ukfs_stat(u, job->from, &st) == 0 && !S_ISDIR(st.st_mode)) {
		fsu_message("will not overwrite just-created %s with %s", fsu_quote(job->to),
			    fsu_quote(job->from));
		cp->c.n.errors++;
		return false;
	}
	if (cp->c.o.links == COPY_SYMLINKS && job->from[0] != '/' && strchr(job->to, '/')) {
		fsu_message("%s: only absolute sources can be linked to from other directories",
			    fsu_name(job->to));
		cp->c.n.errors++;
		return false;
	}
	if (cp->parents && make_parents(u, cp, job->from + strspn(job->from, "/"), job->to))
		return false;
	return !copy_into_itself(&cp->c, job->from, job->to);
}

static int run(struct ukfs *u, struct cp *cp, struct fsu_line *line)
{
	int n, count = 0, code;
	struct job *jobs;

	n = fsu_find_target(u, &cp->target, line);
	if (n < 0)
		return FSU_FAILED;
	if (cp->parents && !cp->target.directory) {
		fsu_message("with --parents, the destination must be a directory");
		return FSU_FAILED;
	}
	jobs = fsu_malloc(n * sizeof(*jobs));
	for (int i = 0; i < n; i++) {
		char *from = cp->strip ? fsu_strip(line->operands[i]) :
					 fsu_strdup(line->operands[i]);

		jobs[count].from = from;
		if (plan(u, cp, line, &jobs[count])) {
			count++;
		} else {
			free(from);
			free(jobs[count].to);
		}
	}
	code = copy_jobs(&cp->c, jobs, count);
	for (int i = 0; i < count; i++) {
		free((char *)jobs[i].from);
		free(jobs[i].to);
	}
	free(jobs);
	fsu_names_free(&cp->target.made);
	return code;
}

int fsu_cp_run(struct fsu_line *line)
{
	struct cp cp = { 0 };

	if (!parse(&cp, line))
		return FSU_USAGE;
	cp.c.u = fsu_mount(line);
	if (!cp.c.u)
		return FSU_FAILED;
	return run(cp.c.u, &cp, line);
}
