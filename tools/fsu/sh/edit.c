// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines from a terminal by libedit: history, and completion of commands and of the image's paths.
 */
#include <stdlib.h>
#include <string.h>

#include <editline/readline.h>

#include "sh.h"

static struct ukfs *image;
static struct fsu_names candidates;
static char *history_file;

static void collect_commands(const char *text)
{
	const struct fsu_command *cmd;

	for (size_t i = 0; (cmd = fsu_command_at(i)); i++)
		if (cmd->flags & FSU_IMAGE && strncmp(cmd->name, text, strlen(text)) == 0)
			fsu_names_add(&candidates, cmd->name, 0, 0);
	for (size_t i = 0; sh_builtins[i]; i++)
		if (strncmp(sh_builtins[i], text, strlen(text)) == 0)
			fsu_names_add(&candidates, sh_builtins[i], 0, 0);
}

static void collect_paths(const char *text)
{
	const char *slash = strrchr(text, '/'), *base = slash ? slash + 1 : text;
	char *dir = fsu_strndup(text, base - text);
	struct fsu_names names;

	fsu_read_names(image, *dir ? dir : ".", &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.list[i].name;
		char *path;

		if (strncmp(name, base, strlen(base)) || (*name == '.' && *base != '.'))
			continue;
		path = fsu_malloc(strlen(dir) + strlen(name) + 2);
		sprintf(path, "%s%s%s", dir, name, names.list[i].type == DT_DIR ? "/" : "");
		fsu_names_add(&candidates, path, 0, names.list[i].type);
		free(path);
	}
	fsu_names_free(&names);
	free(dir);
}

static char *next_candidate(const char *text, int state)
{
	static size_t at;

	(void)text;
	if (!state)
		at = 0;
	return at < candidates.count ? strdup(candidates.list[at++].name) : NULL;
}

static char **complete(const char *text, int start, int end)
{
	char **found;

	(void)end;
	fsu_names_free(&candidates);
	if (start == 0)
		collect_commands(text);
	else
		collect_paths(text);
	found = rl_completion_matches(text, next_candidate);
	/* a directory is seldom all that was meant */
	rl_completion_append_character =
		candidates.count == 1 && candidates.list[0].type == DT_DIR ? 0 : ' ';
	rl_attempted_completion_over = 1;
	return found;
}

void sh_edit_begin(struct ukfs *u)
{
	const char *home = getenv("HOME");

	image = u;
	rl_initialize();
	rl_attempted_completion_function = complete;
	using_history();
	if (home && asprintf(&history_file, "%s/.fsu_history", home) < 0)
		history_file = NULL;
	if (history_file)
		read_history(history_file);
}

char *sh_edit_line(const char *prompt)
{
	char *line = readline(prompt);

	if (line && *line)
		add_history(line);
	return line;
}

void sh_edit_end(void)
{
	stifle_history(1000);
	if (history_file)
		write_history(history_file);
	free(history_file);
	fsu_names_free(&candidates);
}
