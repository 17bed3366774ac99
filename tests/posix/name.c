// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and paths: length, bytes, dots, and the errors of walking them. */
#include <dirent.h>

#include "suite.h"

/* Every call that takes a path, with one that must be refused in the same way by all of them. */
static void all_calls(const char *what, const char *expected, const char *path)
{
	struct stat st;
	char buf[8];

	opens_shut(text("open %s", what), expected, open(path, O_RDONLY));
	opens_shut(text("create %s", what), expected, open(path, O_CREAT | O_WRONLY, 0644));
	call(text("stat %s", what), expected, stat(path, &st));
	call(text("lstat %s", what), expected, lstat(path, &st));
	call(text("mkdir %s", what), expected, mkdir(path, 0755));
	call(text("rmdir %s", what), expected, rmdir(path));
	call(text("unlink %s", what), expected, unlink(path));
	call(text("rename %s", what), expected, rename(path, "free"));
	call(text("rename to %s", what), expected, rename("file", path));
	call(text("truncate %s", what), expected, truncate(path, 0));
	call(text("chmod %s", what), expected, chmod(path, 0644));
	call(text("chown %s", what), expected, chown(path, -1, -1));
	call(text("access %s", what), expected, access(path, F_OK));
	call(text("chdir %s", what), expected, chdir(path));
	call(text("readlink %s", what), expected, readlink(path, buf, 8));
	call(text("utimensat %s", what), expected, utimensat(AT_FDCWD, path, NULL, 0));
}

static void link_calls(const char *what, const char *expected, const char *path)
{
	call(text("link %s", what), expected, link(path, "free"));
	call(text("link to %s", what), expected, link("file", path));
	call(text("symlink %s", what), expected, symlink("x", path));
	call(text("mkfifo %s", what), expected, mkfifo(path, 0644));
}

static void errors(void)
{
	char path[PATH_MAX + 10];

	make("file", "data");
	all_calls("below a file", "ENOTDIR", "file/x");
	all_calls("below nothing", "ENOENT", "none/x");
	all_calls("an empty path", "ENOENT", "");
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = i % 2 ? '/' : '.';
	path[PATH_MAX] = 0;
	all_calls("a path of PATH_MAX", "ENAMETOOLONG", path);
	path[PATH_MAX - 1] = 0;
	call("a path of PATH_MAX - 1", "ok", access(path, F_OK));
}

static void too_long(void)
{
	char name[300];

	make("file", "data");
	memset(name, 'n', sizeof(name));
	name[256] = 0;
	all_calls("a name of 256", "ENAMETOOLONG", name);
}

static void link_errors(void)
{
	char name[300];

	make("file", "data");
	memset(name, 'n', sizeof(name));
	name[256] = 0;
	link_calls("a name of 256", "ENAMETOOLONG", name);
	link_calls("below a file", "ENOTDIR", "file/x");
	link_calls("below nothing", "ENOENT", "none/x");
}

static void longest(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	name[255] = 0;
	opens_shut("create a name of 255", "ok", open(name, O_CREAT | O_WRONLY, 0644));
	call("stat", "ok", access(name, F_OK));
	name[254] = 'm';
	call("mkdir", "ok", mkdir(name, 0755));
	name[254] = 'o';
	call("rename", "ok", (name[254] = 'm', rename(name, "d")));
	call("rename back", "ok", rename("d", name));
	call("rmdir", "ok", rmdir(name));
}

/* A path that only works in steps, because as a whole it is longer than PATH_MAX. */
static void deep(void)
{
	char name[201], cwd[PATH_MAX];
	int depth;

	memset(name, 'd', sizeof(name));
	name[200] = 0;
	for (depth = 0; depth < 30; depth++)
		if (mkdir(name, 0755) || chdir(name))
			break;
	shows("depth", "30", "%d", depth);
	make("f", "deep");
	shows("content", "\"deep\"", "%s", content("f"));
	errno = 0;
	shows("getcwd", "ENAMETOOLONG|ERANGE", "%s",
	      getcwd(cwd, sizeof(cwd)) ? "ok" : strerrorname_np(errno));
	must(unlink("f"));
	while (depth-- > 0)
		must(chdir("..") ?: rmdir(name));
}

/* Every byte but '/' and NUL, alone and within a name; what readdir gives is what was made. */
static void every_byte(void)
{
	int made = 0, found = 0, wrong = 0;
	struct dirent *e;
	bool seen[256] = {false};
	DIR *d;

	for (int c = 1; c < 256; c++) {
		char name[4] = {'a', c, 'b', 0}, alone[2] = {c, 0};

		if (c == '/')
			continue;
		made += !close(must(open(name, O_CREAT | O_EXCL | O_WRONLY, 0644)));
		if (c != '.')
			made += !close(must(open(alone, O_CREAT | O_EXCL | O_WRONLY, 0644)));
	}
	shows("made", "507", "%d", made);
	d = opendir(".");
	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n == 3 && e->d_name[0] == 'a' && e->d_name[2] == 'b' &&
		    !seen[(unsigned char)e->d_name[1]]) {
			seen[(unsigned char)e->d_name[1]] = true;
			found++;
		} else if (n != 1 && strcmp(e->d_name, "..")) {
			wrong++;
		}
	}
	shows("found", "254, others 0", "%d, others %d", found, wrong);
	for (int c = 1; c < 256; c++) {
		char name[4] = {'a', c, 'b', 0};

		if (c != '/' && unlink(name))
			wrong++;
	}
	shows("removed", "others 0", "others %d", wrong);
	make("...", "three");
	shows("three dots are a name", "\"three\"", "%s", content("..."));
	make("Case", "upper");
	make("case", "lower");
	shows("case counts", "\"upper\" \"lower\"", "%s %s", content("Case"), content("case"));
	make("\xc3\xa9", "composed");
	make("e\xcc\x81", "combining");
	shows("no normalization", "\"composed\" \"combining\"", "%s %s", content("\xc3\xa9"),
	      content("e\xcc\x81"));
}

static void dots(void)
{
	must(mkdir("d", 0755));
	must(mkdir("d/e", 0755));
	make("f", "");
	call("mkdir .", "EEXIST", mkdir(".", 0755));
	call("mkdir ..", "EEXIST", mkdir("..", 0755));
	call("mkdir d/..", "EEXIST", mkdir("d/..", 0755));
	call("rmdir .", "EINVAL", rmdir("d/."));
	call("rmdir ..", "ENOTEMPTY", rmdir("d/.."));
	call("unlink .", "EISDIR|EPERM", unlink("."));
	call("unlink ..", "EISDIR|EPERM", unlink("d/.."));
	call("a file is no place for a dot", "ENOTDIR", access("f/.", F_OK));
	call("nor for two", "ENOTDIR", access("f/..", F_OK));
	call("dots after nothing", "ENOENT", access("none/..", F_OK));
	shows("dot", "same", "%s", same_inode("d/.", "d") ? "same" : "another");
	shows("dot-dot", "same", "%s", same_inode("d/e/..", "d") ? "same" : "another");
	shows("many slashes", "same", "%s", same_inode("d////e//", "d/e") ? "same" : "another");
}

static void removing(void)
{
	make("f", "");
	must(mkdir("d", 0755));
	make("d/f", "");
	call("rmdir of a file", "ENOTDIR", rmdir("f"));
	call("unlink of a directory", "EISDIR|EPERM", unlink("d"));
	call("rmdir of a full one", "ENOTEMPTY|EEXIST", rmdir("d"));
	call("unlink with a slash", "ENOTDIR", unlink("f/"));
	call("mkdir of an existing file", "EEXIST", mkdir("f", 0755));
	call("mkdir of an existing directory", "EEXIST", mkdir("d", 0755));
	call("mkdir with a slash", "ok", mkdir("e/", 0755));
	call("rmdir with a slash", "ok", rmdir("e/"));
	call("unlink of nothing", "ENOENT", unlink("none"));
	call("rmdir of nothing", "ENOENT", rmdir("none"));
	call("unlinkat with a bad flag", "EINVAL", unlinkat(AT_FDCWD, "f", 0x40000000));
	call("unlinkat AT_REMOVEDIR of a file", "ENOTDIR", unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
	must(unlink("d/f"));
	call("rmdir", "ok", rmdir("d"));
	call("the name is free", "ENOENT", access("d", F_OK));
	call("for a file", "ok", (make("d", "file"), 0));
	shows("which it is", "file", "%s", kind("d"));
}

const struct part name_parts[] = {
	{"errors", errors, 0},
	{"too-long", too_long, NEEDS_NAMES},
	{"link-errors", link_errors, NEEDS_LINKS | NEEDS_SPECIAL},
	{"longest", longest, 0},
	{"deep", deep, 0},
	{"every-byte", every_byte, NEEDS_NAMES},
	{"dots", dots, 0},
	{"removing", removing, 0},
	{0}
};
