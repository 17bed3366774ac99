// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_tar: archives of an image's files, and archives into an image, by libarchive.
 */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tar.h"

void tar_fail(struct tar *t, int err, const char *path)
{
	fsu_perror(err, path);
	t->code = FSU_USAGE;
}

void tar_archive_error(struct tar *t)
{
	const char *text = archive_error_string(t->a);

	fsu_message("%s: %s", strcmp(t->file, "-") ? fsu_name(t->file) : "the archive",
		    text ? text : "cannot be read");
	t->code = FSU_USAGE;
}

bool tar_left_out(const struct tar *t, const char *path)
{
	char *plain = fsu_strip(path);
	bool out = false;

	for (int i = 0; t->some_globs && i < t->line->noptions && !out; i++)
		out = t->line->options[i].key == FSU_TAR_EXCLUDE &&
		      fsu_glob_suffix(t->line->options[i].arg, plain);
	free(plain);
	return out;
}

static bool set(struct tar *t, int key, const char *arg)
{
	switch (key) {
	case 'c':
	case 't':
	case 'x':
		if (t->mode && t->mode != key)
			return !fsu_usage("only one of -c, -t and -x can be done");
		t->mode = key;
		break;
	case 'a': t->by_name = true; break;
	case 'f': t->file = arg; break;
	case 'j': t->filter = "bzip2"; break;
	case 'J': t->filter = "xz"; break;
	case 'z': t->filter = "gzip"; break;
	case 'k': t->keep = true; break;
	case 'v': t->verbose = true; break;
	case FSU_TAR_ZSTD: t->filter = "zstd"; break;
	case FSU_TAR_EXCLUDE: t->some_globs = true; break;
	case FSU_TAR_NO_SPECIAL: t->no_special = true; break;
	case FSU_TAR_NUMERIC: t->numeric = true; break;
	case FSU_TAR_ONE_FS: t->one_fs = true; break;
	case FSU_TAR_STRIP:
		if (!fsu_parse_number(arg, &t->strip))
			return !fsu_usage("--strip-components needs a number, not '%s'",
					  fsu_name(arg));
	}
	return true;
}

/* Of several -C each is relative to the one before. */
static bool go_to_directories(struct tar *t)
{
	for (int i = 0; i < t->line->noptions; i++)
		if (t->line->options[i].key == 'C' && ukfs_chdir(t->u, t->line->options[i].arg)) {
			tar_fail(t, errno, t->line->options[i].arg);
			return false;
		}
	return true;
}

int fsu_tar_plugin(struct fsu_line *line)
{
	struct tar t = { .line = line, .file = "-" };
	char *cwd;

	for (int i = 0; i < line->noptions; i++)
		if (!set(&t, line->options[i].key, line->options[i].arg))
			return FSU_USAGE;
	if (!t.mode)
		return fsu_usage("one of -c, -t and -x is needed");
	if (t.mode == 'c' && !line->noperands)
		return fsu_usage("the files to archive are missing; . is all of them");
	line->read = t.mode != 'x';
	if (strcmp(t.file, "-") && t.mode == 'c')
		fsu_keep_output(t.file);
	else if (strcmp(t.file, "-"))
		fsu_keep(t.file, UKFS_CONFINE_READ);
	if (t.mode == 'x' || (t.mode == 'c' && !t.numeric))	/* ACLs of archives have names */
		fsu_keep_names();
	/* names in archives are UTF-8: they are not to be turned into another character set */
	if (MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	fsu_load_charsets();
	t.u = fsu_mount(line);
	if (!t.u)
		return FSU_USAGE;
	cwd = ukfs_getcwd(t.u, NULL, 0);
	if (go_to_directories(&t)) {
		t.top = ukfs_getcwd(t.u, NULL, 0);
		if (t.mode == 'c')
			tar_create(&t);
		else
			tar_read(&t);
	}
	if (cwd && ukfs_chdir(t.u, cwd))
		tar_fail(&t, errno, cwd);
	free(cwd);
	free(t.top);
	free(t.checked);
	return t.code;
}
