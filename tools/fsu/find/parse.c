// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The expression: a list of `,' of -o of -a of ! of words and parentheses, made a tree of nodes
 * that evaluate themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "find.h"

struct parser {
	struct find *f;
	char **argv;
	int argc, at;
};

static bool eval_and(struct find *f, struct node *n, const struct fsu_entry *e)
{
	return n->a->eval(f, n->a, e) && !f->quit && n->b->eval(f, n->b, e);
}

static bool eval_or(struct find *f, struct node *n, const struct fsu_entry *e)
{
	return n->a->eval(f, n->a, e) || (!f->quit && n->b->eval(f, n->b, e));
}

static bool eval_list(struct find *f, struct node *n, const struct fsu_entry *e)
{
	n->a->eval(f, n->a, e);
	return !f->quit && n->b->eval(f, n->b, e);
}

static bool eval_not(struct find *f, struct node *n, const struct fsu_entry *e)
{
	return !n->a->eval(f, n->a, e);
}

static bool eval_true(struct find *f, struct node *n, const struct fsu_entry *e)
{
	(void)f, (void)n, (void)e;
	return true;
}

static bool eval_test(struct find *f, struct node *n, const struct fsu_entry *e)
{
	int err = fsu_entry_stat(e);

	if (err)
		find_fail(f, err, e->path);
	return !err && n->test(f, n, e);
}

static struct node *new_node(struct find *f, node_fn eval, struct node *a, struct node *b)
{
	struct node *n = fsu_malloc(sizeof(*n));

	*n = (struct node){ .eval = eval, .a = a, .b = b, .out = stdout, .next = f->all };
	f->all = n;
	return n;
}

void find_free(struct find *f)
{
	struct node *next;

	for (struct node *n = f->all; n; n = next) {
		next = n->next;
		find_exec_free(n);
		if (n->re.buffer)
			regfree(&n->re);
		free(n->argv);
		free(n);
	}
	f->all = NULL;
}

static const char *peek(const struct parser *p)
{
	return p->at < p->argc ? p->argv[p->at] : NULL;
}

static const char *next(struct parser *p)
{
	return p->at < p->argc ? p->argv[p->at++] : NULL;
}

static bool take(struct parser *p, const char *a, const char *b)
{
	const char *s = peek(p);

	if (!s || (strcmp(s, a) && strcmp(s, b)))
		return false;
	p->at++;
	return true;
}

static const struct find_word *find_word(const char *name)
{
	static const struct find_word *const tables[] = { find_tests, find_actions };

	if (strncmp(name, "-newer", 6) == 0 && strlen(name) == 8)
		name = "-newerXY";
	for (int i = 0; i < 2; i++)
		for (const struct find_word *w = tables[i]; w->name; w++)
			if (strcmp(w->name, name) == 0)
				return w;
	return NULL;
}

/* The command of -exec: up to `;', or `{} +'. */
static bool take_command(struct parser *p, struct node *n)
{
	int begin = p->at;
	const char *s;

	for (; (s = peek(p)); p->at++) {
		bool plus = strcmp(s, "+") == 0 && p->at > begin &&
			    strcmp(p->argv[p->at - 1], "{}") == 0;

		if (!plus && strcmp(s, ";"))
			continue;
		n->batch = plus;
		n->argc = p->at++ - begin;
		n->argv = fsu_malloc((n->argc + 1) * sizeof(char *));
		memcpy(n->argv, p->argv + begin, n->argc * sizeof(char *));
		n->argv[n->argc] = NULL;
		return n->argc || !fsu_usage("'%s' needs a command", p->argv[begin - 1]);
	}
	return !fsu_usage("'%s' needs a command that ends with ';' or '{} +'", p->argv[begin - 1]);
}

static struct node *parse_word(struct parser *p)
{
	const char *name = p->argv[p->at++];
	const struct find_word *w = find_word(name);
	struct node *n;

	if (!w) {
		fsu_usage(*name == '-' ? "unknown predicate '%s'" :
					 "paths stand before the expression: '%s'",
			  fsu_name(name));
		return NULL;
	}
	n = new_node(p->f, w->eval ? w->eval : eval_true, NULL, NULL);
	n->key = w->key;
	n->name = name;
	if ((w->flags & FIND_FILE && !(n->file = next(p))) ||
	    (w->nargs > 0 && !(n->arg = next(p)))) {
		fsu_usage("'%s' needs an argument", name);
		return NULL;
	}
	if (w->nargs < 0 && !take_command(p, n))
		return NULL;
	n->flags = w->flags;
	p->f->acts |= w->flags & FIND_ACTS;
	if (w->parse && !w->parse(p->f, n)) {
		fsu_usage("invalid argument '%s' to '%s'", n->arg ? fsu_name(n->arg) : "", name);
		return NULL;
	}
	if (n->flags & FIND_STAT) {
		n->test = n->eval;
		n->eval = eval_test;
	}
	return n;
}

static struct node *parse_list(struct parser *p);

static struct node *parse_one(struct parser *p)
{
	struct node *n, *operand;

	if (!peek(p)) {
		fsu_usage("the expression ends too early");
		return NULL;
	}
	if (take(p, "!", "-not")) {
		operand = parse_one(p);
		n = operand ? new_node(p->f, eval_not, operand, NULL) : NULL;
		if (n)
			n->flags = operand->flags & (FIND_PURE | FIND_STAT);
		return n;
	}
	if (!take(p, "(", "("))
		return parse_word(p);
	n = parse_list(p);
	if (n && !take(p, ")", ")")) {
		fsu_usage("a closing parenthesis is missing");
		return NULL;
	}
	return n;
}

/* `a' and then `b', or `b' first where neither order shows and only `a' needs attributes. */
static struct node *both(struct find *f, struct node *a, struct node *b)
{
	struct node *last = a->eval == eval_and ? a->b : a;

	if (b->flags != FIND_PURE || last->flags != (FIND_PURE | FIND_STAT))
		return new_node(f, eval_and, a, b);
	if (last == a)
		return new_node(f, eval_and, b, a);
	a->a = both(f, a->a, b);
	return a;
}

static bool ends_and(const char *s)
{
	return !s || !strcmp(s, ")") || !strcmp(s, ",") || !strcmp(s, "-o") || !strcmp(s, "-or");
}

static struct node *parse_and(struct parser *p)
{
	struct node *n = parse_one(p), *b;

	while (n && !ends_and(peek(p))) {
		take(p, "-a", "-and");
		b = parse_one(p);
		n = b ? both(p->f, n, b) : NULL;
	}
	return n;
}

static struct node *parse_or(struct parser *p)
{
	struct node *n = parse_and(p), *b;

	while (n && take(p, "-o", "-or")) {
		b = parse_and(p);
		n = b ? new_node(p->f, eval_or, n, b) : NULL;
	}
	return n;
}

static struct node *parse_list(struct parser *p)
{
	struct node *n = parse_or(p), *b;

	while (n && take(p, ",", ",")) {
		b = parse_or(p);
		n = b ? new_node(p->f, eval_list, n, b) : NULL;
	}
	return n;
}

bool find_parse(struct find *f, char **argv, int argc)
{
	struct parser p = { .f = f, .argv = argv, .argc = argc };
	struct node *print;

	f->expr = argc ? parse_list(&p) : new_node(f, eval_true, NULL, NULL);
	if (!f->expr)
		return false;
	if (p.at < argc)
		return !fsu_usage("'%s' is one too many", fsu_name(argv[p.at]));
	if (!f->acts) {
		print = new_node(f, find_print, NULL, NULL);
		f->expr = new_node(f, eval_and, f->expr, print);
	}
	return true;
}
