// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The programs that the image needs, and its end.  Each is a step with a name: a confined makefs
 * asks its helper for a step and gives it numbers, and the helper makes the command line of what it
 * knows from before the first source was read.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../fsu/end.h"
#include "makefs.h"

static struct image *of;

/* What differs from step to step. */
struct numbers {
	uint64_t inodes;
	unsigned int slots;
};

/* ---- words ------------------------------------------------------------------------------- */

/* The same for the same time and partition:
 * who makes an image twice wants it to have the same name. */
static char *fixed_uuid(const struct options *o)
{
	char *s;

	if (asprintf(&s, "%08" PRIx32 "-6d61-4b65-a673-%012" PRIx64, (uint32_t)o->time,
		     (o->time | (uint64_t)o->partition << 40) & 0xffffffffffff) < 0)
		fsu_die(FSU_FAILED);
	return s;
}

/* Words of a template of the table. */
static void expand(const struct image *i, const struct numbers *n, const char *template,
		   struct words *w)
{
	char *uuid = fixed_uuid(i->o), inodes[32], start[32], serial[16], offset[48] = "",
	     slots[32];
	const char *values[128] = {
		['i'] = i->path, ['n'] = inodes, ['u'] = uuid, ['h'] = start, ['d'] = i->dir,
		['o'] = offset, ['s'] = serial, ['_'] = " ", ['r'] = slots,
	};

	snprintf(inodes, sizeof(inodes), "%" PRIu64, n->inodes);
	snprintf(start, sizeof(start), "%" PRIu64, (i->o->before + i->start) / 512);
	snprintf(serial, sizeof(serial), "%08" PRIx32, (uint32_t)i->o->time + i->o->partition);
	snprintf(slots, sizeof(slots), "%u", n->slots);
	if (i->start)
		snprintf(offset, sizeof(offset), "?offset=%" PRIu64, i->start);
	words_add(w, template, values);
	free(uuid);
}

static void format_words(const struct image *i, const struct numbers *n, struct words *w)
{
	words_add(w, i->type->program, NULL);
	if (i->o->time_given && i->type->fixed)
		expand(i, n, i->type->fixed, w);
	for (int k = 0; k < i->o->mkfs_options.n; k++)
		words_append(w, fsu_strdup(i->o->mkfs_options.list[k]));
	expand(i, n, i->type->args, w);
}

/* What only an image that shall be the same each time needs. */
static void fixed_words(const struct image *i, const struct numbers *n, const char *template,
			struct words *w)
{
	if (template && i->o->time_given)
		expand(i, n, template, w);
}

/* No words: nothing has to run. */
static struct words words_of(const struct image *i, enum step step, const struct numbers *n)
{
	struct words w = { 0 };

	if (step == STEP_FORMAT)
		format_words(i, n, &w);
	else if (step == STEP_EMPTY)
		fixed_words(i, n, i->type->fixed_empty, &w);
	else if (step == STEP_FULL)
		fixed_words(i, n, i->type->fixed_full, &w);
	else if (step == STEP_TABLE)
		expand(i, n, "sfdisk -q --no-reread --no-tell-kernel %i", &w);
	return w;
}

/* ---- the helper -------------------------------------------------------------------------- */

static bool finished;

/* The helper holds the directory's right for that. */
static int finish(void)
{
	int err = rename(of->path, of->name) ? errno : 0;

	finished |= !err;
	return err;
}

static bool take_number(const char *s, uint64_t *n)
{
	return s && fsu_parse_number(s, n);
}

/* Three numbers are asked for: the step, the inodes, the slots. */
static char **words_asked(char **asked, int *err)
{
	struct numbers n;
	uint64_t step, slots;

	*err = EINVAL;
	if (!take_number(asked[0], &step) || !take_number(asked[1], &n.inodes) ||
	    !take_number(asked[2], &slots) || step >= STEPS)
		return NULL;
	n.slots = slots;
	*err = 0;
	if (step != STEP_FINISH)
		return words_of(of, step, &n).list;
	*err = finish();
	return NULL;
}

/* However makefs ended: what it has not finished goes. */
static void clear(void)
{
	if (!finished)
		fsu_end_remove_now(FSU_END_IMAGE);
	fsu_end_remove_now(FSU_END_TREE);
}

const struct fsu_program_rules step_rules = { .words = words_asked, .end = clear };

void steps_use(struct image *i)
{
	of = i;
}

/* ---- makefs ------------------------------------------------------------------------------ */

/* 0, or an errno value of a step that could not begin. */
static int ask(enum step step, char **words, const int fds[3], int *status)
{
	char numbers[3][32], *asked[] = { numbers[0], numbers[1], numbers[2], NULL };
	struct fsu_program p = {
		.argv = fsu_programs_helped() ? asked : words, .nfds = fds ? 3 : 0,
		.as = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO },
	};
	int err;

	if (fds)
		memcpy(p.fds, fds, 3 * sizeof(*fds));
	snprintf(numbers[0], sizeof(numbers[0]), "%d", step);
	snprintf(numbers[1], sizeof(numbers[1]), "%" PRIu64, of->inodes);
	snprintf(numbers[2], sizeof(numbers[2]), "%u", of->slots);
	err = fsu_program_start(&p);
	if (!err)
		*status = fsu_program_wait();
	return err;
}

bool step_run(enum step step, const char *input)
{
	const struct numbers n = { of->inodes, of->slots };
	const char *package = step == STEP_TABLE ? "fdisk" : of->type->package;
	struct words w = words_of(of, step, &n);
	int in = -1, out = -1, status = 0, err;
	bool good = true;

	if (!w.n)
		return true;
	in = program_text(input);
	out = program_text(NULL);
	if (in < 0 || out < 0) {
		fsu_message("cannot make a temporary file: %m");
		good = false;
	} else {
		err = ask(step, w.list, (int[]){ in, out, out }, &status);
		good = program_judge(&w, package, err, status, out);
	}
	close(in);
	close(out);
	words_free(&w);
	return good;
}

int step_finish(void)
{
	int status;

	return fsu_programs_helped() ? ask(STEP_FINISH, NULL, NULL, &status) : finish();
}
