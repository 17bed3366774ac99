// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Modes as chmod takes them, octal or symbolic.  A clause without "ugoa" spares what the umask has;
 * the set-id bits of a directory change only where the mode names them.
 */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "fsu.h"

#define ALL 07777
#define SET_ID 06000

/* One "+rw" of a clause. */
struct action {
	char op;
	mode_t value, mentioned;
	mode_t affected;	/* 0: nobody was named */
};

static mode_t take_who(const char **s)
{
	mode_t who = 0;

	for (;; (*s)++) {
		switch (**s) {
		case 'u': who |= 04700; break;
		case 'g': who |= 02070; break;
		case 'o': who |= 01007; break;
		case 'a': who |= ALL; break;
		default: return who;
		}
	}
}

static bool take_octal(const char **s, mode_t *value)
{
	for (*value = 0; **s >= '0' && **s <= '7'; (*s)++) {
		*value = *value * 8 + **s - '0';
		if (*value > ALL)
			return false;
	}
	return **s == '\0' || **s == ',';
}

/* What a class of users has now, given to all three. */
static mode_t copied(mode_t mode, char from)
{
	int shift = from == 'u' ? 6 : from == 'g' ? 3 : 0;

	return (mode >> shift & 7) * 0111;
}

static mode_t take_letters(const char **s, mode_t now, bool dir)
{
	mode_t value = 0;

	for (;; (*s)++) {
		switch (**s) {
		case 'r': value |= 0444; break;
		case 'w': value |= 0222; break;
		case 'x': value |= 0111; break;
		case 'X': value |= dir || (now & 0111) ? 0111 : 0; break;
		case 's': value |= SET_ID; break;
		case 't': value |= 01000; break;
		default: return value;
		}
	}
}

static bool take_action(const char **s, struct action *a, mode_t now, bool dir)
{
	mode_t named = a->affected;

	a->op = *(*s)++;
	if (**s >= '0' && **s <= '7') {
		a->affected = a->mentioned = ALL;
		return !named && take_octal(s, &a->value);
	}
	if (**s && strchr("ugo", **s))
		a->value = copied(now, *(*s)++);
	else
		a->value = take_letters(s, now, dir);
	a->mentioned = named ? named & a->value : a->value;
	return true;
}

static mode_t apply(const struct action *a, mode_t now, bool dir, mode_t mask)
{
	mode_t spared = dir ? SET_ID & ~a->mentioned : 0;
	mode_t value = a->value & (a->affected ? a->affected : ~mask) & ~spared;

	if (a->op == '+')
		return now | value;
	if (a->op == '-')
		return now & ~value;
	return (now & (~(a->affected ? a->affected : ALL) | spared)) | value;
}

static bool symbolic(const char *s, mode_t now, bool dir, mode_t mask, mode_t *mode)
{
	do {
		mode_t who = take_who(&s);

		do {
			struct action a = { .affected = who };

			if (!*s || !strchr("+-=", *s) || !take_action(&s, &a, now, dir))
				return false;
			now = apply(&a, now, dir, mask);
		} while (*s && strchr("+-=", *s));
	} while (*s == ',' && s++);
	*mode = now;
	return !*s;
}

bool fsu_change_mode(const char *s, mode_t old, mode_t mask, mode_t *mode)
{
	const char *start = s;
	mode_t spared = 0;

	if (!isdigit((unsigned char)*s))
		return symbolic(s, old & ALL, S_ISDIR(old), mask, mode);
	if (!take_octal(&s, mode) || *s)
		return false;
	/* five digits name all bits, fewer those that are set */
	if (S_ISDIR(old) && s - start < 5)
		spared = SET_ID & ~*mode & old;
	*mode |= spared;
	return true;
}

mode_t fsu_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}
