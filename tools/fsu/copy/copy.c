// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A run of the copy engine: where each operand goes, the source's thread, the sink's loop, the end.
 */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "copy.h"

struct plan {
	struct copy *c;
	struct job *jobs;
	int n;
};

void copy_init(struct copy *c)
{
	memset(c, 0, sizeof(*c));
	c->o = (struct copy_options){ .recursive = true, .keep = KEEP_ALL,
				      .uid = -1, .gid = -1 };
	pthread_mutex_init(&c->lock, NULL);
	c->root = geteuid() == 0;
	c->umask = umask(0);
	umask(c->umask);
}

bool copy_option(struct copy *c, const struct fsu_given *given)
{
	switch (given->key) {
	case COPY_KEY_IGNORE:
		return copy_parse_ignore(c, given->arg);
	case COPY_KEY_OWNER:
		if (!fsu_parse_owner(given->arg, &c->o.uid, &c->o.gid)) {
			fsu_usage("--owner needs USER:GROUP, names or numbers, not '%s'",
				  fsu_name(given->arg));
			return false;
		}
		return true;
	case COPY_KEY_NO_OWNER: c->o.keep &= ~KEEP_OWNER; return true;
	case COPY_KEY_NO_SPECIAL: c->o.no_special = true; return true;
	case 'q': c->o.quiet = true; return true;
	case 'v': c->o.verbose = true; return true;
	case 'x': c->o.one_fs = true; return true;
	default: return true;
	}
}

/* "dir/." , "dir/.." and "/" name the content of a directory, not an entry of one. */
static bool names_content(const char *stripped)
{
	const char *base = fsu_basename(stripped);

	return strcmp(base, ".") == 0 || strcmp(base, "..") == 0 || strcmp(stripped, "/") == 0;
}

static struct job destination(const char *from, const char *dest, bool dest_is_dir)
{
	char *stripped = fsu_strip(from);
	struct fsu_path to = { 0 };
	bool typed = !dest_is_dir || names_content(stripped);

	fsu_path_set(&to, dest);
	if (!typed)
		fsu_path_push(&to, fsu_basename(stripped));
	free(stripped);
	return (struct job){ .from = from, .to = to.s, .typed = typed };
}

/* What is copied to the host does not leave the destination. */
static bool confine(struct copy *c, const char *dest, bool dest_is_dir)
{
	int err = c->to == &host_side ? beneath_new(&c->beneath, dest, dest_is_dir) : 0;

	if (err)
		fsu_perror_verb(err, "open the directory of", dest);
	return !err;
}

/* A directory must not be copied into itself: none of the destination's parents may be it. */
bool copy_into_itself(struct copy *c, const char *from, const char *to)
{
	struct stat source, st, last = { 0 };
	struct fsu_path path = { 0 };
	bool found = false;

	if (!c->same_image || c->from->stat(c, from, c->o.follow != FSU_FOLLOW_NONE, &source) < 0 ||
	    !S_ISDIR(source.st_mode))
		return false;
	fsu_path_set(&path, to);
	if (c->to->stat(c, path.s, true, &st) < 0) {
		const char *slash = strrchr(path.s, '/');

		if (slash > path.s)
			fsu_path_cut(&path, slash - path.s);
		else
			fsu_path_set(&path, slash ? "/" : ".");
	}
	while (c->to->stat(c, path.s, true, &st) == 0 &&
	       (st.st_ino != last.st_ino || st.st_dev != last.st_dev) && !found) {
		found = st.st_ino == source.st_ino && st.st_dev == source.st_dev;
		last = st;
		fsu_path_push(&path, "..");
	}
	fsu_path_free(&path);
	if (found) {
		fsu_message("cannot copy directory %s into itself, %s", fsu_name(from),
			    fsu_name(to));
		c->n.errors++;
	}
	return found;
}

static int make_plan(struct plan *p, struct copy *c, char **operands, int n, const char *dest)
{
	struct stat st;
	bool dir = c->to->stat(c, dest, true, &st) == 0 && S_ISDIR(st.st_mode);

	*p = (struct plan){ .c = c };
	if (n > 1 && !dir) {
		fsu_message("%s is not a directory, and there are several sources", fsu_name(dest));
		return -1;
	}
	if (!confine(c, dest, dir))
		return -1;
	p->jobs = fsu_malloc(n * sizeof(*p->jobs));
	for (int i = 0; i < n; i++) {
		struct job job = destination(operands[i], dest, dir);

		if (copy_into_itself(c, operands[i], job.to))
			free(job.to);
		else
			p->jobs[p->n++] = job;
	}
	return 0;
}

static void *source_thread(void *arg)
{
	struct plan *p = arg;
	struct inodes *inodes = inodes_new();

	for (int i = 0; i < p->n && !copy_stopped(p->c); i++)
		source_walk(p->c, inodes, &p->jobs[i]);
	p->c->n.all_seen = true;
	inodes_free(inodes);
	queue_finish(p->c->queue);
	return NULL;
}

/* Signals are the main thread's, which is the sink's. */
static int start_source(struct plan *p, pthread_t *thread)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(thread, NULL, source_thread, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

static void run_sink(struct copy *c)
{
	struct sink *s = sink_new(c);
	struct item *list, *next;

	while ((list = queue_take(c->queue))) {
		for (; list; list = next) {
			next = list->next;
			if (copy_stopped(c))
				queue_stop(c->queue);
			else
				sink_take(s, list);
			queue_done(c->queue, list);
			progress_tick(c);
		}
	}
	sink_free(s);
}

static int finish(struct copy *c)
{
	int code;

	if (c->to == &image_side && c->u && ukfs_sync(c->u)) {
		fsu_perror_verb(errno, "write to", fsu_image());
		c->n.errors++;
	} else {
		copy_report_losses(c);
	}
	code = c->n.errors || fsu_interrupted() ? FSU_FAILED : FSU_OK;
	progress_end(c, code);
	if (fsu_interrupted())
		fsu_message("interrupted");
	return code;
}

int copy_jobs(struct copy *c, struct job *jobs, int n)
{
	struct plan plan = { .c = c, .jobs = jobs, .n = n };
	pthread_t thread;
	int err;

	c->queue = queue_new();
	progress_start(c);
	err = start_source(&plan, &thread);
	if (err) {
		fsu_message("cannot start a thread: %s", strerror(err));
		c->n.errors++;
	} else {
		run_sink(c);
		pthread_join(thread, NULL);
	}
	queue_free(c->queue);
	return finish(c);
}

void copy_keep(const struct copy *c, char **operands, int n, const char *dest)
{
	const unsigned int make = UKFS_CONFINE_READ | UKFS_CONFINE_MAKE;
	char *text = fsu_strdup(dest);
	struct stat st;

	for (int i = 0; i < n && c->from == &host_side; i++)
		fsu_keep(c->o.follow == FSU_FOLLOW_ALL ? "/" : operands[i], UKFS_CONFINE_READ);
	if (c->to == &host_side)
		fsu_keep(stat(dest, &st) == 0 && S_ISDIR(st.st_mode) ? dest : dirname(text), make);
	if (c->from != c->to && !c->o.no_special)
		fsu_keep_trusted();
	free(text);
}

int copy_run(struct copy *c, char **operands, int n, const char *dest)
{
	struct plan plan;
	int code;

	c->same_image = c->from == &image_side && c->to == &image_side;
	if (make_plan(&plan, c, operands, n, dest)) {
		beneath_free(c->beneath);
		return FSU_FAILED;
	}
	code = copy_jobs(c, plan.jobs, plan.n);
	beneath_free(c->beneath);
	for (int i = 0; i < plan.n; i++)
		free(plan.jobs[i].to);
	free(plan.jobs);
	return code;
}
