// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The session and its workers: threads that read requests, each a task of the kernel side with a
 * context of its own (umask).
 *
 * As few as possible wait for requests, best one: it is in the host's caches, and programs that ask
 * one thing after another are served by one thread.  Another is brought in when a request comes
 * while nobody waits for it: when a worker has to wait in the kernel side, does something that may
 * take long, or finds request after request waiting.  One that only waits beside others rests.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define MAX_WORKERS	64
#define MAX_RESTING	8
#define BUSY_READS	4	/* requests found waiting, one after another: there is more work */
#define IDLE_READS	64	/* requests waited for, with another worker waiting too: too many */
#define STACK_SIZE	(512 * 1024)	/* twice that of a thread of the kernel side */
#define WAIT_NS		5000	/* a read that takes longer has waited,
				   besides a ns for each byte */

static int act(struct request *r, uint32_t mask, uint32_t flags)
{
	struct rump_identity id = { .uid = r->in->uid, .gid = r->in->gid, .mask = mask,
				    .flags = flags };
	struct worker *w = r->w;
	int err;

	if (w->has_id && !memcmp(&id, &w->id, sizeof(id)))
		return 0;
	err = rump_vfs_identity(&id);
	w->id = id;
	w->has_id = !err;
	return err;
}

int p2k_act(struct request *r, uint32_t mask, uint32_t flags)
{
	return act(r, mask, RUMP_ID_TRUSTED | flags);
}

int p2k_act_unchecked(struct request *r)
{
	return act(r, 0, RUMP_ID_FSETID);
}

static void *worker_main(void *arg);

static void list_worker(struct p2k *p, struct worker *w)
{
	w->next = p->first_worker;
	w->prev = &p->first_worker;
	if (w->next)
		w->next->prev = &w->next;
	p->first_worker = w;
	p->workers++;
}

static void unlist_worker(struct p2k *p, struct worker *w)
{
	*w->prev = w->next;
	if (w->next)
		w->next->prev = w->prev;
	p->workers--;
}

static void free_worker(struct worker *w)
{
	free(w->in);
	free(w->out);
	free(w);
}

static int create_thread(struct worker *w)
{
	pthread_attr_t attr;
	int err = pthread_attr_init(&attr);

	if (err)
		return err;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(&w->thread, &attr, worker_main, w);
	pthread_attr_destroy(&attr);
	return err;
}

/* The caller holds the lock.
 * The worker counts as a reader at once: nobody else need be started. */
static int start_worker(struct p2k *p)
{
	struct worker *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return ENOMEM;
	w->p = p;
	w->in = malloc(P2K_BUFFER + 1);
	if (!w->in) {
		free(w);
		return ENOMEM;
	}
	list_worker(p, w);
	atomic_fetch_add(&p->readers, 1);
	err = create_thread(w);
	if (err) {
		atomic_fetch_sub(&p->readers, 1);
		unlist_worker(p, w);
		free_worker(w);
		return err;
	}
	return 0;
}

/* Called also where the kernel side is about to wait: only plain locks here. */
void p2k_need_reader(struct p2k *p)
{
	unsigned int most = p->args.threads ? p->args.threads : MAX_WORKERS;

	if (atomic_load(&p->readers))
		return;
	pthread_mutex_lock(&p->lock);
	if (!atomic_load(&p->readers) && !atomic_load(&p->stop)) {
		if (p->resting > p->wanted) {
			p->wanted++;
			atomic_fetch_add(&p->readers, 1);
			pthread_cond_signal(&p->work);
		} else if (p->workers < most) {
			start_worker(p);	/* if that fails the others go on */
		}
	}
	pthread_mutex_unlock(&p->lock);
}

static void before_wait(void *p)
{
	p2k_need_reader(p);
}

/* Until the worker is wanted, a reader again; false: there are enough without it. */
static bool rest(struct p2k *p)
{
	bool again = false;

	pthread_mutex_lock(&p->lock);
	if (!atomic_load(&p->readers)) {	/* not any more */
		atomic_fetch_add(&p->readers, 1);
		again = true;
	} else if (p->resting < MAX_RESTING) {
		p->resting++;
		while (!p->wanted && !atomic_load(&p->stop))
			pthread_cond_wait(&p->work, &p->lock);
		p->resting--;
		again = p->wanted;
		if (again)
			p->wanted--;
	}
	pthread_mutex_unlock(&p->lock);
	return again;
}

/* 1: a request is there; 0: try again; negative: the end. */
static int take_request(struct worker *w, ssize_t *len)
{
	struct p2k *p = w->p;

	*len = read(p->args.fd, w->in, P2K_BUFFER);
	if (*len >= (ssize_t)sizeof(struct fuse_in_header)) {
		w->in[*len] = 0;
		return 1;
	}
	if (*len < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN))
		return atomic_load(&p->stop) ? -ENODEV : 0;
	/* ECONNABORTED: the connection ended while the request was being read. */
	if (*len < 0 && errno == ECONNABORTED)
		return -ENODEV;
	return *len < 0 ? -errno : -EIO;
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* The worker is a reader at first, and none when it has returned. */
static int next_request(struct worker *w, ssize_t *len)
{
	int64_t begin = now();
	int res;

	do
		res = take_request(w, len);
	while (!res);
	if (now() - begin > WAIT_NS + *len) {
		w->waited++;
		w->at_once = 0;
	} else {
		w->at_once++;
		w->waited = 0;
	}
	atomic_fetch_sub(&w->p->readers, 1);
	return res;
}

/* A reader again; false: the worker is not needed. */
static bool read_again(struct worker *w)
{
	struct p2k *p = w->p;

	if (w->waited >= IDLE_READS) {
		w->waited = 0;
		if (atomic_load(&p->readers))
			return rest(p);
	}
	atomic_fetch_add(&p->readers, 1);
	return true;
}

static int work(struct worker *w)
{
	struct request r = { .p = w->p, .w = w, .in = (void *)w->in,
			     .arg = w->in + sizeof(struct fuse_in_header) };
	ssize_t len;
	int res;

	do {
		res = next_request(w, &len);
		if (res < 0)
			return res;
		if (w->at_once >= BUSY_READS) {
			w->at_once = 0;
			p2k_need_reader(w->p);
		}
		r.len = len - sizeof(struct fuse_in_header);
		r.retries = 0;
		w->serving = r.in->unique;
		p2k_dispatch(&r);
		w->serving = 0;
	} while (read_again(w));
	return 0;
}

static int run_worker(struct worker *w)
{
	int res = rump_context_create(&w->context);

	if (res) {
		atomic_fetch_sub(&w->p->readers, 1);
		return res;
	}
	rump_context_switch(w->context);
	rump_set_wait_hook(before_wait, w->p);
	p2k_watchdog_start(w);
	res = work(w);
	p2k_watchdog_end(w);
	rump_set_wait_hook(NULL, NULL);
	rump_vfs_identity(&(struct rump_identity){ .flags = RUMP_ID_FSETID });
	rump_context_switch(NULL);
	rump_context_destroy(w->context);
	return res;
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct p2k *p = w->p;
	int res = run_worker(w);

	pthread_mutex_lock(&p->lock);
	unlist_worker(p, w);
	/* For want of memory the others go on, if there are others. */
	if (res < 0 && (res != -ENOMEM || !p->workers)) {
		if (res != -ENODEV && !p->error)
			p->error = res;
		atomic_store(&p->stop, true);
		pthread_cond_broadcast(&p->work);
	}
	free_worker(w);
	pthread_cond_signal(&p->ended);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct p2k *p2k_new(const char *root, const struct p2k_args *args, uint32_t size)
{
	struct p2k *p = calloc(1, sizeof(*p));
	struct statx stx;
	int err;

	if (!p || size > sizeof(p->args)) {
		free(p);
		errno = p ? EINVAL : ENOMEM;
		return NULL;
	}
	memcpy(&p->args, args, size);
	rump_vfs_remember();
	err = rump_vfs_node(root, 0, &p->root);
	if (!err) {
		err = rump_vfs_statx(p->root, STATX_BASIC_STATS, &stx);
		p->root_dev_major = stx.stx_dev_major;
		p->root_dev_minor = stx.stx_dev_minor;
		if (err)
			rump_vfs_release(p->root, 1);
	}
	if (err) {
		free(p);
		errno = -err;
		return NULL;
	}
	p2k_look_at_xattrs(p);
	pthread_mutex_init(&p->files_lock, NULL);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->ended, NULL);
	pthread_cond_init(&p->work, NULL);
	return p;
}

/* ---- the end ---- */

static void wake_up(int sig)
{
	(void)sig;
}

/* A worker that waits in read(2) is brought out of it by a signal, or by the next: it may be on
 * its way in. */
static void interrupt_workers(struct p2k *p)
{
	struct timespec soon;

	for (struct worker *w = p->first_worker; w; w = w->next)
		pthread_kill(w->thread, P2K_SIGNAL);
	clock_gettime(CLOCK_REALTIME, &soon);
	soon.tv_nsec += 10000000;
	if (soon.tv_nsec >= 1000000000) {
		soon.tv_sec++;
		soon.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&p->ended, &p->lock, &soon);
}

int p2k_serve(struct p2k *p)
{
	const struct sigaction sa = { .sa_handler = wake_up };
	int err;

	sigaction(P2K_SIGNAL, &sa, NULL);
	p2k_watchdog_init(p);
	pthread_mutex_lock(&p->lock);
	err = start_worker(p);
	while (!err && p->workers) {
		if (atomic_load(&p->stop))
			interrupt_workers(p);
		else
			pthread_cond_wait(&p->ended, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return err ? -err : p->error;
}

void p2k_stop(struct p2k *p)
{
	pthread_mutex_lock(&p->lock);
	atomic_store(&p->stop, true);
	pthread_cond_broadcast(&p->work);
	pthread_cond_signal(&p->ended);
	pthread_mutex_unlock(&p->lock);
}

void p2k_free(struct p2k *p)
{
	if (!p)
		return;
	close(p->args.fd);
	p2k_close_all(p);
	rump_vfs_release_all(p->root);
	pthread_mutex_destroy(&p->files_lock);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->ended);
	pthread_cond_destroy(&p->work);
	free(p);
}
