// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Collect what is listed: one statx a file where the output needs it, one listxattr in a long
 * listing (the marks behind the mode), the link's text and, where it shows, the kind of its target.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "ls.h"

static bool matches(const char **patterns, const char *name)
{
	for (; patterns && *patterns; patterns++)
		if (fnmatch(*patterns, name, FNM_PERIOD) == 0)
			return true;
	return false;
}

bool ls_wanted(const struct ls_options *o, const char *name)
{
	bool dots = name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));

	if (name[0] == '.' && o->show != LS_SHOW_ALL && (o->show == LS_SHOW_DEFAULT || dots))
		return false;
	if (o->show == LS_SHOW_DEFAULT && matches(o->hide, name))
		return false;
	return !matches(o->ignore, name);
}

bool ls_needs_stat(const struct ls_options *o)
{
	return o->format == LS_LONG || o->blocks || o->context || o->color ||
	       o->sort == LS_SORT_TIME || o->sort == LS_SORT_SIZE ||
	       o->indicator == LS_INDICATOR_ALL || o->dirs_first;
}

static bool needs_type(const struct ls_options *o)
{
	return o->recursive || o->indicator;
}

static void from_statx(struct ls_file *f, const struct statx *x)
{
	f->st = (struct stat){
		.st_dev = makedev(x->stx_dev_major, x->stx_dev_minor), .st_ino = x->stx_ino,
		.st_mode = x->stx_mode, .st_nlink = x->stx_nlink, .st_uid = x->stx_uid,
		.st_gid = x->stx_gid, .st_rdev = makedev(x->stx_rdev_major, x->stx_rdev_minor),
		.st_size = x->stx_size, .st_blocks = x->stx_blocks,
		.st_atim = { x->stx_atime.tv_sec, x->stx_atime.tv_nsec },
		.st_mtim = { x->stx_mtime.tv_sec, x->stx_mtime.tv_nsec },
		.st_ctim = { x->stx_ctime.tv_sec, x->stx_ctime.tv_nsec },
	};
	f->btime = (struct timespec){ -1, -1 };
	if (x->stx_mask & STATX_BTIME)
		f->btime = (struct timespec){ x->stx_btime.tv_sec, x->stx_btime.tv_nsec };
	f->type = IFTODT(x->stx_mode);
	f->stat_ok = true;
}

static int stat_one(struct ls *ls, const char *path, bool follow, struct statx *x)
{
	unsigned int mask = STATX_BASIC_STATS | (ls->o.time == LS_BTIME ? STATX_BTIME : 0);

	return ukfs_statx(ls->u, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, mask, x) ? errno : 0;
}

/* Operands: a link is followed with -H and -L; by default one to a directory is followed, any
 * other, also one that leads nowhere, is shown itself. */
static int stat_file(struct ls *ls, struct ls_file *f, const char *path)
{
	enum ls_deref deref = ls->o.deref;
	struct statx x;
	int err;

	if (deref == LS_DEREF_ALWAYS || (f->arg && deref != LS_DEREF_NEVER)) {
		err = stat_one(ls, path, true, &x);
		if (deref != LS_DEREF_ARG_DIR || (err ? err != ENOENT : S_ISDIR(x.stx_mode))) {
			if (!err)
				from_statx(f, &x);
			return err;
		}
	}
	err = stat_one(ls, path, false, &x);
	if (!err)
		from_statx(f, &x);
	return err;
}

static char *read_context(struct ls *ls, const char *path)
{
	char buf[1024];
	ssize_t n = ukfs_lgetxattr(ls->u, path, "security.selinux", buf, sizeof(buf) - 1);

	if (n <= 0)
		return NULL;
	return fsu_strndup(buf, strnlen(buf, n));
}

static void read_xattrs(struct ls *ls, struct ls_file *f, const char *path)
{
	char small[4096], *list = small;
	ssize_t n;

	if (ls->no_xattrs)
		return;
	n = ukfs_llistxattr(ls->u, path, list, sizeof(small));
	if (n < 0 && errno == ERANGE) {
		list = fsu_malloc(65536);
		n = ukfs_llistxattr(ls->u, path, list, 65536);
	}
	if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS))
		ls->no_xattrs = true;
	for (char *s = list; n > 0 && s < list + n; s += strlen(s) + 1) {
		if (strcmp(s, "system.posix_acl_access") == 0 ||
		    strcmp(s, "system.posix_acl_default") == 0)
			f->has_acl = true;
		else if (strcmp(s, "security.selinux") == 0)
			f->has_context = true;
		else if (strcmp(s, "security.capability") == 0)
			f->has_capability = true;
	}
	if (list != small)
		free(list);
	if (f->has_context && ls->o.context)
		f->context = read_context(ls, path);
	ls->some_acl |= f->has_acl || f->has_context;
}

/* Whether it matters what a link leads to, beyond a long listing's mark. */
static bool follows_targets(const struct ls_options *o)
{
	return o->dirs_first || ls_color_follows_links(o);
}

static void read_target(struct ls *ls, struct ls_file *f, const char *path)
{
	size_t size = f->st.st_size > 0 && f->st.st_size < 65536 ? f->st.st_size + 1 : 4096;
	struct stat st;
	ssize_t n;

	f->target = fsu_malloc(size + 1);
	n = ukfs_readlink(ls->u, path, f->target, size);
	if (n < 0) {
		ls_fail(ls, errno, "read symbolic link", path, f->arg);
		free(f->target);
		f->target = NULL;
		return;
	}
	f->target[n] = '\0';
	if ((ls->o.indicator >= LS_INDICATOR_TYPE || follows_targets(&ls->o)) &&
	    ukfs_stat(ls->u, path, &st) == 0) {
		f->target_ok = true;
		f->target_mode = st.st_mode;
	}
}

static struct ls_file *new_file(struct ls *ls)
{
	if (ls->count == ls->size) {
		ls->size = ls->size ? ls->size * 2 : 64;
		ls->files = fsu_realloc(ls->files, ls->size * sizeof(*ls->files));
	}
	memset(&ls->files[ls->count], 0, sizeof(*ls->files));
	return &ls->files[ls->count];
}

static void look_at_name(struct ls *ls, struct ls_file *f)
{
	char *text;

	if (!ls_aligns_quotes(&ls->o))
		return;
	text = ls_quote(&ls->o, f->name, false, NULL);
	f->quoted = strcmp(text, f->name) != 0;
	ls->some_quoted |= f->quoted;
	free(text);
}

static void examine(struct ls *ls, struct ls_file *f, const char *path)
{
	if (!f->stat_ok)
		return;
	if (ls->o.format == LS_LONG || ls->o.context || ls->o.color)
		read_xattrs(ls, f, path);
	if (S_ISLNK(f->st.st_mode) && (ls->o.format == LS_LONG || follows_targets(&ls->o)))
		read_target(ls, f, path);
}

bool ls_gather(struct ls *ls, const char *dir, const char *name, unsigned char type, uint64_t ino,
	       bool arg)
{
	static struct fsu_path path;
	struct ls_file *f = new_file(ls);
	int err = 0;

	f->type = type;
	f->st.st_ino = ino;
	f->arg = arg;
	fsu_path_set(&path, dir ? dir : "");
	fsu_path_push(&path, name);
	if (arg || ls_needs_stat(&ls->o) || (needs_type(&ls->o) && type == DT_UNKNOWN) ||
	    (ls->o.deref == LS_DEREF_ALWAYS && (type == DT_LNK || type == DT_UNKNOWN) &&
	     (ls->o.inode || needs_type(&ls->o))))
		err = stat_file(ls, f, path.s);
	if (err) {
		ls_fail(ls, err, "access", path.s, arg);
		f->st.st_ino = 0;
	}
	if (err && arg)
		return false;
	f->name = fsu_strdup(name);
	examine(ls, f, path.s);
	look_at_name(ls, f);
	ls->count++;
	return true;
}

void ls_forget(struct ls *ls)
{
	for (size_t i = 0; i < ls->count; i++) {
		free(ls->files[i].name);
		free(ls->files[i].target);
		free(ls->files[i].context);
	}
	ls->count = 0;
	ls->some_quoted = false;
	ls->some_acl = false;
}
