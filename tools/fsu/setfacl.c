// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_setfacl: change access control lists.  A command line becomes a list of steps, which is run
 * on each file; the mask follows what is granted unless somebody gives it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facl.h"

enum { KEY_MASK = 256, KEY_SET, KEY_SET_FILE, KEY_RESTORE };

const struct fsu_option fsu_setfacl_options[] = {
	{ 'b', "remove-all", FSU_NOARG, NULL, "remove all entries beyond permissions" },
	{ 'd', "default", FSU_NOARG, NULL, "entries are of the default ACL" },
	{ 'k', "remove-default", FSU_NOARG, NULL, "remove the default ACL" },
	{ 'L', "logical", FSU_NOARG, NULL, "with -R, follow all symbolic links" },
	{ 'm', "modify", FSU_ARG, "ENTRIES", "add or change entries such as u:bin:rw,g::rx" },
	{ 'M', "modify-file", FSU_ARG, "FILE",
	  "the same from a file of the host; -: standard input" },
	{ 'n', "no-mask", FSU_NOARG, NULL, "leave the mask as it is" },
	{ 'P', "physical", FSU_NOARG, NULL, "follow no symbolic links" },
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" },
	{ 'x', "remove", FSU_ARG, "ENTRIES", "remove entries such as u:bin" },
	{ 'X', "remove-file", FSU_ARG, "FILE",
	  "the same from a file of the host; -: standard input" },
	{ KEY_MASK, "mask", FSU_NOARG, NULL, "compute the mask even where it is given" },
	{ KEY_RESTORE, "restore", FSU_ARG, "FILE",
	  "set what this file of the host, getfacl's output, says; -: standard input" },
	{ KEY_SET, "set", FSU_ARG, "ENTRIES", "replace the ACL" },
	{ KEY_SET_FILE, "set-file", FSU_ARG, "FILE",
	  "the same from a file of the host; -: standard input" },
	FSU_OPTIONS_END
};

enum step_kind { STEP_SET, STEP_REMOVE, STEP_CLEAR, STEP_BASE_ONLY };

#define PERM_X 8	/* execute where it makes sense */

struct step {
	enum step_kind kind;
	bool defaults;
	int tag;
	uint32_t id;
	unsigned int perm;
};

struct setfacl {
	struct step *steps;
	int nsteps;
	bool defaults, recursive;
	int mask;		/* 1: compute it, -1: leave it, 0: unless it is given */
	enum fsu_follow follow;
	int code;
};

static struct step *add_step(struct setfacl *s, enum step_kind kind, bool defaults)
{
	s->steps = fsu_realloc(s->steps, (s->nsteps + 1) * sizeof(*s->steps));
	s->steps[s->nsteps] = (struct step){ .kind = kind, .defaults = defaults };
	return &s->steps[s->nsteps++];
}

/* ---- entries ----------------------------------------------------------------------------- */

/* Whether the name or its first letter is next; it is taken off *s with its colon.  `alone`: it may
 * be without one. */
static bool take_tag(const char **s, const char *name, bool alone)
{
	size_t len = strcspn(*s, ":,\n \t#");

	if (((*s)[len] != ':' && !alone) || !len || (len != 1 && len != strlen(name)) ||
	    strncmp(*s, name, len))
		return false;
	*s += len + ((*s)[len] == ':');
	return true;
}

/* A user or a group by name or number; escapes of getfacl are understood. */
static bool find_id(int tag, const char *name, uint32_t *id)
{
	uint64_t n;

	if (fsu_parse_number(name, &n)) {
		*id = n;
		return n < UINT32_MAX;
	}
	return fsu_names_find(tag != ACL_USER, name, id);
}

static bool take_id(const char **s, struct step *step)
{
	size_t len = strcspn(*s, ":,\n \t#");
	char *name = fsu_strndup(*s, len);
	bool ok = true;

	if (len) {
		step->tag = step->tag == ACL_USER_OBJ ? ACL_USER : ACL_GROUP;
		ok = find_id(step->tag, name, &step->id);
	}
	free(name);
	*s += len;
	return ok;
}

static bool take_perm(const char **s, struct step *step)
{
	if (**s >= '0' && **s <= '7') {
		step->perm = *(*s)++ - '0';
		return true;
	}
	for (; **s && strchr("rwxX-", **s); (*s)++)
		step->perm |= **s == 'r' ? 4 : **s == 'w' ? 2 : **s == 'x' ? 1 :
			      **s == 'X' ? PERM_X : 0;
	return true;
}

/* One entry, "[default:]user:NAME:rwx"; what follows it in *s. */
static bool take_entry(struct setfacl *s, const char **text, enum step_kind kind)
{
	const char *p = *text;
	struct step step = { .kind = kind, .defaults = s->defaults };

	if (take_tag(&p, "default", false))
		step.defaults = true;
	step.tag = ACL_USER_OBJ;
	if (take_tag(&p, "group", false))
		step.tag = ACL_GROUP_OBJ;
	else if (take_tag(&p, "mask", kind == STEP_REMOVE))
		step.tag = ACL_MASK;
	else if (take_tag(&p, "other", kind == STEP_REMOVE))
		step.tag = ACL_OTHER;
	else
		take_tag(&p, "user", false);
	if (step.tag == ACL_MASK || step.tag == ACL_OTHER)
		p += *p == ':';
	else if (!take_id(&p, &step))
		return false;
	else if (*p == ':')
		p++;
	else if (kind == STEP_SET)
		return false;
	if (kind == STEP_SET && (!*p || strchr(",\n#", *p) || !take_perm(&p, &step)))
		return false;
	p += strspn(p, " \t");
	if (*p && !strchr(",\n#", *p))
		return false;
	if (p == *text)
		return false;
	*add_step(s, kind, step.defaults) = step;
	*text = p;
	return true;
}

/* Entries between commas or in lines, with comments behind "#". */
static bool take_entries(struct setfacl *s, const char *text, enum step_kind kind,
			 const char *option)
{
	const char *p = text;

	while (*(p += strspn(p, ", \t\n"))) {
		const char *entry = p;

		if (*p == '#') {
			p += strcspn(p, "\n");
		} else if (!take_entry(s, &p, kind)) {
			fsu_usage("%s: '%.*s' is no entry such as %s", option,
				  (int)strcspn(entry, ",\n"), fsu_name(entry),
				  kind == STEP_SET ? "u:bin:rw" : "u:bin");
			return false;
		} else if (*p == '#') {
			p += strcspn(p, "\n");
		}
	}
	return true;
}

static FILE *open_input(const char *path)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!in)
		fsu_perror_verb(errno, "read", path);
	return in;
}

static bool take_file(struct setfacl *s, const char *path, enum step_kind kind)
{
	FILE *in = open_input(path);
	char *text = NULL;
	size_t size = 0;
	bool ok;

	if (!in)
		return false;
	if (getdelim(&text, &size, '\0', in) < 0)
		ok = true;
	else
		ok = take_entries(s, text, kind, path);
	free(text);
	if (in != stdin)
		fclose(in);
	return ok;
}

/* ---- a file ------------------------------------------------------------------------------ */

/* Without the mask the owning group must not get more than the mask has left it. */
static void base_only(struct facl *acl)
{
	struct facl_entry *mask = facl_find(acl, ACL_MASK, 0);
	struct facl_entry *group = facl_find(acl, ACL_GROUP_OBJ, 0);

	if (mask && group)
		group->perm &= mask->perm;
	for (int i = acl->n - 1; i >= 0; i--) {
		int tag = acl->list[i].tag;

		if (tag == ACL_USER || tag == ACL_GROUP || tag == ACL_MASK)
			facl_remove(acl, &acl->list[i]);
	}
}

static bool any_execute(const struct facl *acl)
{
	for (int i = 0; i < acl->n; i++)
		if (acl->list[i].perm & 1)
			return true;
	return false;
}

struct change {
	struct facl acl;
	bool changed, mask_given;
};

static void run_step(struct change *c, const struct step *step, const struct stat *st)
{
	unsigned int perm = step->perm & 7;
	struct facl_entry *e;

	c->changed = true;
	switch (step->kind) {
	case STEP_SET:
		if ((step->perm & PERM_X) && (S_ISDIR(st->st_mode) || any_execute(&c->acl)))
			perm |= 1;
		c->mask_given |= step->tag == ACL_MASK;
		facl_set(&c->acl, step->tag, step->id, perm);
		break;
	case STEP_REMOVE:
		e = facl_find(&c->acl, step->tag, step->id);
		c->mask_given |= step->tag == ACL_MASK;
		if (e)
			facl_remove(&c->acl, e);
		break;
	case STEP_CLEAR:
		c->acl.n = 0;
		break;
	case STEP_BASE_ONLY:
		base_only(&c->acl);
		break;
	}
}

static void complete_mask(const struct setfacl *s, struct change *c)
{
	struct facl_entry *group = facl_find(&c->acl, ACL_GROUP_OBJ, 0);

	if (facl_is_mode(&c->acl))
		return;
	if (!c->mask_given && !facl_find(&c->acl, ACL_MASK, 0) && group)
		facl_set(&c->acl, ACL_MASK, 0, group->perm);
	if (s->mask == 1 || (s->mask == 0 && !c->mask_given))
		facl_calc_mask(&c->acl);
}

/* A default ACL has what the access ACL has where its own basic entries are missing. */
static void complete_default(struct facl *acl, const struct facl *access)
{
	static const int tags[] = { ACL_USER_OBJ, ACL_GROUP_OBJ, ACL_OTHER };

	for (int i = 0; i < 3 && acl->n; i++) {
		const struct facl_entry *e = facl_find(access, tags[i], 0);

		if (e && !facl_find(acl, tags[i], 0))
			facl_set(acl, tags[i], 0, e->perm);
	}
}

static int write_changes(struct ukfs *u, const struct setfacl *s, const char *path,
			 const struct stat *st, struct change c[2])
{
	int err = 0;

	complete_default(&c[1].acl, &c[0].acl);
	for (int i = 0; i < 2 && !err; i++) {
		if (!c[i].changed || (i && !S_ISDIR(st->st_mode) && (s->recursive || !c[i].acl.n)))
			continue;
		complete_mask(s, &c[i]);
		if (i && !S_ISDIR(st->st_mode)) {
			fsu_message("%s: only directories can have default ACLs", fsu_name(path));
			return -1;
		}
		if (c[i].acl.n && (!facl_find(&c[i].acl, ACL_USER_OBJ, 0) ||
				   !facl_find(&c[i].acl, ACL_GROUP_OBJ, 0) ||
				   !facl_find(&c[i].acl, ACL_OTHER, 0) ||
				   (!facl_is_mode(&c[i].acl) &&
				    !facl_find(&c[i].acl, ACL_MASK, 0)))) {
			fsu_message("%s: entries of the owner, the group, others or the mask would "
				    "be missing",
				    fsu_name(path));
			return -1;
		}
		err = facl_write(u, path, i, &c[i].acl);
	}
	return err;
}

static void change(struct ukfs *u, struct setfacl *s, const char *path, const struct stat *st)
{
	struct change c[2] = { 0 };
	int err = facl_read(u, path, st, false, &c[0].acl);

	if (!err)
		err = facl_read(u, path, st, true, &c[1].acl);
	for (int i = 0; i < s->nsteps && !err; i++)
		run_step(&c[s->steps[i].defaults], &s->steps[i], st);
	if (!err)
		err = write_changes(u, s, path, st, c);
	if (err > 0)
		fsu_perror(err, path);
	if (err)
		s->code = FSU_FAILED;
	facl_free(&c[0].acl);
	facl_free(&c[1].acl);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct setfacl *s = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (e->visit == FSU_ERROR) {
		fsu_perror(e->err, e->path);
		s->code = FSU_FAILED;
	} else if (e->visit != FSU_POST && S_ISLNK(e->st.st_mode)) {
		if (e->depth ? s->follow == FSU_FOLLOW_ALL : s->follow != FSU_FOLLOW_NONE) {
			fsu_perror(ENOENT, e->path);
			s->code = FSU_FAILED;
		}
	} else if (e->visit != FSU_POST) {
		change(u, s, e->path, &e->st);
	}
	return e->visit == FSU_PRE && !s->recursive ? FSU_WALK_SKIP : 0;
}

/* ---- --restore --------------------------------------------------------------------------- */

struct record {
	char *path;
	uid_t uid;
	gid_t gid;
	int flags;		/* -1: not said */
};

static void unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		unsigned int value;

		if (s[0] == '\\' && sscanf(s + 1, "%3o", &value) == 1 &&
		    strspn(s + 1, "01234567") >= 3) {
			*out++ = value;
			s += 3;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

static bool take_comment(struct record *r, char *line)
{
	char *value = strchr(line, ':');

	if (!value)
		return true;
	value += 1 + strspn(value + 1, " ");
	unescape(value);
	if (strncmp(line, "# file:", 7) == 0) {
		free(r->path);
		r->path = fsu_strdup(value);
	} else if (strncmp(line, "# owner:", 8) == 0) {
		return find_id(ACL_USER, value, &r->uid);
	} else if (strncmp(line, "# group:", 8) == 0) {
		return find_id(ACL_GROUP, value, &r->gid);
	} else if (strncmp(line, "# flags:", 8) == 0) {
		r->flags = (value[0] == 's' ? S_ISUID : 0) |
			   (value[0] && value[1] == 's' ? S_ISGID : 0) |
			   (strlen(value) > 2 && value[2] == 't' ? S_ISVTX : 0);
	}
	return true;
}

static void start_record(struct setfacl *s, struct record *r)
{
	free(r->path);
	*r = (struct record){ NULL, -1, -1, -1 };
	s->nsteps = 0;
	add_step(s, STEP_CLEAR, false);
	add_step(s, STEP_CLEAR, true);
}

/* The record is complete: owner first,
 * which may take set-id bits away, then the ACL, then those. */
static void restore_record(struct ukfs *u, struct setfacl *s, struct record *r)
{
	struct stat st;

	if (!r->path)
		return;
	if (ukfs_stat(u, r->path, &st) || ((r->uid != st.st_uid || r->gid != st.st_gid) &&
					   (r->uid != (uid_t)-1 || r->gid != (gid_t)-1) &&
					   ukfs_chown(u, r->path, r->uid, r->gid))) {
		fsu_perror(errno, r->path);
		s->code = FSU_FAILED;
	} else {
		change(u, s, r->path, &st);
		if (r->flags < 0)
			r->flags = 0;
		if (ukfs_stat(u, r->path, &st) ||
		    ((int)(st.st_mode & 07000) != r->flags &&
		     ukfs_chmod(u, r->path, (st.st_mode & 0777) | r->flags))) {
			fsu_perror(errno, r->path);
			s->code = FSU_FAILED;
		}
	}
	start_record(s, r);
}

static void restore(struct ukfs *u, struct setfacl *s, FILE *in)
{
	struct record r = { .path = NULL };
	char *line = NULL;
	size_t size = 0;
	bool ok = true;

	start_record(s, &r);
	while (ok && !fsu_interrupted() && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!*line)
			restore_record(u, s, &r);
		else if (*line == '#')
			ok = take_comment(&r, line);
		else if (!r.path)
			ok = false;
		else
			ok = take_entries(s, line, STEP_SET, "--restore");
		if (!ok)
			fsu_message("--restore: '%s' is no line of getfacl's output for this place",
				    fsu_name(line));
	}
	if (ok)
		restore_record(u, s, &r);
	else
		s->code = FSU_FAILED;
	free(r.path);
	free(line);
}

/* ---- the command ------------------------------------------------------------------------- */

static bool take_option(struct setfacl *s, const struct fsu_given *given, const char **dump)
{
	const char *arg = given->arg;

	switch (given->key) {
	case 'b':
		add_step(s, STEP_BASE_ONLY, false);
		add_step(s, STEP_CLEAR, true);
		return true;
	case 'd': s->defaults = true; return true;
	case 'k': add_step(s, STEP_CLEAR, true); return true;
	case 'L': s->follow = FSU_FOLLOW_ALL; return true;
	case 'm': return take_entries(s, arg, STEP_SET, "-m");
	case 'M': return take_file(s, arg, STEP_SET);
	case 'n': s->mask = -1; return true;
	case 'P': s->follow = FSU_FOLLOW_NONE; return true;
	case 'R': s->recursive = true; return true;
	case 'x': return take_entries(s, arg, STEP_REMOVE, "-x");
	case 'X': return take_file(s, arg, STEP_REMOVE);
	case KEY_MASK: s->mask = 1; return true;
	case KEY_RESTORE: *dump = arg; return true;
	case KEY_SET:
		add_step(s, STEP_CLEAR, s->defaults);
		return take_entries(s, arg, STEP_SET, "--set");
	default: add_step(s, STEP_CLEAR, s->defaults); return take_file(s, arg, STEP_SET);
	}
}

static int run(struct fsu_line *line, struct setfacl *s, const char *dump)
{
	FILE *in = dump ? open_input(dump) : NULL;
	struct ukfs *u;

	if (dump && !in)
		return FSU_FAILED;
	if (dump)
		fsu_keep_names();
	u = fsu_mount(line);
	if (!u)
		s->code = FSU_FAILED;
	else if (dump)
		restore(u, s, in);
	for (int i = 0; u && i < line->noperands && !fsu_interrupted(); i++)
		fsu_walk_links(u, line->operands[i], s->follow, on_entry, s);
	if (in && in != stdin)
		fclose(in);
	return s->code;
}

int fsu_setfacl_run(struct fsu_line *line)
{
	struct setfacl s = { .follow = FSU_FOLLOW_START };
	const char *dump = NULL;
	int code = FSU_USAGE;
	bool ok = true;

	for (int i = 0; ok && i < line->noptions; i++)
		ok = take_option(&s, &line->options[i], &dump);
	if (!ok)
		;
	else if (dump && (s.nsteps || line->noperands))
		fsu_usage("--restore takes paths and entries from the file alone");
	else if (!dump && !s.nsteps)
		fsu_usage("-m, -x, -b, -k, --set or --restore is needed");
	else if (!dump && !line->noperands)
		fsu_usage("the path of a file in the image is missing");
	else
		code = run(line, &s, dump);
	free(s.steps);
	return code;
}
