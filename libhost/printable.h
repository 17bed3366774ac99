/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text that may come from an image, for a terminal: control characters of ASCII and of ISO 6429
 * (C1, as UTF-8 and as single bytes) become \\ooo, so that no name and no line of the kernel's log
 * is an escape sequence.  Other bytes stay.
 */
#ifndef LIBHOST_PRINTABLE_H
#define LIBHOST_PRINTABLE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PRINTABLE_SIZE(text) (strlen(text) * 4 + 1)

/* The length of the UTF-8 character at `s`; 0: there is none. */
static inline int printable_character(const unsigned char *s)
{
	int len = *s >= 0xf0 && *s < 0xf5 ? 4 : *s >= 0xe0 && *s < 0xf0 ? 3 :
		  *s >= 0xc2 && *s < 0xe0 ? 2 : 0;

	for (int i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

/* Not by printf: a signal handler calls this, too. */
static inline char *printable_octal(char *out, unsigned char c)
{
	*out++ = '\\';
	for (int shift = 6; shift >= 0; shift -= 3)
		*out++ = '0' + (c >> shift & 7);
	return out;
}

/* Write the text to `out`, which has PRINTABLE_SIZE bytes; returns its end.  `kept`: control
 * characters that stay. */
static inline char *printable(char *out, const char *text, const char *kept)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		int len = printable_character(s);
		bool c1 = len ? len == 2 && s[0] == 0xc2 && s[1] < 0xa0 : *s >= 0x80 && *s < 0xa0;
		bool control = c1 || ((*s < 32 || *s == 127) && !strchr(kept, *s));

		for (len = len ? len : 1; len; len--, s++)
			if (control)
				out = printable_octal(out, *s);
			else
				*out++ = *s;
	}
	*out = '\0';
	return out;
}

/* A line of a log or a message; what is longer is cut. */
static inline void printable_line(FILE *out, const char *text)
{
	char cut[1024], line[sizeof(cut) * 4];

	snprintf(cut, sizeof(cut), "%s", text);
	printable(line, cut, "\t");
	fprintf(out, "%s\n", line);
}

#endif
