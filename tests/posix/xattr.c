// SPDX-License-Identifier: GPL-2.0-or-later
/* Extended attributes: name spaces, flags, sizes, lists, and who may. */
#include <sys/xattr.h>

#include "suite.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of a file, sorted: their order is the format's. */
static const char *names(const char *path)
{
	static char list[65536];
	const char *name[256], *s = "";
	ssize_t n = llistxattr(path, list, sizeof(list));
	int count = 0;

	if (n < 0)
		return strerrorname_np(errno);
	for (char *p = list; p < list + n && count < 256; p += strlen(p) + 1)
		name[count++] = p;
	qsort(name, count, sizeof(*name), compare_names);
	for (int i = 0; i < count; i++)
		s = text("%s%s%s", s, i ? "," : "", name[i]);
	return text("[%s]", s);
}

static const char *value(const char *path, const char *name)
{
	char buf[100];
	ssize_t n = lgetxattr(path, name, buf, sizeof(buf) - 1);

	if (n < 0)
		return strerrorname_np(errno);
	buf[n] = 0;
	return text("\"%s\"", buf);
}

static void basics(void)
{
	char buf[8];

	make("f", "data");
	call("none there", "ENODATA", getxattr("f", "user.a", buf, 8));
	call("replace none", "ENODATA", setxattr("f", "user.a", "x", 1, XATTR_REPLACE));
	call("create", "ok", setxattr("f", "user.a", "value", 5, XATTR_CREATE));
	call("create again", "EEXIST", setxattr("f", "user.a", "x", 1, XATTR_CREATE));
	call("replace", "ok", setxattr("f", "user.a", "other", 5, XATTR_REPLACE));
	shows("value", "\"other\"", "%s", value("f", "user.a"));
	call("unknown flag", "EINVAL", setxattr("f", "user.b", "x", 1, 8));
	call("empty value", "ok", setxattr("f", "user.empty", "", 0, 0));
	call("which is", "ok", getxattr("f", "user.empty", buf, 8));
	call("size asked for", "5", getxattr("f", "user.a", NULL, 0));
	call("short buffer", "ERANGE", getxattr("f", "user.a", buf, 3));
	shows("names", "[user.a,user.empty]", "%s", names("f"));
	call("list, size asked for", "18", listxattr("f", NULL, 0));
	call("list, short buffer", "ERANGE", listxattr("f", buf, 8));
	call("remove", "ok", removexattr("f", "user.a"));
	call("remove again", "ENODATA", removexattr("f", "user.a"));
	shows("names", "[user.empty]", "%s", names("f"));
	call("nothing there", "ENOENT", setxattr("none", "user.a", "x", 1, 0));
	call("both flags", NULL, setxattr("f", "user.b", "x", 1, XATTR_CREATE | XATTR_REPLACE));
}

static void bad_names(void)
{
	char name[300];

	make("f", "");
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[255] = 0;
	call("a name of 255", NULL, setxattr("f", name, "x", 1, 0));
	name[255] = 'n';
	name[256] = 0;
	call("a name of 256", "ERANGE", setxattr("f", name, "x", 1, 0));
	call("no name", "ERANGE|EINVAL", setxattr("f", "", "x", 1, 0));
	call("only a prefix", "EINVAL", setxattr("f", "user.", "x", 1, 0));
	call("no prefix", "EOPNOTSUPP", setxattr("f", "a", "x", 1, 0));
	call("unknown prefix", "EOPNOTSUPP", setxattr("f", "strange.a", "x", 1, 0));
	call("unknown system attribute", "EOPNOTSUPP", setxattr("f", "system.a", "x", 1, 0));
	call("get of an unknown prefix", "EOPNOTSUPP", getxattr("f", "strange.a", NULL, 0));
	call("odd bytes", "ok", setxattr("f", "user.\xff\n=", "x", 1, 0));
	call("got", "1", getxattr("f", "user.\xff\n=", NULL, 0));
}

static void sizes(void)
{
	static const int lengths[] = {1, 100, 1000, 3000, 3900, 4000, 4096, 8000, 16000,
				      16384, 32768,
		65535, 65536};
	char *buf = malloc(70000), *back = malloc(70000);

	make("f", "");
	fill(buf, 70000, 0);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ssize_t n;

		if (call(text("%d bytes", lengths[i]), NULL,
			 setxattr("f", "user.a", buf, lengths[i], 0)))
			continue;
		n = getxattr("f", "user.a", back, 70000);
		shows(text("%d bytes, read", lengths[i]), "same", "%s",
		      n == lengths[i] && !memcmp(buf, back, n) ? "same" : "another");
	}
	call("65537 bytes", "E2BIG", setxattr("f", "user.a", buf, 65537, 0));
	call("remove", "ok", removexattr("f", "user.a"));
	call("small again", "ok", setxattr("f", "user.a", "x", 1, 0));
	free(buf);
	free(back);
}

static void many_of_them(void)
{
	int made = 0;

	make("f", "");
	for (int i = 0; i < 50; i++)
		made += !setxattr("f", text("user.%03d", i), "0123456789", 10, 0);
	shows("made", "50", "%d", made);
	call("list", "450", listxattr("f", NULL, 0));
	for (int i = 0; i < 50; i += 2)
		made -= !removexattr("f", text("user.%03d", i));
	shows("left", "25", "%d", made);
	call("list", "225", listxattr("f", NULL, 0));
	shows("one of them", "\"0123456789\"", "%s", value("f", "user.031"));
}

static void kinds_of_files(void)
{
	must(mkdir("d", 0755) ?: symlink("none", "l") ?: mkfifo("p", 0644));
	call("directory", "ok", setxattr("d", "user.a", "x", 1, 0));
	call("symlink", "EPERM", lsetxattr("l", "user.a", "x", 1, 0));
	call("fifo", "EPERM", setxattr("p", "user.a", "x", 1, 0));
	call("get of a fifo", "ENODATA|EPERM", getxattr("p", "user.a", NULL, 0));
	call("through a dangling symlink", "ENOENT", setxattr("l", "user.a", "x", 1, 0));
	call("list of a symlink", "ok", llistxattr("l", NULL, 0));
}

static void keeping(void)
{
	int fd;

	make("f", "data");
	touches("setting one touches", "ctime", "f", setxattr("f", "user.a", "x", 1, 0));
	touches("setting the same", NULL, "f", setxattr("f", "user.a", "x", 1, 0));
	touches("removing it touches", "ctime", "f", removexattr("f", "user.a"));
	must(setxattr("f", "user.a", "kept", 4, 0));
	must(rename("f", "g") ?: link("g", "h") ?: chmod("g", 0600) ?: truncate("g", 0));
	shows("after rename, link, chmod, truncate", "\"kept\"", "%s", value("h", "user.a"));
	fd = must(open("g", O_RDWR));
	must(unlink("g") ?: unlink("h"));
	call("of an unlinked file", "4", fgetxattr(fd, "user.a", NULL, 0));
	call("set of an unlinked file", "ok", fsetxattr(fd, "user.b", "x", 1, 0));
	fd = must(open("r", O_CREAT | O_RDONLY, 0644));
	call("set by a read-only descriptor", "ok", fsetxattr(fd, "user.b", "x", 1, 0));
}

static void rights(void)
{
	make("f", "");
	must(setxattr("f", "user.a", "x", 1, 0));
	must(chown("f", ALICE, ALICE) ?: chmod("f", 0644));
	if (child_as(&bob)) {
		call("get by one who may read", "1", getxattr("f", "user.a", NULL, 0));
		call("set by one who may not write", "EACCES", setxattr("f", "user.a", "y", 1, 0));
		call("remove by one who may not write", "EACCES", removexattr("f", "user.a"));
		leave();
	}
	must(chmod("f", 0600));
	if (child_as(&bob)) {
		call("get by one who may not read", "EACCES", getxattr("f", "user.a", NULL, 0));
		shows("list by one who may not read", "[user.a]", "%s", names("f"));
		leave();
	}
	must(chmod("f", 0666));
	if (child_as(&bob)) {
		call("set by another who may write", "ok", setxattr("f", "user.a", "y", 1, 0));
		leave();
	}
	must(mkdir("d", 01777));
	must(chmod("d", 01777));
	if (child_as(&bob)) {
		call("of another's sticky directory", "EPERM", setxattr("d", "user.a", "y", 1, 0));
		leave();
	}
}

static void trusted(void)
{
	make("f", "");
	must(chmod("f", 0666));
	call("set by root", "ok", setxattr("f", "trusted.a", "secret", 6, 0));
	must(setxattr("f", "user.a", "x", 1, 0));
	shows("names for root", "[trusted.a,user.a]", "%s", names("f"));
	must(symlink("x", "l"));
	call("of a symlink", "ok", lsetxattr("l", "trusted.a", "x", 1, 0));
	if (child_as(&alice)) {
		call("get by an ordinary user", "ENODATA|EPERM",
		     getxattr("f", "trusted.a", NULL, 0));
		call("set by an ordinary user", "EPERM", setxattr("f", "trusted.a", "x", 1, 0));
		shows("names for an ordinary user", NULL, "%s", names("f"));
		leave();
	}
}

static void security(void)
{
	static const unsigned char capability[20] = {1, 0, 0, 2, 1, 4};

	make("f", "data");
	must(chmod("f", 0777));
	call("strange one by root", "ok", setxattr("f", "security.strange", "x", 1, 0));
	call("bad capability", "EINVAL", setxattr("f", "security.capability", "x", 1, 0));
	call("capability", "ok", setxattr("f", "security.capability", capability, 20, 0));
	shows("names", "[security.capability,security.strange]", "%s", names("f"));
	call("got", "20", getxattr("f", "security.capability", NULL, 0));
	if (child_as(&alice)) {
		call("get by an ordinary user", "1", getxattr("f", "security.strange", NULL, 0));
		call("set by an ordinary user", "EPERM",
		     setxattr("f", "security.strange", "y", 1, 0));
		leave();
	}
	must(close(must(open("f", O_WRONLY))));
	call("open keeps it", "20", getxattr("f", "security.capability", NULL, 0));
	must(write(must(open("f", O_WRONLY)), "x", 1));
	call("a write takes it away", "ENODATA", getxattr("f", "security.capability", NULL, 0));
	must(setxattr("f", "security.capability", capability, 20, 0));
	must(chown("f", ALICE, -1));
	call("chown takes it away", "ENODATA", getxattr("f", "security.capability", NULL, 0));
	must(setxattr("f", "security.capability", capability, 20, 0));
	must(truncate("f", 1));
	call("truncate takes it away", "ENODATA", getxattr("f", "security.capability", NULL, 0));
}

const struct part xattr_parts[] = {
	{"basics", basics, NEEDS_XATTRS},
	{"names", bad_names, NEEDS_XATTRS},
	{"sizes", sizes, NEEDS_XATTRS},
	{"many", many_of_them, NEEDS_XATTRS},
	{"kinds", kinds_of_files, NEEDS_XATTRS | NEEDS_LINKS | NEEDS_SPECIAL},
	{"keeping", keeping, NEEDS_XATTRS | NEEDS_LINKS},
	{"rights", rights, NEEDS_ROOT | NEEDS_XATTRS},
	{"trusted", trusted, NEEDS_ROOT | NEEDS_XATTRS},
	{"security", security, NEEDS_ROOT | NEEDS_XATTRS},
	{0}
};
