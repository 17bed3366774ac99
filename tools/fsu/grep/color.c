// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Colours from GREP_COLORS, as grep has it: "ms=01;31:fn=35:ne".  Those of whole lines (sl, cx, rv)
 * are not known here.
 */
#include <stdlib.h>
#include <string.h>

#include "grep.h"

static struct grep_colors colors = { "01;31", "01;31", "35", "32", "32", "36", false };

static void set(char to[32], const char *value, size_t len)
{
	if (len < 32 && strspn(value, "0123456789;") >= len) {
		memcpy(to, value, len);
		to[len] = '\0';
	}
}

const struct grep_colors *grep_read_colors(void)
{
	static const struct { const char *key; char *first, *second; } keys[] = {
		{ "ms=", colors.match, NULL }, { "mc=", colors.context_match, NULL },
		{ "mt=", colors.match, colors.context_match }, { "fn=", colors.name, NULL },
		{ "ln=", colors.number, NULL }, { "bn=", colors.offset, NULL },
		{ "se=", colors.separator, NULL },
	};
	const char *s = getenv("GREP_COLORS");

	for (size_t len; s && *s; s += len + (s[len] == ':')) {
		len = strcspn(s, ":");
		colors.no_clear |= len == 2 && strncmp(s, "ne", 2) == 0;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			if (len < 3 || strncmp(s, keys[i].key, 3))
				continue;
			set(keys[i].first, s + 3, len - 3);
			if (keys[i].second)
				set(keys[i].second, s + 3, len - 3);
		}
	}
	return &colors;
}

void grep_put(const struct grep_options *o, const char *color, const char *text, size_t len)
{
	const char *clear = o->colors && !o->colors->no_clear ? "\33[K" : "";
	bool colored = color && *color;

	if (colored)
		printf("\33[%sm%s", color, clear);
	fwrite(text, 1, len, stdout);
	if (colored)
		printf("\33[m%s", clear);
}
