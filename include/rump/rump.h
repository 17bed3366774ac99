/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * librump: a Linux kernel in the calling process.
 *
 * Every function may be called from any thread at any time after rump_init has returned, unless
 * its comment says otherwise.  Functions return 0 or a positive result, or a negative errno value.
 */
#ifndef RUMP_RUMP_H
#define RUMP_RUMP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A module that was built for another kernel or another librump.  The host has no such errno. */
#ifndef EPROGMISMATCH
#define EPROGMISMATCH 600
#endif

/* ---- start ------------------------------------------------------------------------------- */

/*
 * Which kernel's code this process runs, as "6.1"; NULL: RUMP_KERNEL of the environment, or the
 * default.  Once per process: rump_init does it where nobody has.  -ENOENT: it is not installed;
 * -EBUSY: another one is there already; -EPROGMISMATCH, -ENOEXEC: its library is not of this
 * librump.  One sentence goes to the log.
 */
int rump_load_kernel(const char *version);

/*
 * Boot the kernel side; once per process, later calls return the first one's result.
 * Environment: RUMP_NCPU (virtual CPUs, default: host CPUs), RUMP_MEMLIMIT (bytes with suffix K,
 * M or G, default: a quarter of the host's memory, most 768M, least 16M), RUMP_MODULE_PATH
 * (directories with librumpfs_*.so, colon separated), RUMP_TMPDIR (directory of the temporary files
 * of snapshots, default: TMPDIR or /var/tmp), RUMP_VERBOSE=1 (the kernel's log goes to standard
 * error), RUMP_CMDLINE (kernel parameters).
 * -EINVAL: a value that does not parse (one sentence went to the log); -ENOMEM; -ENOSYS: hypercall
 * versions differ; what rump_load_kernel returns; -EOPNOTSUPP: the host's pages are larger than 4
 * KiB.
 */
int rump_init(void);

/* Version of the kernel whose code this is, as "6.12.117";
 * "" where it cannot be loaded.  Static storage. */
const char *rump_kernel_version(void);

/* ---- log --------------------------------------------------------------------------------- */

/*
 * Receive the kernel's log: one call a line, text without newline, level 0 (emergency) to 7
 * (debug).  Called in any thread, with locks held: it must not call rump functions, nor block for
 * long.  NULL restores the default: nothing below level 0 is shown unless RUMP_VERBOSE is set.
 * May be called before rump_init.
 */
typedef void (*rump_log_fn)(void *arg, int level, const char *line);
void rump_set_log(rump_log_fn fn, void *arg);

/* ---- contexts ---------------------------------------------------------------------------- */

/*
 * A context is what a process is in a kernel: root directory, current directory, umask, a table
 * of descriptors, credentials (all capabilities).  A host thread acts in one context at a time, in
 * the initial one at first.  Several threads may act in the same context.
 */
struct rump_context;

/* A new context: root and current directory of the calling thread's, an empty descriptor table. */
int rump_context_create(struct rump_context **ctx);

/* The calling thread acts in `ctx` from now on (NULL: the initial one).  Returns the previous. */
struct rump_context *rump_context_switch(struct rump_context *ctx);

/*
 * Close the context's descriptors and free it.  No thread may act in it; otherwise -EBUSY.
 * The final work on its files (unlinked files' space, say) is done when it returns.
 */
int rump_context_destroy(struct rump_context *ctx);

/*
 * The calling thread gets a user namespace of its own, for as long as it lives: for a mount that
 * maps owners (rump_sys_mount_setattr).  Returns the thread's number in the kernel side's /proc,
 * where another thread writes the maps, or a negative errno value.
 */
int rump_userns_enter(void);

/*
 * `fn` is called each time when a call of the calling thread is going to wait in the kernel side:
 * for a lock, for the disk.  A server can see to it then that another thread goes on with its work.
 * It must not call rump functions, nor wait.  NULL: no more.
 */
void rump_set_wait_hook(void (*fn)(void *arg), void *arg);

/* ---- modules ----------------------------------------------------------------------------- */

/*
 * Load a kernel module and what it depends on, and run its init.  `name`: a path with a slash, or
 * a module's name or alias.  0 also where it is loaded already.  -ENOENT: no such module;
 * -EPROGMISMATCH: built for another kernel or librump; -ENOEXEC: not a module, or a symbol is
 * missing (the log names it); else its init's error.
 */
int rump_modload(const char *name);

/* ---- disks ------------------------------------------------------------------------------- */

enum rump_disk_method {
	RUMP_DISK_DEFAULT = 0,	/* sync */
	RUMP_DISK_SYNC = 1,	/* I/O in the calling thread */
	RUMP_DISK_ASYNC = 2,	/* io_uring; the best for servers and many threads */
	RUMP_DISK_MMAP = 3,	/* windows of the file mapped into memory; regular files only */
};

struct rump_disk_options {
	enum rump_disk_method method;
	int readonly;		/* the image is opened read-only, never a byte is written */
	int nolock;		/* do not lock the image:
				   the caller knows that nobody else writes */
	unsigned int sector_size; /* logical sector, bytes: 512 ... 4096, a power of 2; 0: 512 or
				     what the backing device needs */
	int snapshot;		/* the image is only read, as with readonly, but the disk can be
				   written: that goes to a temporary file until it is detached;
				   means nothing with readonly; I/O is in the calling thread */
	int noflush;		/* nothing is on the medium for sure before it is detached: for an
				   image that is thrown away where that fails */
};

#define RUMP_DEVPATH_MAX 32

/*
 * Attach an image as a disk.  `path`: of the host.  Its node in the kernel side is written to
 * devpath ("/dev/rd0"), its partitions, found by the kernel's own code, are "/dev/rd0p1" ...
 * Returns the disk's number (>= 0).  -EBUSY: another process has it; -EACCES, -ENOENT, -EIO, ...:
 * the host's reason; where it is about the temporary file of a snapshot, which is made in
 * RUMP_TMPDIR or TMPDIR of the environment, or /var/tmp, the log has a sentence.
 */
int rump_disk_attach(const char *path, const struct rump_disk_options *opt,
		     char devpath[RUMP_DEVPATH_MAX]);

/*
 * Detach: everything is written and flushed to the medium, the image is closed and unlocked.
 * -EBUSY: still mounted or open.  An error of the last flush is returned, the disk is gone then.
 */
int rump_disk_detach(int disk);

struct rump_partition {
	int number;		/* as in /dev/rd0pN */
	uint64_t start;		/* bytes */
	uint64_t size;		/* bytes */
	char uuid[40];		/* as the table has it, or "" */
	char name[72];		/* GPT partition name, or "" */
};

/* The disk's partitions in the order of their numbers, at most `max`.
 * Returns how many there are. */
int rump_disk_partitions(int disk, struct rump_partition *list, int max);

/* Bytes of the disk. */
int rump_disk_size(int disk, uint64_t *bytes);

/* ---- flash ------------------------------------------------------------------------------- */

struct rump_flash_options {
	unsigned int erasesize;	/* bytes of an erase block */
	unsigned int pagesize;	/* bytes that are written at once, a power of 2;
				   1: NOR, else NAND flash */
	unsigned int subpage;	/* the part of a page that can be written alone;
				   pagesize: there is none */
	int readonly;
	int sync;		/* each write is flushed to the medium */
	uint64_t size;		/* bytes; 0: the disk's.
				   If readonly it may be more: erased bytes follow */
};

/*
 * A disk or partition ("/dev/rd0") becomes a flash chip without bad blocks, the kernel's MTD device
 * mtdN, of which N is returned.  A write is in the image when it returns, and on the medium after a
 * sync.  -EINVAL: a geometry that does not fit; -ENOSPC: larger than the disk; -ENOENT: there is no
 * such disk, or no library rumpmtd.
 */
int rump_flash_attach(const char *devpath, const struct rump_flash_options *opt);

/* Detach and flush.  -EBUSY: in use.
 * An error of the last flush is returned, the chip is gone then. */
int rump_flash_detach(int mtd);

#ifdef __cplusplus
}
#endif
#endif
