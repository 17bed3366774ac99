// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_getfacl: access control lists as text, in the form of the acl package.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "facl.h"

const struct fsu_option fsu_getfacl_options[] = {
	{ 'a', "access", FSU_NOARG, NULL, "only the access ACL" },
	{ 'c', "omit-header", FSU_NOARG, NULL, "no comments with the file's name and owner" },
	{ 'd', "default", FSU_NOARG, NULL, "only the default ACL" },
	{ 'e', "all-effective", FSU_NOARG, NULL, "show what the mask leaves, always" },
	{ 'E', "no-effective", FSU_NOARG, NULL, "never show what the mask leaves" },
	{ 'L', "logical", FSU_NOARG, NULL, "with -R, follow all symbolic links" },
	{ 'n', "numeric", FSU_NOARG, NULL, "numbers instead of names" },
	{ 'p', "absolute-names", FSU_NOARG, NULL, "keep slashes at the start of paths" },
	{ 'P', "physical", FSU_NOARG, NULL, "follow no symbolic links" },
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" },
	{ 's', "skip-base", FSU_NOARG, NULL, "leave out files that have no more than permissions" },
	FSU_OPTIONS_END
};

struct getfacl {
	bool access, defaults, no_header, all_effective, no_effective, numeric, absolute, recursive,
	     skip_base, shortened;
	enum fsu_follow follow;
	int code;
};

static void put_name(const char *s)
{
	fsu_put_escaped(s, "\\\n\r");
}

static void put_id(const struct getfacl *g, const char *name, uint32_t id)
{
	if (name && !g->numeric)
		put_name(name);
	else
		printf("%u", id);
}

static void put_header(struct getfacl *g, const char *path, const struct stat *st)
{
	const char *s = path;

	if (g->no_header)
		return;
	if (!g->absolute) {
		s += strspn(s, "/");
		if (s != path && !g->shortened)
			fsu_message("removing the slashes at the start of paths; -p keeps them");
		g->shortened |= s != path;
	}
	fputs("# file: ", stdout);
	put_name(*s ? s : ".");
	fputs("\n# owner: ", stdout);
	put_id(g, fsu_user(st->st_uid), st->st_uid);
	fputs("\n# group: ", stdout);
	put_id(g, fsu_group(st->st_gid), st->st_gid);
	putchar('\n');
	if (st->st_mode & 07000)
		printf("# flags: %c%c%c\n", st->st_mode & S_ISUID ? 's' : '-',
		       st->st_mode & S_ISGID ? 's' : '-', st->st_mode & S_ISVTX ? 't' : '-');
}

static void put_acl(const struct getfacl *g, const struct facl *acl, const char *prefix)
{
	const struct facl_entry *mask = facl_find(acl, ACL_MASK, 0);
	char text[4];

	for (int i = 0; i < acl->n; i++) {
		const struct facl_entry *e = &acl->list[i];
		bool masked = e->tag == ACL_USER || e->tag == ACL_GROUP || e->tag == ACL_GROUP_OBJ;
		unsigned int effective = e->perm & (mask ? mask->perm : 7);

		fputs(prefix, stdout);
		fputs(e->tag == ACL_USER_OBJ || e->tag == ACL_USER ? "user:" :
		      e->tag == ACL_GROUP_OBJ || e->tag == ACL_GROUP ? "group:" :
		      e->tag == ACL_MASK ? "mask:" : "other:", stdout);
		if (e->tag == ACL_USER)
			put_id(g, fsu_user(e->id), e->id);
		else if (e->tag == ACL_GROUP)
			put_id(g, fsu_group(e->id), e->id);
		printf(":%s", facl_perm_text(text, e->perm));
		if (mask && masked && !g->no_effective &&
		    (g->all_effective || effective != e->perm))
			printf("\t#effective:%s", facl_perm_text(text, effective));
		putchar('\n');
	}
}

static void show(struct ukfs *u, struct getfacl *g, const char *path, const struct stat *st)
{
	struct facl access, defaults;
	int err = facl_read(u, path, st, false, &access),
	    err2 = facl_read(u, path, st, true, &defaults);

	if (err || err2) {
		fsu_perror(err ? err : err2, path);
		g->code = FSU_FAILED;
	} else if (!g->skip_base || !facl_is_mode(&access) || defaults.n) {
		put_header(g, path, st);
		if (g->access)
			put_acl(g, &access, "");
		if (g->defaults)
			put_acl(g, &defaults, g->access ? "default:" : "");
		putchar('\n');
	}
	facl_free(&access);
	facl_free(&defaults);
}

static int on_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct getfacl *g = arg;

	if (fsu_interrupted())
		return FSU_WALK_STOP;
	if (e->visit == FSU_ERROR) {
		fsu_perror(e->err, e->path);
		g->code = FSU_FAILED;
	} else if (e->visit != FSU_POST && S_ISLNK(e->st.st_mode)) {
		/* what it should lead to is missing */
		if (e->depth ? g->follow == FSU_FOLLOW_ALL : g->follow != FSU_FOLLOW_NONE) {
			fsu_perror(ENOENT, e->path);
			g->code = FSU_FAILED;
		}
	} else if (e->visit != FSU_POST) {
		show(u, g, e->path, &e->st);
	}
	return e->visit == FSU_PRE && !g->recursive ? FSU_WALK_SKIP : 0;
}

int fsu_getfacl_run(struct fsu_line *line)
{
	struct getfacl g = { .follow = FSU_FOLLOW_START };
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'a': g.access = true; break;
		case 'c': g.no_header = true; break;
		case 'd': g.defaults = true; break;
		case 'e': g.all_effective = true; g.no_effective = false; break;
		case 'E': g.no_effective = true; g.all_effective = false; break;
		case 'L': g.follow = FSU_FOLLOW_ALL; break;
		case 'n': g.numeric = true; break;
		case 'p': g.absolute = true; break;
		case 'P': g.follow = FSU_FOLLOW_NONE; break;
		case 'R': g.recursive = true; break;
		case 's': g.skip_base = true; break;
		}
	}
	if (!g.access && !g.defaults)
		g.access = g.defaults = true;
	if (!line->noperands)
		return fsu_usage("the path of a file in the image is missing");
	if (!g.numeric)
		fsu_keep_names();
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++)
		fsu_walk_links(u, line->operands[i], g.follow, on_entry, &g);
	return g.code;
}
