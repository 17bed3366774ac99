// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbolic links: length, what they lead to, who follows them. */
#include "suite.h"

static void lengths(void)
{
	static const int sizes[] = {1, 59, 60, 61, 255, 256, 1023, 1024, 1025, 2047, 4000,
				    4094, 4095};
	char target[PATH_MAX + 1], got[PATH_MAX + 1];

	memset(target, 'x', sizeof(target));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ssize_t n;

		target[sizes[i]] = 0;
		if (call(text("%d bytes", sizes[i]), sizes[i] < 1024 ? "ok" : NULL,
			 symlink(target, "l")))
			continue;
		target[sizes[i]] = 'x';
		n = readlink("l", got, sizeof(got));
		shows(text("%d bytes, read", sizes[i]), text("%d", sizes[i]), "%zd", n);
		shows(text("%d bytes, same", sizes[i]), "yes", "%s",
		      n == sizes[i] && !memcmp(got, target, n) ? "yes" : "no");
		shows(text("%d bytes, shape", sizes[i]), NULL, "%s", shape("l"));
		must(unlink("l"));
	}
	target[4096] = 0;
	call("4096 bytes", "ENAMETOOLONG", symlink(target, "l"));
}

static void reading(void)
{
	char buf[16] = "################";

	must(symlink("target", "l"));
	call("a short buffer truncates", "3", readlink("l", buf, 3));
	shows("it holds", "tar#", "%.4s", buf);
	call("no buffer", "EINVAL", readlink("l", buf, 0));
	make("f", "");
	call("of a file", "EINVAL", readlink("f", buf, 16));
	call("of a directory", "EINVAL", readlink(".", buf, 16));
	call("of nothing", "ENOENT", readlink("none", buf, 16));
	call("empty target", "ENOENT", symlink("", "e"));
	call("existing name", "EEXIST", symlink("x", "f"));
	call("existing symlink", "EEXIST", symlink("x", "l"));
	call("name with a slash", "ENOENT", symlink("x", "y/"));
	touches("making one touches the directory", "mtime ctime", ".", symlink("x", "z"));
	must(symlink("a\n\xff\"b", "odd"));
	shows("odd bytes", "5", "%zd", readlink("odd", buf, 16));
}

static void following(void)
{
	struct stat st;

	make("f", "data");
	must(mkdir("d", 0755));
	make("d/g", "in d");
	must(symlink("f", "lf"));
	must(symlink("d", "ld"));
	must(symlink("none", "dangling"));
	must(symlink("../f", "d/up"));
	shows("file", "\"data\"", "%s", content("lf"));
	shows("through a directory", "\"in d\"", "%s", content("ld/g"));
	shows("relative to where it lies", "\"data\"", "%s", content("d/up"));
	shows("and through another", "\"data\"", "%s", content("ld/up"));
	call("stat of a dangling one", "ENOENT", stat("dangling", &st));
	call("lstat of a dangling one", "ok", lstat("dangling", &st));
	call("lstat with a slash follows", "ENOENT", lstat("dangling/", &st));
	must(lstat("ld/", &st));
	shows("lstat with a slash", "directory", "%s",
	      S_ISDIR(st.st_mode) ? "directory" : "symlink");
	call("mkdir over a dangling one", "EEXIST", mkdir("dangling", 0755));
	call("rmdir of a symlink", "ENOTDIR", rmdir("ld"));
	call("rmdir of a symlink with a slash", "ENOTDIR", rmdir("ld/"));
	call("unlink with a slash", "ENOTDIR|EISDIR", unlink("ld/"));
	opens_shut("O_EXCL does not follow", "EEXIST",
		   open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0644));
	opens_shut("O_NOFOLLOW", "ELOOP", open("lf", O_RDONLY | O_NOFOLLOW));
	opens_shut("O_NOFOLLOW before a slash", "ok", open("ld/g", O_RDONLY | O_NOFOLLOW));
	opens_shut("O_CREAT makes the target", "ok", open("dangling", O_CREAT | O_WRONLY, 0644));
	shows("which is", "file", "%s", kind("none"));
	call("unlink takes the symlink", "ok", unlink("lf"));
	shows("and leaves the file", "\"data\"", "%s", content("f"));
}

static void loops(void)
{
	struct stat st;
	int i;

	must(symlink("b", "a"));
	must(symlink("a", "b"));
	must(symlink("self", "self"));
	call("two", "ELOOP", stat("a", &st));
	call("itself", "ELOOP", stat("self", &st));
	call("below", "ELOOP", stat("self/x", &st));
	opens_shut("open", "ELOOP", open("a", O_RDONLY));
	opens_shut("create", "ELOOP", open("a", O_RDWR | O_CREAT, 0644));
	call("mkdir below", "ELOOP", mkdir("a/x", 0755));
	call("chdir", "ELOOP", chdir("a"));
	call("truncate", "ELOOP", truncate("a", 0));
	call("chmod", "ELOOP", chmod("a", 0644));
	call("rename of the loop", "ok", rename("a", "c"));
	call("unlink of the loop", "ok", unlink("c"));
	make("f", "end");
	must(symlink("f", "l0"));
	for (i = 1; i <= 40; i++)
		must(symlink(text("l%d", i - 1), text("l%d", i)));
	call("40 in a row", "ok", stat("l39", &st));
	call("41 in a row", "ELOOP", stat("l40", &st));
}

static void attributes(void)
{
	struct timespec t[2] = {{1000000000, 111}, {1100000000, 222}};
	struct stat st;

	make("f", "");
	must(symlink("f", "l"));
	call("chmod without following", "EOPNOTSUPP|ENOTSUP",
	     fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
	shows("its mode", "0777", "%s", permissions("l"));
	call("times of the symlink", "ok", utimensat(AT_FDCWD, "l", t, AT_SYMLINK_NOFOLLOW));
	must(lstat("l", &st));
	shows("are", "1000000000.111 1100000000.222", "%ld.%ld %ld.%ld", st.st_atim.tv_sec,
	      st.st_atim.tv_nsec, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	must(stat("f", &st));
	shows("the target's are not", "yes", "%s", st.st_mtim.tv_sec > 1100000000 ? "yes" : "no");
}

const struct part symlink_parts[] = {
	{"lengths", lengths, NEEDS_LINKS},
	{"reading", reading, NEEDS_LINKS},
	{"following", following, NEEDS_LINKS},
	{"loops", loops, NEEDS_LINKS},
	{"attributes", attributes, NEEDS_LINKS},
	{0}
};
