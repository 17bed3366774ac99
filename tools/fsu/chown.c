// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_chown and fsu_chgrp: change owners and groups.  A directory comes after its content, as in
 * coreutils.
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_PRESERVE_ROOT = 256, KEY_NO_PRESERVE_ROOT, KEY_REFERENCE, KEY_FROM, KEY_DEREFERENCE };

#define OWNER_OPTIONS \
	{ 'c', "changes", FSU_NOARG, NULL, "say what is changed" }, \
	{ 'f', "silent", FSU_NOARG, NULL, "no messages about what cannot be changed" }, \
	{ 'f', "quiet", FSU_NOARG, NULL, NULL }, \
	{ 'h', "no-dereference", FSU_NOARG, NULL, "change symbolic links themselves" }, \
	{ 'H', NULL, FSU_NOARG, NULL, "with -R, enter directories that operands link to" }, \
	{ 'L', NULL, FSU_NOARG, NULL, "with -R, enter all directories that links lead to" }, \
	{ 'P', NULL, FSU_NOARG, NULL, "with -R, follow no symbolic links (default)" }, \
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" }, \
	{ 'v', "verbose", FSU_NOARG, NULL, "say what is changed and what is not" }, \
	{ KEY_DEREFERENCE, "dereference", FSU_NOARG, NULL, \
	  "change what links lead to (default)" }, \
	{ KEY_NO_PRESERVE_ROOT, "no-preserve-root", FSU_NOARG, NULL, \
	  "/ is nothing special (default)" }, \
	{ KEY_PRESERVE_ROOT, "preserve-root", FSU_NOARG, NULL, "refuse -R of /" }, \
	{ KEY_REFERENCE, "reference", FSU_ARG, "PATH", "as this file of the image has it" }

const struct fsu_option fsu_chown_options[] = {
	OWNER_OPTIONS,
	{ KEY_FROM, "from", FSU_ARG, "OWNER:GROUP", "change only what belongs to these" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_chgrp_options[] = { OWNER_OPTIONS, FSU_OPTIONS_END };

/* An owner and a group as numbers and as they are shown; -1 and NULL where not given. */
struct spec {
	uid_t uid;
	gid_t gid;
	char *user, *group;
	bool group_named;	/* the group was given by its name */
};

struct chown {
	struct spec to, from;
	const char *reference;
	enum fsu_follow follow;
	int dereference;	/* -1: not said */
	bool recursive, silent, changes, verbose, preserve_root;
	int code;
};

/* ---- OWNER:GROUP ------------------------------------------------------------------------- */

static bool parse_number(const char *s, unsigned int *id)
{
	uint64_t n;

	if (*s == '+')
		s++;
	if (!fsu_parse_number(s, &n) || n >= UINT32_MAX)
		return false;
	*id = n;
	return true;
}

static bool parse_group(struct spec *spec, const char *name)
{
	struct group *gr = *name == '+' ? NULL : getgrnam(name);

	if (gr)
		spec->gid = gr->gr_gid;
	else if (!parse_number(name, &spec->gid))
		return false;
	spec->group_named = gr;
	spec->group = fsu_strdup(name);
	return true;
}

/* "user:" stands for the user's own group, too. */
static bool parse_user(struct spec *spec, const char *name, bool login_group)
{
	struct passwd *pw = *name == '+' ? NULL : getpwnam(name);

	if (!pw)
		return !login_group && parse_number(name, &spec->uid);
	spec->uid = pw->pw_uid;
	if (login_group) {
		const char *group = fsu_group(pw->pw_gid);
		char number[16];

		snprintf(number, sizeof(number), "%u", pw->pw_gid);
		spec->gid = pw->pw_gid;
		spec->group = fsu_strdup(group ? group : number);
	}
	return true;
}

/* chown shows a number without its plus, chgrp with it. */
static void drop_plus(char *name)
{
	if (name && *name == '+')
		memmove(name, name + 1, strlen(name));
}

static bool parse_spec(struct spec *spec, const char *s)
{
	size_t len = strcspn(s, ":");
	bool ok = true;

	if (!*s)
		return true;
	if (len) {
		char *user = fsu_strndup(s, len);

		ok = parse_user(spec, user, s[len] && !s[len + 1]);
		spec->user = user;
	}
	ok = ok && (!s[len] || !s[len + 1] || parse_group(spec, s + len + 1));
	drop_plus(spec->user);
	drop_plus(spec->group);
	return ok;
}

static void free_spec(struct spec *spec)
{
	free(spec->user);
	free(spec->group);
}

/* ---- what is said ------------------------------------------------------------------------ */

static const char *id_text(char buf[16], const char *name, unsigned int id)
{
	snprintf(buf, 16, "%u", id);
	return name ? name : buf;
}

/* "user:group", of what is changed only. */
static void owner_text(char *buf, size_t size, const struct chown *c, const char *user,
		       const char *group)
{
	bool both = c->to.user && c->to.group;

	snprintf(buf, size, "%s%s%s", c->to.user ? user : "", both ? ":" : "",
		 c->to.group ? group : "");
}

static void describe(const struct chown *c, const char *path, const struct stat *st, bool failed)
{
	const char *what = c->to.user ? "ownership" : "group";
	char user[16], group[16], old[512] = "", new[512];
	bool any = c->to.user || c->to.group;
	bool same = st && (c->to.uid == (uid_t)-1 || c->to.uid == st->st_uid) &&
		    (c->to.gid == (gid_t)-1 || c->to.gid == st->st_gid);

	owner_text(new, sizeof(new), c, c->to.user, c->to.group);
	if (st)
		owner_text(old, sizeof(old), c, id_text(user, fsu_user(st->st_uid), st->st_uid),
			   id_text(group, fsu_group(st->st_gid), st->st_gid));
	if (failed && !any)
		printf("failed to change ownership of %s\n", fsu_quote(path));
	else if (failed && st)
		printf("failed to change %s of %s from %s to %s\n", what, fsu_quote(path),
		       old, new);
	else if (failed)
		printf("failed to change %s of %s to %s\n", what, fsu_quote(path), new);
	else if (!any)
		printf("ownership of %s retained\n", fsu_quote(path));
	else if (same)
		printf("%s of %s retained as %s\n", what, fsu_quote(path), old);
	else
		printf("changed %s of %s from %s to %s\n", what, fsu_quote(path), old, new);
}

/* ---- the walk ---------------------------------------------------------------------------- */

static void fail(struct chown *c, int err, const char *verb, const char *path)
{
	if (!c->silent)
		fsu_perror_verb(err, verb, path);
	c->code = FSU_FAILED;
}

static bool wanted(const struct chown *c, const struct stat *st)
{
	return (c->from.uid == (uid_t)-1 || c->from.uid == st->st_uid) &&
	       (c->from.gid == (gid_t)-1 || c->from.gid == st->st_gid);
}

static bool differs(const struct chown *c, const struct stat *st)
{
	return (c->to.uid != (uid_t)-1 && c->to.uid != st->st_uid) ||
	       (c->to.gid != (gid_t)-1 && c->to.gid != st->st_gid);
}

static void change(struct ukfs *u, struct chown *c, const struct fsu_entry *e)
{
	const struct stat *st = &e->st;
	bool follow = c->dereference != 0, failed = false, done = false;
	struct stat target;

	if (follow && S_ISLNK(st->st_mode)) {
		if (ukfs_stat(u, e->path, &target)) {
			fail(c, errno, "dereference", e->path);
			failed = true;
			st = NULL;
		} else {
			st = &target;
		}
	}
	if (st && wanted(c, st)) {
		done = true;
		if (follow ? ukfs_chown(u, e->path, c->to.uid, c->to.gid) :
			     ukfs_lchown(u, e->path, c->to.uid, c->to.gid)) {
			fail(c, errno, c->to.uid != (uid_t)-1 ? "change ownership of" :
				       "change group of", e->path);
			failed = true;
		}
	}
	if (c->verbose && st && !done && !failed && differs(c, st)) {
		/* --from spared it */
		struct chown spared = *c;

		spared.to.uid = st->st_uid;
		spared.to.gid = st->st_gid;
		describe(&spared, e->path, st, false);
	} else if (c->verbose || (c->changes && done && !failed && differs(c, st))) {
		describe(c, e->path, st, failed);
	}
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct chown *c = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	switch (e->visit) {
	case FSU_PRE:
		if (c->recursive)
			return 0;
		change(u, c, e);
		return FSU_WALK_SKIP;
	case FSU_ERROR:
		fail(c, e->err, e->st.st_mode ? "read directory" : "access", e->path);
		if (c->verbose && !e->st.st_mode)
			describe(c, e->path, NULL, true);
		return 0;
	default:
		change(u, c, e);
		return 0;
	}
}

/* ---- the commands ------------------------------------------------------------------------ */

static bool take_options(struct chown *c, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'c': c->changes = true; c->verbose = false; break;
		case 'v': c->verbose = true; c->changes = false; break;
		case 'f': c->silent = true; break;
		case 'h': c->dereference = 0; break;
		case 'H': c->follow = FSU_FOLLOW_START; break;
		case 'L': c->follow = FSU_FOLLOW_ALL; break;
		case 'P': c->follow = FSU_FOLLOW_NONE; break;
		case 'R': c->recursive = true; break;
		case KEY_DEREFERENCE: c->dereference = 1; break;
		case KEY_PRESERVE_ROOT: c->preserve_root = true; break;
		case KEY_NO_PRESERVE_ROOT: c->preserve_root = false; break;
		case KEY_REFERENCE: c->reference = arg; break;
		case KEY_FROM:
			if (!parse_spec(&c->from, arg))
				return !fsu_usage("--from needs OWNER:GROUP, not '%s'",
						  fsu_name(arg));
		}
	}
	if (!c->recursive) {
		c->follow = FSU_FOLLOW_NONE;
	} else if (c->follow == FSU_FOLLOW_NONE) {
		if (c->dereference == 1)
			return !fsu_usage("-R with --dereference needs -H or -L");
		c->dereference = 0;
	}
	return true;
}

/* The owner of the file that --reference names. */
static bool take_reference(struct ukfs *u, struct chown *c, bool group_only)
{
	char text[16];
	struct stat st;

	if (ukfs_stat(u, c->reference, &st)) {
		fsu_perror_verb(errno, "stat", c->reference);
		return false;
	}
	c->to.gid = st.st_gid;
	c->to.group = fsu_strdup(id_text(text, fsu_group(st.st_gid), st.st_gid));
	if (!group_only) {
		c->to.uid = st.st_uid;
		c->to.user = fsu_strdup(id_text(text, fsu_user(st.st_uid), st.st_uid));
	}
	return true;
}

static int change_all(struct fsu_line *line, struct chown *c, bool group_only, int first)
{
	struct ukfs *u;

	if (first >= line->noperands)
		return fsu_usage("the path of a file in the image is missing");
	fsu_keep_names();
	u = fsu_mount(line);
	if (!u || (c->reference && !take_reference(u, c, group_only)))
		return FSU_FAILED;
	/* ":group" is shown with its colon, a number is not */
	if (!group_only && c->to.group_named && !c->to.user)
		c->to.user = fsu_strdup("");
	for (int i = first; i < line->noperands; i++) {
		if (c->recursive && c->preserve_root && fsu_is_root(u, line->operands[i]))
			c->code = FSU_FAILED;
		else
			fsu_walk_links(u, line->operands[i], c->follow, on_entry, c);
	}
	return c->code;
}

static int run(struct fsu_line *line, bool group_only)
{
	struct chown c = { .to = { .uid = -1, .gid = -1 }, .from = { .uid = -1, .gid = -1 },
			   .dereference = -1 };
	const char *spec = line->noperands ? line->operands[0] : "";
	int code = FSU_USAGE;

	if (!take_options(&c, line)) {
		;
	} else if (!c.reference && !line->noperands) {
		fsu_usage("the new %s is missing", group_only ? "group" : "owner");
	} else if (!c.reference && !(group_only ? !*spec || parse_group(&c.to, spec) :
						 parse_spec(&c.to, spec))) {
		fsu_usage("'%s' is no %s", fsu_name(spec), group_only ? "group" : "OWNER:GROUP");
	} else {
		code = change_all(line, &c, group_only, c.reference ? 0 : 1);
	}
	free_spec(&c.to);
	free_spec(&c.from);
	return code;
}

int fsu_chown_run(struct fsu_line *line)
{
	return run(line, false);
}

int fsu_chgrp_run(struct fsu_line *line)
{
	return run(line, true);
}
