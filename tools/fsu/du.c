// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_du: the space that trees take.  What has several names counts once.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

enum { KEY_APPARENT = 256, KEY_SI, KEY_INODES, KEY_TIME, KEY_STYLE, KEY_EXCLUDE };

const struct fsu_option fsu_du_options[] = {
	{ '0', "null", FSU_NOARG, NULL, "lines end in NUL" },
	{ 'a', "all", FSU_NOARG, NULL, "show files, too" },
	{ KEY_APPARENT, "apparent-size", FSU_NOARG, NULL,
	  "sizes of files instead of the space they take" },
	{ 'b', "bytes", FSU_NOARG, NULL, "--apparent-size --block-size=1" },
	{ 'B', "block-size", FSU_ARG, "SIZE", "unit of sizes: 1K, 1M, 512 ..." },
	{ 'c', "total", FSU_NOARG, NULL, "show the sum of all" },
	{ 'd', "max-depth", FSU_ARG, "N", "show what is at most N levels below an operand" },
	{ 'D', "dereference-args", FSU_NOARG, NULL, "follow links that are operands" },
	{ KEY_EXCLUDE, "exclude", FSU_ARG, "PATTERN", "leave out what has such a name" },
	{ 'h', "human-readable", FSU_NOARG, NULL, "sizes like 1K, 234M, 2G" },
	{ 'H', NULL, FSU_NOARG, NULL, "the same as -D" },
	{ KEY_INODES, "inodes", FSU_NOARG, NULL, "count inodes instead of space" },
	{ 'k', NULL, FSU_NOARG, NULL, "blocks of 1024 bytes, the default" },
	{ 'l', "count-links", FSU_NOARG, NULL, "count what has several names each time" },
	{ 'L', "dereference", FSU_NOARG, NULL, "follow all links" },
	{ 'm', NULL, FSU_NOARG, NULL, "blocks of 1 MiB" },
	{ 'P', "no-dereference", FSU_NOARG, NULL, "follow no links, the default" },
	{ 's', "summarize", FSU_NOARG, NULL, "show only operands" },
	{ 'S', "separate-dirs", FSU_NOARG, NULL, "directories without their subdirectories" },
	{ KEY_SI, "si", FSU_NOARG, NULL, "like -h with powers of 1000" },
	{ 't', "threshold", FSU_ARG, "SIZE", "only what is as large, or with -SIZE as small" },
	{ KEY_TIME, "time", FSU_OPTARG, "WORD", "show the latest mtime below, or atime, ctime" },
	{ KEY_STYLE, "time-style", FSU_ARG, "STYLE", "full-iso, long-iso, iso, +FORMAT" },
	{ 'x', "one-file-system", FSU_NOARG, NULL, "stay on the operand's file system" },
	FSU_OPTIONS_END
};

struct sum {
	uint64_t size, inodes;
	struct timespec time;
};

struct du {
	const struct fsu_line *line;
	struct ukfs *u;
	uint64_t block, threshold;
	enum fsu_human human;
	enum fsu_follow follow;
	char suffix[FSU_SUFFIX_MAX], eol, time;
	const char *format;
	int64_t max_depth;
	bool all, apparent, total, inodes, links, separate, one_fs, below, depth_given, some_globs;
	bool see_all;		/* the same file may come twice, by another operand or a link */
	void *seen;		/* a tsearch tree */
	dev_t dev;
	struct sum *levels;	/* what is below a directory and not a directory; and all of it */
	struct sum *subdirs;
	int nlevels;
	struct sum sum;
	int code;
};

struct inode {
	dev_t dev;
	ino_t ino;
};

static int by_inode(const void *a, const void *b)
{
	const struct inode *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->dev == y->dev ? 0 : x->dev < y->dev ? -1 : 1;
}

static bool was_seen(struct du *du, const struct stat *st)
{
	struct inode *i, **found;

	if (du->links || (!du->see_all && (S_ISDIR(st->st_mode) || st->st_nlink < 2)))
		return false;
	i = fsu_malloc(sizeof(*i));
	*i = (struct inode){ st->st_dev, st->st_ino };
	found = tsearch(i, &du->seen, by_inode);
	if (!found)
		fsu_die(FSU_FAILED);
	if (*found == i)
		return false;
	free(i);
	return true;
}

static void add(struct sum *to, const struct sum *s)
{
	to->size += s->size;
	to->inodes += s->inodes;
	if (s->time.tv_sec > to->time.tv_sec ||
	    (s->time.tv_sec == to->time.tv_sec && s->time.tv_nsec > to->time.tv_nsec))
		to->time = s->time;
}

static void show_time(const struct du *du, struct timespec t)
{
	char buf[1024];
	struct tm tm;

	if (localtime_r(&t.tv_sec, &tm) &&
	    fsu_strftime(buf, sizeof(buf), du->format, &tm, t.tv_nsec))
		printf("%s\t", buf);
	else
		printf("%lld\t", (long long)t.tv_sec);
}

static void show(const struct du *du, const struct sum *s, const char *name)
{
	uint64_t n = du->inodes ? s->inodes : s->size;
	char buf[FSU_HUMAN_MAX];

	if (du->below ? n > du->threshold : n < du->threshold)
		return;
	printf("%s%s\t", fsu_size(buf, n, du->inodes ? 1 : du->block, du->human),
	       du->inodes ? "" : du->suffix);
	if (du->time)
		show_time(du, s->time);
	printf("%s%c", fsu_shown(name), du->eol);
}

static struct sum measure(const struct du *du, const struct stat *st)
{
	struct timespec never = { INT64_MIN, 0 };

	return (struct sum){
		.size = du->apparent ? (uint64_t)st->st_size : (uint64_t)st->st_blocks * 512,
			.inodes = 1,
		.time = du->time == 'a' ? st->st_atim : du->time == 'c' ? st->st_ctim :
			du->time ? st->st_mtim : never,
	};
}

static void enter(struct du *du, int depth)
{
	static const struct sum nothing = { .time = { INT64_MIN, 0 } };

	if (depth >= du->nlevels) {
		du->nlevels = depth + 16;
		du->levels = fsu_realloc(du->levels, du->nlevels * sizeof(*du->levels));
		du->subdirs = fsu_realloc(du->subdirs, du->nlevels * sizeof(*du->subdirs));
	}
	du->levels[depth] = du->subdirs[depth] = nothing;
}

static void leave(struct du *du, const struct fsu_entry *e)
{
	struct sum own = measure(du, &e->st), all;

	add(&du->sum, &own);
	add(&own, &du->levels[e->depth]);
	all = own;
	add(&all, &du->subdirs[e->depth]);
	if (e->depth)
		add(&du->subdirs[e->depth - 1], &all);
	if (e->depth <= du->max_depth)
		show(du, du->separate ? &own : &all, e->path);
}

static void take_file(struct du *du, const struct fsu_entry *e)
{
	struct sum s = measure(du, &e->st);

	add(&du->sum, &s);
	if (e->depth)
		add(&du->levels[e->depth - 1], &s);
	if (!e->depth || (du->all && e->depth <= du->max_depth))
		show(du, &s, e->path);
}

static bool left_out(const struct du *du, const char *path)
{
	for (int i = 0; du->some_globs && i < du->line->noptions; i++)
		if (du->line->options[i].key == KEY_EXCLUDE &&
		    fsu_glob_suffix(du->line->options[i].arg, path))
			return true;
	return false;
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct du *du = arg;

	(void)u;
	if (e->visit == FSU_POST) {
		leave(du, e);
		return 0;
	}
	if (left_out(du, e->path))
		return FSU_WALK_SKIP;
	if (!e->depth)
		du->dev = e->st.st_dev;
	if (e->visit == FSU_OTHER && S_ISLNK(e->st.st_mode) &&
	    (du->follow == FSU_FOLLOW_ALL || (du->follow && !e->depth))) {
		fflush(stdout);
		fsu_perror_verb(ENOENT, "access", e->path);
		du->code = FSU_FAILED;
	} else if (e->visit == FSU_ERROR) {
		fflush(stdout);
		fsu_perror_verb(e->err, e->st.st_mode ? "read directory" : "access", e->path);
		du->code = FSU_FAILED;
	} else if ((du->one_fs && e->st.st_dev != du->dev) || was_seen(du, &e->st)) {
		return FSU_WALK_SKIP;
	} else if (e->visit == FSU_PRE) {
		enter(du, e->depth);
	} else {
		take_file(du, e);
	}
	return ferror(stdout) ? FSU_WALK_STOP : 0;
}

/* ---- options ----------------------------------------------------------------------------- */

static bool set_style(struct du *du, const char *arg)
{
	static const struct { const char *name, *format; } styles[] = {
		{ "full-iso", "%Y-%m-%d %H:%M:%S.%N %z" }, { "long-iso", "%Y-%m-%d %H:%M" },
		{ "iso", "%Y-%m-%d" },
	};

	du->format = *arg == '+' ? arg + 1 : NULL;
	for (size_t i = 0; i < 3; i++)
		if (strcmp(arg, styles[i].name) == 0)
			du->format = styles[i].format;
	return du->format ||
	       !fsu_usage("--time-style must be full-iso, long-iso, iso or +FORMAT, not '%s'",
			  fsu_name(arg));
}

static bool set_time(struct du *du, const char *arg)
{
	static const struct { const char *name; char key; } words[] = {
		{ "atime", 'a' }, { "access", 'a' }, { "use", 'a' }, { "ctime", 'c' },
		{ "status", 'c' },
		{ "mtime", 'm' },
	};

	du->time = arg ? 0 : 'm';
	for (size_t i = 0; arg && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(arg, words[i].name) == 0)
			du->time = words[i].key;
	return du->time ||
	       !fsu_usage("--time must be atime, ctime or mtime, not '%s'", fsu_name(arg));
}

static bool set_threshold(struct du *du, const char *arg)
{
	du->below = *arg == '-';
	return fsu_parse_count(arg + du->below, &du->threshold) ||
	       !fsu_usage("-t needs a size, not '%s'", fsu_name(arg));
}

static bool set_depth(struct du *du, const char *arg)
{
	uint64_t n;

	du->depth_given = true;
	if (!fsu_parse_number(arg, &n))
		return !fsu_usage("-d needs a number, not '%s'", fsu_name(arg));
	du->max_depth = n > INT32_MAX ? INT32_MAX : n;
	return true;
}

static void set_unit(struct du *du, uint64_t block, enum fsu_human human)
{
	du->block = block;
	du->human = human;
	du->suffix[0] = '\0';
}

static bool set(struct du *du, int key, const char *arg)
{
	switch (key) {
	case '0': du->eol = '\0'; break;
	case 'a': du->all = true; break;
	case 'b': du->apparent = true; set_unit(du, 1, FSU_HUMAN_NONE); break;
	case 'B':
		return fsu_parse_block(arg, &du->block, &du->human, du->suffix) ||
		       !fsu_usage("-B needs a size such as 1M, not '%s'", fsu_name(arg));
	case 'c': du->total = true; break;
	case 'd': return set_depth(du, arg);
	case 'D':
	case 'H': du->follow = FSU_FOLLOW_START; break;
	case 'h': set_unit(du, 1, FSU_HUMAN_1024); break;
	case 'k': set_unit(du, 1024, FSU_HUMAN_NONE); break;
	case 'l': du->links = true; break;
	case 'L': du->follow = FSU_FOLLOW_ALL; break;
	case 'm': set_unit(du, 1 << 20, FSU_HUMAN_NONE); break;
	case 'P': du->follow = FSU_FOLLOW_NONE; break;
	case 's': du->max_depth = 0; break;
	case 'S': du->separate = true; break;
	case 't': return set_threshold(du, arg);
	case 'x': du->one_fs = true; break;
	case KEY_APPARENT: du->apparent = true; break;
	case KEY_EXCLUDE: du->some_globs = true; break;
	case KEY_INODES: du->inodes = true; break;
	case KEY_SI: set_unit(du, 1, FSU_HUMAN_1000); break;
	case KEY_TIME: return set_time(du, arg);
	case KEY_STYLE: return set_style(du, arg);
	}
	return true;
}

int fsu_du_run(struct fsu_line *line)
{
	static char here[] = ".", *only[] = { here, NULL };
	struct du du = { .line = line, .block = 1024, .eol = '\n', .max_depth = INT64_MAX,
			 .format = "%Y-%m-%d %H:%M", .sum.time.tv_sec = INT64_MIN };
	char **operands = line->noperands ? line->operands : only;

	for (int i = 0; i < line->noptions; i++)
		if (!set(&du, line->options[i].key, line->options[i].arg))
			return FSU_USAGE;
	if (du.all && !du.max_depth && !du.depth_given)
		return fsu_usage("-s and -a exclude each other");
	du.u = fsu_mount(line);
	if (!du.u)
		return FSU_FAILED;
	du.see_all = line->noperands > 1 || du.follow == FSU_FOLLOW_ALL;
	for (; *operands && !ferror(stdout); operands++)
		fsu_walk_links(du.u, *operands, du.follow, on_entry, &du);
	if (du.total)
		show(&du, &du.sum, "total");
	tdestroy(du.seen, free);
	free(du.levels);
	free(du.subdirs);
	return du.code;
}
