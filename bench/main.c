// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rumpbench WORKLOAD ...: one measurement, printed as "NAME VALUE" lines.  bench/run has the rest.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "side.h"

extern char **environ;

/* Start a program with its output thrown away, wait for it. */
static void command(char **argv)
{
	posix_spawn_file_actions_t fa;
	int status;
	pid_t pid;

	if (!argv[0])
		die("no command");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ))
		die("%s: cannot be started", argv[0]);
	posix_spawn_file_actions_destroy(&fa);
	if (waitpid(pid, &status, 0) != pid || status)
		die("%s %s: failed", argv[0], argv[1] ? argv[1] : "");
}

/* time COMMAND... [, COMMAND...]: milliseconds that the commands take one after the other, by the
 * clock and of processors */
int bench_time(int argc, char **argv)
{
	uint64_t t = now_ns();
	struct rusage u;
	int i, begin = 1;

	for (i = 1; i <= argc; i++) {
		if (i < argc && strcmp(argv[i], ","))
			continue;
		argv[i] = NULL;
		command(argv + begin);
		begin = i + 1;
	}
	printf("ms %.3f\n", (now_ns() - t) / 1e6);
	getrusage(RUSAGE_CHILDREN, &u);
	printf("cpu %.3f\n", (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3);
	return 0;
}

static const struct {
	const char *name;
	int (*fn)(int argc, char **argv);
} workloads[] = {
	{ "null", bench_null }, { "fstat", bench_fstat }, { "pipe", bench_pipe },
	{ "meta", bench_meta }, { "time", bench_time },
};

int main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(workloads) / sizeof(workloads[0]); i++)
		if (!strcmp(argv[1], workloads[i].name))
			return workloads[i].fn(argc - 1, argv + 1);
	die("usage: rumpbench null|fstat|pipe|meta|time ...");
}
