// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the user is told, and the small things every part needs: memory that is there or ends the
 * program, signals that ask to stop, paths that grow.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../libhost/printable.h"
#include "fsu.h"
#include "ls/ls.h"

#define ENDLESS "the directory does not end"

static volatile sig_atomic_t caught;

/* Each line of it may have text of an image or of a library in it. */
static void vmessage(const char *fmt, va_list ap)
{
	char *text, *shown;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	shown = malloc(PRINTABLE_SIZE(text));
	if (shown) {
		printable(shown, text, "\n\t");
		fprintf(stderr, "%s: %s\n", fsu_progname, shown);
	}
	free(shown);
	free(text);
}

void fsu_message(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmessage(fmt, ap);
	va_end(ap);
}

void fsu_usage_hint(void)
{
	fprintf(stderr, "Try `%s --help'.\n", fsu_progname);
}

int fsu_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vmessage(fmt, ap);
	va_end(ap);
	fsu_usage_hint();
	return FSU_USAGE;
}

/* libukfs adds the kernel's own reason where errno alone says little.  Its sentence is about the
 * thread's last failed call, so it is taken only where it is about this path. */
static const char *kernel_sentence(int err, const char *path)
{
	const char *text;

	if (err != EIO && err != EUCLEAN && err != EBADMSG && err != EROFS)
		return NULL;
	text = ukfs_errmsg();
	return text && strstr(text, path) && strstr(text, strerror(err)) ? text : NULL;
}

/* strerror, but for a directory that libukfs gave up: what it says has the driver's reason. */
static const char *reason(int err)
{
	const char *endless = err == EUCLEAN ? strstr(ukfs_errmsg(), ENDLESS) : NULL;

	return endless ? fsu_name(endless) : strerror(err);
}

void fsu_perror(int err, const char *path)
{
	const char *text = kernel_sentence(err, path);

	if (text)
		fsu_message("%s", fsu_name(text));
	else
		fsu_message("%s: %s", fsu_name(path), reason(err));
}

void fsu_perror_verb(int err, const char *verb, const char *path)
{
	const char *text = kernel_sentence(err, path);

	if (text)
		fsu_message("%s", fsu_name(text));
	else
		fsu_message("cannot %s %s: %s", verb, fsu_name(path), reason(err));
}

const char *fsu_name(const char *path)
{
	static __thread char *buffers[4];
	static __thread unsigned int turn;
	char *buf = realloc(buffers[turn % 4], PRINTABLE_SIZE(path) + 2);

	if (!buf)
		return "?";
	buffers[turn++ % 4] = buf;
	if (!*path)
		return strcpy(buf, "''");
	printable(buf, path, "");
	return buf;
}

const char *fsu_shown_on(FILE *out, const char *text)
{
	const char *s = text;

	while (*s >= 32 && *s < 127)
		s++;
	return *s && isatty(fileno(out)) ? fsu_name(text) : text;
}

const char *fsu_shown(const char *text)
{
	return fsu_shown_on(stdout, text);
}

void fsu_put_escaped(const char *s, const char *special)
{
	char *text = fsu_malloc(PRINTABLE_SIZE(s)), *out = text;

	for (; *s; s++) {
		if (strchr(special, *s))
			out += sprintf(out, "\\%03o", (unsigned char)*s);
		else
			*out++ = *s;
	}
	*out = '\0';
	fputs(fsu_shown(text), stdout);
	free(text);
}

const char *fsu_quote(const char *path)
{
	static const struct ls_options quoting = { .quote = LS_SHELL_ESCAPE_ALWAYS };
	static __thread char *buffers[4];
	static __thread unsigned int turn;
	char **buf = &buffers[turn++ % 4];

	free(*buf);
	*buf = ls_quote(&quoting, path, false, NULL);
	return *buf;
}

bool fsu_ask(const char *question, const char *path)
{
	char answer[64];
	bool yes;

	fflush(stdout);
	fprintf(stderr, "%s: %s %s? ", fsu_progname, question, fsu_quote(path));
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	yes = answer[0] == 'y' || answer[0] == 'Y';
	while (!strchr(answer, '\n') && fgets(answer, sizeof(answer), stdin))
		;
	return yes;
}

bool fsu_flush(void)
{
	static bool failed;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	if (!failed)
		fsu_message("cannot write to standard output: %s", strerror(errno));
	failed = true;
	clearerr(stdout);
	return false;
}

/* ---- signals ----------------------------------------------------------------------------- */

/* Asked once, the command stops where the image is whole.  Who asks again a second later
 * (timeout(1) sends two signals at once) has waited for that in vain: a driver hangs, say. */
static void on_signal(int sig)
{
	static struct timespec first;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!caught) {
		first = now;
	} else if (now.tv_sec - first.tv_sec > 1) {
		signal(sig, SIG_DFL);
		kill(getpid(), sig);
	}
	caught = sig;
}

void fsu_catch_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction old;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		/* nohup and shells' background jobs ignore some of them: leave that so */
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &act, NULL);
	}
	/* a reader of our output that goes away must not end a run that writes an image */
	signal(SIGPIPE, SIG_IGN);
}

int fsu_interrupted(void)
{
	return caught;
}

void fsu_forget_signal(void)
{
	caught = 0;
}

/* ---- memory ------------------------------------------------------------------------------ */

static _Noreturn void out_of_memory(void)
{
	fsu_message("out of memory");
	fsu_die(FSU_FAILED);
}

void *fsu_malloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *fsu_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

char *fsu_strndup(const char *s, size_t n)
{
	char *p = fsu_malloc(n + 1);

	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *fsu_strdup(const char *s)
{
	return fsu_strndup(s, strlen(s));
}

/* ---- paths ------------------------------------------------------------------------------- */

static void path_need(struct fsu_path *p, size_t size)
{
	if (size <= p->size)
		return;
	p->size = size + 256;
	p->s = fsu_realloc(p->s, p->size);
}

void fsu_path_set(struct fsu_path *p, const char *s)
{
	p->len = strlen(s);
	path_need(p, p->len + 1);
	memcpy(p->s, s, p->len + 1);
}

size_t fsu_path_push(struct fsu_path *p, const char *name)
{
	size_t old = p->len, len = strlen(name);

	path_need(p, old + len + 2);
	if (old && p->s[old - 1] != '/')
		p->s[p->len++] = '/';
	memcpy(p->s + p->len, name, len + 1);
	p->len += len;
	return old;
}

void fsu_path_cut(struct fsu_path *p, size_t len)
{
	p->len = len;
	p->s[len] = '\0';
}

void fsu_path_free(struct fsu_path *p)
{
	free(p->s);
	memset(p, 0, sizeof(*p));
}

const char *fsu_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

char *fsu_strip(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	return fsu_strndup(path, len);
}
