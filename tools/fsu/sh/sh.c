// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_sh: the commands of fsu, one after the other, on an image that is mounted once.  Paths are
 * the image's; files behind < and >, and what stands behind | or !, are the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../input.h"
#include "../programs.h"
#include "sh.h"

const char *const sh_builtins[] = { "cd", "exit", "help", "lcd", "pwd", NULL };

struct sh {
	const struct fsu_line *line;
	struct ukfs *u;
	bool stop_at_error, verbose, done;
	int code;
};

/* ---- what only a shell has --------------------------------------------------------------- */

static int change_dir(struct sh *sh, const char *path, bool host)
{
	if (host ? chdir(path) : ukfs_chdir(sh->u, path)) {
		fsu_perror(errno, path);
		return FSU_FAILED;
	}
	return FSU_OK;
}

static int print_dir(struct sh *sh)
{
	char *cwd = ukfs_getcwd(sh->u, NULL, 0);

	if (!cwd) {
		fsu_perror(errno, ".");
		return FSU_FAILED;
	}
	puts(fsu_shown(cwd));
	free(cwd);
	return FSU_OK;
}

static int help(void)
{
	const struct fsu_command *cmd;

	for (size_t i = 0; (cmd = fsu_command_at(i)); i++)
		if (cmd->flags & FSU_IMAGE && !(cmd->flags & FSU_RUN) && strcmp(cmd->name, "sh"))
			printf("  %-10s %s\n", cmd->name, cmd->summary);
	fputs("  cd, pwd    the current directory in the image\n"
	      "  lcd        change the current directory of the host\n"
	      "  !COMMAND   run a command of the host\n"
	      "  exit       end; COMMAND --help shows a command's options\n", stdout);
	return FSU_OK;
}

/* -1: there is no such command. */
static int run_builtin(struct sh *sh, const struct sh_command *c)
{
	const char *name = c->argv[0], *arg = c->argc > 1 ? c->argv[1] : NULL;
	uint64_t n = sh->code;

	if (strcmp(name, "cd") == 0)
		return change_dir(sh, arg ? arg : "/", false);
	if (strcmp(name, "lcd") == 0)
		return change_dir(sh, arg ? arg : getenv("HOME") ? getenv("HOME") : "/", true);
	if (strcmp(name, "pwd") == 0)
		return print_dir(sh);
	if (strcmp(name, "help") == 0)
		return help();
	if (strcmp(name, "exit"))
		return -1;
	if (arg && !fsu_parse_number(arg, &n)) {
		fsu_message("exit needs a number, not '%s'", fsu_name(arg));
		return FSU_USAGE;
	}
	sh->done = true;
	return n & 255;
}

static int status_of(int status)
{
	return status < 0 ? 127 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- commands ---------------------------------------------------------------------------- */

/* Put a file in the place of standard input or output; what it was is kept in *kept. */
static bool redirect(const char *file, int flags, int to, int *kept)
{
	int fd;

	if (!file)
		return true;
	fd = open(file, flags | O_CLOEXEC, 0666);
	if (fd < 0) {
		fsu_perror(errno, file);
		return false;
	}
	*kept = fcntl(to, F_DUPFD_CLOEXEC, 10);
	dup2(fd, to);
	close(fd);
	return true;
}

static void restore(int kept, int to)
{
	if (kept < 0)
		return;
	dup2(kept, to);
	close(kept);
}

static bool redirect_all(const struct sh_command *c, int kept[3])
{
	const int out = O_WRONLY | O_CREAT;

	return redirect(c->in, O_RDONLY, STDIN_FILENO, &kept[0]) &&
	       redirect(c->out, out | (c->append ? O_APPEND : O_TRUNC), STDOUT_FILENO, &kept[1]) &&
	       redirect(c->err, out | (c->err_append ? O_APPEND : O_TRUNC), STDERR_FILENO,
			&kept[2]);
}

static int run_command(struct sh *sh, struct sh_command *c)
{
	int kept[3] = { -1, -1, -1 }, code = FSU_FAILED;

	if (redirect_all(c, kept)) {
		code = run_builtin(sh, c);
		if (code < 0)
			code = fsu_run_inside(sh->line, c->argc, c->argv);
		if (code < 0) {
			fsu_message("%s: there is no such command; help lists them",
				    fsu_name(c->argv[0]));
			code = 127;
		}
		if (!fsu_flush() && code == FSU_OK)
			code = FSU_FAILED;
	}
	for (int i = 0; i < 3; i++)
		restore(kept[i], i);
	if (kept[0] >= 0)
		clearerr(stdin);
	return code;
}

/* Start a line of the host's shell; 0 or an errno value. */
static int start_line(const char *line, int in)
{
	char *argv[] = { "/bin/sh", "-c", (char *)line, NULL };
	struct fsu_program p = { .argv = argv, .nfds = 3,
				 .fds = { in, STDOUT_FILENO, STDERR_FILENO },
				 .as = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO } };

	char *here = get_current_dir_name();	/* lcd may have gone there */
	int err;

	p.dir = here;
	err = fsu_program_start(&p);
	free(here);
	return err;
}

/* The rest of the line is a pipeline of the host, which says how it went, as in any shell. */
static int run_piped(struct sh *sh, struct sh_command *c, const char *rest)
{
	int kept, pipe[2], err = pipe2(pipe, O_CLOEXEC) ? errno : 0;

	if (!err) {
		err = start_line(rest, pipe[0]);
		close(pipe[0]);
		if (err)
			close(pipe[1]);
	}
	if (err) {
		fsu_perror(err, rest);
		return FSU_FAILED;
	}
	kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(pipe[1], STDOUT_FILENO);
	close(pipe[1]);
	run_command(sh, c);
	clearerr(stdout);
	restore(kept, STDOUT_FILENO);
	return status_of(fsu_program_wait());
}

static void run_line(struct sh *sh, const char *text)
{
	enum sh_end before = SH_SEMICOLON;
	struct sh_command c;
	int err;

	text += strspn(text, " \t");
	if (sh->verbose)
		fprintf(stderr, "%s\n", text);
	if (*text == '!') {
		err = start_line(text + 1, STDIN_FILENO);
		if (err)
			fsu_perror(err, text + 1);
		sh->code = err ? 127 : status_of(fsu_program_wait());
		sh->done |= sh->stop_at_error && sh->code;
		return;
	}
	while (*text && !sh->done) {
		bool run, ok = sh_next_command(sh->u, &text, &c);

		run = !(before == SH_AND && sh->code) && !(before == SH_OR && !sh->code);
		if (!ok)
			sh->code = FSU_USAGE;
		else if (c.argc && run)
			sh->code = c.end == SH_PIPE ? run_piped(sh, &c, text) : run_command(sh, &c);
		/* what && and || stand behind is asked, not demanded */
		sh->done |= sh->stop_at_error && sh->code && (run || !ok) && c.end != SH_AND &&
			    c.end != SH_OR;
		if (!ok || c.end == SH_PIPE)
			text = "";
		/* a command that was skipped leaves the list as it is */
		before = c.end;
		sh_command_free(&c);
		if (fsu_interrupted())
			break;
	}
}

/* ---- where lines come from --------------------------------------------------------------- */

static void run_lines(struct sh *sh, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while (!sh->done && !fsu_interrupted() && (n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		run_line(sh, line);
	}
	free(line);
}

static void run_terminal(struct sh *sh)
{
	char *line, *cwd, *prompt;

	sh_edit_begin(sh->u);
	while (!sh->done) {
		cwd = ukfs_getcwd(sh->u, NULL, 0);
		if (asprintf(&prompt, "%s:%s> ", fsu_basename(sh->line->image), cwd ? cwd : "") < 0)
			fsu_die(FSU_FAILED);
		line = sh_edit_line(prompt);
		free(prompt);
		free(cwd);
		if (line)
			run_line(sh, line);
		else if (!fsu_interrupted())
			sh->done = true;
		/* an interrupt ends a command, not the shell */
		if (fsu_interrupted() == SIGINT)
			fsu_forget_signal();
		else if (fsu_interrupted())
			sh->done = true;
		free(line);
	}
	sh_edit_end();
}

static void run_script(struct sh *sh, const char *path)
{
	FILE *f = fsu_fopen(NULL, path);

	if (!f) {
		fsu_perror(errno, path);
		sh->code = 127;
		return;
	}
	run_lines(sh, f);
	fsu_fclose(f);
}

static void run_text(struct sh *sh, const char *text)
{
	FILE *f = *text ? fmemopen((void *)text, strlen(text), "r") : NULL;

	if (f)
		run_lines(sh, f);
	if (f)
		fclose(f);
}

int fsu_sh_plugin(struct fsu_line *line)
{
	struct sh sh = { .line = line };
	const char *commands = NULL;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'c': commands = line->options[i].arg; break;
		case 'e': sh.stop_at_error = true; break;
		case 'r': line->read = true; break;
		case 'v': sh.verbose = true; break;
		}
	}
	if (line->noperands > 1)
		return fsu_usage("unexpected argument '%s'", fsu_name(line->operands[1]));
	/* its commands may name any file of the host, and further images */
	fsu_keep("/", UKFS_CONFINE_READ | UKFS_CONFINE_MAKE);
	fsu_keep_image("/");
	fsu_keep_trusted();
	fsu_keep_names();
	fsu_keep_programs();
	sh.u = fsu_mount(line);
	if (!sh.u)
		return FSU_FAILED;
	if (commands)
		run_text(&sh, commands);
	else if (line->noperands)
		run_script(&sh, line->operands[0]);
	else if (isatty(STDIN_FILENO))
		run_terminal(&sh);
	else
		run_lines(&sh, stdin);
	return sh.code;
}
