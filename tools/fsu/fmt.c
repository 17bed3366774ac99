// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers, file types and times as text, and back.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

static const char units[] = "KMGTPE";

/* Human sizes round up, as ls and df do: 1025 bytes are "1.1K", and 9.95K becomes "10K". */
static char *human_size(char *buf, uint64_t bytes, unsigned int base)
{
	unsigned __int128 n = bytes, div = 1;
	int unit = -1;
	uint64_t tenths, whole;

	while (n >= (unsigned __int128)base * div && unit < 5) {
		div *= base;
		unit++;
	}
	if (unit < 0) {
		sprintf(buf, "%" PRIu64, bytes);
		return buf;
	}
	tenths = (n * 10 + div - 1) / div;
	whole = (n + div - 1) / div;
	if (tenths >= 100 && whole >= base && unit < 5) {
		tenths = 10;
		unit++;
	}
	if (tenths < 100)
		sprintf(buf, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
			base == 1000 && unit == 0 ? 'k' : units[unit]);
	else
		sprintf(buf, "%" PRIu64 "%c", whole, base == 1000 && unit == 0 ? 'k' : units[unit]);
	return buf;
}

char *fsu_size(char buf[FSU_HUMAN_MAX], uint64_t bytes, uint64_t block, enum fsu_human human)
{
	if (human)
		return human_size(buf, bytes, human);
	sprintf(buf, "%" PRIu64, bytes / block + (bytes % block != 0));
	return buf;
}

static bool unit_factor(const char *s, uint64_t *factor)
{
	const char *p = *s ? strchr("KMGTPEkm", *s) : NULL;
	unsigned int base = s[0] && s[1] == 'B' ? 1000 : 1024;

	*factor = 1;
	if (!*s)
		return true;
	if (!p || (s[1] && strcmp(s + 1, "B") && strcmp(s + 1, "iB")))
		return false;
	for (int i = strchr(units, toupper((unsigned char)*s)) - units; i >= 0; i--)
		*factor *= base;
	return true;
}

bool fsu_parse_block(const char *s, uint64_t *block, enum fsu_human *human,
		     char suffix[FSU_SUFFIX_MAX])
{
	uint64_t n = 1, factor;
	char *end = (char *)s;

	*human = FSU_HUMAN_NONE;
	suffix[0] = '\0';
	if (strcmp(s, "human-readable") == 0 || strcmp(s, "si") == 0) {
		*human = *s == 's' ? FSU_HUMAN_1000 : FSU_HUMAN_1024;
		*block = 1;
		return true;
	}
	if (isdigit((unsigned char)*s))
		n = strtoull(s, &end, 10);
	if (!*s || !unit_factor(end, &factor) || !n || n > UINT64_MAX / factor)
		return false;
	if (end == s)
		snprintf(suffix, FSU_SUFFIX_MAX, "%s", s);
	*block = n * factor;
	return true;
}

bool fsu_parse_bytes(const char *s, uint64_t *n)
{
	uint64_t factor;
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*n = strtoull(s, &end, 10);
	if (errno || !unit_factor(end, &factor) || *n > UINT64_MAX / factor)
		return false;
	*n *= factor;
	return true;
}

bool fsu_parse_number(const char *s, uint64_t *n)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*n = strtoull(s, &end, 0);
	return !errno && !*end;
}

static char type_letter(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return '-';
	case S_IFDIR: return 'd';
	case S_IFLNK: return 'l';
	case S_IFCHR: return 'c';
	case S_IFBLK: return 'b';
	case S_IFIFO: return 'p';
	case S_IFSOCK: return 's';
	default: return '?';
	}
}

char *fsu_mode_string(char buf[11], mode_t mode)
{
	static const char rwx[] = "rwxrwxrwx";

	buf[0] = type_letter(mode);
	for (int i = 0; i < 9; i++)
		buf[i + 1] = mode & (0400 >> i) ? rwx[i] : '-';
	if (mode & S_ISUID)
		buf[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		buf[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		buf[9] = mode & S_IXOTH ? 't' : 'T';
	buf[10] = '\0';
	return buf;
}

/* ---- times ------------------------------------------------------------------------------- */

size_t fsu_strftime(char *buf, size_t size, const char *fmt, const struct tm *tm, long nsec)
{
	char expanded[1024];
	size_t n = 0;

	for (const char *s = fmt; *s && n + 12 < sizeof(expanded); s++) {
		if (s[0] == '%' && s[1] == 'N') {
			n += sprintf(expanded + n, "%09ld", nsec);
			s++;
		} else {
			expanded[n++] = *s;
			if (s[0] == '%' && s[1])
				expanded[n++] = *++s;
		}
	}
	expanded[n] = '\0';
	return strftime(buf, size, expanded, tm);
}
