// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_stat: what is known of a file, in the layout of stat(1), by a format of the user's, or as
 * JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fsu.h"
#include "ls/ls.h"

enum { KEY_JSON = 256, KEY_PRINTF };

const struct fsu_option fsu_stat_options[] = {
	{ 'c', "format", FSU_ARG, "FORMAT", "print this, with stat's % sequences, and a newline" },
	{ KEY_JSON, "json", FSU_NOARG, NULL, "a JSON array with one object a file" },
	{ 'L', "dereference", FSU_NOARG, NULL, "follow symbolic links" },
	{ KEY_PRINTF, "printf", FSU_ARG, "FORMAT",
	  "as --format with backslash escapes, no newline" },
	{ 't', "terse", FSU_NOARG, NULL, "one line of numbers" },
	FSU_OPTIONS_END
};

static const char long_format[] =
	"  File: %P\n"
	"  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
	"Device: %Hd,%Ld\tInode: %-10i  Links: %h\n"
	"Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
	"Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
static const char device_format[] =
	"  File: %P\n"
	"  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
	"Device: %Hd,%Ld\tInode: %-10i  Links: %-5h Device type: %Hr,%Lr\n"
	"Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
	"Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";
static const char terse_format[] = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

struct subject {
	const char *path;
	char *target;
	struct statx x;
};

struct style {
	const char *format;
	bool follow, json, escapes;
};

static const char *type_name(const struct statx *x)
{
	switch (x->stx_mode & S_IFMT) {
	case S_IFREG: return x->stx_size ? "regular file" : "regular empty file";
	case S_IFDIR: return "directory";
	case S_IFLNK: return "symbolic link";
	case S_IFCHR: return "character special file";
	case S_IFBLK: return "block special file";
	case S_IFIFO: return "fifo";
	case S_IFSOCK: return "socket";
	default: return "weird file";
	}
}

/* ---- % sequences ------------------------------------------------------------------------- */

/* One sequence: printf's flags, width and precision, a modifier (H, L), the letter. */
struct sequence {
	char spec[32];
	int precision;		/* -1: none */
	bool dot;
	char modifier, letter;
};

static void put_string(const struct sequence *q, const char *s)
{
	char spec[48];

	if (q->precision >= 0)
		snprintf(spec, sizeof(spec), "%s.%ds", q->spec, q->precision);
	else
		snprintf(spec, sizeof(spec), "%ss", q->spec);
	printf(spec, fsu_shown(s));
}

static void put_number(const struct sequence *q, uint64_t n, const char *conversion)
{
	char spec[48];

	snprintf(spec, sizeof(spec), "%s%s", q->spec, conversion);
	printf(spec, n);
}

static void put_time(const struct sequence *q, const struct statx_timestamp *t, bool known)
{
	char buf[64] = "-";
	time_t sec = t->tv_sec;
	struct tm tm;

	if (known && localtime_r(&sec, &tm))
		fsu_strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S.%N %z", &tm, t->tv_nsec);
	put_string(q, buf);
}

/* Seconds since 1970; with a precision, that many digits behind a dot (".": nine).  A time before
 * 1970 is a negative number, fraction included: half a second before is -0.5. */
static void put_epoch(const struct sequence *q, const struct statx_timestamp *t, bool known)
{
	int digits = q->dot ? q->precision < 0 ? 9 : q->precision : 0;
	int64_t sec = known ? t->tv_sec : 0;
	uint32_t nsec = known ? t->tv_nsec : 0;
	uint32_t unit = 1;
	bool minus = sec < 0;
	char buf[128], fraction[16];
	struct sequence plain = *q;

	if (digits > 50)
		digits = 50;
	if (minus && nsec && digits) {
		/* stat rounds away from zero, but a whole second is left as it is */
		for (int i = digits; i < 9; i++)
			unit *= 10;
		nsec = 1000000000 - (nsec + unit - 1) / unit * unit;
		sec += nsec != 0;
	}
	snprintf(fraction, sizeof(fraction), "%09u", nsec);
	snprintf(buf, sizeof(buf), "%s%" PRId64 "%s%.*s%.*s", minus ? "-" : "", minus ? -sec : sec,
		 digits ? "." : "", digits < 9 ? digits : 9, fraction, digits > 9 ? digits - 9 : 0,
		 "00000000000000000000000000000000000000000000");
	plain.precision = -1;
	put_string(&plain, buf);
}

/* %N: quoted for a shell; %P, ours: as it is. */
static void put_name(const struct sequence *q, const struct subject *s, bool quotes)
{
	static const struct ls_options quoting = { .quote = LS_SHELL_ESCAPE_ALWAYS };
	char *parts[2] = { NULL, NULL }, *text;
	const char *names[2] = { s->path, s->target };
	size_t size = 8;

	for (int i = 0; i < 2 && names[i]; i++) {
		parts[i] = quotes ? ls_quote(&quoting, names[i], false, NULL) :
				    fsu_strdup(names[i]);
		size += strlen(parts[i]);
	}
	text = fsu_malloc(size);
	snprintf(text, size, "%s%s%s", parts[0], parts[1] ? " -> " : "", parts[1] ? parts[1] : "");
	put_string(q, text);
	free(text);
	free(parts[0]);
	free(parts[1]);
}

static void put_device(const struct sequence *q, unsigned int maj, unsigned int min,
		       const char *all)
{
	if (q->modifier == 'H')
		put_number(q, maj, PRIu64);
	else if (q->modifier == 'L')
		put_number(q, min, PRIu64);
	else
		put_number(q, makedev(maj, min), all);
}

static void put_owner(const struct sequence *q, const char *name)
{
	put_string(q, name ? name : "UNKNOWN");
}

static bool put_time_sequence(const struct sequence *q, const struct statx *x)
{
	static const char letters[] = "xXyYzZwW";
	const struct statx_timestamp *times[] = { &x->stx_atime, &x->stx_mtime, &x->stx_ctime,
						  &x->stx_btime };
	const char *p = strchr(letters, q->letter);
	int which = p ? (p - letters) / 2 : 0;
	bool known = which < 3 || (x->stx_mask & STATX_BTIME);

	if (!p)
		return false;
	if ((p - letters) % 2)
		put_epoch(q, times[which], known);
	else
		put_time(q, times[which], known);
	return true;
}

static void put_sequence(const struct sequence *q, const struct subject *s)
{
	const struct statx *x = &s->x;
	char mode[11];

	if (put_time_sequence(q, x))
		return;
	switch (q->letter) {
	case 'a': put_number(q, x->stx_mode & 07777, PRIo64); break;
	case 'A': put_string(q, fsu_mode_string(mode, x->stx_mode)); break;
	case 'b': put_number(q, x->stx_blocks, PRIu64); break;
	case 'B': put_number(q, 512, PRIu64); break;
	case 'd': put_device(q, x->stx_dev_major, x->stx_dev_minor, PRIu64); break;
	case 'D': put_device(q, x->stx_dev_major, x->stx_dev_minor, PRIx64); break;
	case 'f': put_number(q, x->stx_mode, PRIx64); break;
	case 'F': put_string(q, type_name(x)); break;
	case 'g': put_number(q, x->stx_gid, PRIu64); break;
	case 'G': put_owner(q, fsu_group(x->stx_gid)); break;
	case 'h': put_number(q, x->stx_nlink, PRIu64); break;
	case 'i': put_number(q, x->stx_ino, PRIu64); break;
	case 'm': put_string(q, "/"); break;
	case 'n': put_string(q, s->path); break;
	case 'N': put_name(q, s, true); break;
	case 'P': put_name(q, s, false); break;
	case 'o': put_number(q, x->stx_blksize, PRIu64); break;
	case 's': put_number(q, x->stx_size, PRIu64); break;
	case 'r': put_device(q, x->stx_rdev_major, x->stx_rdev_minor, PRIu64); break;
	case 'R': put_device(q, x->stx_rdev_major, x->stx_rdev_minor, PRIx64); break;
	case 't': put_number(q, x->stx_rdev_major, PRIx64); break;
	case 'T': put_number(q, x->stx_rdev_minor, PRIx64); break;
	case 'u': put_number(q, x->stx_uid, PRIu64); break;
	case 'U': put_owner(q, fsu_user(x->stx_uid)); break;
	case 'C': put_string(q, "?"); break;
	case '%': putchar('%'); break;
	default: putchar('?');
	}
}

/* Parse one sequence behind its '%'; returns what follows it. */
static const char *parse_sequence(const char *f, struct sequence *q)
{
	size_t n = strspn(f, "-+ #0'"), digits = strspn(f + n, "0123456789");

	*q = (struct sequence){ .precision = -1 };
	if (n + digits > sizeof(q->spec) - 2)
		n = digits = 0;
	q->spec[0] = '%';
	memcpy(q->spec + 1, f, n + digits);
	f += n + digits;
	if (*f == '.') {
		q->dot = true;
		f++;
		if (*f >= '0' && *f <= '9')
			q->precision = strtol(f, (char **)&f, 10);
	}
	if ((*f == 'H' || *f == 'L') && (f[1] == 'd' || f[1] == 'r'))
		q->modifier = *f++;
	q->letter = *f;
	return *f ? f + 1 : f;
}

static const char *put_escape(const char *f)
{
	static const char from[] = "abefnrtv\\\"", to[] = "\a\b\033\f\n\r\t\v\\\"";
	const char *p = *f ? strchr(from, *f) : NULL;
	int value = 0;

	if (p) {
		putchar(to[p - from]);
		return f + 1;
	}
	if (*f >= '0' && *f <= '7') {
		for (int i = 0; i < 3 && *f >= '0' && *f <= '7'; i++)
			value = value * 8 + *f++ - '0';
		putchar(value);
		return f;
	}
	putchar('\\');
	return f;
}

static void put_format(const char *f, const struct subject *s, bool escapes)
{
	struct sequence q;

	while (*f) {
		if (*f == '%') {
			f = parse_sequence(f + 1, &q);
			put_sequence(&q, s);
		} else if (*f == '\\' && escapes) {
			f = put_escape(f + 1);
		} else {
			putchar(*f++);
		}
	}
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* Length of the UTF-8 sequence at s, 0 where there is none. */
static size_t utf8_length(const unsigned char *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
		   s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

/* Names are bytes, JSON's strings are not: bytes that are no UTF-8 become the lone surrogates
 * U+DC80 to U+DCFF, which several languages turn back into those bytes. */
static void put_json_string(const char *text)
{
	putchar('"');
	for (const unsigned char *s = (const unsigned char *)text; *s; ) {
		size_t n = utf8_length(s);

		if (n == 1 && (*s < 32 || *s == 127))
			printf("\\u%04x", *s);
		else if (n == 1 && (*s == '"' || *s == '\\'))
			printf("\\%c", *s);
		else if (n)
			fwrite(s, 1, n, stdout);
		else
			printf("\\udc%02x", *s);
		s += n ? n : 1;
	}
	putchar('"');
}

static void put_json_time(const char *name, const struct statx_timestamp *t)
{
	printf(",\"%s\":{\"sec\":%lld,\"nsec\":%u}", name, (long long)t->tv_sec, t->tv_nsec);
}

static void put_json(const struct subject *s, bool first)
{
	const struct statx *x = &s->x;

	fputs(first ? "[\n {\"path\":" : ",\n {\"path\":", stdout);
	put_json_string(s->path);
	printf(",\"type\":\"%s\",\"mode\":\"%04o\",\"uid\":%u,\"gid\":%u,\"size\":%" PRIu64
	       ",\"blocks\":%" PRIu64 ",\"blksize\":%u,\"inode\":%" PRIu64 ",\"links\":%u",
	       type_name(x), x->stx_mode & 07777, x->stx_uid, x->stx_gid, (uint64_t)x->stx_size,
	       (uint64_t)x->stx_blocks, x->stx_blksize, (uint64_t)x->stx_ino, x->stx_nlink);
	if (S_ISCHR(x->stx_mode) || S_ISBLK(x->stx_mode))
		printf(",\"major\":%u,\"minor\":%u", x->stx_rdev_major, x->stx_rdev_minor);
	put_json_time("atime", &x->stx_atime);
	put_json_time("mtime", &x->stx_mtime);
	put_json_time("ctime", &x->stx_ctime);
	if (x->stx_mask & STATX_BTIME)
		put_json_time("btime", &x->stx_btime);
	if (s->target) {
		fputs(",\"target\":", stdout);
		put_json_string(s->target);
	}
	putchar('}');
}

/* ---- the command ------------------------------------------------------------------------- */

static int examine(struct ukfs *u, const char *path, bool follow, struct subject *s)
{
	*s = (struct subject){ .path = path };
	if (ukfs_statx(u, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
		       &s->x))
		return errno;
	if (S_ISLNK(s->x.stx_mode)) {
		size_t size = s->x.stx_size ? s->x.stx_size + 1 : 65536;
		ssize_t n;

		s->target = fsu_malloc(size + 1);
		n = ukfs_readlink(u, path, s->target, size);
		s->target[n < 0 ? 0 : n] = '\0';
	}
	return 0;
}

static void show(const struct subject *s, const struct style *style, bool first)
{
	const char *format = style->format;

	if (style->json) {
		put_json(s, first);
		return;
	}
	if (!format)
		format = S_ISCHR(s->x.stx_mode) || S_ISBLK(s->x.stx_mode) ? device_format :
									    long_format;
	put_format(format, s, style->escapes);
	if (style->format && !style->escapes && style->format != terse_format)
		putchar('\n');
}

int fsu_stat_run(struct fsu_line *line)
{
	struct style style = { 0 };
	struct subject s;
	struct ukfs *u;
	int code = FSU_OK, shown = 0;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'c': style.format = line->options[i].arg; style.escapes = false; break;
		case 'L': style.follow = true; break;
		case 't': style.format = terse_format; style.escapes = false; break;
		case KEY_JSON: style.json = true; break;
		case KEY_PRINTF: style.format = line->options[i].arg; style.escapes = true; break;
		}
	}
	if (!line->noperands)
		return fsu_usage("the path of a file in the image is missing");
	if (!style.json && (!style.format || strpbrk(style.format, "GU")))
		fsu_keep_names();
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands; i++) {
		int err = examine(u, line->operands[i], style.follow, &s);

		if (err) {
			fsu_perror_verb(err, "stat", line->operands[i]);
			code = FSU_FAILED;
			continue;
		}
		show(&s, &style, !shown++);
		free(s.target);
	}
	if (style.json)
		puts(shown ? "\n]" : "[]");
	return code;
}
