// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A crash of the kernel's code, which a damaged image may cause, ends the program with one line:
 * the image, the type, the kernel's reason and the place.  A crash of the program's own code is
 * none of these: it ends the process by its signal, as without a handler.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "../../libhost/printable.h"
#include "end.h"
#include "fsu.h"

#define TEXT 512
#define NAME 64
#define PANIC "panic: "
#define DRIVER "librumpfs_"

/* ---- the kernel's log -------------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	char text[2][TEXT];	/* the last line about a bug, and room for the next */
	atomic_int last;	/* -1: none; so a handler reads it without the lock */
	bool verbose;
} reason = { .lock = PTHREAD_MUTEX_INITIALIZER, .last = -1 };

static const char *last_reason(void)
{
	int last = atomic_load(&reason.last);

	return last < 0 ? NULL : reason.text[last];
}

static void keep_reason(const char *text)
{
	int next;

	pthread_mutex_lock(&reason.lock);
	next = atomic_load(&reason.last) == 0;
	snprintf(reason.text[next], TEXT, "%s", text);
	atomic_store(&reason.last, next);
	pthread_mutex_unlock(&reason.lock);
}

/* ---- where an address is ----------------------------------------------------------------- */

/* Open from the start: a confined command cannot open it any more. */
static int maps_fd = -1;

struct maps {
	off_t next;		/* in the file */
	int pos, len;		/* in buf */
	char buf[512];
};

struct mapping {
	uintptr_t start, end, base;	/* base: where the file's first byte is mapped */
	char file[NAME];		/* without its directories; cut if longer */
};

static int next_char(struct maps *m)
{
	if (m->pos == m->len) {
		ssize_t n = pread(maps_fd, m->buf, sizeof(m->buf), m->next);

		m->pos = 0;
		m->len = n > 0 ? n : 0;
		m->next += m->len;
		if (!m->len)
			return EOF;
	}
	return m->buf[m->pos++];
}

/* Returns the character behind the number. */
static int read_hex(struct maps *m, uintptr_t *n)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit;
	int c;

	*n = 0;
	while ((c = next_char(m)) != EOF && c && (digit = strchr(digits, c)))
		*n = *n << 4 | (uintptr_t)(digit - digits);
	return c;
}

/* "START-END PERM OFFSET DEVICE INODE   PATH" */
static bool next_mapping(struct maps *m, struct mapping *at)
{
	uintptr_t offset;
	size_t len = 0;
	int c = read_hex(m, &at->start);

	if (c == EOF)
		return false;
	read_hex(m, &at->end);
	while ((c = next_char(m)) != EOF && c != ' ')
		;
	c = read_hex(m, &offset);
	if (!offset)
		at->base = at->start;
	for (; c != EOF && c != '\n'; c = next_char(m)) {
		if (c == '/')
			len = 0;
		else if (len < NAME - 1)
			at->file[len++] = c;
	}
	at->file[len] = '\0';
	return true;
}

static bool begins(const char *file, const char *with)
{
	return strncmp(file, with, strlen(with)) == 0;
}

/* The mapping that `wanted' is in or, where it is 0, the first one of a driver. */
static bool find_mapping(uintptr_t wanted, struct mapping *found)
{
	struct maps m = { 0 };
	bool good = false;

	while (!good && next_mapping(&m, found))
		good = wanted ? found->start <= wanted && wanted < found->end :
				begins(found->file, DRIVER);
	return good;
}

/* ---- the line ---------------------------------------------------------------------------- */

/* The type that is mounted or was named, else the driver that is loaded.  While the type is found
 * out and mounted, nothing else knows it. */
static const char *type_name(char name[NAME])
{
	const char *type = fsu_mounted_type();
	struct mapping at;
	size_t len;

	if (type || !find_mapping(0, &at))
		return type ? type : "";
	len = strcspn(at.file + strlen(DRIVER), ".");
	memcpy(name, at.file + strlen(DRIVER), len);
	name[len] = '\0';
	return name;
}

static _Noreturn void crashed(const char *why, const char *where, const char *file,
			      const char *offset)
{
	char name[NAME];
	const char *type = type_name(name);

	fsu_end(FSU_CRASHED, "the kernel's ", type, *type ? " driver" : "code", " crashed: ", why,
		where, file, offset, (const char *)NULL);
}

static char *hex(uintptr_t n, char buf[20])
{
	char *s = buf + 19;

	*s = '\0';
	do
		*--s = "0123456789abcdef"[n & 15];
	while (n >>= 4);
	*--s = 'x';
	*--s = '0';
	*--s = '+';
	return s;
}

/* The sink of the log.  A panic is a line, too, and the process ends with it. */
static void take_line(void *arg, int level, const char *text)
{
	const char *bug = last_reason();

	(void)arg;
	(void)level;
	if (reason.verbose)
		printable_line(stderr, text);
	if (strstr(text, "BUG: ") || strstr(text, "ssertion"))
		keep_reason(text);
	if (strncmp(text, PANIC, strlen(PANIC)) || reason.verbose)
		return;
	text += strlen(PANIC);
	crashed(bug && strcmp(text, "BUG!") == 0 ? bug : text, "", "", "");
}

/* ---- signals ----------------------------------------------------------------------------- */

static const struct {
	int sig;
	const char *text;
} signals[] = {
	{ SIGSEGV, "invalid memory access" }, { SIGBUS, "bus error" },
	{ SIGFPE, "division by zero or overflow" }, { SIGILL, "illegal instruction" },
};

#define NSIGNALS (sizeof(signals) / sizeof(signals[0]))

static uintptr_t instruction(const mcontext_t *m)
{
#if defined(__x86_64__)
	return m->gregs[REG_RIP];
#elif defined(__aarch64__)
	return m->pc;
#else
	return 0;
#endif
}

/* Of a function that has called no other and has no frame. */
static uintptr_t caller(const mcontext_t *m)
{
#if defined(__x86_64__)
	return *(uintptr_t *)m->gregs[REG_RSP];
#elif defined(__aarch64__)
	return m->regs[30];
#else
	return 0;
#endif
}

/* The C library's memcpy works for the kernel's code, and a call by a null pointer leads to no code
 * at all: there the caller says whose crash it is. */
static void kernel_crash(const char *why, const mcontext_t *m)
{
	struct mapping at;
	char offset[20];
	bool mapped = find_mapping(instruction(m), &at);

	if (mapped && begins(at.file, "librump"))
		crashed(why, " in ", at.file, hex(instruction(m) - at.base, offset));
	if (mapped && !begins(at.file, "libc.") && !begins(at.file, "ld-"))
		return;
	if (find_mapping(caller(m), &at) && begins(at.file, "librump"))
		crashed(why, ", called from ", at.file, hex(caller(m) - at.base, offset));
}

static void on_crash(int sig, siginfo_t *info, void *context)
{
	size_t n = 0;

	while (signals[n].sig != sig)
		n++;
	if (info->si_code > 0)
		kernel_crash(signals[n].text, &((const ucontext_t *)context)->uc_mcontext);
	/* not the kernel's: the instruction is run again, and ends the process as without us */
	if (info->si_code <= 0)
		kill(getpid(), sig);
}

void fsu_crash_line(void)
{
	static char stack[64 << 10];	/* the kernel's code may have used up the other one */
	const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_sigaction = on_crash,
				.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };
	const char *v = secure_getenv("RUMP_VERBOSE");

	reason.verbose = v && *v && strcmp(v, "0") != 0;
	sigaltstack(&alternate, NULL);
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < NSIGNALS; i++)
		sigaction(signals[i].sig, &sa, NULL);
	maps_fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	ukfs_set_log(take_line, NULL);
}
