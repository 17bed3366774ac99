/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libp2k's own: the session, its workers, a request. */
#ifndef P2K_INTERNAL_H
#define P2K_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>

#include <linux/fuse.h>

#include <rump/p2k.h>
#include <rump/rump.h>
#include <rump/rump_vfs.h>

#define P2K_MAX_PAGES	256			/* of a read or write: 1 MiB */
#define P2K_PAGE	4096
#define P2K_MAX_WRITE	(P2K_MAX_PAGES * P2K_PAGE)
#define P2K_BUFFER	(P2K_MAX_WRITE + P2K_PAGE)
#define P2K_LARGE	65536			/* bytes whose copying takes long */
#define P2K_FOREVER	(86400ULL * 365 * 10)	/* seconds: nobody else changes the file system */

/* A directory that was read without moving on: where, and how often. */
struct p2k_still {
	uint64_t node, position;
	unsigned int times;
};
#define P2K_STILL	16

struct p2k {
	struct p2k_args args;
	struct rump_node *root;
	uint32_t root_dev_major, root_dev_minor;
	bool xattrs, acls;			/* the file system supports them */
	atomic_bool labelled;			/* it has SELinux's */
	uint64_t features;			/* FUSE_*, agreed on by FUSE_INIT */

	struct p2k_file *files;			/* that the host has open; under files_lock */
	pthread_mutex_t files_lock;
	struct p2k_still still[P2K_STILL];	/* under files_lock */
	bool endless_said;			/* that a directory does not end; under it, too */

	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct worker *first_worker;		/* under lock */
	pthread_cond_t work;			/* a resting worker is wanted */
	unsigned int workers;			/* under lock */
	unsigned int resting, wanted;		/* of them; to be woken; under lock */
	atomic_int readers;			/* workers that wait for a request */
	atomic_bool stop;
	int error;				/* under lock: why it ended */
};

/* An open file: what the host's handle points to. */
struct p2k_file {
	struct rump_file *file;
	struct p2k_file *next, **prev;
};

struct worker {
	struct p2k *p;
	struct worker *next, **prev;
	pthread_t thread;
	struct rump_context *context;
	unsigned int waited, at_once;		/* reads that waited, or did not,
						   one after another */
	struct rump_identity id;		/* that the thread has now */
	bool has_id;
	timer_t timer;				/* of watchdog.c, if watched */
	bool watched;
	volatile uint64_t serving;		/* the request's number; 0: none.  Read by the
						   thread's own signal handler, as are: */
	uint64_t seen;				/* `serving` when the timer looked last */
	unsigned int checks;			/* how often it was found since */
	char *in;				/* a request; P2K_BUFFER bytes */
	char *out;				/* an answer, P2K_MAX_WRITE bytes;
						   NULL until needed */
	struct iovec iov[P2K_MAX_PAGES + 2];
};

struct request {
	struct p2k *p;
	struct worker *w;
	const struct fuse_in_header *in;
	const void *arg;			/* what follows the header; a 0 byte ends it */
	size_t len;
	int retries;
	bool again;			/* not answered: the handler is to be run again */
};

/* Handlers end with one of the replies.  An answer that the host no longer wants: false. */
bool p2k_reply(struct request *r, int error, const void *data, size_t len);
bool p2k_reply_iov(struct request *r, struct iovec *iov, int count, size_t len);
/* 0 or a negative errno value. */
#define p2k_reply_error(r, err) p2k_reply((r), (err), NULL, 0)
/* A new reference to `node` goes to the host. */
void p2k_reply_entry(struct request *r, struct rump_node *node, const struct statx *stx);

void p2k_fill_attr(const struct p2k *p, struct fuse_attr *attr, const struct statx *stx);
/* For how many seconds the host may keep the attributes. */
uint64_t p2k_attr_valid(const struct statx *stx);
/* The host remembers the name, unless the request's directory has other spellings of it. */
void p2k_fill_entry(const struct request *r, struct fuse_entry_out *e, struct rump_node *node,
		    const struct statx *stx);

/* What the host has of the attributes of the request's file is out of date. */
void p2k_forget_attr(struct request *r);

/* The calling worker acts as the requester.  `mask`: umask; `flags`: RUMP_ID_* beyond TRUSTED. */
int p2k_act(struct request *r, uint32_t mask, uint32_t flags);
/* The same for what the host has not checked: the kernel side does, by user and group. */
int p2k_act_unchecked(struct request *r);

static inline struct rump_node *p2k_node(const struct p2k *p, uint64_t id)
{
	return id == FUSE_ROOT_ID ? p->root : (struct rump_node *)(uintptr_t)id;
}

static inline struct rump_node *p2k_target(const struct request *r)
{
	return p2k_node(r->p, r->in->nodeid);
}

/* Room for an answer of up to P2K_MAX_WRITE bytes, or NULL: no memory. */
char *p2k_out(struct worker *w);

void p2k_dispatch(struct request *r);
/* Whether `len` bytes hold as many names, each ended by a NUL. */
bool p2k_names_end(const char *names, size_t len, unsigned int count);
/* What the request that begins with this header is called. */
const char *p2k_request_name(const void *header);

/* Another worker is to wait for requests, if none does. */
void p2k_need_reader(struct p2k *p);

/* watchdog.c */
void p2k_watchdog_init(struct p2k *p);
/* For the calling worker, which serves all the same where that fails. */
void p2k_watchdog_start(struct worker *w);
void p2k_watchdog_end(struct worker *w);
/* names.c */
void p2k_lookup(struct request *r);
void p2k_forget(struct request *r);
void p2k_batch_forget(struct request *r);
void p2k_mknod(struct request *r);
void p2k_mkdir(struct request *r);
void p2k_symlink(struct request *r);
void p2k_link(struct request *r);
void p2k_unlink(struct request *r);
void p2k_rmdir(struct request *r);
void p2k_rename(struct request *r);
void p2k_rename2(struct request *r);
void p2k_readlink(struct request *r);
/* attr.c */
void p2k_getattr(struct request *r);
void p2k_statx(struct request *r);
void p2k_setattr(struct request *r);
void p2k_statfs(struct request *r);
void p2k_syncfs(struct request *r);
void p2k_getxattr(struct request *r);
void p2k_setxattr(struct request *r);
void p2k_listxattr(struct request *r);
void p2k_removexattr(struct request *r);
void p2k_bmap(struct request *r);
/* Before the first request. */
void p2k_look_at_xattrs(struct p2k *p);
/* file.c */
static inline struct rump_file *p2k_file(uint64_t fh)
{
	return fh ? ((struct p2k_file *)(uintptr_t)fh)->file : NULL;
}
void p2k_close_all(struct p2k *p);
void p2k_open(struct request *r);
void p2k_create(struct request *r);
void p2k_tmpfile(struct request *r);
void p2k_release(struct request *r);
void p2k_read(struct request *r);
void p2k_write(struct request *r);
void p2k_fsync(struct request *r);
void p2k_fallocate(struct request *r);
void p2k_lseek(struct request *r);
void p2k_copy(struct request *r);
/* dir.c */
void p2k_readdir(struct request *r);
void p2k_readdirplus(struct request *r);
void p2k_fsyncdir(struct request *r);
/* ioctl.c */
void p2k_ioctl(struct request *r);
/* init.c */
void p2k_fuse_init(struct request *r);

#endif
