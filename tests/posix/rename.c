// SPDX-License-Identifier: GPL-2.0-or-later
/* rename(2): every kind of file over every other, flags, '..', open files, and what it touches. */
#include "suite.h"

enum kind { ABSENT, PLAIN, DIRECTORY, FULL, SYMLINK, FIFO, KINDS };

static const char *const kind_names[KINDS] = {
	"nothing", "file", "directory", "full directory", "symlink", "fifo",
};

static void create(const char *path, enum kind kind)
{
	switch (kind) {
	case PLAIN:
		make(path, path);
		break;
	case DIRECTORY:
		must(mkdir(path, 0755));
		break;
	case FULL:
		must(mkdir(path, 0755));
		make(text("%s/x", path), "");
		break;
	case SYMLINK:
		must(symlink(path, path));
		break;
	case FIFO:
		must(mkfifo(path, 0644));
		break;
	default:
		break;
	}
}

static void destroy(const char *path)
{
	unlink(text("%s/x", path));
	if (unlink(path))
		rmdir(path);
}

static bool is_dir(enum kind kind)
{
	return kind == DIRECTORY || kind == FULL;
}

static const char *expected_result(enum kind from, enum kind to, unsigned int flags)
{
	if (from == ABSENT)
		return "ENOENT";
	if (flags == RENAME_NOREPLACE)
		return to == ABSENT ? "ok" : "EEXIST";
	if (flags == RENAME_EXCHANGE)
		return to == ABSENT ? "ENOENT" : "ok";
	if (to == ABSENT)
		return "ok";
	if (is_dir(from))
		return to == FULL ? "ENOTEMPTY|EEXIST" : to == DIRECTORY ? "ok" : "ENOTDIR";
	return is_dir(to) ? "EISDIR" : "ok";
}

static void matrix(unsigned int flags, const char *flag_name, int first, int last)
{
	must(mkdir("other", 0755));
	for (int from = first; from < last; from++)
		for (int to = first; to < last; to++)
			for (int across = 0; across < 2; across++) {
				const char *target = across ? "other/b" : "b";
				const char *check = text("%s%s to %s%s", flag_name,
							 kind_names[from], kind_names[to],
							 across ? " elsewhere" : "");

				create("a", from);
				create(target, to);
				call(check, expected_result(from, to, flags),
				     renameat2(AT_FDCWD, "a", AT_FDCWD, target, flags));
				shows(text("%s, then", check), NULL, "%s, %s", kind("a"),
				      kind(target));
				destroy("a");
				destroy(target);
			}
}

static void all_kinds(void)
{
	matrix(0, "", ABSENT, KINDS);
	must(rmdir("other"));
	matrix(RENAME_NOREPLACE, "noreplace ", ABSENT, KINDS);
	must(rmdir("other"));
	matrix(RENAME_EXCHANGE, "exchange ", ABSENT, KINDS);
}

static void plain_kinds(void)
{
	matrix(0, "", ABSENT, SYMLINK);
	must(rmdir("other"));
	matrix(RENAME_NOREPLACE, "noreplace ", ABSENT, SYMLINK);
}

static int rename2(const char *a, const char *b, unsigned int flags)
{
	return renameat2(AT_FDCWD, a, AT_FDCWD, b, flags);
}

static void flags(void)
{
	make("a", "A");
	make("b", "B");
	call("noreplace and exchange", "EINVAL",
	     rename2("a", "b", RENAME_NOREPLACE | RENAME_EXCHANGE));
	call("whiteout and exchange", "EINVAL",
	     rename2("a", "b", RENAME_WHITEOUT | RENAME_EXCHANGE));
	call("unknown flag", "EINVAL", rename2("a", "b", 1U << 30));
	call("exchange", NULL, rename2("a", "b", RENAME_EXCHANGE));
	shows("contents", NULL, "%s %s", content("a"), content("b"));
	call("exchange with itself", NULL, rename2("a", "a", RENAME_EXCHANGE));
	call("noreplace onto itself", "EEXIST", rename2("a", "a", RENAME_NOREPLACE));
	must(mkdir("d", 0755));
	call("exchange with own subdirectory", "EINVAL",
	     (mkdir("d/s", 0755), rename2("d", "d/s", RENAME_EXCHANGE)));
	call("exchange with own parent", NULL, rename2("d/s", "d", RENAME_EXCHANGE));
}

static void whiteout(void)
{
	make("a", "A");
	call("whiteout", NULL, rename2("a", "b", RENAME_WHITEOUT));
	shows("left behind", NULL, "%s", shape("a"));
	shows("moved", NULL, "%s", content("b"));
	call("whiteout, noreplace", NULL, rename2("b", "c", RENAME_WHITEOUT | RENAME_NOREPLACE));
	shows("left behind", NULL, "%s", shape("b"));
	if (child_as(&alice)) {
		call("whiteout by an ordinary user", "EACCES|EPERM",
		     rename2("c", "d", RENAME_WHITEOUT));
		leave();
	}
}

static void itself(void)
{
	make("a", "A");
	must(mkdir("d", 0755));
	call("file onto itself", "ok", rename("a", "a"));
	call("directory onto itself", "ok", rename("d", "d"));
	call("another spelling", "ok", rename("d/../a", "./a"));
	shows("still there", "\"A\"", "%s", content("a"));
}

static void hard_links(void)
{
	make("a", "A");
	must(link("a", "b"));
	call("onto a link of the same file", "ok", rename("a", "b"));
	shows("does nothing", "\"A\" \"A\"", "%s %s", content("a"), content("b"));
	shows("links", "2", "%lu", (long)links("a"));
	make("c", "C");
	must(link("c", "d"));
	call("over one of two links", "ok", rename("a", "c"));
	shows("the other link stays", "\"C\" links 1", "%s links %lu", content("d"),
	      (long)links("d"));
	touches("replacing a link touches the file's", "ctime", "d",
		(must(link("d", "e")), rename("a", "x"), make("y", ""), rename("y", "e")));
}

static void loops(void)
{
	must(mkdir("a", 0755));
	must(mkdir("a/b", 0755));
	must(mkdir("a/b/c", 0755));
	call("into itself", "EINVAL", rename("a", "a/x"));
	call("into a grandchild", "EINVAL", rename("a", "a/b/c/x"));
	call("over its own child", "EINVAL", rename("a", "a/b"));
	call("over its parent", "ENOTEMPTY|EEXIST", rename("a/b", "a"));
	call("over its grandparent", "ENOTEMPTY|EEXIST", rename("a/b/c", "a"));
	call("dot", "EBUSY|EINVAL", rename("a/.", "x"));
	call("dot-dot", "EBUSY|EINVAL", rename("a/b/..", "x"));
	call("to dot", "EBUSY|EINVAL|EEXIST", rename("a", "."));
	call("to dot-dot", "EBUSY|EINVAL|EEXIST|ENOTEMPTY", rename("a/b", "a/b/.."));
	call("empty name", "ENOENT", rename("", "x"));
	call("to an empty name", "ENOENT", rename("a", ""));
	call("missing parent", "ENOENT", rename("a", "none/x"));
}

static void slashes(void)
{
	make("f", "");
	must(mkdir("d", 0755));
	call("file with a slash", "ENOTDIR", rename("f/", "g"));
	call("file to a name with a slash", "ENOTDIR", rename("f", "g/"));
	call("directory with a slash", "ok", rename("d/", "e"));
	call("directory to a name with a slash", "ok", rename("e", "d/"));
	call("below a file", "ENOTDIR", rename("d", "f/x"));
}

static void symlink_slash(void)
{
	must(mkdir("d", 0755));
	must(symlink("d", "l"));
	call("symlink with a slash", "ENOTDIR", rename("l/", "x"));
	call("over a symlink to a directory", "ENOTDIR", (mkdir("y", 0755), rename("y", "l")));
	call("the symlink moves, not its target", "ok", rename("l", "m"));
	shows("kinds", "directory symlink", "%s %s", kind("d"), kind("m"));
}

/* A directory that moves has another '..'; the link counts of both parents follow. */
static void dot_dot(void)
{
	must(mkdir("p", 0755));
	must(mkdir("q", 0755));
	must(mkdir("p/d", 0755));
	make("p/d/f", "F");
	shows("links before", NULL, "%lu %lu", (long)links("p"), (long)links("q"));
	must(chdir("p/d"));
	must(rename("../../p/d", "../../q/e"));
	shows("dot-dot of who is in it", "q", "%s", same_inode("..", "../../q") ? "q" : "another");
	shows("the file in it", "\"F\"", "%s", content("f"));
	must(chdir("../.."));
	shows("dot-dot", "q", "%s", same_inode("q/e/..", "q") ? "q" : "another");
	shows("links after", NULL, "%lu %lu", (long)links("p"), (long)links("q"));
	call("the old parent is empty", "ok", rmdir("p"));
	must(mkdir("r", 0755));
	make("r/file", "");
	call("exchange a directory and a file across", NULL,
	     rename2("q/e", "r/file", RENAME_EXCHANGE));
	shows("links then", NULL, "%lu %lu", (long)links("q"), (long)links("r"));
	shows("kinds then", NULL, "%s %s", kind("q/e"), kind("r/file"));
}

static void permissions_needed(void)
{
	must(mkdir("p", 0777));
	must(mkdir("q", 0777));
	must(chmod("p", 0777) ?: chmod("q", 0777));
	must(mkdir("p/d", 0755));
	make("p/f", "");
	if (child_as(&bob)) {
		call("another's directory, same parent", "ok", rename("p/d", "p/e"));
		call("another's directory, new parent", "EACCES", rename("p/e", "q/e"));
		call("another's file, new parent", "ok", rename("p/f", "q/f"));
		leave();
	}
	must(chmod("q", 0755));
	make("p/f", "");
	if (child_as(&bob)) {
		call("target not writable", "EACCES", rename("p/f", "q/g"));
		call("source not writable", "EACCES", rename("q/f", "p/g"));
		leave();
	}
}

static void times(void)
{
	must(mkdir("p", 0755));
	must(mkdir("q", 0755));
	make("p/f", "");
	touches("the file", "ctime", "p/f", rename("p/f", "p/g") ?: rename("p/g", "p/f"));
	touches("the directory", "mtime ctime", "p", rename("p/f", "p/g"));
	touches("the source directory", "mtime ctime", "p", rename("p/g", "q/g"));
	touches("the target directory", "mtime ctime", "q", rename("q/g", "p/g") ?:
		rename("p/g", "q/g"));
	make("q/h", "");
	touches("a refused one", "none", "q", rename2("q/g", "q/h", RENAME_NOREPLACE) * 0);
	touches("onto itself", "none", "q", rename("q/g", "q/g"));
	touches("the exchanged file", NULL, "q/h", rename2("q/g", "q/h", RENAME_EXCHANGE) ?:
		rename2("q/g", "q/h", RENAME_EXCHANGE));
}

static void open_files(void)
{
	char buf[8] = "", path[200];
	int fd, gone, n;

	make("a", "A");
	make("b", "B");
	must(mkdir("d", 0755));
	fd = must(open("a", O_RDWR));
	gone = must(open("b", O_RDWR));
	must(rename("a", "b"));
	call("read of the moved", "1", pread(fd, buf, 8, 0));
	call("write of the moved", "2", pwrite(fd, "AA", 2, 0));
	shows("seen by its name", "\"AA\"", "%s", content("b"));
	call("read of the replaced", "1", pread(gone, buf, 8, 0));
	shows("it says", "B", "%.1s", buf);
	must(rename("b", "d/c"));
	n = must(readlink(text("/proc/self/fd/%d", fd), path, sizeof(path) - 1));
	path[n] = 0;
	shows("its name in /proc", "yes", "%s",
	      n > 4 && !strcmp(path + n - 4, "/d/c") ? "yes" : path);
	must(ftruncate(gone, 3));
	call("the replaced one lives", "3", pread(gone, buf, 8, 0));
}

const struct part rename_parts[] = {
	{"kinds", all_kinds, NEEDS_LINKS | NEEDS_SPECIAL},
	{"plain-kinds", plain_kinds, 0},
	{"flags", flags, 0},
	{"whiteout", whiteout, NEEDS_ROOT | NEEDS_SPECIAL},
	{"itself", itself, 0},
	{"hard-links", hard_links, NEEDS_LINKS},
	{"loops", loops, 0},
	{"slashes", slashes, 0},
	{"symlink-slash", symlink_slash, NEEDS_LINKS},
	{"dot-dot", dot_dot, 0},
	{"permissions", permissions_needed, NEEDS_ROOT | NEEDS_OWNERS},
	{"times", times, NEEDS_TIMES},
	{"open", open_files, 0},
	{0}
};
