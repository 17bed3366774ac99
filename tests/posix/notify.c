// SPDX-License-Identifier: GPL-2.0-or-later
/* inotify: the events of one's own changes, in their order. */
#include <sys/inotify.h>

#include "suite.h"

static const struct {
	uint32_t bit;
	const char *name;
} event_names[] = {
	{IN_ACCESS, "access"}, {IN_MODIFY, "modify"}, {IN_ATTRIB, "attrib"},
	{IN_CLOSE_WRITE, "close_write"}, {IN_CLOSE_NOWRITE, "close_nowrite"}, {IN_OPEN, "open"},
	{IN_MOVED_FROM, "moved_from"}, {IN_MOVED_TO, "moved_to"}, {IN_CREATE, "create"},
	{IN_DELETE, "delete"}, {IN_DELETE_SELF, "delete_self"}, {IN_MOVE_SELF, "move_self"},
	{IN_UNMOUNT, "unmount"}, {IN_IGNORED, "ignored"}, {IN_ISDIR, "isdir"},
};

static int in;

static const char *events(void)
{
	char buf[8192] __attribute__((aligned(8)));
	ssize_t n = read(in, buf, sizeof(buf));
	const char *s = "";
	uint32_t cookie = 0;

	if (n < 0)
		return "none";
	for (char *p = buf; p < buf + n; ) {
		struct inotify_event *e = (void *)p;

		s = text("%s%s", s, *s ? "; " : "");
		for (size_t i = 0; i < sizeof(event_names) / sizeof(event_names[0]); i++)
			if (e->mask & event_names[i].bit)
				s = text("%s%s ", s, event_names[i].name);
		s = text("%s%s", s, e->len ? e->name : "self");
		if (e->mask & IN_MOVED_TO)
			s = text("%s %s", s, e->cookie == cookie && cookie ? "paired" : "alone");
		cookie = e->cookie;
		p += sizeof(*e) + e->len;
	}
	return s;
}

#define STEP(check, expected, operation) \
	(must(operation), shows(check, expected, "%s", events()))

static int write_close(const char *path, int flags)
{
	int fd = must(open(path, flags, 0644));

	must(write(fd, "data", 4));
	return close(fd);
}

static void in_directory(void)
{
	char buf[4];
	int fd;

	in = must(inotify_init1(IN_NONBLOCK));
	must(mkdir("d", 0755) ?: mkdir("e", 0755));
	must(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	STEP("create and write", "create f; open f; modify f; close_write f",
	     write_close("d/f", O_CREAT | O_WRONLY));
	fd = must(open("d/f", O_RDWR));
	events();
	STEP("read", "access f", read(fd, buf, 4));
	STEP("pread at the end", NULL, pread(fd, buf, 4, 100));
	STEP("ftruncate", "modify f", ftruncate(fd, 1));
	STEP("fchmod", "attrib f", fchmod(fd, 0600));
	STEP("futimens", NULL, futimens(fd, NULL));
	STEP("fsync", "none", fsync(fd));
	STEP("fallocate", NULL, fallocate(fd, 0, 0, 8192) * 0);
	STEP("close", "close_write f", close(fd));
	STEP("O_TRUNC", NULL,
	     close(must(open("d/f", O_WRONLY | O_TRUNC))));
	STEP("rename in it", "moved_from f; moved_to g paired", rename("d/f", "d/g"));
	STEP("rename out of it", "moved_from g", rename("d/g", "e/g"));
	STEP("rename into it", "moved_to h alone", rename("e/g", "d/h"));
	STEP("mkdir", "create isdir s", mkdir("d/s", 0755));
	STEP("rmdir", "delete isdir s", rmdir("d/s"));
	STEP("unlink", "delete h|attrib h; delete h", unlink("d/h"));
	STEP("refused", "none", mkdir("d", 0755) * 0);
}

static void of_links(void)
{
	in = must(inotify_init1(IN_NONBLOCK));
	must(mkdir("d", 0755));
	must(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	STEP("symlink", "create l", symlink("x", "d/l"));
	STEP("mkfifo", "create p", mkfifo("d/p", 0644));
	STEP("link", NULL, link("d/p", "d/q"));
	STEP("exchange", NULL, renameat2(AT_FDCWD, "d/l", AT_FDCWD, "d/p", RENAME_EXCHANGE));
	STEP("chown", NULL, lchown("d/q", geteuid(), getegid()));
}

static void of_file(void)
{
	int fd;

	in = must(inotify_init1(IN_NONBLOCK));
	make("f", "data");
	must(inotify_add_watch(in, "f", IN_ALL_EVENTS));
	STEP("rename", "move_self self", rename("f", "g"));
	STEP("write by another process", "open self; modify self; close_write self",
	     child_as(NULL) ? (write_close("g", O_WRONLY), leave(), 0) : 0);
	fd = must(open("g", O_RDONLY));
	events();
	STEP("unlink while open", "attrib self", unlink("g"));
	STEP("last close", "close_nowrite self; delete_self self; ignored self", close(fd));
	must(mkdir("d", 0755));
	must(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	STEP("rmdir", "delete_self self; ignored self", rmdir("d"));
}

static void replaced(void)
{
	in = must(inotify_init1(IN_NONBLOCK));
	make("a", "A");
	make("b", "B");
	must(inotify_add_watch(in, "b", IN_ALL_EVENTS));
	STEP("rename over it", "attrib self; delete_self self; ignored self", rename("a", "b"));
}

static void copied(void)
{
	int from, to;

	in = must(inotify_init1(IN_NONBLOCK));
	make_sized("a", 8192);
	make("b", "");
	from = must(open("a", O_RDONLY));
	to = must(open("b", O_RDWR));
	must(inotify_add_watch(in, "a", IN_ALL_EVENTS));
	must(inotify_add_watch(in, "b", IN_ALL_EVENTS));
	STEP("copy_file_range", NULL, copy_file_range(from, NULL, to, NULL, 8192, 0));
	events();
}

const struct part notify_parts[] = {
	{"directory", in_directory, NEEDS_OWNERS},
	{"links", of_links, NEEDS_LINKS | NEEDS_SPECIAL},
	{"file", of_file, 0},
	{"replaced", replaced, 0},
	{"copy", copied, 0},
	{0}
};
