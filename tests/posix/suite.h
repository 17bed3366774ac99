/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the POSIX suite share.
 *
 * A theme is a table of parts.  Each part runs in a child process of its own and in a fresh folder,
 * so that one that goes wrong takes nothing else with it.  A check prints one line, "theme/part
 * check: what was observed", which is the same in every run: no times, inode or descriptor numbers,
 * but relations between them.  Two file systems of a type are compared by these lines.  Where POSIX
 * or Linux leave no choice the check also has an expected text, and fails alone.
 */
#ifndef POSIX_SUITE_H
#define POSIX_SUITE_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* What a part needs; one that needs what is not there is left out, and the output says so. */
enum {
	NEEDS_ROOT	= 1 << 0,
	NEEDS_OWNERS	= 1 << 1,	/* owners and modes */
	NEEDS_LINKS	= 1 << 2,	/* hard and symbolic links */
	NEEDS_SPECIAL	= 1 << 3,	/* fifos, sockets, devices */
	NEEDS_XATTRS	= 1 << 4,
	NEEDS_TIMES	= 1 << 5,	/* finer than two seconds, ctime */
	NEEDS_HOLES	= 1 << 6,	/* sparse files, offsets past 4 GiB */
	NEEDS_NAMES	= 1 << 7,	/* names are bytes */
	NEEDS_SMALL	= 1 << 8,	/* option -s */
	NEEDS_QUOTA	= 1 << 9,	/* option -q */
	NEEDS_MANY	= 1 << 10,	/* option -n */
	NEEDS_TMPFILE	= 1 << 11,	/* O_TMPFILE, linkat of a descriptor */
};

struct part {
	const char *name;
	void (*run)(void);
	unsigned int needs;
};

#define THEMES(x) x(mode) x(owner) x(acl) x(rename) x(link) x(symlink) x(time) x(open) x(name) \
	x(lock) x(mmap) x(space) x(extent) x(unlinked) x(readdir) x(xattr) x(special) x(program) \
	x(chattr) x(cached) x(coherent) x(meta) x(notify) x(full) x(quota)
#define DECLARE_THEME(name) extern const struct part name##_parts[];
THEMES(DECLARE_THEME)

/* A user of the checks' children: numbers only, so that no account is needed. */
struct who {
	uid_t uid;
	gid_t gid;
	int ngroups;
	gid_t groups[4];
};
extern const struct who alice, bob, carol;	/* no group in common */
#define ALICE 4001
#define BOB 4002
#define CAROL 4003
#define TEAM 4100				/* a group that carol is in besides her own */

extern long many;				/* option -n */
extern const char *quota;			/* option -q: user, group or project */

/*
 * One line.  expected: NULL where file systems or kernels may differ, else a text, or several with
 * '|' between them.
 */
void shows(const char *check, const char *expected, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* What a system call returned: "ok" for 0, a number, or the name of errno.  Returns the value. */
#define call(check, expected, expression) \
	(errno = 0, show_call(check, expected, (long)(expression)))
long show_call(const char *check, const char *expected, long value);

/* The same for calls that return a descriptor: "ok" or the name of errno. */
#define opens(check, expected, expression) \
	(errno = 0, show_open(check, expected, expression))
int show_open(const char *check, const char *expected, int fd);

/* opens() where the descriptor is not wanted */
#define opens_shut(check, expected, expression) \
	shut(opens(check, expected, expression))
void shut(int fd);

/* A step that a part cannot do without: the part ends, and has failed, where it is refused. */
#define must(expression) must_be((long)(expression), #expression, __FILE__, __LINE__)
long must_be(long value, const char *expression, const char *file, int line);

/* Text in a ring of buffers, good for the arguments of one check. */
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *error_name(long value);		/* of a value like a system call's */
const char *shape(const char *path);		/* type, mode, owner, links, size */
const char *shape_fd(int fd);
const char *kind(const char *path);		/* file, directory, symlink ... or absent */
const char *content(const char *path);		/* the first bytes of a file */
const char *permissions(const char *path);	/* "0644" */
bool same_inode(const char *a, const char *b);
nlink_t links(const char *path);
uint64_t digest(const char *path);		/* of the content */

void make(const char *path, const char *content);
void make_sized(const char *path, size_t size);	/* with bytes that depend on their offset */
void fill(void *to, size_t size, size_t offset);

/* Write until it is refused, or `most` bytes are taken;
 * how many were, and errno is the refusal's. */
long long fill_up(int fd, size_t size, long long most);
#define refusal() (errno ? strerrorname_np(errno) : "none")
/* "same" where the bytes that fill_up wrote come back. */
const char *checked(int fd, long long size);

/* statvfs(".") when all that was unlinked has given its space back. */
struct statvfs;
void settle(struct statvfs *now);

/* Longer than the clock of a file system needs to move on. */
void tick(void);

/* Which of a file's times moved while an operation ran, as "mtime ctime" or "none". */
#define touches(check, expected, path, operation) do { \
	struct statx before_; \
	look(path, &before_); \
	tick(); \
	must(operation); \
	touched(check, expected, path, &before_); \
} while (0)
void look(const char *path, struct statx *x);
void touched(const char *check, const char *expected, const char *path,
	     const struct statx *before);

/*
 * if (child_as(&alice)) { checks; leave(); }
 * The block runs in a child process with the rights of that user (NULL: unchanged), whose checks
 * count; the caller goes on when it has ended.
 */
bool child_as(const struct who *who);
void leave(void) __attribute__((noreturn));
void reap(pid_t pid);				/* wait for a fork; a signal is a failed check */

/* Two processes take turns: each side waits for the other's word. */
struct turns {
	int pipes[2][2];
	int side;
};
void turns_make(struct turns *t);
void turns_child(struct turns *t);		/* in the child: the other side */
void say(struct turns *t);
void hear(struct turns *t);

#endif
