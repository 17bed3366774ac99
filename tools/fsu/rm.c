// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_rm: remove files, and with -r trees.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_ONE_FS = 256, KEY_PRESERVE_ROOT, KEY_NO_PRESERVE_ROOT, KEY_INTERACTIVE };

const struct fsu_option fsu_rm_options[] = {
	{ 'd', "dir", FSU_NOARG, NULL, "remove empty directories, too" },
	{ 'f', "force", FSU_NOARG, NULL, "no error for what does not exist, never ask" },
	{ 'i', NULL, FSU_NOARG, NULL, "ask before each removal" },
	{ 'I', NULL, FSU_NOARG, NULL, "ask once before more than three operands or with -r" },
	{ 'r', "recursive", FSU_NOARG, NULL, "remove directories and their content" },
	{ 'R', NULL, FSU_NOARG, NULL, "the same" },
	{ 'v', "verbose", FSU_NOARG, NULL, "say what is removed" },
	{ KEY_INTERACTIVE, "interactive", FSU_OPTARG, "WHEN",
	  "never, once (-I) or always (-i, default)" },
	{ KEY_NO_PRESERVE_ROOT, "no-preserve-root", FSU_NOARG, NULL,
	  "with -r, remove the content of /, too" },
	{ KEY_ONE_FS, "one-file-system", FSU_NOARG, NULL, "do not enter other subvolumes" },
	{ KEY_PRESERVE_ROOT, "preserve-root", FSU_NOARG, NULL, "refuse to remove / (default)" },
	FSU_OPTIONS_END
};

struct rm {
	bool dirs, force, ask, ask_once, recursive, verbose, one_fs, root_too;
	int kept;		/* depth of the latest entry that could not be removed:
				   its directory is not tried */
	bool agreed;		/* to remove the directory that was entered just now */
	dev_t dev;
	uint64_t removed, looked_again;	/* how many, in all and when a directory
					   was last gone through anew */
	int code;
};

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg);

static void fail(struct rm *rm, int err, const struct fsu_entry *e)
{
	fsu_perror_verb(err, "remove", e->path);
	rm->agreed = false;
	rm->kept = e->depth;
	rm->code = FSU_FAILED;
}

static const char *question(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG: return st->st_size ? "remove regular file" : "remove regular empty file";
	case S_IFDIR: return "remove directory";
	case S_IFLNK: return "remove symbolic link";
	case S_IFCHR: return "remove character special file";
	case S_IFBLK: return "remove block special file";
	case S_IFIFO: return "remove fifo";
	default: return "remove socket";
	}
}

static bool agreed(const struct rm *rm, const char *text, const struct fsu_entry *e)
{
	return !rm->ask || fsu_ask(text, e->path);
}

static bool is_empty(struct ukfs *u, const char *path)
{
	struct fsu_names names;
	bool empty = fsu_read_names(u, path, &names) == 0 && !names.count;

	fsu_names_free(&names);
	return empty;
}

static int before_directory(struct ukfs *u, struct rm *rm, const struct fsu_entry *e)
{
	if (!e->depth)
		rm->dev = e->st.st_dev;
	if (rm->one_fs && e->st.st_dev != rm->dev) {
		fsu_message("skipping %s, since it's on a different device", fsu_quote(e->path));
		rm->kept = e->depth;
		rm->code = FSU_FAILED;
		return FSU_WALK_SKIP;
	}
	/* an empty directory is asked about once */
	rm->agreed = rm->ask && is_empty(u, e->path);
	if (agreed(rm, rm->agreed ? question(&e->st) : "descend into directory", e))
		return 0;
	rm->kept = e->depth;
	return FSU_WALK_SKIP;
}

/* What was listed is gone, but the directory is not empty: its driver left some out.  As long as
 * that helps, what it lists now is removed. */
static bool look_again(struct ukfs *u, struct rm *rm, const struct fsu_entry *e)
{
	if (errno != ENOTEMPTY || !rm->recursive || rm->ask || rm->removed == rm->looked_again)
		return false;
	rm->looked_again = rm->removed;
	rm->kept = -1;
	fsu_walk(u, e->path, on_entry, rm);
	if (rm->kept >= 0)
		rm->kept = e->depth;
	return true;
}

static void removed(struct rm *rm, const char *what, const struct fsu_entry *e)
{
	rm->removed++;
	if (rm->verbose)
		printf("%s %s\n", what, fsu_quote(e->path));
}

static void remove_directory(struct ukfs *u, struct rm *rm, const struct fsu_entry *e)
{
	if (rm->kept == e->depth + 1) {
		rm->kept = e->depth;
		return;
	}
	if (!rm->agreed && !agreed(rm, question(&e->st), e))
		return;
	rm->agreed = false;
	if (ukfs_rmdir(u, e->path) == 0)
		removed(rm, "removed directory", e);
	else if (!look_again(u, rm, e))
		fail(rm, errno, e);
}

static void remove_file(struct ukfs *u, struct rm *rm, const struct fsu_entry *e)
{
	if (!agreed(rm, question(&e->st), e))
		return;
	if (ukfs_remove(u, e->path) == 0)
		removed(rm, "removed", e);
	else
		fail(rm, errno, e);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct rm *rm = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	switch (e->visit) {
	case FSU_PRE:
		if (rm->recursive)
			return before_directory(u, rm, e);
		if (rm->dirs)
			remove_directory(u, rm, e);
		else
			fail(rm, EISDIR, e);
		return FSU_WALK_SKIP;
	case FSU_POST:
		remove_directory(u, rm, e);
		break;
	case FSU_OTHER:
		remove_file(u, rm, e);
		break;
	case FSU_ERROR:
		/* listed twice */
		if (e->depth && e->err == ENOENT)
			break;
		if (!rm->force || (e->err != ENOENT && e->err != ENOTDIR))
			fail(rm, e->err, e);
		break;
	}
	return 0;
}

/* "/" and what ends in "." or ".." is refused: it is never what was meant. */
static bool refused(struct ukfs *u, struct rm *rm, const char *operand)
{
	char *path = fsu_strip(operand);
	const char *base = fsu_basename(path);
	bool dots = strcmp(base, ".") == 0 || strcmp(base, "..") == 0, root;

	if (dots)
		fsu_message("refusing to remove '.' or '..' directory: skipping %s",
			    fsu_name(operand));
	root = !dots && !rm->root_too && rm->recursive && fsu_is_root(u, path);
	if (dots || root)
		rm->code = FSU_FAILED;
	free(path);
	return dots || root;
}

static bool take_interactive(struct rm *rm, const char *when)
{
	bool always = !when || strcmp(when, "always") == 0 || strcmp(when, "yes") == 0;
	bool once = when && strcmp(when, "once") == 0;
	bool never = when && (strcmp(when, "never") == 0 || strcmp(when, "no") == 0 ||
			      strcmp(when, "none") == 0);

	if (!always && !once && !never)
		return !fsu_usage("--interactive must be never, once or always, not '%s'",
				  fsu_name(when));
	rm->ask = always;
	rm->ask_once = once;
	rm->force = rm->force && never;
	return true;
}

static bool parse(struct rm *rm, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'd': rm->dirs = true; break;
		case 'f': rm->force = true; rm->ask = rm->ask_once = false; break;
		case 'i': rm->ask = true; rm->force = rm->ask_once = false; break;
		case 'I': rm->ask_once = true; rm->ask = rm->force = false; break;
		case 'r':
		case 'R': rm->recursive = true; break;
		case 'v': rm->verbose = true; break;
		case KEY_ONE_FS: rm->one_fs = true; break;
		case KEY_PRESERVE_ROOT: rm->root_too = false; break;
		case KEY_NO_PRESERVE_ROOT: rm->root_too = true; break;
		case KEY_INTERACTIVE:
			if (!take_interactive(rm, line->options[i].arg))
				return false;
		}
	}
	if (!line->noperands && !rm->force)
		return !fsu_usage("the path of a file in the image is missing");
	return true;
}

/* -I's question about all of it. */
static bool agreed_once(const struct rm *rm, int n)
{
	char text[64], answer[64];

	if (!rm->ask_once || (n <= 3 && !rm->recursive))
		return true;
	snprintf(text, sizeof(text), "remove %d argument%s%s", n, n == 1 ? "" : "s",
		 rm->recursive ? " recursively" : "");
	fprintf(stderr, "%s: %s? ", fsu_progname, text);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int fsu_rm_run(struct fsu_line *line)
{
	struct rm rm = { 0 };
	struct ukfs *u;

	if (!parse(&rm, line))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (!agreed_once(&rm, line->noperands))
		return FSU_OK;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++) {
		rm.kept = -1;
		if (!refused(u, &rm, line->operands[i]))
			fsu_walk(u, line->operands[i], on_entry, &rm);
	}
	return rm.code;
}
