/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The copy engine.  A source walks what is to be copied, in a thread of its own, and puts items on
 * a bounded queue; a sink takes them off and makes the copy.  Both exist for the host and for the
 * image, so that put, get and both kinds of ecp are pairs of them.
 *
 * The order of items: DIR, the directory's content, LEAVE; FILE, its DATA, FILE_END, unless the
 * FILE is `whole`: then its data is in it (or there is none) and no others follow.
 */
#ifndef FSU_COPY_H
#define FSU_COPY_H

#include <pthread.h>
#include <stdatomic.h>

#include "../fsu.h"

/* ---- items ------------------------------------------------------------------------------- */

enum item_kind { ITEM_DIR, ITEM_LEAVE, ITEM_FILE, ITEM_DATA, ITEM_FILE_END, ITEM_LINK, ITEM_SYMLINK,
		 ITEM_NODE };

struct xattr {
	struct xattr *next;
	char *value;		/* behind the name, in the same piece of memory */
	size_t size;
	char name[];
};

struct item {
	struct item *next;
	enum item_kind kind;
	char *name;		/* the last component; of a top item the whole destination */
	char *from;		/* path in the source, for messages and image to image copies */
	char *text;		/* SYMLINK: its target; LINK: the destination of the first name */
	struct stat st;
	struct xattr *xattrs;
	bool top, whole;
	bool typed;		/* of a top item: see struct job */
	bool failed;		/* FILE_END: the source could not be read to its end */
	bool by_kernel;		/* FILE: no data follows, the sink has the image copy it */
	bool linked;		/* FILE: later items may be links to it */
	bool sparse;		/* FILE: it has holes */
	bool zeros;		/* DATA: blocks of zeros in it may be holes, nobody knows */
	off_t off;		/* of data in the file */
	size_t len;
	char *data;
	bool pooled;		/* data is one of the queue's big buffers */
};

void item_free(struct item *i);
struct xattr *xattr_new(const char *name, size_t size);
void xattrs_free(struct xattr *x);
/* Whether an xattr is copied: user.*, trusted.*, security.* and the POSIX ACLs. */
bool xattr_wanted(const char *name);
bool xattr_is_acl(const char *name);
/* Whether it gives rights, or only root may set it: --no-special leaves it out. */
bool fsu_xattr_special(const char *name);

/* ---- the queue --------------------------------------------------------------------------- */

#define COPY_CHUNK (1 << 20)	/* data of one item at most */
#define COPY_INLINE (64 << 10)	/* files up to this size are one item */

struct queue;

struct queue *queue_new(void);
void queue_free(struct queue *q);
/* Add an item, which is the queue's then; waits for room.  False: the sink stopped (item freed). */
bool queue_put(struct queue *q, struct item *i);
/* No more items come. */
void queue_finish(struct queue *q);
/* All items there are, in order, NULL at the end. */
struct item *queue_take(struct queue *q);
/* The sink takes no more. */
void queue_stop(struct queue *q);
bool queue_stopped(struct queue *q);
/* A buffer of COPY_CHUNK bytes, reused; freed with the item that it is put in. */
char *queue_buffer(struct queue *q);
/* Free an item that was taken. */
void queue_done(struct queue *q, struct item *i);

/* ---- what cannot be kept ----------------------------------------------------------------- */

enum loss { LOSS_OWNERS, LOSS_MODES, LOSS_TIMES, LOSS_XATTRS, LOSS_ACLS, LOSS_LINKS, LOSS_DEVICES,
	    LOSS_NAMES, LOSS_KINDS };

struct copy;

/* A thing of one of these kinds was not copied: told (owners, modes and times once, then counted),
 * counted, and an error of the run unless --ignore names the kind. */
void copy_lost(struct copy *c, enum loss kind, const char *path, const char *what, int err);
/* Any other error; the run goes on. */
void copy_failed(struct copy *c, int err, const char *verb, const char *path);
/* An error that ends the run. */
void copy_fatal(struct copy *c, int err, const char *verb, const char *path);
/* The file system of the image has no such thing as owners or modes: counted, told in one line at
 * the end, and no error. */
void copy_unheld(struct copy *c, enum loss kind);
bool copy_parse_ignore(struct copy *c, const char *list);
/* One line for each kind that was counted in silence, one for all that the format does not hold. */
void copy_report_losses(struct copy *c);

/* ---- a run ------------------------------------------------------------------------------- */

/* What a copy keeps of its source; without KEEP_MODE new files get the umask's permissions. */
#define KEEP_MODE 1		/* permissions and ACLs */
#define KEEP_OWNER 2
#define KEEP_TIMES 4
#define KEEP_LINKS 8
#define KEEP_XATTRS 16
#define KEEP_ALL 31

enum copy_links { COPY_DATA, COPY_HARD_LINKS, COPY_SYMLINKS };
enum copy_when { COPY_AUTO, COPY_NEVER, COPY_ALWAYS };

struct copy_options {
	bool recursive;		/* enter directories; else they are an error */
	unsigned int keep;
	bool one_fs, verbose, quiet;
	enum fsu_follow follow;	/* of symbolic links in the source */
	/* as cp does it: existing files are written through symbolic links, directories are read in
	 * the order of inode numbers, and what follows */
	bool like_cp;
	bool ask, no_clobber, update;	/* before something is replaced */
	bool force;		/* what cannot be opened for writing is removed first */
	bool remove_first;	/* whatever exists is removed first */
	bool no_data;		/* attributes only */
	bool no_mode;		/* new files get no more of the source than what they are */
	enum copy_links links;	/* make links instead of copies */
	enum copy_when reflink, sparse;
	bool strict;		/* the first thing that cannot be kept ends the run */
	bool fresh;		/* the target was empty: what is in it came from this run */
	bool quiet_full;	/* the caller has an answer to ENOSPC: nothing is said */
	bool no_special;	/* leave out what gives rights: set-ID bits, devices, ... */
	bool write_out;		/* into the image:
				   a file's data leaves the cache when it is complete */
	uid_t uid;		/* -1: the source's */
	gid_t gid;
	bool ignore[LOSS_KINDS];
};

struct copy_counts {
	atomic_ullong files, dirs, links, symlinks, others, bytes, holes, errors;
	atomic_ullong expected_bytes, expected_files;
	atomic_bool all_seen;	/* the source has met everything: the expected numbers are final */
};

/*
 * A side of a copy: the calls that source and sink need, on the host or in the image.  Results are
 * >= 0, or a negative errno value.  Symbolic links are not followed where a path is the object.
 */
struct side {
	int (*stat)(struct copy *c, const char *path, bool follow, struct stat *st);
	int (*names)(struct copy *c, const char *path, struct fsu_names *names);
	ssize_t (*readlink)(struct copy *c, const char *path, char *buf, size_t size);
	/* by descriptor where fd >= 0, else by path */
	ssize_t (*listxattr)(struct copy *c, int fd, const char *path, char *buf, size_t size);
	ssize_t (*getxattr)(struct copy *c, int fd, const char *path, const char *name, void *value,
			    size_t size);
	int (*setxattr)(struct copy *c, int fd, const char *path, const struct xattr *x);
	int (*chown)(struct copy *c, int fd, const char *path, uid_t uid, gid_t gid);
	int (*chmod)(struct copy *c, int fd, const char *path, mode_t mode);
	int (*utimens)(struct copy *c, int fd, const char *path, const struct timespec ts[2]);
	/* whether a refusal of chown or chmod is the format's: the file itself would allow it */
	bool (*unheld)(struct copy *c, const char *path, int err);
	int (*open)(struct copy *c, const char *path, int flags, mode_t mode);
	int (*close)(struct copy *c, int fd);
	int (*fstat)(struct copy *c, int fd, struct stat *st);
	ssize_t (*pread)(struct copy *c, int fd, void *buf, size_t size, off_t off);
	ssize_t (*pwrite)(struct copy *c, int fd, const void *buf, size_t size, off_t off);
	off_t (*seek)(struct copy *c, int fd, off_t off, int whence);
	int (*ftruncate)(struct copy *c, int fd, off_t size);
	/* the whole file will be read */
	void (*readahead)(struct copy *c, int fd);
	int (*mkdir)(struct copy *c, const char *path, mode_t mode);
	int (*unlink)(struct copy *c, const char *path);
	int (*symlink)(struct copy *c, const char *target, const char *path);
	int (*mknod)(struct copy *c, const char *path, mode_t mode, dev_t dev);
	int (*link)(struct copy *c, const char *old, const char *path);
};

extern const struct side host_side, image_side;

struct copy {
	struct ukfs *u;
	struct copy_options o;
	struct copy_counts n;
	struct queue *queue;
	const struct side *from, *to;
	/* before each symbolic link and special file, or NULL.  It may mount the image anew, no
	 * file of it is open; false: u is NULL now, and why has been told */
	bool (*before_link)(struct copy *c);
	struct beneath *beneath;	/* of the side on the host; NULL: no limits */
	bool same_image;	/* image to image: the sink can have the kernel copy */
	unsigned long long losses[LOSS_KINDS], unheld[LOSS_KINDS];
	char *loss_examples[LOSS_KINDS];
	unsigned long long special;	/* left out by no_special; the sink's */
	pthread_mutex_t lock;	/* of the losses */
	atomic_bool stop;	/* a fatal error: */
	int fatal;		/* its errno */
	struct timespec start;
	mode_t umask;
	bool root;		/* the host user may do anything on the host */
};

/* An operand and where it goes. */
struct job {
	const char *from;
	char *to;
	bool typed;		/* the user named all of `to`: its last component may be a link */
};

/* Walk an operand and queue it; in the source's thread.  `inodes` is kept between operands. */
struct inodes;
void source_walk(struct copy *c, struct inodes *inodes, const struct job *job);

struct sink;
struct sink *sink_new(struct copy *c);
void sink_take(struct sink *s, struct item *i);
/* A file that is incomplete is removed. */
void sink_free(struct sink *s);

/* Whether source and destination are one directory, or one is inside of the other; says so. */
bool copy_into_itself(struct copy *c, const char *from, const char *to);
/* Do these jobs, with copies inside of the image.  Returns FSU_OK or FSU_FAILED. */
int copy_jobs(struct copy *c, struct job *jobs, int n);
/* Before the image is mounted: what copying these operands needs of the host. */
void copy_keep(const struct copy *c, char **operands, int n, const char *dest);
/* Copy operands to dest.  Returns FSU_OK or FSU_FAILED. */
int copy_run(struct copy *c, char **operands, int n, const char *dest);
/* The options of put and get; the caller sets u, from and to. */
void copy_init(struct copy *c);
bool copy_stopped(struct copy *c);

/* Options that put, get and ecp share; false after a message. */
bool copy_option(struct copy *c, const struct fsu_given *given);

enum { COPY_KEY_IGNORE = 300, COPY_KEY_OWNER, COPY_KEY_NO_OWNER,
       COPY_KEY_NO_SPECIAL };
#define COPY_OPTIONS \
	{ COPY_KEY_IGNORE, "ignore", FSU_ARG, "KINDS", \
	  "no error for what the target cannot hold: owners, modes, times, xattrs, acls, links, " \
	  "devices, names, all" }, \
	{ 'q', "quiet", FSU_NOARG, NULL, "no progress line" }, \
	{ 'v', "verbose", FSU_NOARG, NULL, "name each file, and show a summary" }
/* makefs does not have this one. */
#define COPY_NO_SPECIAL \
	{ COPY_KEY_NO_SPECIAL, "no-special", FSU_NOARG, NULL, \
	  "leave out set-user-ID and set-group-ID, devices, capabilities and trusted.*" }

/* ---- pieces the sources and sinks share -------------------------------------------------- */

/* A text for each of some inodes, by their numbers: what the first name of several became. */
struct inodes *inodes_new(void);
/* The text kept for the inode, or NULL, and then `text` is kept. */
const char *inodes_find(struct inodes *t, const struct stat *st, const char *text);
/* The text kept for the inode, or NULL. */
const char *inodes_get(const struct inodes *t, const struct stat *st);
void inodes_free(struct inodes *t);

/* A host path of any length: the descriptor to start from and a rest that calls take.  Returns 0 or
 * an errno; hostpath_end closes what was opened. */
struct hostpath {
	int fd;
	const char *rest;
	bool opened;
};

/*
 * The directory on the host that a copy must not leave.  With one, the start of each path is the
 * text that the user typed, and only what follows it is confined: neither a symbolic link nor ".."
 * in it is followed.  For one thread.  `whole`: all of the path was typed, else all but its last
 * component.  Returns 0 or an errno; the caller frees the result in both cases.
 */
struct beneath;
int beneath_new(struct beneath **b, const char *path, bool whole);
void beneath_free(struct beneath *b);

/* `b` NULL: no limits.  The result is valid until the next call with the same `b`. */
int hostpath_begin(struct beneath *b, struct hostpath *p, const char *path);
/* A second path for the same call. */
int hostpath_begin_second(struct beneath *b, struct hostpath *p, const char *path);
void hostpath_end(struct hostpath *p);

/* ---- progress ---------------------------------------------------------------------------- */

void progress_start(struct copy *c);
/* Called often; draws a few times a second, and only on a terminal. */
void progress_tick(struct copy *c);
void progress_end(struct copy *c, int code);

#endif
