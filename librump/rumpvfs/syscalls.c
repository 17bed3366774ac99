// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rump_sys_*: the kernel's own system call functions, entered from a client thread.
 * include/rump/rump_syscalls.h has the clients' prototypes; both lists are in the same order.
 */
#include <linux/syscalls.h>
#include "direct.h"
#include "enter.h"

/* No prototypes in the kernel's namespace: clients see them with libc's types. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#define CALL0(type, name, sys) \
	type rump_sys_##name(void) { return RUMP_CALL(sys()); }
#define CALL1(type, name, sys, A) \
	type rump_sys_##name(A a) { return RUMP_CALL(sys(a)); }
#define CALL2(type, name, sys, A, B) \
	type rump_sys_##name(A a, B b) { return RUMP_CALL(sys(a, b)); }
#define CALL3(type, name, sys, A, B, C) \
	type rump_sys_##name(A a, B b, C c) { return RUMP_CALL(sys(a, b, c)); }
#define CALL4(type, name, sys, A, B, C, D) \
	type rump_sys_##name(A a, B b, C c, D d) { return RUMP_CALL(sys(a, b, c, d)); }
#define CALL5(type, name, sys, A, B, C, D, E) \
	type rump_sys_##name(A a, B b, C c, D d, E e) { return RUMP_CALL(sys(a, b, c, d, e)); }
#define CALL6(type, name, sys, A, B, C, D, E, F)			\
	type rump_sys_##name(A a, B b, C c, D d, E e, F f)		\
	{								\
		return RUMP_CALL(sys(a, b, c, d, e, f));		\
	}

#define PATH const char __user *
#define BUF char __user *

/* descriptors */
CALL4(int, openat, direct_openat, int, PATH, int, umode_t)
CALL4(int, openat2, direct_openat2, int, PATH, struct open_how __user *, size_t)
CALL1(int, close, sys_close, unsigned int)
CALL1(int, dup, sys_dup, unsigned int)
CALL3(int, dup3, sys_dup3, unsigned int, unsigned int, int)
CALL2(int, pipe2, sys_pipe2, int __user *, int)
CALL3(long, fcntl, direct_fcntl, unsigned int, unsigned int, unsigned long)
CALL3(long, ioctl, sys_ioctl, unsigned int, unsigned int, unsigned long)
CALL3(long, read, direct_read, unsigned int, BUF, size_t)
CALL3(long, write, direct_write, unsigned int, PATH, size_t)
CALL4(long, pread64, direct_pread64, unsigned int, BUF, size_t, loff_t)
CALL4(long, pwrite64, direct_pwrite64, unsigned int, PATH, size_t, loff_t)
CALL5(long, preadv2, direct_preadv2, int, const struct iovec __user *, int, loff_t, int)
CALL5(long, pwritev2, direct_pwritev2, int, const struct iovec __user *, int, loff_t, int)
CALL3(long, lseek, sys_lseek, unsigned int, off_t, unsigned int)
CALL2(int, ftruncate, sys_ftruncate, unsigned int, off_t)
CALL4(int, fallocate, sys_fallocate, int, int, loff_t, loff_t)
CALL4(int, fadvise64, sys_fadvise64, int, loff_t, size_t, int)
CALL3(int, readahead, sys_readahead, int, loff_t, size_t)
CALL6(long, copy_file_range, sys_copy_file_range, int, loff_t __user *, int, loff_t __user *,
      size_t, unsigned int)
CALL3(long, getdents64, sys_getdents64, unsigned int, struct linux_dirent64 __user *, unsigned int)
CALL2(int, flock, sys_flock, unsigned int, unsigned int)

/* durability */
CALL0(int, sync, sys_sync)
CALL1(int, syncfs, sys_syncfs, int)
CALL1(int, fsync, sys_fsync, unsigned int)
CALL1(int, fdatasync, sys_fdatasync, unsigned int)
CALL4(int, sync_file_range, sys_sync_file_range, int, loff_t, loff_t, unsigned int)

/* names */
CALL3(int, mkdirat, sys_mkdirat, int, PATH, umode_t)
CALL4(int, mknodat, sys_mknodat, int, PATH, umode_t, unsigned int)
CALL3(int, unlinkat, sys_unlinkat, int, PATH, int)
CALL5(int, linkat, sys_linkat, int, PATH, int, PATH, int)
CALL3(int, symlinkat, sys_symlinkat, PATH, int, PATH)
CALL4(long, readlinkat, sys_readlinkat, int, PATH, BUF, int)
CALL5(int, renameat2, sys_renameat2, int, PATH, int, PATH, unsigned int)
CALL4(int, faccessat2, sys_faccessat2, int, PATH, int, int)

/* attributes */
CALL2(int, fstat, sys_newfstat, unsigned int, struct stat __user *)
CALL4(int, newfstatat, sys_newfstatat, int, PATH, struct stat __user *, int)
CALL5(int, statx, sys_statx, int, PATH, unsigned int, unsigned int, struct statx __user *)
CALL2(int, statfs, sys_statfs, PATH, struct statfs __user *)
CALL2(int, fstatfs, sys_fstatfs, unsigned int, struct statfs __user *)
CALL2(int, truncate, sys_truncate, PATH, long)
CALL2(int, fchmod, sys_fchmod, unsigned int, umode_t)
CALL4(int, fchmodat2, sys_fchmodat2, int, PATH, umode_t, unsigned int)
CALL3(int, fchown, sys_fchown, unsigned int, uid_t, gid_t)
CALL5(int, fchownat, sys_fchownat, int, PATH, uid_t, gid_t, int)
CALL4(int, utimensat, sys_utimensat, int, PATH, struct __kernel_timespec __user *, int)
CALL1(unsigned int, umask, sys_umask, int)

/* extended attributes */
CALL4(long, getxattr, sys_getxattr, PATH, PATH, void __user *, size_t)
CALL4(long, lgetxattr, sys_lgetxattr, PATH, PATH, void __user *, size_t)
CALL4(long, fgetxattr, sys_fgetxattr, int, PATH, void __user *, size_t)
CALL5(int, setxattr, sys_setxattr, PATH, PATH, const void __user *, size_t, int)
CALL5(int, lsetxattr, sys_lsetxattr, PATH, PATH, const void __user *, size_t, int)
CALL5(int, fsetxattr, sys_fsetxattr, int, PATH, const void __user *, size_t, int)
CALL3(long, listxattr, sys_listxattr, PATH, BUF, size_t)
CALL3(long, llistxattr, sys_llistxattr, PATH, BUF, size_t)
CALL3(long, flistxattr, sys_flistxattr, int, BUF, size_t)
CALL2(int, removexattr, sys_removexattr, PATH, PATH)
CALL2(int, lremovexattr, sys_lremovexattr, PATH, PATH)
CALL2(int, fremovexattr, sys_fremovexattr, int, PATH)

/* directories of the context, mounts */
CALL1(int, chdir, sys_chdir, PATH)
CALL1(int, fchdir, sys_fchdir, unsigned int)
CALL1(int, chroot, sys_chroot, PATH)
CALL2(long, getcwd, sys_getcwd, BUF, unsigned long)
CALL5(int, mount, sys_mount, BUF, BUF, BUF, unsigned long, void __user *)
CALL2(int, umount2, sys_umount, BUF, int)
CALL3(int, open_tree, sys_open_tree, int, PATH, unsigned int)
CALL5(int, move_mount, sys_move_mount, int, PATH, int, PATH, unsigned int)
CALL5(int, mount_setattr, sys_mount_setattr, int, PATH, unsigned int, struct mount_attr __user *,
      size_t)
CALL4(int, quotactl_fd, sys_quotactl_fd, unsigned int, unsigned int, qid_t, void __user *)

int rump_sys_null(void)
{
	return RUMP_CALL(0);
}
