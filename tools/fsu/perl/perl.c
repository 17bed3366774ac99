// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Perl's regular expressions are PCRE's.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "perl.h"

struct fsu_perl {
	pcre2_code *code;
	pcre2_match_data *data;
};

static void perl_free(struct fsu_perl *p)
{
	if (!p)
		return;
	pcre2_match_data_free(p->data);
	pcre2_code_free(p->code);
	free(p);
}

static struct fsu_perl *perl_compile(const char *pattern, size_t len, bool icase, bool utf8,
				     char *error, size_t size)
{
	/* a line that is no UTF-8 has matches in those parts that are */
	uint32_t flags = (icase ? PCRE2_CASELESS : 0) |
			 (utf8 ? PCRE2_UTF | PCRE2_MATCH_INVALID_UTF : 0);
	struct fsu_perl *p = calloc(1, sizeof(*p));
	PCRE2_SIZE at;
	int code = PCRE2_ERROR_NOMEMORY;

	if (p)
		p->code = pcre2_compile((PCRE2_SPTR)pattern, len, flags, &code, &at, NULL);
	if (p && p->code)
		p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
	if (p && p->data) {
		pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
		return p;
	}
	pcre2_get_error_message(code, (PCRE2_UCHAR *)error, size);
	perl_free(p);
	return NULL;
}

static int perl_find(struct fsu_perl *p, const char *line, size_t len, size_t from, size_t *start,
		     size_t *end)
{
	int ret = pcre2_match(p->code, (PCRE2_SPTR)line, len, from, 0, p->data, NULL);
	const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(p->data);

	if (ret < 0)
		return ret == PCRE2_ERROR_NOMATCH ? 0 : -1;
	*start = ovector[0];
	*end = ovector[1];
	/* \K can put the begin behind the end */
	if (*start > *end)
		*start = *end;
	return 1;
}

const struct fsu_perl_ops fsu_perl_ops = { perl_compile, perl_find, perl_free };
