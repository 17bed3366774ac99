// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_chflags: file attributes by the names and options of the BSDs' chflags(1), as far as Linux
 * has such attributes.
 */
#include <ctype.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

const struct fsu_option fsu_chflags_options[] = {
	{ 'f', NULL, FSU_NOARG, NULL,
	  "no messages about what cannot be changed, and no exit code" },
	{ 'h', NULL, FSU_NOARG, NULL, "links themselves, which have no flags" },
	{ 'H', NULL, FSU_NOARG, NULL, "with -R follow links that are operands" },
	{ 'L', NULL, FSU_NOARG, NULL, "with -R follow all links" },
	{ 'P', NULL, FSU_NOARG, NULL, "with -R follow no links, the default" },
	{ 'R', NULL, FSU_NOARG, NULL, "directories with their content" },
	{ 'v', NULL, FSU_NOARG, NULL,
	  "show what is changed, twice: with the flags before and after" },
	FSU_OPTIONS_END
};

/* Of names for the same attribute the first row's number is the one that is shown.  Without an
 * attribute the flag is known, so that there is a better message than that there is no such
 * flag. */
static const struct flag {
	const char *name;	/* "no" before it clears it;
				   "nodump" is set by its name, and cleared by "dump" */
	unsigned long number;	/* of the BSDs */
	unsigned long attribute;
} flags[] = {
	{ "dump", 0x1, FS_NODUMP_FL },
	{ "schg", 0x20000, FS_IMMUTABLE_FL }, { "schange", 0x20000, FS_IMMUTABLE_FL },
	{ "simmutable", 0x20000, FS_IMMUTABLE_FL },
	{ "uchg", 0x2, FS_IMMUTABLE_FL }, { "uchange", 0x2, FS_IMMUTABLE_FL },
	{ "uimmutable", 0x2, FS_IMMUTABLE_FL },
	{ "sappnd", 0x40000, FS_APPEND_FL }, { "sappend", 0x40000, FS_APPEND_FL },
	{ "uappnd", 0x4, FS_APPEND_FL }, { "uappend", 0x4, FS_APPEND_FL },
	{ "arch", 0x10000, 0 }, { "archived", 0x10000, 0 }, { "hidden", 0x8000, 0 },
	{ "uhidden", 0x8000, 0 }, { "offline", 0x200, 0 }, { "uoffline", 0x200, 0 },
	{ "opaque", 0x8, 0 }, { "rdonly", 0x1000, 0 }, { "readonly", 0x1000, 0 },
	{ "urdonly", 0x1000, 0 }, { "reparse", 0x400, 0 }, { "ureparse", 0x400, 0 },
	{ "snapshot", 0x200000, 0 }, { "sparse", 0x100, 0 }, { "usparse", 0x100, 0 },
	{ "sunlnk", 0x100000, 0 }, { "sunlink", 0x100000, 0 }, { "system", 0x80, 0 },
	{ "usystem", 0x80, 0 }, { "uarch", 0x800, 0 }, { "uarchive", 0x800, 0 },
	{ "uunlnk", 0x10, 0 }, { "uunlink", 0x10, 0 },
};

#define NFLAGS (sizeof(flags) / sizeof(flags[0]))

struct chflags {
	unsigned long add, remove;
	enum fsu_follow follow;
	bool recursive, links, silent;
	int verbose;
	int code;
};

/* ---- flags ------------------------------------------------------------------------------- */

static bool lacks(const char *name)
{
	return !fsu_usage("Linux has no attribute for '%s', only for nodump, schg, uchg, sappnd, "
			  "uappnd",
			  fsu_name(name));
}

static bool take_word(struct chflags *c, const char *word)
{
	bool no = strncmp(word, "no", 2) == 0;
	const char *name = word + (no ? 2 : 0);

	for (size_t i = 0; i < NFLAGS; i++) {
		bool clear = no != (flags[i].attribute == FS_NODUMP_FL);

		if (strcmp(flags[i].name, name))
			continue;
		*(clear ? &c->remove : &c->add) |= flags[i].attribute;
		return flags[i].attribute || lacks(word);
	}
	return !fsu_usage("there is no flag '%s'", fsu_name(word));
}

/* All flags at once, as an octal number. */
static bool take_number(struct chflags *c, const char *text)
{
	unsigned long number = strtoul(text, NULL, 8);

	for (size_t i = 0; i < NFLAGS; i++) {
		if (number & flags[i].number)
			c->add |= flags[i].attribute;
		if (flags[i].attribute)
			number &= ~flags[i].number;
		c->remove |= flags[i].attribute;
	}
	c->remove &= ~c->add;
	return !number || lacks(text);
}

static bool take_flags(struct chflags *c, const char *text)
{
	char *words = fsu_strdup(text), *save = NULL, *word;
	bool good = *text;

	if (good && text[strspn(text, "01234567")] == '\0') {
		good = take_number(c, text);
	} else if (!good) {
		fsu_usage("the flags are missing: uchg, nodump, 0");
	} else {
		for (word = strtok_r(words, ",", &save); good && word;
		     word = strtok_r(NULL, ",", &save))
			good = take_word(c, word);
	}
	if (good && c->add & c->remove)
		good = !fsu_usage("'%s' both sets and clears an attribute", fsu_name(text));
	free(words);
	return good;
}

static unsigned long number_of(unsigned long attributes)
{
	unsigned long number = 0, done = 0;

	for (size_t i = 0; i < NFLAGS; i++)
		if (attributes & flags[i].attribute & ~done) {
			number |= flags[i].number;
			done |= flags[i].attribute;
		}
	return number;
}

/* ---- files ------------------------------------------------------------------------------- */

static void failed(struct chflags *c, int err, const char *verb, const char *path)
{
	if (c->silent)
		return;
	fsu_perror_verb(err, verb, path);
	c->code = FSU_FAILED;
}

static void change(struct ukfs *u, struct chflags *c, const struct fsu_entry *e)
{
	unsigned long old, new;
	int err = fsu_get_flags(u, e->path, e->type, &old);

	if (err) {
		failed(c, err, "read the flags of", e->path);
		return;
	}
	new = (old & ~c->remove) | c->add;
	if (new == old)
		return;
	if (ukfs_chflags(u, e->path, new)) {
		failed(c, errno, "change the flags of", e->path);
		return;
	}
	if (c->verbose)
		printf("%s", fsu_shown(e->path));
	if (c->verbose > 1)
		printf(": 0%lo -> 0%lo", number_of(old), number_of(new));
	if (c->verbose)
		putchar('\n');
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct chflags *c = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (e->visit == FSU_ERROR)
		failed(c, e->err, "read", e->path);
	else if (S_ISLNK(e->type) && !c->links &&
		 (e->depth ? c->follow == FSU_FOLLOW_ALL : c->follow))
		failed(c, ENOENT, "follow", e->path);
	else if (e->visit != FSU_POST && !(S_ISLNK(e->type) && !c->links))
		change(u, c, e);
	return e->visit == FSU_PRE && !c->recursive ? FSU_WALK_SKIP : 0;
}

int fsu_chflags_run(struct fsu_line *line)
{
	struct chflags c = { 0 };
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'f': c.silent = true; break;
		case 'h': c.links = true; break;
		case 'H': c.follow = FSU_FOLLOW_START; break;
		case 'L': c.follow = FSU_FOLLOW_ALL; break;
		case 'P': c.follow = FSU_FOLLOW_NONE; break;
		case 'R': c.recursive = true; break;
		case 'v': c.verbose++; break;
		}
	}
	if (!c.recursive)
		c.follow = c.links ? FSU_FOLLOW_NONE : FSU_FOLLOW_START;
	if (line->noperands < 2)
		return fsu_usage("flags such as uchg, nodump or 0, and the path of a file, are "
				 "missing");
	if (c.links && c.recursive && c.follow)
		return fsu_usage("-h excludes -H and -L");
	if (!take_flags(&c, line->operands[0]))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 1; i < line->noperands; i++)
		fsu_walk_types(u, line->operands[i], c.follow, on_entry, &c);
	return c.code;
}
