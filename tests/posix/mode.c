// SPDX-License-Identifier: GPL-2.0-or-later
/* Permission bits: which of owner, group and other applies, and what each bit allows. */
#include <sys/syscall.h>

#include "suite.h"

/* What the caller may do with a file, by trying, as "rwx" with '-' for EACCES. */
static const char *tried(const char *path)
{
	char *const argv[] = {"x", NULL}, *const envp[] = {NULL};
	int r = open(path, O_RDONLY), re = errno, w = open(path, O_WRONLY), we = errno;
	bool x;

	shut(r);
	shut(w);
	/* an empty program that may be executed is no program */
	x = execve(path, argv, envp) < 0 && errno == ENOEXEC;
	return text("%c%c%c", r >= 0 ? 'r' : re == EACCES ? '-' : '?',
		    w >= 0 ? 'w' : we == EACCES ? '-' : '?', x ? 'x' : '-');
}

static const char *asked(const char *path)
{
	return text("%c%c%c", access(path, R_OK) ? '-' : 'r', access(path, W_OK) ? '-' : 'w',
		    access(path, X_OK) ? '-' : 'x');
}

static const char *bits(int n)
{
	return text("%c%c%c", n & 4 ? 'r' : '-', n & 2 ? 'w' : '-', n & 1 ? 'x' : '-');
}

/* The three bits of one class, with the others set and not set: only that class counts. */
static void matrix(const char *class, int shift, uid_t uid, gid_t gid, const struct who *who)
{
	for (int n = 0; n < 8; n++)
		for (int others = 0; others < 2; others++) {
			mode_t mode = n << shift | (others ? 0777 & ~(7 << shift) : 0);

			make("f", "");
			must(chown("f", uid, gid));
			must(chmod("f", mode));
			if (child_as(who)) {
				shows(text("%s %04o open", class, mode), bits(n), "%s", tried("f"));
				shows(text("%s %04o access", class, mode), bits(n), "%s",
				      asked("f"));
				leave();
			}
			must(unlink("f"));
		}
}

static void classes(void)
{
	static const struct who with_team = {BOB, BOB, 3, {4200, TEAM, 4300}};

	matrix("owner", 6, ALICE, ALICE, &alice);
	matrix("owner in group", 6, CAROL, TEAM, &carol);
	matrix("group", 3, ALICE, BOB, &bob);
	matrix("supplementary group", 3, ALICE, TEAM, &with_team);
	matrix("other", 0, ALICE, ALICE, &bob);
}

static void root_bypasses(void)
{
	make("f", "");
	must(chown("f", ALICE, ALICE));
	must(chmod("f", 0));
	shows("0000", "rw-", "%s", tried("f"));
	must(chmod("f", 0001));
	shows("0001", "rwx", "%s", tried("f"));
	must(mkdir("d", 0));
	opens_shut("create in 0000 directory", "ok", open("d/f", O_WRONLY | O_CREAT, 0600));
	call("look into 0000 directory", "ok", access("d/f", F_OK));
}

static void own_bits(void)
{
	struct stat st;

	for (int n = 0; n < 8; n++) {
		make("f", "");
		must(chmod("f", n << 6));
		if (child_as(geteuid() ? NULL : &alice)) {
			shows(text("mode %03o", n << 6), NULL, "%s", tried("f"));
			leave();
		}
		must(unlink("f"));
	}
	for (mode_t mode = 0; mode <= 07777; mode += 01111) {
		make("f", "");
		must(chmod("f", mode));
		must(stat("f", &st));
		shows(text("chmod %04o", mode), geteuid() ? NULL : text("%04o", mode), "%04o",
		      st.st_mode & 07777);
		must(unlink("f"));
	}
}

/* Each bit of a directory, for somebody whom the other class meets. */
static void directory(void)
{
	for (mode_t n = 0; n < 8; n++) {
		must(mkdir("d", 0777));
		make("d/f", "data");
		must(mkdir("d/sub", 0777));
		must(chmod("d", 0700 | n));
		if (child_as(&bob)) {
			const char *search = n & 1 ? "ok" : "EACCES";
			const char *change = (n & 3) == 3 ? "ok" : "EACCES";

			opens_shut(text("%o list", n), n & 4 ? "ok" : "EACCES",
				   open("d", O_RDONLY | O_DIRECTORY));
			call(text("%o stat in it", n), search, access("d/f", F_OK));
			opens_shut(text("%o read in it", n), search, open("d/f", O_RDONLY));
			call(text("%o chdir", n), search, chdir("d") ?: chdir(".."));
			opens_shut(text("%o create", n), change,
				   open("d/new", O_CREAT | O_WRONLY, 0644));
			call(text("%o mkdir", n), change, mkdir("d/dir", 0755));
			call(text("%o symlink", n), change, symlink("x", "d/link"));
			call(text("%o mkfifo", n), change, mkfifo("d/fifo", 0644));
			call(text("%o rename", n), change, rename("d/f", "d/g"));
			call(text("%o rmdir", n), change, rmdir("d/sub"));
			call(text("%o unlink", n), change,
			     unlink(n == 3 || n == 7 ? "d/g" : "d/f"));
			leave();
		}
		must(chmod("d", 0700));
		unlink("d/f"), unlink("d/g"), unlink("d/new"), unlink("d/link"), unlink("d/fifo");
		rmdir("d/dir"), rmdir("d/sub");
		must(rmdir("d"));
	}
}

/* Search permission on the way counts, in every component. */
static void search_path(void)
{
	must(mkdir("a", 0755));
	must(mkdir("a/b", 0755));
	must(mkdir("a/b/c", 0755));
	make("a/b/c/f", "");
	must(symlink("a/b/c/f", "link"));
	must(chmod("a/b", 0750));
	if (child_as(&bob)) {
		call("stat below", "EACCES", access("a/b/c/f", F_OK));
		call("stat of the closed one", "ok", access("a/b", F_OK));
		call("through a symlink", "EACCES", access("link", F_OK));
		call("dot-dot through it", "EACCES", access("a/b/../../a", F_OK));
		call("a name that is not there", "EACCES", access("a/b/none", F_OK));
		leave();
	}
}

static void umask_applies(void)
{
	static const mode_t masks[] = {0, 022, 027, 077, 0777};

	for (size_t i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		umask(masks[i]);
		must(close(must(open("f", O_CREAT | O_WRONLY, 0666))));
		must(mkdir("d", 0777));
		must(mknod("n", S_IFREG | 0764, 0));
		must(mkfifo("p", 0666));
		must(symlink("x", "l"));
		umask(022);
		shows(text("%03o open", masks[i]), text("%04o", 0666 & ~masks[i]), "%s",
		      permissions("f"));
		shows(text("%03o mkdir", masks[i]), text("%04o", 0777 & ~masks[i]), "%s",
		      permissions("d"));
		shows(text("%03o mknod", masks[i]), text("%04o", 0764 & ~masks[i]), "%s",
		      permissions("n"));
		shows(text("%03o mkfifo", masks[i]), text("%04o", 0666 & ~masks[i]), "%s",
		      permissions("p"));
		shows(text("%03o symlink", masks[i]), "0777", "%s", permissions("l"));
		must(chmod("d", 0700));
		unlink("f"), rmdir("d"), unlink("n"), unlink("p"), unlink("l");
	}
}

static void create_special_bits(void)
{
	umask(0);
	must(close(must(open("f", O_CREAT | O_WRONLY, 07777))));
	shows("open with 07777", NULL, "%s", permissions("f"));
	must(mkdir("d", 07777));
	shows("mkdir with 07777", "1777", "%s", permissions("d"));
	must(mknod("n", S_IFREG | 07777, 0));
	shows("mknod with 07777", NULL, "%s", permissions("n"));
}

/* access() goes by the real ids, faccessat with AT_EACCESS by the effective ones. */
static void access_ids(void)
{
	make("f", "");
	must(chown("f", ALICE, ALICE));
	must(chmod("f", 0600));
	if (child_as(NULL)) {
		must(setresgid(BOB, ALICE, ALICE));
		must(setresuid(BOB, ALICE, ALICE));
		call("real id", "EACCES", access("f", R_OK));
		call("effective id", "ok",
		     syscall(SYS_faccessat2, AT_FDCWD, "f", R_OK, AT_EACCESS));
		call("eaccess write", "ok", eaccess("f", W_OK));
		call("eaccess execute", "EACCES", eaccess("f", X_OK));
		leave();
	}
	call("nothing there", "ENOENT", access("none", F_OK));
	call("bad mode", "EINVAL", syscall(SYS_faccessat2, AT_FDCWD, "f", 64, 0));
	must(symlink("none", "dangling"));
	call("dangling symlink", "ENOENT", access("dangling", F_OK));
	call("the symlink itself", "ok",
	     syscall(SYS_faccessat2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	must(chmod("f", 0644));
	call("root, nobody may execute", "EACCES", access("f", X_OK));
}

/* A descriptor keeps what it was opened for. */
static void descriptor_keeps(void)
{
	char buf[4];
	int fd;

	make("f", "data");
	must(chown("f", ALICE, ALICE));
	if (child_as(&alice)) {
		fd = must(open("f", O_RDWR));
		must(chmod("f", 0));
		call("read after chmod 0", "4", read(fd, buf, 4));
		call("write after chmod 0", "4", write(fd, "more", 4));
		call("ftruncate after chmod 0", "ok", ftruncate(fd, 2));
		call("truncate after chmod 0", "EACCES", truncate("f", 1));
		opens_shut("open after chmod 0", "EACCES", open("f", O_RDONLY));
		leave();
	}
}

const struct part mode_parts[] = {
	{"classes", classes, NEEDS_ROOT | NEEDS_OWNERS},
	{"root", root_bypasses, NEEDS_ROOT | NEEDS_OWNERS},
	{"own-bits", own_bits, NEEDS_OWNERS},
	{"directory", directory, NEEDS_ROOT | NEEDS_OWNERS},
	{"search", search_path, NEEDS_ROOT | NEEDS_OWNERS},
	{"umask", umask_applies, NEEDS_OWNERS},
	{"create-special-bits", create_special_bits, NEEDS_OWNERS},
	{"access-ids", access_ids, NEEDS_ROOT | NEEDS_OWNERS},
	{"descriptor", descriptor_keeps, NEEDS_ROOT | NEEDS_OWNERS},
	{0}
};
