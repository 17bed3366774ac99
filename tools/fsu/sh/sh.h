/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of fsu_sh: sh.c runs lines, words.c takes them apart, edit.c reads them from a
 * terminal.
 */
#ifndef FSU_SH_H
#define FSU_SH_H

#include "../fsu.h"

int fsu_sh_plugin(struct fsu_line *line);

enum sh_end { SH_END, SH_SEMICOLON, SH_AND, SH_OR, SH_PIPE };

/* One command of a line. */
struct sh_command {
	char **argv;		/* NULL-terminated, expanded */
	int argc;
	char *in, *out, *err;	/* files of the host, or NULL */
	bool append, err_append;
	enum sh_end end;
};

/* Take the next command off *text; what follows SH_PIPE is left as it is, for the host's shell.
 * False after a message. */
bool sh_next_command(struct ukfs *u, const char **text, struct sh_command *c);
void sh_command_free(struct sh_command *c);

/* From a terminal: malloc'd line, NULL at the end. */
void sh_edit_begin(struct ukfs *u);
char *sh_edit_line(const char *prompt);
void sh_edit_end(void);

extern const char *const sh_builtins[];

#endif
