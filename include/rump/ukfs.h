/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libukfs: a file system image as a library, no mount, no privileges.
 *
 * ukfs_mount gives a handle; calls with a path mirror the system call of that name and need no
 * open first.  A path that starts with '/' starts at the image's root, any other at the handle's
 * current directory; neither ".." nor a symbolic link leads out of the image.  Paths may be of any
 * length (components up to the file system's limit).
 *
 * Results: as the system call's; failure is -1 with errno set (NULL for pointers).
 * ukfs_errmsg() has a sentence for it.  All calls are thread-safe, several threads may use one
 * handle (they share its current directory), several handles may be open.
 * Structures and flags are the host libc's.  Buffers stay the caller's.
 */
#ifndef RUMP_UKFS_H
#define RUMP_UKFS_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ukfs;
struct ukfs_dir;
struct statx;

/* ---- mount ------------------------------------------------------------------------------- */

/* What ukfs_mount's `arg` points to; zero it first, set what you need. */
struct ukfs_args {
	const char *options;	/* as after mount -o; the kernel file system's own, plus ro, rw,
				   sync, noatime ..., snapshot, and uid=, gid= for every type whose
				   driver allows it; images that an option names (device=, logdev=
				   ...) become disks; NULL: none */
	int partition;		/* number; 0: whole disk,
				   or the one partition that can be mounted */
	int method;		/* enum rump_disk_method of rump/rump.h */
	int nolock;		/* do not lock the image */
	unsigned int sector_size; /* bytes; 0: automatic */
	int snapshot;		/* what is written, journal replay included, goes to a temporary
				   file until ukfs_release; the image is only read */
	int noflush;		/* nothing is on the medium for sure before ukfs_release, fsync or
				   not: for an image that is thrown away where that fails */
	int (*confine)(void *arg); /* gives up what the program does not need any more: the drivers
				   are loaded, and none of them has read a byte of the image;
				   where fstype is given nothing has.  0 or an errno value,
				   with which ukfs_mount fails; NULL: nothing is given up */
	void *confine_arg;
	const struct ukfs_confinement *confinement; /* ukfs_confine() with this before the first
				   byte of the image is read; the image is opened before that,
				   those that options name are kept; NULL: nothing is given up */
};

#define UKFS_RDONLY	0x1	/* mntflag: mount read-only; the image is opened read-only and not
				   one byte of it is written, journal replay included */
#define UKFS_RDONLY_FALLBACK 0x2 /* mntflag: read-only where the image cannot be written */

#define UKFS_UNRECOVERED 0x4	/* mntflag, with UKFS_RDONLY: where a journal would have to be
				   replayed first, mount without it instead of failing; recent
				   changes may be missing and directories may not be consistent */

/*
 * Mount the image `devpath` (path of a regular file or block device of the host; "/dev/fd/N": what
 * descriptor N has open, by the rights that it was opened with; NULL for a file system without one:
 * tmpfs) as `fstype` (NULL: probed).  `mntpath`: the directory of the image
 * that becomes the handle's root, NULL or "/" for the whole.  `mntflag`: UKFS_*.  `arg`:
 * struct ukfs_args or NULL, `arglen` its size.  The kernel side is booted and the file system's
 * module is loaded where needed.
 * errno: ENOENT, EACCES, EBUSY (another process has the image), EINVAL (no file system, an option
 * the file system does not know), ENOTUNIQ (several partitions, none named), ENODEV (no such
 * type), EPROGMISMATCH, EROFS, EUCLEAN ...
 * ukfs_errmsg() then has the kernel's own reason.
 */
struct ukfs *ukfs_mount(const char *fstype, const char *devpath, const char *mntpath, int mntflag,
			void *arg, size_t arglen);

#define UKFS_RELFLAG_FORCE 0x1	/* ukfs_release: also with files or directories open */

/*
 * Unmount: everything is on the medium, the image closed and unlocked when it returns.  Returns 0,
 * or -1: EBUSY (open ukfs_open descriptors, the handle stays valid) or the error of the last
 * write (the handle is gone).
 */
int ukfs_release(struct ukfs *u, int flags);

/* A sentence about the calling thread's last failed call, with the kernel's reason where it gave
 * one.  Valid until the thread's next failing call. */
const char *ukfs_errmsg(void);

/* Receive the kernel's log, as rump_set_log does it.  A program that uses libukfs sets its sink
 * here: libukfs itself is rump_set_log's, that is how error sentences get the kernel's reason. */
void ukfs_set_log(void (*fn)(void *arg, int level, const char *line), void *arg);

/* ---- confinement ------------------------------------------------------------------------- */

#define UKFS_CONFINE_READ  0x1	/* access: files are read, directories listed */
#define UKFS_CONFINE_WRITE 0x2	/* access: files that exist are written */
#define UKFS_CONFINE_MAKE  0x4	/* access: files are made, renamed and removed; for a directory */

struct ukfs_confine_path {
	const char *path;	/* of the host; a directory stands for everything below it too;
				   a path that does not exist is ignored */
	unsigned int access;
};

#define UKFS_CONFINE_HOST   0x1	/* flag: files of the host are used by name after the mount */
#define UKFS_CONFINE_IMAGES 0x2	/* flag: further images are mounted */
#define UKFS_CONFINE_PIPES  0x4	/* flag: pipes and files in memory are made, and passed on by
				   sockets that are connected */
#define UKFS_CONFINE_CALLS  0x8	/* flag: system calls are given up at once, too: the program reads
				   other bytes that it does not trust before it mounts an image */

struct ukfs_confinement {
	const struct ukfs_confine_path *paths; /* of `npaths` elements: what the program goes on to
						  use by name, further images included */
	unsigned int npaths;
	unsigned int flags;	/* UKFS_CONFINE_*; without any no file can be opened any more */
	uint64_t capabilities;	/* those that the process keeps, of those it has: 1 << CAP_X */
};

/*
 * Give up for good what the program does not need, so that an image that takes it over can do
 * little: files of the host by name (landlock), capabilities and privileges by exec at once; and
 * system calls (seccomp) when ukfs_mount has loaded the driver, before it reads the image: no
 * programs, processes, sockets or executable memory, and no files where flags has no bit.
 * Standard streams and what else is open stay usable.  For a process with one thread, before its
 * first ukfs_mount.  A second call takes away what it does not name.
 * errno: EBUSY (several threads, or the kernel side runs), EINVAL, or what the host says that lacks
 * a part: of landlock (before Linux 5.13; with UKFS_CONFINE_MAKE before 5.19) the absence is no
 * error.  ukfs_errmsg() has the sentence.
 */
int ukfs_confine(const struct ukfs_confinement *c, size_t size);

/* Load a file system library by its path (0, or -1: EPROGMISMATCH, ENOENT, ENOEXEC ...). */
int ukfs_modload(const char *libpath);
/* Load every librumpfs_*.so of a directory.  Returns how many, or -1. */
int ukfs_modload_dir(const char *directory);

/* The mount's directory in the kernel side's name space, for use with rump_sys_*. */
const char *ukfs_getmp(const struct ukfs *u);
/* The type in use ("ext4"), and whether it is mounted read-only. */
const char *ukfs_fstype(const struct ukfs *u);
int ukfs_rdonly(const struct ukfs *u);
/* Whether UKFS_UNRECOVERED took effect. */
int ukfs_unrecovered(const struct ukfs *u);

/* Whether the option of this name and length names a further image, for any type. */
int ukfs_device_option(const char *option, size_t len);

/* Names of the file system types that can be mounted, NULL-terminated; static storage. */
const char *const *ukfs_types(void);

struct ukfs_partition {
	int number;
	uint64_t start, size;	/* bytes */
	char type[32];		/* file system as probed, or "" */
	char label[128];	/* file system label, or the partition's name, or "" */
};
/* List the partitions of an image: up to `max` into `list`; returns how many there are, or -1. */
int ukfs_partitions(const char *devpath, const struct ukfs_args *args, struct ukfs_partition *list,
		    int max);

/* ---- directories ------------------------------------------------------------------------- */

struct ukfs_dirent {
	uint64_t d_ino;
	int64_t d_off;
	unsigned char d_type;	/* DT_* */
	char d_name[1024];	/* vfat and exfat have names beyond 255 bytes */
};

struct ukfs_dir *ukfs_opendir(struct ukfs *u, const char *path);
/* The same with a path that starts at the directory which `fd' has open, unless it starts with '/',
 * and is shorter than PATH_MAX. */
struct ukfs_dir *ukfs_opendirat(struct ukfs *u, int fd, const char *path);
/* The descriptor of an open directory, for calls that take one; closed by ukfs_closedir alone. */
int ukfs_dirfd(const struct ukfs_dir *dir);
/* The next entry, "." and ".." included, valid until the next call on `dir`; NULL at the end
 * (errno unchanged) and on error (errno set; EUCLEAN also where a damaged directory repeats its
 * entries without an end, or has more than the image can hold). */
struct ukfs_dirent *ukfs_readdir(struct ukfs_dir *dir);
int ukfs_closedir(struct ukfs_dir *dir);
/* Raw struct dirent64 records of a directory, from *off on; *off is advanced, or the call fails
 * with EUCLEAN.  Returns bytes, 0 at the end. */
ssize_t ukfs_getdents(struct ukfs *u, const char *path, off_t *off, uint8_t *buf, size_t bufsize);

/* ---- data -------------------------------------------------------------------------------- */

/* Descriptors of the handle, not of the host. */
int ukfs_open(struct ukfs *u, const char *path, int flags, ... /* mode_t mode */);
int ukfs_close(struct ukfs *u, int fd);
ssize_t ukfs_pread(struct ukfs *u, int fd, void *buf, size_t size, off_t off);
ssize_t ukfs_pwrite(struct ukfs *u, int fd, const void *buf, size_t size, off_t off);

/* By path.  ukfs_write neither creates nor truncates. */
ssize_t ukfs_read(struct ukfs *u, const char *path, off_t off, uint8_t *buf, size_t bufsize);
ssize_t ukfs_write(struct ukfs *u, const char *path, off_t off, const uint8_t *buf, size_t bufsize);
int ukfs_truncate(struct ukfs *u, const char *path, off_t length);
int ukfs_fallocate(struct ukfs *u, const char *path, int mode, off_t off, off_t len);
/* SEEK_DATA and SEEK_HOLE. */
off_t ukfs_lseek(struct ukfs *u, const char *path, off_t off, int whence);
ssize_t ukfs_copy_file_range(struct ukfs *u, const char *from, off_t *fromoff, const char *to,
			     off_t *tooff, size_t len);
int ukfs_sync(struct ukfs *u);
int ukfs_fsync(struct ukfs *u, const char *path);

/* The same on a descriptor of ukfs_open. */
int ukfs_fstat(struct ukfs *u, int fd, struct stat *st);
int ukfs_ffsync(struct ukfs *u, int fd);
/* As sync_file_range(2): write out without the promise that anything is on the medium. */
int ukfs_sync_file_range(struct ukfs *u, int fd, off_t off, off_t len, unsigned int flags);
int ukfs_ftruncate(struct ukfs *u, int fd, off_t length);
int ukfs_ffallocate(struct ukfs *u, int fd, int mode, off_t off, off_t len);
off_t ukfs_flseek(struct ukfs *u, int fd, off_t off, int whence);
/* A request of the file system, as ukfs_ioctl; `arg` is a pointer or what else the request takes
 * (of FICLONE, a descriptor of ukfs_open). */
int ukfs_fioctl(struct ukfs *u, int fd, unsigned long request, unsigned long arg);
int ukfs_fchown(struct ukfs *u, int fd, uid_t uid, gid_t gid);
int ukfs_fchmod(struct ukfs *u, int fd, mode_t mode);
int ukfs_futimens(struct ukfs *u, int fd, const struct timespec ts[2]);
int ukfs_fsetxattr(struct ukfs *u, int fd, const char *name, const void *value, size_t size,
		   int flags);

/* ---- names ------------------------------------------------------------------------------- */

int ukfs_create(struct ukfs *u, const char *path, mode_t mode);	/* an empty file; EEXIST */
int ukfs_mknod(struct ukfs *u, const char *path, mode_t mode, dev_t dev);
int ukfs_mkfifo(struct ukfs *u, const char *path, mode_t mode);
int ukfs_mkdir(struct ukfs *u, const char *path, mode_t mode);
int ukfs_remove(struct ukfs *u, const char *path);
int ukfs_rmdir(struct ukfs *u, const char *path);
int ukfs_link(struct ukfs *u, const char *path, const char *newpath);
int ukfs_symlink(struct ukfs *u, const char *target, const char *linkpath);
ssize_t ukfs_readlink(struct ukfs *u, const char *path, char *buf, size_t size); /* no NUL added */
int ukfs_rename(struct ukfs *u, const char *from, const char *to);
int ukfs_renameat2(struct ukfs *u, const char *from, const char *to, unsigned int flags);
int ukfs_chdir(struct ukfs *u, const char *path);
char *ukfs_getcwd(struct ukfs *u, char *buf, size_t size);
/* Make all directories that lead to `path`'s last component (mkdir -p of its dirname). */
int ukfs_util_builddirs(struct ukfs *u, const char *path, mode_t mode);

/* ---- attributes -------------------------------------------------------------------------- */

int ukfs_stat(struct ukfs *u, const char *path, struct stat *st);
int ukfs_lstat(struct ukfs *u, const char *path, struct stat *st);
/* As ukfs_stat, or with AT_SYMLINK_NOFOLLOW as ukfs_lstat, from a directory: see ukfs_opendirat. */
int ukfs_fstatat(struct ukfs *u, int fd, const char *path, struct stat *st, int flags);
int ukfs_statx(struct ukfs *u, const char *path, int flags, unsigned int mask, struct statx *stx);
int ukfs_statvfs(struct ukfs *u, struct statvfs *st);
int ukfs_access(struct ukfs *u, const char *path, int mode);
int ukfs_chmod(struct ukfs *u, const char *path, mode_t mode);
int ukfs_lchmod(struct ukfs *u, const char *path, mode_t mode);
int ukfs_chown(struct ukfs *u, const char *path, uid_t uid, gid_t gid);
int ukfs_lchown(struct ukfs *u, const char *path, uid_t uid, gid_t gid);
int ukfs_utimens(struct ukfs *u, const char *path, const struct timespec ts[2]);
int ukfs_lutimens(struct ukfs *u, const char *path, const struct timespec ts[2]);
/* File attributes, FS_*_FL of linux/fs.h, as chattr sets them. */
int ukfs_chflags(struct ukfs *u, const char *path, unsigned long flags);
int ukfs_getflags(struct ukfs *u, const char *path, unsigned long *flags);

/* A request of the file system, such as FITRIM or FS_IOC_FSGETXATTR, on a file or directory that is
 * opened for reading.  `arg` is what the request takes. */
int ukfs_ioctl(struct ukfs *u, const char *path, unsigned long request, void *arg);

ssize_t ukfs_getxattr(struct ukfs *u, const char *path, const char *name, void *value, size_t size);
ssize_t ukfs_lgetxattr(struct ukfs *u, const char *path, const char *name, void *value,
		       size_t size);
int ukfs_setxattr(struct ukfs *u, const char *path, const char *name, const void *value,
		  size_t size, int flags);
int ukfs_lsetxattr(struct ukfs *u, const char *path, const char *name, const void *value,
		   size_t size, int flags);
ssize_t ukfs_listxattr(struct ukfs *u, const char *path, char *list, size_t size);
ssize_t ukfs_llistxattr(struct ukfs *u, const char *path, char *list, size_t size);
int ukfs_removexattr(struct ukfs *u, const char *path, const char *name);
int ukfs_lremovexattr(struct ukfs *u, const char *path, const char *name);

#ifdef __cplusplus
}
#endif
#endif
