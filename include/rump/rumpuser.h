/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypercalls: all that the kernel side needs of its host, grouped by topic.
 *
 * This header is compiled in both namespaces, so it uses plain C types only.  Calls return 0 or a
 * positive errno value of the kernel's numbering unless said otherwise; results go through
 * out-pointers.  "may block" means that the caller must have released its virtual CPU
 * (rump_unschedule/rump_schedule on the kernel side, see librump/rumpkern/sched.h).
 */
#ifndef RUMP_RUMPUSER_H
#define RUMP_RUMPUSER_H

#define RUMPUSER_VERSION 1

#ifdef __cplusplus
extern "C" {
#endif

/* ---- start, parameters, end ------------------------------------------------------------- */

/* The calls which the host layer makes into the kernel side. */
struct rumpuser_upcalls {
	/* The calling host thread, which was adopted as a task, is about to end. */
	void (*thread_exit)(void *task);
};

/* First call.  Refuses another version with ENOSYS, a host with larger pages with EOPNOTSUPP. */
int rumpuser_init(int version, const struct rumpuser_upcalls *up);

/*
 * Value of a parameter by its name ("RUMP_NCPU", ...), from the environment; ENOENT where unset,
 * E2BIG where it does not fit.
 */
int rumpuser_getparam(const char *name, char *buf, unsigned long size);

/* Number of host CPUs this process may use. */
unsigned int rumpuser_ncpu(void);

/* Memory of the host (or of the control group,
 * or room for the arena, where that is less), bytes. */
unsigned long long rumpuser_memsize(void);

/* End the process.  Message and backtrace go to the log first.  Exit code RUMP_EXIT_PANIC. */
void rumpuser_panic(const char *message) __attribute__((noreturn));
#define RUMP_EXIT_PANIC 70

/* Write the calling thread's backtrace to the log, as warnings (level 4). */
void rumpuser_backtrace(void);

/* One line of log, without newline; level as the kernel's (0 emergency ... 7 debug). */
void rumpuser_log(int level, const char *line, unsigned long len);

/*
 * Where the log goes; see rump_set_log.  NULL: standard error, level 0 only unless
 * RUMP_VERBOSE is set.  The previous function is not running any more when this returns.
 */
typedef void (*rumpuser_log_fn)(void *arg, int level, const char *line);
void rumpuser_set_log(rumpuser_log_fn fn, void *arg);

/* ---- memory ------------------------------------------------------------------------------ */

/*
 * Reserve the arena: `size` bytes at `base`, zero pages on demand, backed by one shared memory
 * object so that its pages can be mapped elsewhere too.
 */
int rumpuser_arena_create(void *base, unsigned long size);

/* Reserve address space only (no access) at `base`. */
int rumpuser_va_reserve(void *base, unsigned long size);

/* Give zero pages on demand in a range which rumpuser_va_reserve reserved. */
int rumpuser_va_populate(void *base, unsigned long size);

/* Map `len` bytes of the arena, from `offset`, at `va` (a second view of the same memory). */
int rumpuser_arena_map(void *va, unsigned long offset, unsigned long len);

/* Take such a view away; the address range stays reserved. */
int rumpuser_arena_unmap(void *va, unsigned long len);

/* The range will be used soon: give it its memory in one go.  A hint; may take long. */
void rumpuser_prefault(void *base, unsigned long len);

/*
 * Give the memory of an arena range back to the host; it reads as zeros afterwards.  EOPNOTSUPP:
 * this host cannot, the range is as it was.
 */
int rumpuser_arena_discard(unsigned long offset, unsigned long len);

/* The host's own, made for its processor (the kernel side's memcpy ... are these). */
void *rumpuser_memcpy(void *to, const void *from, unsigned long n);
void *rumpuser_memmove(void *to, const void *from, unsigned long n);
void *rumpuser_memset(void *s, int c, unsigned long n);
int rumpuser_memcmp(const void *a, const void *b, unsigned long n);
void *rumpuser_memchr(const void *s, int c, unsigned long n);
unsigned long rumpuser_strlen(const char *s);

/* ---- threads, parking -------------------------------------------------------------------- */

/* Run fn(arg) in a new host thread;
 * it never returns to the caller's code, it ends in thread_exit. */
int rumpuser_thread_create(void (*fn)(void *), void *arg, const char *name);
void rumpuser_thread_exit(void) __attribute__((noreturn));

/* Remember `task` for the calling thread; upcalls->thread_exit(task) runs when the thread ends. */
int rumpuser_thread_adopt(void *task);

/*
 * Fibers.  One runs fn(arg), which must not return, on a stack of its own.  create makes it; with
 * fn NULL it is only a place to switch away from.  switch saves the caller's place in `from` (NULL:
 * it is not needed any more) and goes on in `to`, which may have been left in another thread.
 */
struct rumpuser_fiber;
int rumpuser_fiber_create(void (*fn)(void *), void *arg, struct rumpuser_fiber **fiber);
void rumpuser_fiber_switch(struct rumpuser_fiber *from, struct rumpuser_fiber *to);

/*
 * The futex: wait (may block) while *word == value, at most `ns` nanoseconds (< 0: for ever).
 * 0: woken (perhaps for no reason) or the value differs; ETIMEDOUT.
 */
int rumpuser_futex_wait(unsigned int *word, unsigned int value, long long ns);
void rumpuser_futex_wake(unsigned int *word, unsigned int count);

/* Let another host thread run (a spinlock's slow path). */
void rumpuser_yield(void);

/* ---- time, randomness -------------------------------------------------------------------- */

#define RUMPUSER_CLOCK_REALTIME  0
#define RUMPUSER_CLOCK_MONOTONIC 1
unsigned long long rumpuser_clock(int clock);			/* nanoseconds */
int rumpuser_random(void *buf, unsigned long len);

/* *crc continued over n bytes, without inversions.
 * ENOSYS: the processor has no instruction for it. */
int rumpuser_crc32c(unsigned int *crc, const void *p, unsigned long n);

/* ---- modules ----------------------------------------------------------------------------- */

/*
 * Load the shared library of a kernel module (may block: the host's disk).  `name` is a path if
 * it has a slash, else the name of a module or one of its aliases ("ext4", "fs-ext4",
 * "crypto-crc32c"), looked up in the table rump-modules of the module directories.  `abi`: the
 * string that the library's ELF note (owner "rump", type 1) must have, checked before anything of
 * the library runs.  *module is the address of its symbol rump_module.
 * ENOENT: there is none; ENOEXEC: not a module, or symbols are missing (errbuf says which);
 * EPROTO: its note differs from `abi` (errbuf has the note's).
 */
int rumpuser_module_load(const char *name, const char *abi, void **module, char *errbuf,
			 unsigned long errsize);

/* The module directories, colon separated:
 * RUMP_MODULE_PATH of the environment, or else kernel_path. */
const char *rumpuser_module_path(void);

/*
 * Which kernel side is used, as "6.12": the one that was set, or RUMP_KERNEL of the environment, or
 * the one that was built first; and the directories where it and its modules may be, colon
 * separated: rump/VERSION beside librumpuser.so and below the directory it was built for.  set:
 * before anything is loaded, NULL: not set.  For the host's side.
 */
void rumpuser_set_kernel(const char *version);
const char *rumpuser_kernel(void);
const char *rumpuser_kernel_path(void);

/* ---- block I/O --------------------------------------------------------------------------- */

struct rumpuser_blk;

#define RUMPUSER_BLK_RDONLY	0x01	/* never write */
#define RUMPUSER_BLK_NOLOCK	0x02	/* do not lock the image */
#define RUMPUSER_BLK_SNAPSHOT	0x04	/* what is written goes to a temporary file,
					   until it is closed */

#define RUMPUSER_BLK_DEFAULT	0	/* sync */
#define RUMPUSER_BLK_SYNC	1	/* in the calling thread */
#define RUMPUSER_BLK_ASYNC	2	/* queued: io_uring or I/O threads */
#define RUMPUSER_BLK_MMAP	3	/* memory mapped windows; EOPNOTSUPP: not on this host */

struct rumpuser_blk_info {
	unsigned long long size;	/* bytes */
	unsigned int logical_block;	/* bytes: smallest unit of I/O the backing object takes */
	unsigned int discard_granularity; /* bytes; 0: no hole punching */
	int method;			/* RUMPUSER_BLK_*, the one in force */
};

struct rumpuser_iov {			/* the layout of struct iovec */
	void *base;
	unsigned long len;
};

/*
 * As open(2), and close-on-exec; "/dev/fd/N" is a duplicate of descriptor N, which keeps the rights
 * that it was opened with.  For the host's side.
 */
int rumpuser_image_open(const char *path, int flags);

/*
 * A new file without a name, as snapshots write to, in the folder for them; or -1 and errno.  A
 * process that is about to lose the right to make one sets RUMP_TMPDIR to "/dev/fd/N" of it: the
 * next snapshot takes that.  For the host's side.
 */
int rumpuser_snapshot_file(void);

#define RUMPUSER_RINGS_MAX 32

/*
 * Make the means of method async for the next `n` images now, because the process is about to lose
 * the right to.  0, EINVAL: more than RUMPUSER_RINGS_MAX; ENOSYS: this host's method async needs
 * nothing of the kind; or the host's reason, for which those images get method sync.  For the
 * host's side.
 */
int rumpuser_prepare_rings(int n);

/*
 * Open an image (regular file or block device, or "/dev/fd/N": the descriptor itself) and lock it:
 * EBUSY where another has it; EOPNOTSUPP for a block device where the host cannot tell whether it
 * is in use, unless RUMPUSER_BLK_NOLOCK says that it is not.
 * RUMPUSER_BLK_SNAPSHOT opens and locks it as RUMPUSER_BLK_RDONLY does, and means nothing beside
 * that.  The method in force is sync then, and a flush does nothing.  The temporary file, which has
 * no name, is made in the folder RUMP_TMPDIR or TMPDIR of the environment, or /var/tmp; where that
 * fails, the host's errno value is returned and the log has a sentence (level 3).  Its ENOSPC is
 * the error of a request.
 * May block.
 */
int rumpuser_blk_open(const char *path, int flags, int method, struct rumpuser_blk **blk,
		      struct rumpuser_blk_info *info);
/* Flush what was written and close.
 * The first error of a write or flush is returned.  May block. */
int rumpuser_blk_close(struct rumpuser_blk *blk);

#define RUMPUSER_BIO_READ	0
#define RUMPUSER_BIO_WRITE	1
#define RUMPUSER_BIO_FLUSH	2	/* all completed writes are on the
					   medium when this completes */
#define RUMPUSER_BIO_DISCARD	3	/* punch a hole; content is undefined afterwards */
#define RUMPUSER_BIO_ZERO	4	/* reads as zeros afterwards; may punch a hole */
#define RUMPUSER_BIO_ZERO_NOUNMAP 5	/* reads as zeros afterwards; space stays allocated */

struct rumpuser_bio {
	int op;				/* RUMPUSER_BIO_* */
	int fua;			/* a write which is on the medium when it completes */
	int niov;
	int error;			/* result: 0 or a positive errno value */
	unsigned long long offset;	/* bytes */
	unsigned long long len;		/* bytes: the sum of the iov lengths, or the range */
	struct rumpuser_iov *iov;	/* niov, iov and the array change as the transfer goes on */
	/* host layer's own */
	unsigned long long done;	/* bytes transferred so far (short
					   transfers are continued) */
	struct rumpuser_bio *next;
};

/* Do one request in the calling thread (every method has this).  May block.  Sets bio->error. */
void rumpuser_blk_do(struct rumpuser_blk *blk, struct rumpuser_bio *bio);

/*
 * Method async only.  submit queues `n` requests and returns at once; where the host can serve a
 * request without blocking it may do so: such a request is complete when submit returns, and is
 * returned in the list *done (linked by ->next).  Requests that have not completed are returned
 * by wait, which blocks until there is at least one, or until rumpuser_blk_stop (then *done is
 * NULL).  submit is called by many threads at once, wait by one.
 */
void rumpuser_blk_submit(struct rumpuser_blk *blk, struct rumpuser_bio **bios, int n,
			 struct rumpuser_bio **done);
void rumpuser_blk_wait(struct rumpuser_blk *blk, struct rumpuser_bio **done);
void rumpuser_blk_stop(struct rumpuser_blk *blk);

#ifdef __cplusplus
}
#endif
#endif
