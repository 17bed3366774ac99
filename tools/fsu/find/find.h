/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of fsu_find: find.c walks, parse.c makes the expression a tree, tests.c has the tests,
 * actions.c, printf.c, output.c and exec.c what is done with a file.
 */
#ifndef FSU_FIND_H
#define FSU_FIND_H

#include <regex.h>

#include "../fsu.h"

struct find;
struct node;

typedef bool (*node_fn)(struct find *f, struct node *n, const struct fsu_entry *e);

enum compare { IS, MORE, LESS };

/* A test, an action or an operator.  What the members hold is each test's own affair. */
struct node {
	node_fn eval;
	struct node *a, *b;	/* operands */
	int flags;		/* FIND_*; its evaluation is `test' where it needs attributes */
	node_fn test;
	const char *name, *arg;
	char **argv;		/* -exec */
	int argc;
	bool batch, ask, inside; /* -exec ... +, -ok, -execdir */
	const char *file;	/* of the host, to which the action prints */
	FILE *out;		/* that, or standard output */
	char key;		/* a variant of the test: which time, case or not ... */
	enum compare compare;
	double number;
	uint64_t unit;
	mode_t mode;
	struct stat st;
	struct timespec time;
	struct re_pattern_buffer re;
	struct exec_batch *copies;
	struct node *next;	/* of all that there are */
};

struct find {
	struct ukfs *u;
	struct node *expr, *all;
	enum fsu_follow follow;
	int64_t mindepth, maxdepth;	/* maxdepth -1: none */
	bool depth, xdev, daystart, writes, acts;
	reg_syntax_t syntax;
	struct timespec now;
	const char *start;
	dev_t dev;
	bool prune, quit;
	struct output *outputs;
	int code;
};

/* False after a message; the rest of argv is a whole expression. */
bool find_parse(struct find *f, char **argv, int argc);
void find_free(struct find *f);
bool find_print(struct find *f, struct node *n, const struct fsu_entry *e);
void find_fail(struct find *f, int err, const char *path);
/* The base name as -name and %f have it: without slashes at the end. */
char *find_basename(const char *path);

#define FIND_ACTS 1	/* -print is not added where there is one */
#define FIND_STAT 2	/* the entry's `st' has to be there; without this flag `type' is enough */
#define FIND_PURE 4	/* has no effects, so that it may change places with another such test */

#define FIND_FILE 8	/* the first argument is a file of the host, which `nargs' does not count */
#define FIND_NAMES 16	/* shows names of users and groups */

/* A row of the table of tests and actions. */
struct find_word {
	const char *name;
	int nargs;
	char key;
	bool (*parse)(struct find *f, struct node *n);	/* NULL: the argument is kept as it is */
	node_fn eval;					/* NULL: an option, always true */
	int flags;
};
extern const struct find_word find_tests[], find_actions[];

/* output.c: open the files that actions print to; false after a message */
bool find_open_outputs(struct find *f);
void find_close_outputs(struct find *f);
/* exec.c: run what is collected for -exec ... + */
void find_exec_rest(struct find *f, struct node *n);
void find_exec_free(struct node *n);
bool find_exec(struct find *f, struct node *n, const struct fsu_entry *e);
/* printf.c */
bool find_set_printf(struct find *f, struct node *n);
bool find_printf(struct find *f, struct node *n, const struct fsu_entry *e);
bool find_ls(struct find *f, struct node *n, const struct fsu_entry *e);

#endif
