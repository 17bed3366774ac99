// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words: quotes and backslashes as in a shell, patterns expanded to paths of the image by libc's
 * glob(), which here reads the image's directories.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "sh.h"

/* A word as text and as a pattern in which what was quoted stands for itself. */
struct word {
	char *text, *pattern;
	size_t len, plen;
	bool wild;
};

static void add(struct word *w, char c, bool quoted)
{
	if (quoted && strchr("*?[]\\", c))
		w->pattern[w->plen++] = '\\';
	w->wild |= !quoted && strchr("*?[", c);
	w->pattern[w->plen++] = c;
	w->text[w->len++] = c;
}

static bool ends_word(char c)
{
	return !c || strchr(" \t\n;|&<>", c);
}

/* False where a quote has no end. */
static bool take_word(const char **text, struct word *w)
{
	const char *s = *text;
	char quote = 0;

	*w = (struct word){ fsu_malloc(strlen(s) + 1), fsu_malloc(2 * strlen(s) + 1), 0, 0, false };
	for (; *s && (quote || !ends_word(*s)); s++) {
		if (quote ? *s == quote : *s == '\'' || *s == '"')
			quote = quote ? 0 : *s;
		else if (*s == '\\' && s[1] && quote != '\'' && (!quote || strchr("\"\\", s[1])))
			add(w, *++s, true);
		else
			add(w, *s, quote);
	}
	w->text[w->len] = w->pattern[w->plen] = '\0';
	*text = s;
	if (quote)
		fsu_message("a %c is missing", quote);
	return !quote;
}

/* ---- patterns ---------------------------------------------------------------------------- */

static struct ukfs *image;

static void *open_dir(const char *path)
{
	return ukfs_opendir(image, path);
}

static struct dirent *read_dir(void *dir)
{
	static struct dirent out;
	struct ukfs_dirent *d = ukfs_readdir(dir);

	/* longer names than the host's are vfat's alone, and no pattern finds them */
	while (d && strlen(d->d_name) >= sizeof(out.d_name))
		d = ukfs_readdir(dir);
	if (!d)
		return NULL;
	out.d_ino = d->d_ino;
	out.d_type = d->d_type;
	strcpy(out.d_name, d->d_name);
	return &out;
}

static void close_dir(void *dir)
{
	ukfs_closedir(dir);
}

static int stat_path(const char *path, struct stat *st)
{
	return ukfs_stat(image, path, st);
}

static int lstat_path(const char *path, struct stat *st)
{
	return ukfs_lstat(image, path, st);
}

static void add_argument(struct sh_command *c, const char *text)
{
	c->argv = fsu_realloc(c->argv, (c->argc + 2) * sizeof(char *));
	c->argv[c->argc++] = fsu_strdup(text);
	c->argv[c->argc] = NULL;
}

/* A pattern that nothing matches stays as it is. */
static void expand(struct ukfs *u, struct sh_command *c, const struct word *w)
{
	glob_t g = { .gl_opendir = open_dir, .gl_readdir = read_dir, .gl_closedir = close_dir,
		     .gl_stat = stat_path, .gl_lstat = lstat_path };

	image = u;
	if (w->wild && glob(w->pattern, GLOB_ALTDIRFUNC, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			add_argument(c, g.gl_pathv[i]);
		globfree(&g);
	} else {
		add_argument(c, w->text);
	}
}

/* ---- commands ---------------------------------------------------------------------------- */

static const char *skip_space(const char *s)
{
	return s + strspn(s, " \t\n");
}

static bool is_redirection(const char *s)
{
	return *s == '<' || *s == '>' || strncmp(s, "2>", 2) == 0;
}

static bool take_file(const char **text, struct sh_command *c)
{
	bool err = **text == '2';
	const char *s = *text + err;
	char **to = *s == '<' ? &c->in : err ? &c->err : &c->out;
	struct word w;
	bool ok;

	*(err ? &c->err_append : &c->append) |= s[0] == '>' && s[1] == '>';
	*text = skip_space(s + 1 + (s[0] == '>' && s[1] == '>'));
	ok = take_word(text, &w);
	if (ok && !w.len)
		fsu_message("the name of a file is missing behind %c", *s);
	ok = ok && w.len;
	free(*to);
	*to = w.text;
	free(w.pattern);
	return ok;
}

static enum sh_end take_end(const char **text)
{
	static const struct { const char *text; enum sh_end end; } ends[] = {
		{ "&&", SH_AND }, { "||", SH_OR }, { "|", SH_PIPE }, { ";", SH_SEMICOLON },
	};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strncmp(*text, ends[i].text, strlen(ends[i].text)) == 0) {
			*text += strlen(ends[i].text);
			return ends[i].end;
		}
	*text += strlen(*text);
	return SH_END;
}

bool sh_next_command(struct ukfs *u, const char **text, struct sh_command *c)
{
	struct word w;
	bool ok = true;

	*c = (struct sh_command){ .argv = NULL };
	for (*text = skip_space(*text); ok && **text && **text != '#'; *text = skip_space(*text)) {
		if (is_redirection(*text)) {
			ok = take_file(text, c);
			continue;
		}
		if (strchr(";|", **text) || strncmp(*text, "&&", 2) == 0)
			break;
		if (**text == '&') {
			fsu_message("commands run one after the other here: a & must be quoted");
			ok = false;
			break;
		}
		ok = take_word(text, &w);
		if (ok)
			expand(u, c, &w);
		free(w.text);
		free(w.pattern);
	}
	if (ok && **text != '#')
		c->end = take_end(text);
	else
		*text += strlen(*text);
	return ok;
}

void sh_command_free(struct sh_command *c)
{
	for (int i = 0; i < c->argc; i++)
		free(c->argv[i]);
	free(c->argv);
	free(c->in);
	free(c->out);
	free(c->err);
}
