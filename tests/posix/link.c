// SPDX-License-Identifier: GPL-2.0-or-later
/* Link counts, and symbolic links. */
#include "suite.h"

static void counts(void)
{
	must(mkdir("d", 0755));
	shows("new directory", NULL, "%lu", (long)links("d"));
	must(mkdir("d/a", 0755));
	must(mkdir("d/b", 0755));
	shows("two subdirectories", NULL, "%lu", (long)links("d"));
	make("d/f", "");
	shows("and a file", NULL, "%lu", (long)links("d"));
	must(rmdir("d/a"));
	shows("one less", NULL, "%lu", (long)links("d"));
	shows("the file", "1", "%lu", (long)links("d/f"));
	must(rename("d/b", "b"));
	shows("moved away", NULL, "%lu", (long)links("d"));
	must(unlink("d/f"));
	call("rmdir", "ok", rmdir("d"));
}

static void hard(void)
{
	int fd;

	make("a", "A");
	call("link", "ok", link("a", "b"));
	shows("count", "2 2", "%lu %lu", (long)links("a"), (long)links("b"));
	shows("same inode", "yes", "%s", same_inode("a", "b") ? "yes" : "no");
	make("b", "changed");
	shows("same content", "\"changed\"", "%s", content("a"));
	call("existing name", "EEXIST", link("a", "b"));
	call("of nothing", "ENOENT", link("none", "c"));
	must(mkdir("d", 0755));
	call("of a directory", "EPERM", link("d", "e"));
	call("into a missing directory", "ENOENT", link("a", "none/c"));
	call("below a file", "ENOTDIR", link("a", "b/c"));
	call("across file systems", "EXDEV", link("/proc/version", "v"));
	call("elsewhere", "ok", link("a", "d/c"));
	touches("link touches the file", "ctime", "a", link("a", "e"));
	touches("link touches the directory", "mtime ctime", "d", link("a", "d/f"));
	touches("unlink touches the file", "ctime", "a", unlink("e"));
	fd = must(open("a", O_RDONLY));
	shows("count by descriptor", "file 0644", "%.9s", shape_fd(fd));
	must(unlink("a"));
	shows("count after unlink", "3", "%lu", (long)links("b"));
	for (int i = 0; i < 200; i++)
		must(link("b", text("many%d", i)));
	shows("many", "203", "%lu", (long)links("b"));
	for (int i = 0; i < 200; i++)
		must(unlink(text("many%d", i)));
	shows("few", "3", "%lu", (long)links("b"));
}

static void of_special(void)
{
	must(symlink("nowhere", "l"));
	call("of a symlink", "ok", link("l", "m"));
	shows("it is that symlink", "yes", "%s", same_inode("l", "m") ? "yes" : "no");
	shows("shape", "symlink 0777", "%.12s", shape("m"));
	call("following a dangling one", "ENOENT",
	     linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
	make("f", "F");
	must(symlink("f", "lf"));
	call("following", "ok", linkat(AT_FDCWD, "lf", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
	shows("it is the file", "yes", "%s", same_inode("f", "n") ? "yes" : "no");
	must(mkfifo("p", 0644));
	call("of a fifo", "ok", link("p", "p2"));
	shows("same fifo", "yes", "%s", same_inode("p", "p2") ? "yes" : "no");
	call("bad flag", "EINVAL", linkat(AT_FDCWD, "f", AT_FDCWD, "o", AT_REMOVEDIR));
}

static void rights(void)
{
	must(mkdir("d", 0755));
	must(chmod(".", 0777));
	make("f", "");
	must(chmod("f", 0666));
	if (child_as(&bob)) {
		call("into another's directory", "EACCES", link("f", "d/f"));
		call("into an open one", "ok", link("f", "g"));
		leave();
	}
	shows("owner", "file 0666 0:0 links 2 size 0", "%s", shape("g"));
}

const struct part link_parts[] = {
	{"counts", counts, NEEDS_OWNERS},
	{"hard", hard, NEEDS_LINKS | NEEDS_TIMES},
	{"special", of_special, NEEDS_LINKS | NEEDS_SPECIAL},
	{"rights", rights, NEEDS_ROOT | NEEDS_LINKS},
	{0}
};
