/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of fsu share.  A command is a row of commands.def, a table of options and a run
 * function, which mounts; main.c parses, calls it, unmounts and turns the outcome into the exit
 * code.
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

#include "end.h"

#ifndef RUMP_VERSION
#define RUMP_VERSION "unknown"
#endif

#define FSU_IMAGE 1	/* the first argument is an image, which is mounted */
#define FSU_READ 2	/* mounted read-only unless -o rw */
#define FSU_FILE 4	/* the first argument is an image, which is not mounted */
#define FSU_COPY 8	/* moves much data: worth more than one virtual CPU */
#define FSU_EXPR 32	/* what follows the image is parsed by the command, all of it */
#define FSU_RUN 16	/* its operands are a command line: from the first on no options of ours */
#define FSU_WRONG_1 64	/* a wrong command line ends it with 1, as it does coreutils', not with 2 */

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
	char **args;		/* what stands behind the image, as it was given */
	int nargs;
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
	struct fsu_limits limits;
	bool nolock, noflush;
	bool confine;		/* the command gives up what it does not need of the host */
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

/* Options of commands that are libraries of their own, see plugin.c. */
enum { FSU_TAR_EXCLUDE = 256, FSU_TAR_NUMERIC, FSU_TAR_ONE_FS, FSU_TAR_STRIP, FSU_TAR_ZSTD,
       FSU_TAR_NO_SPECIAL };

enum fsu_parsed fsu_parse(const struct fsu_command *cmd, int argc, char **argv,
			  struct fsu_line *line, struct fsu_mount_options *mnt);
void fsu_line_free(struct fsu_line *line);
void fsu_help(const struct fsu_command *cmd, FILE *out);

/* For fsu_sh: the i-th command, NULL behind the last; and run one, argv[0] its name and no image
 * among the rest, on the session's image, which stays mounted.  Its exit code, -1: there is no such
 * command. */
const struct fsu_command *fsu_command_at(size_t i);
int fsu_run_inside(const struct fsu_line *session, int argc, char **argv);

/*
 * Before fsu_mount: what the command goes on to use of the host.  Anything else is out of its reach
 * from then on: it may have been taken over by the image.
 */
void fsu_keep(const char *path, unsigned int access);	/* UKFS_CONFINE_* */
void fsu_keep_output(const char *path);	/* a file that is written, and made where it is missing */
void fsu_keep_image(const char *path);	/* one more image, for fsu_mount_second */
void fsu_keep_temporary(void);		/* where temporary files are made */
void fsu_keep_trusted(void);		/* root's right to trusted.* attributes */
void fsu_keep_names(void);		/* fsu_user, fsu_group */
/* What libarchive converts names with, while files of the host can be opened. */
void fsu_load_charsets(void);
const struct ukfs_confinement *fsu_confinement(const struct fsu_mount_options *mnt);
/* The number of a user or a group (of the host). */
bool fsu_names_find(bool group, const char *name, unsigned int *id);
/* For fsu_user and fsu_group alone: a process that knows names, its answer (malloc'd; NULL: there
 * is none). */
void fsu_names_start(void);
char *fsu_names_ask(bool group, unsigned int id);

/* Mount the line's image: called by a command when it knows that its arguments are right, so that a
 * usage error touches no image.  NULL after an error, which has been printed. */
struct ukfs *fsu_mount(const struct fsu_line *line);
/* One more image, read-only, with the line's options; unmounted with the other. */
struct ukfs *fsu_mount_second(const struct fsu_line *line, const char *image);
/* Unmount what is mounted, if anything.  False after an error, which has been printed. */
bool fsu_unmount(void);
/* The same where the process ends then: what was only read is not unmounted, there is nothing to
 * write, and for a large tree that would take a tenth of the time. */
bool fsu_unmount_last(void);
/* Whether a host file is the image itself: it must be neither read into nor written over. */
bool fsu_is_image(const struct stat *st);
const char *fsu_image(void);
/* The type that is mounted or, until it is, that was named; or NULL. */
const char *fsu_mounted_type(void);
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
/* Only where to read more: what is wrong was said. */
void fsu_usage_hint(void);
/* A name as it can be shown in a message: control characters escaped.  Four buffers in turn. */
const char *fsu_name(const char *path);
/* Text of an image for standard output, or for a stream: the same where that is a terminal, else as
 * it is.  Each line of output that has a name in it takes the name from here, or quotes it. */
const char *fsu_shown(const char *text);
const char *fsu_shown_on(FILE *out, const char *text);
/* To standard output: the text with the octal numbers of these characters in their place. */
void fsu_put_escaped(const char *s, const char *special);
/* A name as coreutils show it, quoted for a shell.  Four buffers in turn. */
const char *fsu_quote(const char *path);
/* Asks on standard error, "fsu_NAME: QUESTION 'PATH'? "; whether the answer is yes. */
bool fsu_ask(const char *question, const char *path);
/* Standard output's buffered data is out; false after an error, which has been printed once. */
bool fsu_flush(void);

/* ---- signals ----------------------------------------------------------------------------- */

/* From here on SIGINT, SIGTERM and SIGHUP set the flag below instead of ending the process. */
void fsu_catch_signals(void);
/* The signal that asks the command to stop, or 0. */
int fsu_interrupted(void);
/* That signal was heard. */
void fsu_forget_signal(void);

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
/* An octal or symbolic mode as chmod takes it, applied to `old`, which has the type, too; false
 * where it does not parse.  `mask`: the umask, for clauses that name nobody. */
bool fsu_change_mode(const char *s, mode_t old, mode_t mask, mode_t *mode);
mode_t fsu_umask(void);
/* "10K", "3MB": a number of bytes. */
bool fsu_parse_bytes(const char *s, uint64_t *n);
bool fsu_parse_number(const char *s, uint64_t *n);
/* A date as after touch -d, relative to `base` where it says no more;
 * false where it does not parse. */
bool fsu_parse_date(const char *s, const struct timespec *base, struct timespec *ts);
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
	mode_t type;		/* S_IFREG ..., 0 where nothing is known */
	struct stat st;
	struct walk *walk;
};

#define FSU_WALK_SKIP 1		/* from the callback: do not enter this directory */
#define FSU_WALK_STOP -1	/* end the walk */

typedef int (*fsu_walk_fn)(struct ukfs *u, const struct fsu_entry *e, void *arg);
/* Depth first, symbolic links not followed, no limit on depth; a directory met inside itself is an
 * FSU_ERROR with ELOOP.  Returns 0, or FSU_WALK_STOP where the callback said so. */
int fsu_walk(struct ukfs *u, const char *start, fsu_walk_fn fn, void *arg);

enum fsu_follow { FSU_FOLLOW_NONE, FSU_FOLLOW_START, FSU_FOLLOW_ALL };
/* The same with symbolic links followed; one that leads nowhere is met as a link. */
int fsu_walk_links(struct ukfs *u, const char *start, enum fsu_follow follow, fsu_walk_fn fn,
		   void *arg);
/* The same for those to whom the type is mostly enough: attributes are read where the type is not
 * known without them and of directories, else `st' is zeroes until fsu_entry_stat. */
int fsu_walk_types(struct ukfs *u, const char *start, enum fsu_follow follow, fsu_walk_fn fn,
		   void *arg);
/* The attributes are in `st'.  0 or an errno. */
int fsu_entry_stat(const struct fsu_entry *e);

/* Whether the path is the image's root; then it says that this is refused. */
bool fsu_is_root(struct ukfs *u, const char *path);

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

/* ---- attributes -------------------------------------------------------------------------- */

/* FS_*_FL of a file.  0 or an errno: EOPNOTSUPP for all but regular files and directories, which
 * have none, and a device must not be opened for them. */
int fsu_get_flags(struct ukfs *u, const char *path, mode_t type, unsigned long *value);

/* ---- targets ----------------------------------------------------------------------------- */

/* Where cp, mv and ln put things. */
struct fsu_target {
	const char *directory;	/* -t, or found; NULL: the last operand is the new name */
	bool plain;		/* -T */
	bool no_follow;		/* a link to a directory is none */
	struct fsu_names made;	/* destinations of this run so far */
};

/* Whether there are operands enough, `least` of them without -t; false after a usage message. */
bool fsu_target_usage(const struct fsu_target *t, const struct fsu_line *line, int least);
/* Look what the destination is.  Returns how many operands are sources, or -1 after a message. */
int fsu_find_target(struct ukfs *u, struct fsu_target *t, const struct fsu_line *line);
/* The destination of a source; malloc'd. */
char *fsu_target_path(const struct fsu_target *t, const struct fsu_line *line, const char *source);
/* Whether this run has put something there. */
bool fsu_target_made(struct fsu_target *t, const char *path);

/* The path without symbolic links, "." and ".."; components need not exist; malloc'd. */
char *fsu_realpath(struct ukfs *u, const char *path);

#endif
