/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of fsu share.  A command is a row of commands.def, a table of options and a run
 * function, which mounts; main.c parses, calls it, unmounts and turns the outcome into the exit code.
 */
#ifndef FSU_H
#define FSU_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include <rump/ukfs.h>

#ifndef RUMP_VERSION
#define RUMP_VERSION "unknown"
#endif

#define FSU_IMAGE 1	/* the first argument is an image, which is mounted */
#define FSU_READ 2	/* mounted read-only unless -o rw */
#define FSU_FILE 4	/* the first argument is an image, which is not mounted */
#define FSU_COPY 8	/* moves much data: worth more than one virtual CPU */
#define FSU_RUN 16	/* its operands are a command line: from the first on no options of ours */

enum fsu_exit { FSU_OK = 0, FSU_FAILED = 1, FSU_USAGE = 2 };

/* ---- options ----------------------------------------------------------------------------- */

enum fsu_arg { FSU_NOARG, FSU_ARG, FSU_OPTARG };

/* key: the short option's letter, or a number >= 256 for a long one alone; long names of one key
 * may be several rows.  help NULL: not listed. */
struct fsu_option {
	int key;
	const char *name;
	enum fsu_arg has_arg;
	const char *argname;
	const char *help;
};

#define FSU_OPTIONS_END { 0, NULL, FSU_NOARG, NULL, NULL }

struct fsu_given {
	int key;
	const char *arg;
};

/* A parsed command line: the command's options in the order given, then its operands. */
struct fsu_line {
	struct fsu_given *options;
	int noptions;
	char **operands;
	int noperands;
	const char *image;
	const struct fsu_mount_options *mount;
	bool read;		/* the command only reads */
};

struct fsu_mount_options {
	const char *type;
	char *options;
	int partition;
	int method;
	unsigned int sector_size;
	bool nolock;
};

enum fsu_parsed { FSU_PARSE_RUN, FSU_PARSE_HELP, FSU_PARSE_VERSION, FSU_PARSE_ERROR };

/* ---- commands ---------------------------------------------------------------------------- */

struct fsu_command {
	const char *name;
	int flags;
	const char *synopsis;
	const char *summary;
	const struct fsu_option *options;
	int (*run)(struct fsu_line *line);
};

#define FSU_COMMAND(name, flags, synopsis, summary) \
	extern const struct fsu_option fsu_##name##_options[]; \
	int fsu_##name##_run(struct fsu_line *line);
#include "commands.def"
#undef FSU_COMMAND

enum fsu_parsed fsu_parse(const struct fsu_command *cmd, int argc, char **argv,
			  struct fsu_line *line, struct fsu_mount_options *mnt);
void fsu_line_free(struct fsu_line *line);
void fsu_help(const struct fsu_command *cmd, FILE *out);

/* Mount the line's image: called by a command when it knows that its arguments are right, so that a
 * usage error touches no image.  NULL after an error, which has been printed. */
struct ukfs *fsu_mount(const struct fsu_line *line);
/* Unmount what is mounted, if anything.  False after an error, which has been printed. */
bool fsu_unmount(void);
/* Whether a host file is the image itself: it must be neither read into nor written over. */
bool fsu_is_image(const struct stat *st);
const char *fsu_image(void);
/* It will be made under this name: what has it now is left out of what is read. */
void fsu_set_image(const char *image);

/* ---- messages ---------------------------------------------------------------------------- */

extern const char *fsu_progname;

/* One line to standard error, "fsu_NAME: " in front. */
void fsu_message(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* "PATH: reason"; the reason is the kernel's own where errno alone says little. */
void fsu_perror(int err, const char *path);
/* "cannot VERB PATH: reason" */
void fsu_perror_verb(int err, const char *verb, const char *path);
/* A usage error: the message and where to read more.  Returns FSU_USAGE. */
int fsu_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A name as it can be shown in a message: control characters escaped.  Four buffers in turn. */
const char *fsu_name(const char *path);
/* Standard output's buffered data is out; false after an error, which has been printed once. */
bool fsu_flush(void);

/* ---- signals ----------------------------------------------------------------------------- */

/* From here on SIGINT, SIGTERM and SIGHUP set the flag below instead of ending the process. */
void fsu_catch_signals(void);
/* The signal that asks the command to stop, or 0. */
int fsu_interrupted(void);

/* ---- memory ------------------------------------------------------------------------------ */

/* These end the program (the image unmounted) where memory is out. */
void *fsu_malloc(size_t size);
void *fsu_realloc(void *old, size_t size);
char *fsu_strdup(const char *s);
char *fsu_strndup(const char *s, size_t n);
/* Unmount what is mounted and exit. */
_Noreturn void fsu_die(int code);

/* A path that grows and shrinks at its end. */
struct fsu_path {
	char *s;
	size_t len, size;
};
void fsu_path_set(struct fsu_path *p, const char *s);
/* Append a component; returns the length before, for fsu_path_cut. */
size_t fsu_path_push(struct fsu_path *p, const char *name);
void fsu_path_cut(struct fsu_path *p, size_t len);
void fsu_path_free(struct fsu_path *p);
/* The part after the last slash of a path without trailing slashes. */
const char *fsu_basename(const char *path);
/* A copy without trailing slashes ("/" stays). */
char *fsu_strip(const char *path);

/* ---- formats ----------------------------------------------------------------------------- */

#define FSU_HUMAN_MAX 32
enum fsu_human { FSU_HUMAN_NONE = 0, FSU_HUMAN_1024 = 1024, FSU_HUMAN_1000 = 1000 };

/* n bytes in units of `block`, rounded up; human: "1.5K".  Returns buf. */
char *fsu_size(char buf[FSU_HUMAN_MAX], uint64_t bytes, uint64_t block, enum fsu_human human);
/* "K", "1M", "512", "human-readable", "si" as after --block-size; a unit without a number is shown
 * behind sizes, it goes to `suffix`. */
#define FSU_SUFFIX_MAX 4
bool fsu_parse_block(const char *s, uint64_t *block, enum fsu_human *human,
		     char suffix[FSU_SUFFIX_MAX]);
/* "drwxr-xr-x" and NUL. */
char *fsu_mode_string(char buf[11], mode_t mode);
/* An octal or symbolic mode, applied to `base`; false where it does not parse. */
bool fsu_parse_mode(const char *s, mode_t base, mode_t *mode);
bool fsu_parse_number(const char *s, uint64_t *n);
/* strftime with %N (nanoseconds).  Returns the length, 0 where it does not fit. */
size_t fsu_strftime(char *buf, size_t size, const char *fmt, const struct tm *tm, long nsec);
/* Names of users and groups of the host, NULL where there is none; cached. */
const char *fsu_user(uid_t uid);
const char *fsu_group(gid_t gid);
/* "UID:GID", "UID" or ":GID", names or numbers; -1 where not given. */
bool fsu_parse_owner(const char *s, uid_t *uid, gid_t *gid);

/* ---- walk -------------------------------------------------------------------------------- */

enum fsu_visit { FSU_PRE, FSU_POST, FSU_OTHER, FSU_ERROR };

struct fsu_entry {
	const char *path;	/* from the start's path on */
	const char *name;
	int depth;
	enum fsu_visit visit;	/* a directory before and after its content, anything else, or */
	int err;		/* the errno of what could not be read */
	struct stat st;
};

#define FSU_WALK_SKIP 1		/* from the callback: do not enter this directory */
#define FSU_WALK_STOP -1	/* end the walk */

typedef int (*fsu_walk_fn)(struct ukfs *u, const struct fsu_entry *e, void *arg);
/* Depth first, symbolic links not followed, no limit on depth; a directory met inside itself is an
 * FSU_ERROR with ELOOP.  Returns 0, or FSU_WALK_STOP where the callback said so. */
int fsu_walk(struct ukfs *u, const char *start, fsu_walk_fn fn, void *arg);

/* The names of a directory, without "." and "..". */
struct fsu_names {
	struct fsu_name_entry {
		char *name;
		uint64_t ino;
		unsigned char type;
	} *list;
	size_t count, size;
};
/* 0 or an errno; what was read until then is in `names`. */
int fsu_read_names(struct ukfs *u, const char *path, struct fsu_names *names);
void fsu_names_add(struct fsu_names *names, const char *name, uint64_t ino, unsigned char type);
void fsu_names_free(struct fsu_names *names);

#endif
