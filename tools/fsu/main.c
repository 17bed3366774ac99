// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu: find the command (by the program's name or the first argument), parse, run it,
 * unmount, and say in the exit code how all of that went.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

static const struct fsu_command commands[] = {
#define FSU_COMMAND(name, flags, synopsis, summary) \
	{ #name, flags, synopsis, summary, fsu_##name##_options, fsu_##name##_run },
#include "commands.def"
#undef FSU_COMMAND
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

const char *fsu_progname = "fsu";
static char progname[64];

static const struct fsu_command *find_command(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void list_commands(FILE *out)
{
	fprintf(out, "Usage: fsu COMMAND [OPTION]... IMAGE [ARGUMENT]...\n"
		     "       fsu_COMMAND [OPTION]... IMAGE [ARGUMENT]...\n"
		     "Use the files of a file system image, with the kernel's own driver and "
		     "without a mount.\n\n"
		     "Commands:\n");
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "  %-8s %s\n", "help",
		"this list, or the help of a command: fsu help COMMAND");
	fprintf(out, "\nOptions: --help, --version; `fsu help COMMAND' lists a command's own.\n");
}

static void print_version(void)
{
	printf("%s (rump) %s\n", fsu_progname, RUMP_VERSION);
}

static const struct fsu_command *set_command(const char *name)
{
	const struct fsu_command *cmd = find_command(name);

	if (cmd) {
		snprintf(progname, sizeof(progname), "fsu_%s", name);
		fsu_progname = progname;
	}
	return cmd;
}

static int run_help(int argc, char **argv)
{
	const struct fsu_command *cmd;

	if (argc < 2) {
		list_commands(stdout);
		return FSU_OK;
	}
	cmd = set_command(argv[1]);
	if (!cmd)
		return fsu_usage("there is no command '%s'", fsu_name(argv[1]));
	fsu_help(cmd, stdout);
	return FSU_OK;
}

static int exit_code(const struct fsu_command *cmd, int code)
{
	return code == FSU_USAGE && cmd->flags & FSU_WRONG_1 ? FSU_FAILED : code;
}

static int run_command(const struct fsu_command *cmd, int argc, char **argv)
{
	struct fsu_mount_options mnt = { .confine = true };
	struct fsu_line line = { 0 };
	int code = FSU_OK;

	switch (fsu_parse(cmd, argc, argv, &line, &mnt)) {
	case FSU_PARSE_HELP:
		fsu_help(cmd, stdout);
		break;
	case FSU_PARSE_VERSION:
		print_version();
		break;
	case FSU_PARSE_ERROR:
		code = FSU_USAGE;
		break;
	case FSU_PARSE_RUN:
		line.mount = &mnt;
		line.read = cmd->flags & FSU_READ;
		fsu_end_name(line.image);
		fsu_crash_line();
		fsu_limits_start(&mnt.limits);
		/* One thread needs one virtual CPU, and a kernel with one starts faster. */
		if (!(cmd->flags & FSU_COPY))
			setenv("RUMP_NCPU", "1", 0);
		code = cmd->run(&line);
		if (!fsu_unmount_last() && code == FSU_OK)
			code = FSU_FAILED;
		break;
	}
	fsu_line_free(&line);
	free(mnt.options);
	return exit_code(cmd, code);
}

const struct fsu_command *fsu_command_at(size_t i)
{
	return i < NCOMMANDS ? &commands[i] : NULL;
}

int fsu_run_inside(const struct fsu_line *session, int argc, char **argv)
{
	const struct fsu_command *cmd = find_command(argv[0]);
	const char *outer = fsu_progname;
	struct fsu_mount_options mnt = { 0 };
	struct fsu_line line = { 0 };
	char name[64], **full;
	int code = FSU_USAGE;

	if (!cmd || !(cmd->flags & FSU_IMAGE) || cmd->flags & FSU_RUN ||
	    strcmp(cmd->name, "sh") == 0)
		return -1;
	snprintf(name, sizeof(name), "%s", cmd->name);
	fsu_progname = name;
	full = fsu_malloc((argc + 2) * sizeof(char *));
	full[1] = (char *)session->image;
	memcpy(full + 2, argv + 1, argc * sizeof(char *));
	switch (fsu_parse(cmd, argc + 1, full, &line, &mnt)) {
	case FSU_PARSE_HELP:
		fsu_help(cmd, stdout);
		code = FSU_OK;
		break;
	case FSU_PARSE_VERSION:
		print_version();
		code = FSU_OK;
		break;
	case FSU_PARSE_ERROR:
		break;
	case FSU_PARSE_RUN:
		line.mount = session->mount;
		line.read = cmd->flags & FSU_READ;
		code = cmd->run(&line);
		break;
	}
	fsu_line_free(&line);
	free(mnt.options);
	free(full);
	fsu_progname = outer;
	return exit_code(cmd, code);
}

static int run_plain(int argc, char **argv)
{
	const char *first = argc > 1 ? argv[1] : NULL;
	const struct fsu_command *cmd;

	if (!first) {
		list_commands(stderr);
		return FSU_USAGE;
	}
	if (strcmp(first, "help") == 0)
		return run_help(argc - 1, argv + 1);
	if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
		list_commands(stdout);
		return FSU_OK;
	}
	if (strcmp(first, "--version") == 0) {
		print_version();
		return FSU_OK;
	}
	cmd = set_command(first);
	if (!cmd)
		return fsu_usage("there is no command '%s'", fsu_name(first));
	return run_command(cmd, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const char *base = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const struct fsu_command *cmd = NULL;
	int code;

	setlocale(LC_ALL, "");
	base = base ? base + 1 : argc > 0 ? argv[0] : "fsu";
	if (strncmp(base, "fsu_", 4) == 0) {
		cmd = set_command(base + 4);
		if (!cmd)
			return fsu_usage("there is no command '%s'", fsu_name(base + 4));
	}
	code = cmd ? run_command(cmd, argc, argv) : run_plain(argc, argv);
	if (!fsu_flush() && code == FSU_OK)
		code = FSU_FAILED;
	if (fsu_interrupted())
		code = 128 + fsu_interrupted();
	return code;
}
