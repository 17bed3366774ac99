/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Perl's regular expressions, a library of its own, which fsu_grep -P loads.
 */
#ifndef FSU_PERL_H
#define FSU_PERL_H

#include <stdbool.h>
#include <stddef.h>

struct fsu_perl;

struct fsu_perl_ops {
	/* NULL, and what is wrong in `error' */
	struct fsu_perl *(*compile)(const char *pattern, size_t len, bool icase, bool utf8,
				    char *error, size_t size);
	/* The leftmost match from `from' on: 1, 0, or -1 where it took too long. */
	int (*find)(struct fsu_perl *p, const char *line, size_t len, size_t from, size_t *start,
		    size_t *end);
	void (*free)(struct fsu_perl *p);
};

extern const struct fsu_perl_ops fsu_perl_ops;

#endif
