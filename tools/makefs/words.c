// SPDX-License-Identifier: GPL-2.0-or-later
/* The words of a command line. */
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

#include "makefs.h"

void words_append(struct words *w, char *word)
{
	w->list = fsu_realloc(w->list, (w->n + 2) * sizeof(*w->list));
	w->list[w->n++] = word;
	w->list[w->n] = NULL;
}

void words_add(struct words *w, const char *template, const char *const values[128])
{
	for (const char *s = template; *s;) {
		struct fsu_path word = { 0 };

		s += strspn(s, " ");
		if (!*s)
			break;
		fsu_path_set(&word, "");
		for (; *s && *s != ' '; s++) {
			const char *value = NULL;
			char *joined;

			if (s[0] == '%' && s[1] > 0 && values)
				value = values[(int)*++s];
			if (asprintf(&joined, value ? "%s%s" : "%s%.1s", word.s,
				     value ? value : s) < 0)
				fsu_die(FSU_FAILED);
			fsu_path_set(&word, joined);
			free(joined);
		}
		words_append(w, word.s);
	}
}

const char *words_split(struct words *w, const char *text)
{
	wordexp_t found;

	switch (wordexp(text, &found, WRDE_NOCMD | WRDE_UNDEF)) {
	case 0:
		for (size_t i = 0; i < found.we_wordc; i++)
			words_append(w, fsu_strdup(found.we_wordv[i]));
		wordfree(&found);
		return NULL;
	case WRDE_BADVAL: return "a variable that is not set is in";
	case WRDE_CMDSUB: return "no command is run to fill in";
	default: return "what is special to a shell needs quotation marks in";
	}
}

void words_free(struct words *w)
{
	for (int i = 0; i < w->n; i++)
		free(w->list[i]);
	free(w->list);
	*w = (struct words){ 0 };
}
