// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may change modes and owners, sticky and setgid directories,
 * and when suid and sgid go away. */
#include <sys/mman.h>

#include "suite.h"

static void make_owned(const char *path, uid_t uid, gid_t gid, mode_t mode)
{
	make(path, "data");
	must(chown(path, uid, gid));
	must(chmod(path, mode));
}

static void chmod_rights(void)
{
	make_owned("f", ALICE, ALICE, 0666);
	if (child_as(&bob)) {
		int fd = must(open("f", O_RDWR));

		call("chmod by another", "EPERM", chmod("f", 0600));
		call("fchmod by another", "EPERM", fchmod(fd, 0600));
		leave();
	}
	if (child_as(&alice)) {
		call("chmod by the owner", "ok", chmod("f", 0600));
		call("suid by the owner", "ok", chmod("f", 04755));
		shows("which gives", "4755", "%s", permissions("f"));
		leave();
	}
	make_owned("g", CAROL, BOB, 0644);
	if (child_as(&carol)) {
		call("sgid by an owner not in the group", "ok", chmod("g", 02755));
		shows("is taken away", "0755", "%s", permissions("g"));
		call("group of hers", "ok", chown("g", -1, TEAM));
		call("sgid by an owner in the group", "ok", chmod("g", 02755));
		shows("stays", "2755", "%s", permissions("g"));
		leave();
	}
	make_owned("s", ALICE, ALICE, 0644);
	if (child_as(&alice)) {
		call("sticky on a file by its owner", NULL, chmod("s", 01644));
		shows("which gives", NULL, "%s", permissions("s"));
		leave();
	}
}

static void chown_rights(void)
{
	make_owned("f", CAROL, CAROL, 0644);
	if (child_as(&carol)) {
		call("give away", "EPERM", chown("f", ALICE, -1));
		call("keep", "ok", chown("f", CAROL, -1));
		call("supplementary group", "ok", chown("f", -1, TEAM));
		call("strange group", "EPERM", chown("f", -1, BOB));
		call("no change", "ok", chown("f", -1, -1));
		shows("after that", NULL, "%s", shape("f"));
		leave();
	}
	if (child_as(&bob)) {
		call("take", "EPERM", chown("f", BOB, -1));
		call("no change by another", NULL, chown("f", -1, -1));
		leave();
	}
	call("by root", "ok", chown("f", 12345678, 87654321));
	shows("large ids", "file 0644 12345678:87654321 links 1 size 4", "%s", shape("f"));
	call("largest", "ok", chown("f", 0xfffffffe, 0xfffffffe));
	shows("largest ids", NULL, "%s", shape("f"));
}

/* When each kind of change takes suid and sgid away. */
static void change_by(const struct who *who, const char *name)
{
	static const char *const ops[] = {
		"write", "empty write", "truncate", "truncate to the same", "ftruncate", "O_TRUNC",
		"chown to self", "chmod", "fallocate", "mmap", "utimes", "rename", "link",
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		make("f", "data");
		must(chown("f", ALICE, ALICE));
		must(chmod("f", 06777));
		if (child_as(who)) {
			int fd = must(open("f", i == 5 ? O_RDWR | O_TRUNC : O_RDWR));
			char *p;

			switch (i) {
			case 0: must(write(fd, "x", 1)); break;
			case 1: must(write(fd, "x", 0)); break;
			case 2: must(truncate("f", 1)); break;
			case 3: must(truncate("f", 4)); break;
			case 4: must(ftruncate(fd, 100)); break;
			case 6: must(chown("f", -1, -1)); break;
			case 7: must(chmod("f", 06755)); break;
			case 8: must(posix_fallocate(fd, 0, 4096) == 0 ? 0 : -1); break;
			case 9:
				p = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
				p[0] = 'x';
				must(msync(p, 4, MS_SYNC));
				break;
			case 10: must(futimens(fd, NULL)); break;
			case 11: must(rename("f", "g") ?: rename("g", "f")); break;
			case 12: must(link("f", "g") ?: unlink("g")); break;
			}
			leave();
		}
		shows(text("%s by %s", ops[i], name), i == 0 && who == &bob ? "0777" : NULL, "%s",
		      permissions("f"));
		must(unlink("f"));
	}
}

static void suid_goes(void)
{
	must(chmod(".", 0777));
	change_by(&alice, "the owner");
	change_by(NULL, "root");
}

static void suid_goes_by_others(void)
{
	static const mode_t modes[] = {06777, 02777, 02767, 04777, 02666, 06666};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		make_owned("f", ALICE, ALICE, modes[i]);
		if (child_as(&bob)) {
			int fd = must(open("f", O_RDWR));

			must(write(fd, "x", 1));
			leave();
		}
		shows(text("%04o after a write by another", modes[i]), NULL, "%s",
		      permissions("f"));
		make_owned("f", ALICE, ALICE, modes[i]);
		if (child_as(&bob)) {
			must(truncate("f", 2));
			leave();
		}
		shows(text("%04o after truncate by another", modes[i]), NULL, "%s",
		      permissions("f"));
		make_owned("f", ALICE, ALICE, modes[i]);
		must(chown("f", BOB, TEAM));
		shows(text("%04o after chown by root", modes[i]), NULL, "%s", permissions("f"));
		must(unlink("f"));
	}
	must(mkdir("d", 0777));
	must(chmod("d", 06777));
	must(chown("d", ALICE, ALICE));
	shows("directory after chown", "6777", "%s", permissions("d"));
	must(chmod("d", 0777));
}

static void chown_clears(void)
{
	make_owned("f", CAROL, CAROL, 06755);
	if (child_as(&carol)) {
		must(chown("f", -1, TEAM));
		shows("to a group of hers", "0755", "%s", permissions("f"));
		leave();
	}
	make_owned("f", CAROL, CAROL, 06644);
	if (child_as(&carol)) {
		must(chown("f", -1, TEAM));
		shows("sgid without group execute", NULL, "%s", permissions("f"));
		leave();
	}
}

static void sticky(void)
{
	must(mkdir("d", 0777));
	must(chown("d", CAROL, CAROL));
	must(chmod("d", 01777));
	make_owned("d/alice", ALICE, ALICE, 0666);
	make_owned("d/bob", BOB, BOB, 0666);
	must(mkdir("d/adir", 0777));
	must(chown("d/adir", ALICE, ALICE));
	if (child_as(&bob)) {
		call("unlink of another's", "EPERM", unlink("d/alice"));
		call("rename of another's", "EPERM", rename("d/alice", "d/x"));
		call("rename over another's", "EPERM", rename("d/bob", "d/alice"));
		call("exchange with another's", "EPERM",
		     renameat2(AT_FDCWD, "d/bob", AT_FDCWD, "d/alice", RENAME_EXCHANGE));
		call("rmdir of another's", "EPERM", rmdir("d/adir"));
		call("own rename", "ok", rename("d/bob", "d/b2"));
		call("own unlink", "ok", unlink("d/b2"));
		leave();
	}
	make_owned("d/bob", BOB, BOB, 0666);
	if (child_as(&carol)) {
		call("unlink by the directory's owner", "ok", unlink("d/alice"));
		call("rename by the directory's owner", "ok", rename("d/bob", "d/b3"));
		leave();
	}
	make_owned("d/alice", ALICE, ALICE, 0666);
	call("unlink by root", "ok", unlink("d/alice"));
}

static void setgid_directory(void)
{
	must(mkdir("d", 0777));
	must(chown("d", ALICE, TEAM));
	must(chmod("d", 02777));
	if (child_as(&bob)) {
		umask(0);
		must(close(must(open("d/f", O_CREAT | O_WRONLY, 02775))));
		shows("file of one not in the group", NULL, "%s", shape("d/f"));
		must(close(must(open("d/f2", O_CREAT | O_WRONLY, 02664))));
		shows("file without group execute", NULL, "%s", shape("d/f2"));
		must(mkdir("d/sub", 0755));
		shows("directory", "directory 2755 4002:4100", "%s", shape("d/sub"));
		must(mkfifo("d/p", 0666));
		shows("fifo", "fifo 0666 4002:4100 links 1 size 0", "%s", shape("d/p"));
		must(symlink("x", "d/l"));
		shows("symlink", "symlink 0777 4002:4100 links 1 size 1", "%s", shape("d/l"));
		leave();
	}
}

static void setgid_directory_members(void)
{
	must(mkdir("d", 0777));
	must(chown("d", ALICE, TEAM));
	must(chmod("d", 02777));
	if (child_as(&carol)) {
		int fd;

		umask(0);
		must(close(must(open("d/f", O_CREAT | O_WRONLY, 02775))));
		shows("file of a member", "file 2775 4003:4100 links 1 size 0", "%s", shape("d/f"));
		must(mkdir("d/sub", 0));
		shows("directory with mode 0", "directory 2000 4003:4100", "%s", shape("d/sub"));
		fd = opens("unnamed file", NULL, open("d", O_TMPFILE | O_WRONLY, 02775));
		shows("its shape", NULL, "%s", shape_fd(fd));
		must(chmod("d/sub", 0777));
		shows("chmod without the bit", "0777", "%s", permissions("d/sub"));
		leave();
	}
	must(chmod("d", 0777));
	if (child_as(&carol)) {
		must(close(must(open("d/plain", O_CREAT | O_WRONLY, 0644))));
		shows("file without setgid", "file 0644 4003:4003 links 1 size 0", "%s",
		      shape("d/plain"));
		leave();
	}
}

static void symlink_owner(void)
{
	make("f", "");
	must(symlink("f", "l"));
	call("lchown", "ok", lchown("l", ALICE, BOB));
	shows("the symlink", "symlink 0777 4001:4002 links 1 size 1", "%s", shape("l"));
	shows("its target", "file 0644 0:0 links 1 size 0", "%s", shape("f"));
	call("chown through it", "ok", chown("l", BOB, ALICE));
	shows("the target then", "file 0644 4002:4001 links 1 size 0", "%s", shape("f"));
	if (child_as(&carol)) {
		call("lchown by another", "EPERM", lchown("l", CAROL, -1));
		leave();
	}
}

const struct part owner_parts[] = {
	{"chmod", chmod_rights, NEEDS_ROOT | NEEDS_OWNERS},
	{"chown", chown_rights, NEEDS_ROOT | NEEDS_OWNERS},
	{"suid", suid_goes, NEEDS_ROOT | NEEDS_OWNERS},
	{"suid-others", suid_goes_by_others, NEEDS_ROOT | NEEDS_OWNERS},
	{"chown-clears", chown_clears, NEEDS_ROOT | NEEDS_OWNERS},
	{"sticky", sticky, NEEDS_ROOT | NEEDS_OWNERS},
	{"setgid", setgid_directory, NEEDS_ROOT | NEEDS_OWNERS},
	{"setgid-members", setgid_directory_members, NEEDS_ROOT | NEEDS_OWNERS},
	{"symlink", symlink_owner, NEEDS_ROOT | NEEDS_OWNERS | NEEDS_LINKS},
	{0}
};
