// SPDX-License-Identifier: GPL-2.0-or-later
/* attributes TYPE IMAGE: what is set on files, and who may do what. */
#include <linux/posix_acl_xattr.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "vfstest.h"

#define USER	1000
#define OTHER	1001
#define GROUP	2000

static int set(struct rump_node *node, struct rump_attr attr)
{
	return rump_vfs_setattr(node, &attr);
}

/* ---- setattr ---- */

static void each_attribute(struct rump_node *node)
{
	struct statx before = stat_of(node), stx;

	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_MODE, .mode = 04751 }), 0);
	CHECK(stat_of(node).stx_mode, S_IFREG | 04751);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_GID, .gid = GROUP }), 0);
	stx = stat_of(node);
	TRUE(stx.stx_uid == before.stx_uid && stx.stx_gid == GROUP);
	CHECK(stx.stx_mode, S_IFREG | 0751);		/* chown takes the bit away */
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_UID, .uid = USER }), 0);
	stx = stat_of(node);
	TRUE(stx.stx_uid == USER && stx.stx_gid == GROUP);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_UID, .uid = -1 }), -EINVAL);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_ATIME, .atime = -1000,
					    .atime_ns = 5 }), 0);
	stx = stat_of(node);
	TRUE(stx.stx_atime.tv_sec == -1000 && stx.stx_atime.tv_nsec == 5);
	CHECK(stx.stx_mtime.tv_sec, before.stx_mtime.tv_sec);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_MTIME, .mtime = 0x90000000LL,
					    .mtime_ns = 999999999 }), 0);
	stx = stat_of(node);
	TRUE(stx.stx_mtime.tv_sec == 0x90000000LL && stx.stx_mtime.tv_nsec == 999999999);
	CHECK(stx.stx_atime.tv_sec, -1000);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_ATIME_NOW | RUMP_SET_MTIME_NOW }), 0);
	stx = stat_of(node);
	TRUE(stx.stx_atime.tv_sec >= before.stx_atime.tv_sec &&
	     stx.stx_atime.tv_sec < 0x90000000LL);
	TRUE(stx.stx_mtime.tv_sec >= before.stx_mtime.tv_sec &&
	     stx.stx_mtime.tv_sec < 0x90000000LL);
}

static void all_at_once(struct rump_node *node)
{
	struct rump_attr all = {
		.valid = RUMP_SET_MODE | RUMP_SET_UID | RUMP_SET_GID | RUMP_SET_SIZE |
			 RUMP_SET_ATIME | RUMP_SET_MTIME,
		.mode = 06755, .uid = OTHER, .gid = GROUP, .size = 12345,
		.atime = 1, .atime_ns = 2, .mtime = 3, .mtime_ns = 4,
	};
	struct statx stx;

	CHECK(set(node, all), 0);
	stx = stat_of(node);
	CHECK(stx.stx_mode, S_IFREG | 06755);
	TRUE(stx.stx_uid == OTHER && stx.stx_gid == GROUP && stx.stx_size == 12345);
	TRUE(stx.stx_atime.tv_sec == 1 && stx.stx_atime.tv_nsec == 2);
	TRUE(stx.stx_mtime.tv_sec == 3 && stx.stx_mtime.tv_nsec == 4);
}

static void setattr(void)
{
	struct rump_node *node = file_in(root, "attr", S_IFREG | 0644);

	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_SIZE, .size = 1 << 20 }), 0);
	CHECK(stat_of(node).stx_size, 1 << 20);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_SIZE, .size = 3 }), 0);
	CHECK(stat_of(node).stx_size, 3);
	CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_SIZE, .size = -1 }), -EINVAL);
	CHECK(set(root, (struct rump_attr){ .valid = RUMP_SET_SIZE }), -EISDIR);
	if (fat) {
		CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_UID, .uid = USER }), -EPERM);
		CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_MODE, .mode = 0555 }), 0);
		CHECK(stat_of(node).stx_mode & 0222, 0);
		CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_MTIME,
						    .mtime = 1000000000 }), 0);
		CHECK(stat_of(node).stx_mtime.tv_sec, 1000000000);
	} else {
		each_attribute(node);
		all_at_once(node);
	}
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "attr"), 0);
}

/* ---- extended attributes ---- */

static void xattrs(void)
{
	struct rump_node *node = file_in(root, "x", S_IFREG | 0644);
	char buf[256];

	if (fat) {
		CHECK(rump_vfs_setxattr(node, "user.a", "1", 1, 0), -EOPNOTSUPP);
		CHECK(rump_vfs_getxattr(node, "user.a", buf, sizeof(buf)), -EOPNOTSUPP);
		CHECK(rump_vfs_listxattr(node, buf, sizeof(buf)), 0);
	} else {
		CHECK(rump_vfs_setxattr(node, "user.a", "one", 3, XATTR_REPLACE), -ENODATA);
		CHECK(rump_vfs_setxattr(node, "user.a", "one", 3, XATTR_CREATE), 0);
		CHECK(rump_vfs_setxattr(node, "user.a", "two!", 4, XATTR_CREATE), -EEXIST);
		CHECK(rump_vfs_setxattr(node, "user.empty", "", 0, 0), 0);
		CHECK(rump_vfs_setxattr(node, "trusted.t", "t", 1, 0), 0);
		CHECK(rump_vfs_setxattr(node, "user.big", buf, 1 << 20, 0), -E2BIG);
		CHECK(rump_vfs_setxattr(node, "nonsense", "1", 1, 0), -EOPNOTSUPP);
		CHECK(rump_vfs_setxattr(node, "", "1", 1, 0), -ERANGE);
		CHECK(rump_vfs_getxattr(node, "user.a", NULL, 0), 3);
		CHECK(rump_vfs_getxattr(node, "user.a", buf, 2), -ERANGE);
		CHECK(rump_vfs_getxattr(node, "user.a", buf, sizeof(buf)), 3);
		CHECK(memcmp(buf, "one", 3), 0);
		CHECK(rump_vfs_getxattr(node, "user.b", buf, sizeof(buf)), -ENODATA);
		CHECK(rump_vfs_getxattr(node, "user.empty", buf, sizeof(buf)), 0);
		CHECK(rump_vfs_listxattr(node, NULL, 0), sizeof("user.a") + sizeof("user.empty") +
		      sizeof("trusted.t"));
		CHECK(rump_vfs_listxattr(node, buf, 3), -ERANGE);
		CHECK(rump_vfs_listxattr(node, buf, sizeof(buf)), sizeof("user.a") +
		      sizeof("user.empty") + sizeof("trusted.t"));
		CHECK(rump_vfs_removexattr(node, "user.a"), 0);
		CHECK(rump_vfs_removexattr(node, "user.a"), -ENODATA);
		act(USER, USER, 0, 0);
		CHECK(rump_vfs_getxattr(node, "trusted.t", buf, sizeof(buf)), -ENODATA);
		CHECK(rump_vfs_setxattr(node, "user.a", "1", 1, 0), -EACCES);
		CHECK(rump_vfs_identity(&everything), 0);
	}
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "x"), 0);
}

struct acl {
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry e[5];
};

/* rw for the owner, `perm` for the user OTHER, nothing for all others */
static struct acl acl_for_other(int perm)
{
	return (struct acl){ .head.a_version = POSIX_ACL_XATTR_VERSION, .e = {
		{ 0x01, 6, -1 }, { 0x02, perm, OTHER }, { 0x04, 0, -1 }, { 0x10, 7, -1 },
		{ 0x20, 0, -1 },
	} };
}

static void acls(void)
{
	static const char name[] = "system.posix_acl_access",
			  inherited[] = "system.posix_acl_default";
	struct rump_node *node = file_in(root, "acl", S_IFREG | 0600), *dir, *child;
	struct rump_file *file;
	struct acl acl = acl_for_other(4), got;

	CHECK(rump_vfs_setxattr(node, name, &acl, sizeof(acl), 0), fat ? -EOPNOTSUPP : 0);
	if (!fat) {
		CHECK(rump_vfs_getxattr(node, name, &got, sizeof(got)), sizeof(got));
		CHECK(memcmp(&acl, &got, sizeof(acl)), 0);
		act(OTHER, OTHER, 0, 0);
		CHECK(rump_vfs_open(node, O_RDONLY, &file), 0);
		rump_vfs_close(file);
		CHECK(rump_vfs_open(node, O_RDWR, &file), -EACCES);
		act(USER, USER, 0, 0);
		CHECK(rump_vfs_open(node, O_RDONLY, &file), -EACCES);
		CHECK(rump_vfs_identity(&everything), 0);
		CHECK(rump_vfs_removexattr(node, name), 0);
		CHECK(rump_vfs_getxattr(node, name, &got, sizeof(got)), -ENODATA);
		act(OTHER, OTHER, 0, 0);
		CHECK(rump_vfs_open(node, O_RDONLY, &file), -EACCES);
		/* a directory's default goes to what is made in it,
		 * and the umask then counts for nothing */
		act(0, 0, 077, RUMP_ID_FSETID);
		dir = dir_in(root, "acldir", 0777);
		acl = acl_for_other(6);
		CHECK(rump_vfs_setxattr(dir, inherited, &acl, sizeof(acl), 0), 0);
		child = file_in(dir, "child", S_IFREG | 0666);
		CHECK(stat_of(child).stx_mode, S_IFREG | 0660);
		CHECK(rump_vfs_getxattr(child, name, &got, sizeof(got)), sizeof(got));
		act(OTHER, OTHER, 0, 0);
		CHECK(rump_vfs_open(child, O_RDWR, &file), 0);
		rump_vfs_close(file);
		CHECK(rump_vfs_identity(&everything), 0);
		CHECK(rump_vfs_unlink(dir, "child"), 0);
		CHECK(rump_vfs_rmdir(root, "acldir"), 0);
		rump_vfs_release(child, 1);
		rump_vfs_release(dir, 1);
	}
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "acl"), 0);
}

/* ---- who acts ---- */

static void umasks(void)
{
	struct rump_node *node;
	struct rump_file *file;
	struct statx stx;

	act(0, 0, 027, RUMP_ID_FSETID);
	CHECK(rump_vfs_mkdir(root, "ud", 0777, &node, &stx), 0);
	CHECK(stx.stx_mode, S_IFDIR | 0750);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_create(root, "uf", O_RDWR, 0666, &node, &stx, &file), 0);
	CHECK(stx.stx_mode, S_IFREG | 0640);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_tmpfile(root, O_RDWR, 0666, &node, &stx, &file), 0);
	CHECK(stx.stx_mode, S_IFREG | 0640);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_rmdir(root, "ud"), 0);
	CHECK(rump_vfs_unlink(root, "uf"), 0);
	CHECK(rump_vfs_identity(&everything), 0);
}

static void a_plain_user(void)
{
	struct rump_node *closed = dir_in(root, "closed", 0700), *open = dir_in(root, "open", 0777);
	struct rump_node *sticky = dir_in(root, "sticky", 01777), *secret, *roots, *own, *none;
	struct rump_file *file, *refused;
	struct statx stx;
	char buf[512];

	secret = file_in(closed, "secret", S_IFREG | 0600);
	roots = file_in(sticky, "roots", S_IFREG | 0644);
	act(USER, USER, 0, 0);
	CHECK(rump_vfs_lookup(closed, "secret", &none, NULL), -EACCES);
	CHECK(rump_vfs_readdir(closed, 0, buf, sizeof(buf)), -EACCES);
	CHECK(rump_vfs_node("/m/closed/secret", 0, &none), -EACCES);
	CHECK(rump_vfs_open(secret, O_RDONLY, &file), -EACCES);
	CHECK(rump_vfs_create(root, "x", O_RDWR, 0600, &none, &stx, &file), -EACCES);
	CHECK(rump_vfs_mkdir(root, "x", 0700, &none, &stx), -EACCES);
	CHECK(rump_vfs_tmpfile(root, O_RDWR, 0600, &none, &stx, &file), -EACCES);
	CHECK(rump_vfs_unlink(sticky, "roots"), -EPERM);
	CHECK(rump_vfs_rename(sticky, "roots", open, "mine", 0), -EPERM);
	CHECK(rump_vfs_mknod(open, "dev", S_IFBLK | 0600, 5, &none, &stx), -EPERM);
	CHECK(set(roots, (struct rump_attr){ .valid = RUMP_SET_MODE, .mode = 0777 }), -EPERM);
	CHECK(set(roots, (struct rump_attr){ .valid = RUMP_SET_SIZE }), -EACCES);
	CHECK(set(roots, (struct rump_attr){ .valid = RUMP_SET_ATIME_NOW | RUMP_SET_MTIME_NOW }),
	      -EACCES);
	CHECK(set(roots, (struct rump_attr){ .valid = RUMP_SET_ATIME_NOW }), -EPERM);
	CHECK(set(roots, (struct rump_attr){ .valid = RUMP_SET_MTIME, .mtime = 1 }), -EPERM);
	/* a mode that forbids it does not bind who makes the file */
	CHECK(rump_vfs_create(open, "own", O_RDWR | O_EXCL, 0400, &own, &stx, &file), 0);
	TRUE(stx.stx_uid == USER && stx.stx_gid == USER);
	CHECK(rump_vfs_write(file, "mine", 4, 0, 0), 4);
	CHECK(rump_vfs_create(open, "own", O_RDWR, 0400, &none, &stx, &refused), -EACCES);
	CHECK(set(own, (struct rump_attr){ .valid = RUMP_SET_UID, .uid = OTHER }), -EPERM);
	CHECK(set(own, (struct rump_attr){ .valid = RUMP_SET_GID, .gid = GROUP }), -EPERM);
	CHECK(set(own, (struct rump_attr){ .valid = RUMP_SET_MODE, .mode = 0600 }), 0);
	act(OTHER, OTHER, 0, 0);
	CHECK(rump_vfs_open(own, O_RDONLY, &refused), -EACCES);
	/* what was open is open; as the opener, or as who writes */
	CHECK(rump_vfs_write(file, "more", 4, 0, 1), 4);
	rump_vfs_close(file);
	CHECK(rump_vfs_identity(&everything), 0);
	CHECK(rump_vfs_open(own, O_RDWR, &file), 0);
	rump_vfs_close(file);
	CHECK(rump_vfs_unlink(open, "own"), 0);
	CHECK(rump_vfs_unlink(sticky, "roots"), 0);
	CHECK(rump_vfs_unlink(closed, "secret"), 0);
	CHECK(rump_vfs_rmdir(root, "sticky"), 0);
	CHECK(rump_vfs_rmdir(root, "open"), 0);
	CHECK(rump_vfs_rmdir(root, "closed"), 0);
	rump_vfs_release(own, 1);
	rump_vfs_release(secret, 1);
	rump_vfs_release(roots, 1);
	rump_vfs_release(sticky, 1);
	rump_vfs_release(open, 1);
	rump_vfs_release(closed, 1);
}

/* Modes were looked at by the caller;
 * owners of what is made, and reserved space, stay the user's. */
static void a_trusted_user(void)
{
	struct rump_node *closed = dir_in(root, "closed", 0700), *secret, *made;
	struct rump_file *file;
	struct statx stx;
	char buf[512];

	secret = file_in(closed, "secret", S_IFREG | 0600);
	CHECK(rump_vfs_setxattr(secret, "trusted.t", "t", 1, 0), 0);
	act(USER, GROUP, 0, RUMP_ID_TRUSTED);
	CHECK(rump_vfs_lookup(closed, "secret", &made, NULL), 0);
	rump_vfs_release(made, 1);
	TRUE(rump_vfs_readdir(closed, 0, buf, sizeof(buf)) > 0);
	CHECK(rump_vfs_open(secret, O_RDWR, &file), 0);
	rump_vfs_close(file);
	CHECK(rump_vfs_create(closed, "made", O_RDWR, 0600, &made, &stx, &file), 0);
	TRUE(stx.stx_uid == USER && stx.stx_gid == GROUP);
	rump_vfs_close(file);
	rump_vfs_release(made, 1);
	CHECK(rump_vfs_getxattr(secret, "trusted.t", buf, sizeof(buf)), -ENODATA);
	CHECK(rump_vfs_identity(&everything), 0);
	CHECK(rump_vfs_unlink(closed, "secret"), 0);
	CHECK(rump_vfs_unlink(closed, "made"), 0);
	CHECK(rump_vfs_rmdir(root, "closed"), 0);
	rump_vfs_release(secret, 1);
	rump_vfs_release(closed, 1);
}

/* Set-user-ID and set-group-ID bits of a file that is written, truncated, given away. */
static void set_user_id_bits(void)
{
	const struct rump_attr bits = { .valid = RUMP_SET_MODE, .mode = 06777 };
	struct rump_node *node = file_in(root, "suid", S_IFREG | 0644), *dir, *sub;
	struct rump_file *file;

	CHECK(rump_vfs_open(node, O_RDWR, &file), 0);
	for (int keeps = 0; keeps < 2; keeps++) {
		uint32_t flags = RUMP_ID_TRUSTED | (keeps ? RUMP_ID_FSETID : 0);
		uint32_t after = S_IFREG | (keeps ? 06777 : 0777);

		for (uint32_t uid = 0; uid <= USER; uid += USER) {
			CHECK(rump_vfs_identity(&everything), 0);
			CHECK(rump_vfs_setattr(node, &bits), 0);
			act(uid, GROUP, 0, flags);
			CHECK(rump_vfs_write(file, "x", 1, 0, 0), 1);
			CHECK(stat_of(node).stx_mode, after);
			CHECK(rump_vfs_identity(&everything), 0);
			CHECK(rump_vfs_setattr(node, &bits), 0);
			act(uid, GROUP, 0, flags);
			CHECK(set(node, (struct rump_attr){ .valid = RUMP_SET_SIZE,
							    .size = 100 }), 0);
			CHECK(stat_of(node).stx_mode, after);
		}
	}
	/* `opener`: as root, who opened it */
	CHECK(rump_vfs_identity(&everything), 0);
	CHECK(rump_vfs_setattr(node, &bits), 0);
	act(USER, GROUP, 0, 0);
	CHECK(rump_vfs_write(file, "x", 1, 0, 1), 1);
	CHECK(stat_of(node).stx_mode, S_IFREG | 06777);
	CHECK(rump_vfs_identity(&everything), 0);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "suid"), 0);
	/* a set-group-ID directory hands on its group */
	dir = dir_in(root, "sgid", 0777);
	CHECK(set(dir, (struct rump_attr){ .valid = RUMP_SET_GID, .gid = GROUP }), 0);
	CHECK(set(dir, (struct rump_attr){ .valid = RUMP_SET_MODE, .mode = 02777 }), 0);
	act(USER, USER, 0, 0);
	sub = dir_in(dir, "sub", 0755);
	CHECK(stat_of(sub).stx_gid, GROUP);
	CHECK(stat_of(sub).stx_mode, S_IFDIR | 02755);
	CHECK(rump_vfs_rmdir(dir, "sub"), 0);
	CHECK(rump_vfs_identity(&everything), 0);
	CHECK(rump_vfs_rmdir(root, "sgid"), 0);
	rump_vfs_release(sub, 1);
	rump_vfs_release(dir, 1);
}

/* The blocks that ext4 keeps for root are not a plain user's, trusted or not; they are root's. */
static void reserved_blocks(void)
{
	static char block[1 << 20];
	struct rump_node *node = file_in(root, "full", S_IFREG | 0666);
	struct rump_file *file;
	struct statfs st;
	int64_t off = 0;
	long n;

	CHECK(rump_vfs_open(node, O_RDWR, &file), 0);
	act(USER, USER, 0, RUMP_ID_TRUSTED);
	while ((n = rump_vfs_write(file, block, sizeof(block), off, 0)) > 0)
		off += n;
	CHECK(n, -ENOSPC);
	CHECK(rump_vfs_statfs(root, &st), 0);
	TRUE(st.f_bfree > 0 && st.f_bavail == 0);
	CHECK(rump_vfs_identity(&everything), 0);
	TRUE(rump_vfs_write(file, block, 65536, off, 0) > 0);
	rump_vfs_close(file);
	rump_vfs_release(node, 1);
	CHECK(rump_vfs_unlink(root, "full"), 0);
}

int main(int argc, char **argv)
{
	begin(argc, argv);
	setattr();
	xattrs();
	acls();
	if (!fat) {
		umasks();
		a_plain_user();
		a_trusted_user();
		set_user_id_bits();
	}
	if (is("ext4"))
		reserved_blocks();
	end();
	return 0;
}
