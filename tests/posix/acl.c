// SPDX-License-Identifier: GPL-2.0-or-later
/* POSIX ACLs: what they allow, the mask, inheritance, and that they and the mode agree. */
#include <sys/acl.h>
#include <acl/libacl.h>
#include <sys/xattr.h>

#include "suite.h"

#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"

static int set_acl(const char *path, acl_type_t type, const char *s)
{
	acl_t acl = acl_from_text(s);
	int r = acl_set_file(path, type, acl);
	int e = errno;

	acl_free(acl);
	errno = e;
	return r;
}

static const char *get_acl(const char *path, acl_type_t type)
{
	acl_t acl = acl_get_file(path, type);
	const char *copy;
	char *s;

	if (!acl)
		return strerrorname_np(errno);
	s = acl_to_any_text(acl, NULL, ',', TEXT_NUMERIC_IDS | TEXT_ABBREVIATE);
	copy = text("%s", s);
	acl_free(s);
	acl_free(acl);
	return copy;
}

static const char *tried(const char *path)
{
	int r = open(path, O_RDONLY), w = open(path, O_WRONLY);

	shut(r);
	shut(w);
	return text("%c%c", r < 0 ? '-' : 'r', w < 0 ? '-' : 'w');
}

static void tried_by(const struct who *who, const char *check, const char *expected)
{
	if (child_as(who)) {
		shows(check, expected, "%s", tried("f"));
		leave();
	}
}

static void allows(void)
{
	static const struct who two_groups = {4007, 4007, 2, {4101, 4102}};

	make("f", "");
	must(chown("f", ALICE, ALICE));
	call("set", "ok", set_acl("f", ACL_TYPE_ACCESS, "u::-,u:4002:rw,g::-,g:4100:r,m::rw,o::-"));
	shows("got", "u::---,u:4002:rw-,g::---,g:4100:r--,m::rw-,o::---", "%s",
	      get_acl("f", ACL_TYPE_ACCESS));
	shows("mode shows the mask", "0060", "%s", permissions("f"));
	tried_by(&alice, "owner without rights", "--");
	tried_by(&bob, "named user", "rw");
	tried_by(&carol, "named group", "r-");
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:rw,g::rw,g:4100:rw,m::r,o::rw"));
	tried_by(&alice, "owner, mask r", "rw");
	tried_by(&bob, "named user, mask r", "r-");
	tried_by(&carol, "named group, mask r", "r-");
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:-,g::rw,g:4100:-,m::rw,o::rw"));
	tried_by(&bob, "named user shut out", "--");
	tried_by(&carol, "named group shut out, other open", "--");
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,g::-,g:4101:r,g:4102:w,m::rw,o::-"));
	tried_by(&two_groups, "two groups, each half", "rw");
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:rw,g::rw,m::-,o::r"));
	tried_by(&bob, "empty mask", NULL);	/* Linux then goes by the mode */
}

static void chmod_and_mask(void)
{
	make("f", "");
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:rw,g::r,m::rw,o::-"));
	shows("mode", "0660", "%s", permissions("f"));
	must(chmod("f", 0640));
	shows("after chmod 0640", "u::rw-,u:4002:rw-,g::r--,m::r--,o::---", "%s",
	      get_acl("f", ACL_TYPE_ACCESS));
	must(chmod("f", 0777));
	shows("after chmod 0777", "u::rwx,u:4002:rw-,g::r--,m::rwx,o::rwx", "%s",
	      get_acl("f", ACL_TYPE_ACCESS));
	must(chmod("f", 0));
	shows("after chmod 0", "u::---,u:4002:rw-,g::r--,m::---,o::---", "%s",
	      get_acl("f", ACL_TYPE_ACCESS));
	touches("setting it touches", "ctime", "f",
		set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:r,g::r,m::r,o::-"));
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rwx,g::r-x,o::x"));
	shows("a minimal one is only a mode", "0751", "%s", permissions("f"));
	call("and no attribute", "ENODATA", getxattr("f", ACCESS, NULL, 0));
	must(set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:r,g::r,m::r,o::-"));
	call("it is an attribute", "44", getxattr("f", ACCESS, NULL, 0));
	call("remove it", "ok", removexattr("f", ACCESS));
	shows("mode then", "0640", "%s", permissions("f"));
	call("remove it again", NULL, removexattr("f", ACCESS));
}

static void inherits(const char *name, mode_t mask)
{
	umask(mask);
	must(close(must(open("d/f", O_CREAT | O_WRONLY, 0666))));
	must(close(must(open("d/x", O_CREAT | O_WRONLY, 0751))));
	must(mkdir("d/sub", 0777));
	must(mkfifo("d/p", 0622));
	must(symlink("x", "d/l"));
	umask(022);
	shows(text("%s, file", name), NULL, "%s %s", permissions("d/f"),
	      get_acl("d/f", ACL_TYPE_ACCESS));
	shows(text("%s, file 0751", name), NULL, "%s %s", permissions("d/x"),
	      get_acl("d/x", ACL_TYPE_ACCESS));
	shows(text("%s, directory", name), NULL, "%s %s", permissions("d/sub"),
	      get_acl("d/sub", ACL_TYPE_ACCESS));
	shows(text("%s, its default", name), NULL, "%s", get_acl("d/sub", ACL_TYPE_DEFAULT));
	shows(text("%s, fifo", name), NULL, "%s %s", permissions("d/p"),
	      get_acl("d/p", ACL_TYPE_ACCESS));
	shows(text("%s, symlink", name), "0777", "%s", permissions("d/l"));
	unlink("d/f"), unlink("d/x"), rmdir("d/sub"), unlink("d/p"), unlink("d/l");
}

static void inheritance(void)
{
	must(mkdir("d", 0755));
	inherits("no default, umask 027", 027);
	call("set a default", "ok",
	     set_acl("d", ACL_TYPE_DEFAULT, "u::rwx,u:4002:rwx,g::rx,m::rwx,o::-"));
	shows("the mode stays", "0755", "%s", permissions("d"));
	inherits("default, umask 0", 0);
	inherits("default, umask 077", 077);
	must(umask(077) * 0);
	must(close(must(open("d/f", O_CREAT | O_WRONLY, 0666))));
	shows("umask does not count with a default", "0660", "%s", permissions("d/f"));
	must(set_acl("d", ACL_TYPE_DEFAULT, "u::rw,g::r,o::-"));
	inherits("minimal default, umask 077", 077);
	call("remove the default", "ok", acl_delete_def_file("d"));
	shows("none left", "", "%s", get_acl("d", ACL_TYPE_DEFAULT));
	unlink("d/f");
	inherits("default removed, umask 027", 027);
}

static void unnamed_inherits(void)
{
	int fd;

	must(mkdir("d", 0755));
	must(set_acl("d", ACL_TYPE_DEFAULT, "u::rw,u:4002:r,g::r,m::r,o::-"));
	fd = opens("unnamed file", NULL, open("d", O_TMPFILE | O_RDWR, 0666));
	if (fd >= 0)
		shows("its mode and ACL", NULL, "%s %s", shape_fd(fd),
		      get_acl(text("/proc/self/fd/%d", fd), ACL_TYPE_ACCESS));
}

static void rights(void)
{
	make("f", "");
	must(chown("f", ALICE, ALICE));
	must(chmod("f", 0666));
	if (child_as(&bob)) {
		call("set by another", "EPERM",
		     set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:rw,g::r,m::rw,o::-"));
		call("removed by another", "EPERM", removexattr("f", ACCESS));
		shows("read by another", "u::rw-,g::rw-,o::rw-", "%s",
		      get_acl("f", ACL_TYPE_ACCESS));
		leave();
	}
	if (child_as(&alice)) {
		call("set by the owner", "ok",
		     set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:rw,g::r,m::rw,o::-"));
		leave();
	}
	must(chmod("f", 02775));
	must(chown("f", ALICE, TEAM));
	must(chmod("f", 02775));
	if (child_as(&alice)) {
		must(set_acl("f", ACL_TYPE_ACCESS, "u::rwx,u:4002:rw,g::rwx,m::rwx,o::-"));
		shows("sgid goes with one not in the group", "0770", "%s", permissions("f"));
		leave();
	}
	must(chown("f", BOB, -1));
	shows("chown keeps it", "u::rwx,u:4002:rw-,g::rwx,m::rwx,o::---", "%s",
	      get_acl("f", ACL_TYPE_ACCESS));
	must(rename("f", "g"));
	shows("rename keeps it", "u::rwx,u:4002:rw-,g::rwx,m::rwx,o::---", "%s",
	      get_acl("g", ACL_TYPE_ACCESS));
}

static void refused(void)
{
	static const unsigned char bad_version[4] = {9}, short_one[3] = {2};
	static const unsigned char no_owner[12] = {2, 0, 0, 0, 4, 0, 6, 0, 255, 255, 255, 255};

	make("f", "");
	must(symlink("f", "l"));
	call("default of a file", "EACCES", set_acl("f", ACL_TYPE_DEFAULT, "u::rw,g::r,o::-"));
	call("bad version", "EOPNOTSUPP", setxattr("f", ACCESS, bad_version, 4, 0));
	call("too short", "EINVAL", setxattr("f", ACCESS, short_one, 3, 0));
	call("no owner entry", "EINVAL", setxattr("f", ACCESS, no_owner, 12, 0));
	call("no mask", "EINVAL", set_acl("f", ACL_TYPE_ACCESS, "u::rw,u:4002:r,g::r,o::-"));
	call("of a symlink", "EOPNOTSUPP", lgetxattr("l", ACCESS, NULL, 0));
	call("none there", "ENODATA", getxattr("f", ACCESS, NULL, 0));
	call("none there, default", "ENODATA", getxattr(".", DEFAULT, NULL, 0));
}

/* As many entries as fit; where the limit lies is the format's. */
static void many_entries(void)
{
	static const int counts[] = {10, 20, 30, 100, 400, 1000};

	make("f", "");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t room = 64 + (size_t)counts[i] * 16, n;
		char *s = malloc(room);

		n = sprintf(s, "u::rw");
		for (int k = 0; k < counts[i]; k++)
			n += sprintf(s + n, ",u:%d:r", 5000 + k);
		sprintf(s + n, ",g::r,m::r,o::-");
		call(text("%d users", counts[i]), NULL, set_acl("f", ACL_TYPE_ACCESS, s));
		free(s);
	}
	shows("mode", NULL, "%s", permissions("f"));
}

static void directory(void)
{
	must(mkdir("d", 0700));
	must(chown("d", ALICE, ALICE));
	make("d/f", "");
	must(set_acl("d", ACL_TYPE_ACCESS, "u::rwx,u:4002:x,u:4003:rwx,g::-,m::rwx,o::-"));
	if (child_as(&bob)) {
		call("search", "ok", access("d/f", F_OK));
		opens_shut("no listing", "EACCES", open("d", O_RDONLY));
		call("no change", "EACCES", mkdir("d/x", 0755));
		leave();
	}
	if (child_as(&carol)) {
		call("change", "ok", mkdir("d/x", 0755));
		call("and back", "ok", rmdir("d/x"));
		leave();
	}
}

#define NEEDS (NEEDS_OWNERS | NEEDS_XATTRS)
const struct part acl_parts[] = {
	{"allows", allows, NEEDS_ROOT | NEEDS},
	{"mask", chmod_and_mask, NEEDS},
	{"inheritance", inheritance, NEEDS},
	{"unnamed", unnamed_inherits, NEEDS},
	{"rights", rights, NEEDS_ROOT | NEEDS},
	{"refused", refused, NEEDS | NEEDS_LINKS},
	{"many", many_entries, NEEDS},
	{"directory", directory, NEEDS_ROOT | NEEDS},
	{0}
};
