/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel side's own system calls.
 *
 * Each is the kernel function of that name, with its arguments, flags and structures as the host
 * architecture's system call ABI has them (so libc's struct stat, struct statx, O_*, AT_* fit).
 * Results: >= 0, or a negative errno value; errno is not touched.  Paths and descriptors are of
 * the calling thread's context (rump_context_switch) and have nothing to do with the host's.
 * Thread-safe as system calls are.  Buffers stay the caller's.
 */
#ifndef RUMP_SYSCALLS_H
#define RUMP_SYSCALLS_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct stat;
struct statx;
struct statfs;
struct iovec;
struct timespec;
struct open_how;

/* descriptors; with O_DIRECT drivers ask for aligned offsets and sizes, not for aligned buffers */
int rump_sys_openat(int dirfd, const char *path, int flags, mode_t mode);
int rump_sys_openat2(int dirfd, const char *path, const struct open_how *how, size_t size);
int rump_sys_close(int fd);
int rump_sys_dup(int fd);
int rump_sys_dup3(int oldfd, int newfd, int flags);
int rump_sys_pipe2(int fds[2], int flags);
long rump_sys_fcntl(int fd, int cmd, unsigned long arg);
long rump_sys_ioctl(int fd, unsigned long cmd, unsigned long arg);
ssize_t rump_sys_read(int fd, void *buf, size_t count);
ssize_t rump_sys_write(int fd, const void *buf, size_t count);
ssize_t rump_sys_pread64(int fd, void *buf, size_t count, off_t offset);
ssize_t rump_sys_pwrite64(int fd, const void *buf, size_t count, off_t offset);
ssize_t rump_sys_preadv2(int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags);
ssize_t rump_sys_pwritev2(int fd, const struct iovec *iov, int iovcnt, off_t offset, int flags);
off_t rump_sys_lseek(int fd, off_t offset, int whence);
int rump_sys_ftruncate(int fd, off_t length);
int rump_sys_fallocate(int fd, int mode, off_t offset, off_t len);
int rump_sys_fadvise64(int fd, off_t offset, off_t len, int advice);
int rump_sys_readahead(int fd, off_t offset, size_t count);
ssize_t rump_sys_copy_file_range(int in, off_t *inoff, int out, off_t *outoff, size_t len,
				 unsigned int flags);
ssize_t rump_sys_getdents64(int fd, void *dirents, size_t size);	/* struct dirent64 */
int rump_sys_flock(int fd, int operation);

/* durability */
int rump_sys_sync(void);
int rump_sys_syncfs(int fd);
int rump_sys_fsync(int fd);
int rump_sys_fdatasync(int fd);
int rump_sys_sync_file_range(int fd, off_t offset, off_t len, unsigned int flags);

/* names */
int rump_sys_mkdirat(int dirfd, const char *path, mode_t mode);
int rump_sys_mknodat(int dirfd, const char *path, mode_t mode, unsigned int dev);
int rump_sys_unlinkat(int dirfd, const char *path, int flags);
int rump_sys_linkat(int olddirfd, const char *old, int newdirfd, const char *path, int flags);
int rump_sys_symlinkat(const char *target, int dirfd, const char *path);
ssize_t rump_sys_readlinkat(int dirfd, const char *path, char *buf, size_t size);
int rump_sys_renameat2(int olddirfd, const char *old, int newdirfd, const char *path,
		       unsigned int flags);
int rump_sys_faccessat2(int dirfd, const char *path, int mode, int flags);

/* attributes */
int rump_sys_fstat(int fd, struct stat *st);
int rump_sys_newfstatat(int dirfd, const char *path, struct stat *st, int flags);
int rump_sys_statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *stx);
int rump_sys_statfs(const char *path, struct statfs *st);
int rump_sys_fstatfs(int fd, struct statfs *st);
int rump_sys_truncate(const char *path, off_t length);
int rump_sys_fchmod(int fd, mode_t mode);
int rump_sys_fchmodat2(int dirfd, const char *path, mode_t mode, int flags);
int rump_sys_fchown(int fd, uid_t uid, gid_t gid);
int rump_sys_fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags);
int rump_sys_utimensat(int dirfd, const char *path, const struct timespec ts[2], int flags);
mode_t rump_sys_umask(mode_t mask);

/* extended attributes */
ssize_t rump_sys_getxattr(const char *path, const char *name, void *value, size_t size);
ssize_t rump_sys_lgetxattr(const char *path, const char *name, void *value, size_t size);
ssize_t rump_sys_fgetxattr(int fd, const char *name, void *value, size_t size);
int rump_sys_setxattr(const char *path, const char *name, const void *value, size_t size,
		      int flags);
int rump_sys_lsetxattr(const char *path, const char *name, const void *value, size_t size,
		       int flags);
int rump_sys_fsetxattr(int fd, const char *name, const void *value, size_t size, int flags);
ssize_t rump_sys_listxattr(const char *path, char *list, size_t size);
ssize_t rump_sys_llistxattr(const char *path, char *list, size_t size);
ssize_t rump_sys_flistxattr(int fd, char *list, size_t size);
int rump_sys_removexattr(const char *path, const char *name);
int rump_sys_lremovexattr(const char *path, const char *name);
int rump_sys_fremovexattr(int fd, const char *name);

/* directories of the context, mounts */
int rump_sys_chdir(const char *path);
int rump_sys_fchdir(int fd);
int rump_sys_chroot(const char *path);
ssize_t rump_sys_getcwd(char *buf, size_t size);	/* length with the NUL, as the kernel's */
int rump_sys_mount(const char *source, const char *target, const char *type, unsigned long flags,
		   const void *data);
int rump_sys_umount2(const char *target, int flags);
int rump_sys_open_tree(int dirfd, const char *path, unsigned int flags);
int rump_sys_move_mount(int fromfd, const char *from, int tofd, const char *to, unsigned int flags);
int rump_sys_mount_setattr(int dirfd, const char *path, unsigned int flags, void *attr,
			   size_t size);
int rump_sys_quotactl_fd(int fd, unsigned int cmd, unsigned int id, void *addr);

/* Enter the kernel side and leave it again: what every call costs at least. */
int rump_sys_null(void);

#ifdef __cplusplus
}
#endif
#endif
