// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Programs of the host that makefs runs: the types' own mkfs and builders, sfdisk.  What one says
 * is shown only where it fails.
 */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "makefs.h"

/* ---- running ----------------------------------------------------------------------------- */

/* The library that takes the clock and chance from them lies beside libukfs. */
static void preload(void)
{
	const char *before = getenv("LD_PRELOAD");
	char *list;
	Dl_info ukfs;

	if (!dladdr(ukfs_types, &ukfs) || !strchr(ukfs.dli_fname, '/'))
		return;
	if (asprintf(&list, "%s%s%.*s/libmakefs_fixed.so", before ? before : "", before ? " " : "",
		     (int)(strrchr(ukfs.dli_fname, '/') - ukfs.dli_fname), ukfs.dli_fname) < 0)
		fsu_die(FSU_FAILED);
	setenv("LD_PRELOAD", list, 1);
	free(list);
	/* some write memory that they have not initialized: at least it holds the same addresses */
	personality(ADDR_NO_RANDOMIZE);
}

/* mkfs programs are where an ordinary user's PATH mostly does not lead. */
void program_path(void)
{
	const char *path = getenv("PATH");
	char *full;

	if (asprintf(&full, "%s:/usr/local/sbin:/usr/sbin:/sbin",
		     path ? path : "/usr/bin:/bin") < 0)
		fsu_die(FSU_FAILED);
	setenv("PATH", full, 1);
	free(full);
}

void program_environment(const struct options *o)
{
	char number[32];

	program_path();
	if (!o->time_given)
		return;
	snprintf(number, sizeof(number), "%" PRId64, o->time);
	setenv("SOURCE_DATE_EPOCH", number, 1);
	setenv("E2FSPROGS_FAKE_TIME", number, 1);
	setenv("DETERMINISTIC_SEED", "1", 1);	/* mkfs.xfs */
	/* the kernel side's clock stands still */
	setenv("RUMP_EPOCH", number, 1);
	setenv("RUMP_NCPU", "1", 1);
	preload();
}

void program_tables(uint64_t inodes)
{
	const char *given = getenv("RUMP_CMDLINE");
	char *line;

	if (inodes <= 16384)
		return;
	if (asprintf(&line, "ihash_entries=%" PRIu64 " dhash_entries=%" PRIu64 " %s", inodes,
		     inodes * 2, given ? given : "") < 0)
		fsu_die(FSU_FAILED);
	setenv("RUMP_CMDLINE", line, 1);
	free(line);
}

/* In memory: a confined makefs makes no temporary files. */
int program_text(const char *text)
{
	int fd = memfd_create("makefs", MFD_CLOEXEC);
	size_t len = text ? strlen(text) : 0;

	if (fd >= 0 && len && pwrite(fd, text, len, 0) != (ssize_t)len) {
		close(fd);
		return -1;
	}
	return fd;
}

static void show(int fd)
{
	char buf[4096];
	ssize_t n = pread(fd, buf, sizeof(buf), 0);

	if (n > 0 && fwrite(buf, 1, n, stderr) == (size_t)n && buf[n - 1] != '\n')
		fputc('\n', stderr);
}

bool program_judge(const struct words *w, const char *package, int err, int status, int out)
{
	if (err == ENOENT)
		fsu_message("%s is not installed, and makes these images: install the package %s",
			    w->list[0], package);
	else if (err)
		fsu_message("cannot run %s: %s", w->list[0], strerror(err));
	else if (WIFSIGNALED(status))
		fsu_message("%s was ended by signal %d, and said:", w->list[0], WTERMSIG(status));
	else if (WEXITSTATUS(status))
		fsu_message("%s failed with exit code %d, and said:", w->list[0],
			    WEXITSTATUS(status));
	if (!err && status)
		show(out);
	return !err && !status;
}

int run_makefs(struct words *w, unsigned int partition, uint64_t before)
{
	static char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct fsu_program p = { 0 };
	char where[48];
	int status = 0, err;

	if (len < 0) {
		fsu_message("cannot find makefs itself by /proc: %m");
		return FSU_FAILED;
	}
	free(w->list[0]);
	w->list[0] = fsu_strndup(self, len);
	snprintf(where, sizeof(where), "%u %" PRIu64, partition, before);
	setenv("MAKEFS_PARTITION", where, 1);
	p.argv = w->list;
	err = fsu_program_start(&p);
	if (!err)
		status = fsu_program_wait();
	unsetenv("MAKEFS_PARTITION");
	if (err)
		fsu_message("cannot run %s: %s", w->list[0], strerror(err));
	return !err && WIFEXITED(status) ? WEXITSTATUS(status) : FSU_FAILED;
}
