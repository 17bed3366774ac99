// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_getfattr and fsu_setfattr: extended attributes, in the text form of the attr package, which
 * --restore reads again.
 */
#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "fsu.h"

enum { KEY_ABSOLUTE = 256, KEY_ONLY_VALUES, KEY_RESTORE };

const struct fsu_option fsu_getfattr_options[] = {
	{ 'd', "dump", FSU_NOARG, NULL, "show the values, too" },
	{ 'e', "encoding", FSU_ARG, "HOW", "values as text, hex or base64; default: what fits" },
	{ 'h', "no-dereference", FSU_NOARG, NULL, "symbolic links themselves" },
	{ 'L', "logical", FSU_NOARG, NULL, "with -R, follow all symbolic links" },
	{ 'm', "match", FSU_ARG, "REGEX", "names like this; default ^user\\.; -: all" },
	{ 'n', "name", FSU_ARG, "NAME", "this attribute, with its value" },
	{ 'P', "physical", FSU_NOARG, NULL, "with -R, follow no symbolic links" },
	{ 'R', "recursive", FSU_NOARG, NULL, "directories with their content" },
	{ KEY_ABSOLUTE, "absolute-names", FSU_NOARG, NULL, "keep slashes at the start of paths" },
	{ KEY_ONLY_VALUES, "only-values", FSU_NOARG, NULL,
	  "the values as they are, and nothing else" },
	FSU_OPTIONS_END
};

const struct fsu_option fsu_setfattr_options[] = {
	{ 'h', "no-dereference", FSU_NOARG, NULL, "symbolic links themselves" },
	{ 'n', "name", FSU_ARG, "NAME", "the attribute to set" },
	{ 'v', "value", FSU_ARG, "VALUE", "its value: text, \"text\", 0xHEX or 0sBASE64" },
	{ 'x', "remove", FSU_ARG, "NAME", "the attribute to remove" },
	{ KEY_RESTORE, "restore", FSU_ARG, "FILE",
	  "set what this file of the host, a dump, says; -: standard input" },
	FSU_OPTIONS_END
};

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- values as text ---------------------------------------------------------------------- */

/* Seven of eight bytes or more can be shown. */
static bool is_text(const unsigned char *value, size_t size)
{
	size_t odd = 0;

	if (size && !value[size - 1])
		size--;
	for (size_t i = 0; i < size; i++)
		odd += !isprint(value[i]);
	return size >= odd * 8;
}

static void put_text(const unsigned char *value, size_t size)
{
	char *text = fsu_malloc(size * 4 + 1), *out = text;

	for (size_t i = 0; i < size; i++) {
		if (!value[i] || value[i] == '\n' || value[i] == '\r')
			out += sprintf(out, "\\%03o", value[i]);
		else if (value[i] == '\\' || value[i] == '"')
			out += sprintf(out, "\\%c", value[i]);
		else
			*out++ = value[i];
	}
	*out = '\0';
	printf("\"%s\"", fsu_shown(text));
	free(text);
}

static void put_base64(const unsigned char *value, size_t size)
{
	fputs("0s", stdout);
	for (size_t i = 0; i < size; i += 3) {
		unsigned int bits = value[i] << 16 | (i + 1 < size ? value[i + 1] << 8 : 0) |
				    (i + 2 < size ? value[i + 2] : 0);

		putchar(base64[bits >> 18]);
		putchar(base64[bits >> 12 & 63]);
		putchar(i + 1 < size ? base64[bits >> 6 & 63] : '=');
		putchar(i + 2 < size ? base64[bits & 63] : '=');
	}
}

/* how: 't', 'h', 'b', 0: what fits */
static void put_value(const char *value, size_t size, char how)
{
	const unsigned char *bytes = (const unsigned char *)value;

	if (!how)
		how = is_text(bytes, size) ? 't' : 'b';
	if (how == 't') {
		put_text(bytes, size);
	} else if (how == 'b') {
		put_base64(bytes, size);
	} else {
		fputs("0x", stdout);
		for (size_t i = 0; i < size; i++)
			printf("%02x", bytes[i]);
	}
}

static int digit(const char *digits, char c)
{
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? p - digits : -1;
}

static bool decode_hex(const char *s, char *out, size_t *size)
{
	for (*size = 0; *s; s += 2) {
		int high = digit("0123456789abcdef", tolower((unsigned char)s[0]));
		int low = digit("0123456789abcdef", tolower((unsigned char)s[1]));

		if (high < 0 || low < 0)
			return false;
		out[(*size)++] = high << 4 | low;
	}
	return true;
}

static bool decode_base64(const char *s, char *out, size_t *size)
{
	unsigned int bits = 0, n = 0;

	for (*size = 0; *s && *s != '='; s++) {
		int value = digit(base64, *s);

		if (value < 0)
			return false;
		bits = bits << 6 | value;
		n += 6;
		if (n >= 8) {
			n -= 8;
			out[(*size)++] = bits >> n;
		}
	}
	return n < 6 && strspn(s, "=") == strlen(s);
}

static bool decode_text(const char *s, char *out, size_t *size)
{
	bool quoted = *s == '"';

	for (s += quoted, *size = 0; *s && !(quoted && *s == '"'); s++) {
		if (*s != '\\') {
			out[(*size)++] = *s;
		} else if (s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
			   s[3] >= '0' && s[3] <= '7') {
			out[(*size)++] = (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0');
			s += 3;
		} else if (s[1] == '\\' || s[1] == '"') {
			out[(*size)++] = *++s;
		} else {
			out[(*size)++] = *s;
		}
	}
	return true;
}

/* `out` has room for strlen(s) bytes. */
static bool decode(const char *s, char *out, size_t *size)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return decode_hex(s + 2, out, size);
	if (s[0] == '0' && (s[1] == 's' || s[1] == 'S'))
		return decode_base64(s + 2, out, size);
	return decode_text(s, out, size);
}

/* ---- getfattr ---------------------------------------------------------------------------- */

struct getfattr {
	bool dump, links, absolute, only_values, recursive;
	enum fsu_follow follow;
	char how;
	const char *name;
	regex_t match;
	bool all, shortened;
	int code;
};

static void get_failed(struct getfattr *g, int err, const char *path)
{
	fsu_perror(err, path);
	g->code = FSU_FAILED;
}

static ssize_t get_value(struct ukfs *u, const struct getfattr *g, const char *path,
			 const char *name, char **value)
{
	ssize_t n = g->links ? ukfs_lgetxattr(u, path, name, NULL, 0) :
			       ukfs_getxattr(u, path, name, NULL, 0);

	if (n < 0)
		return n;
	*value = fsu_malloc(n);
	return g->links ? ukfs_lgetxattr(u, path, name, *value, n) :
			  ukfs_getxattr(u, path, name, *value, n);
}

static void put_header(struct getfattr *g, const char *path, bool *shown)
{
	const char *s = path;

	if (*shown || g->only_values)
		return;
	*shown = true;
	if (!g->absolute) {
		s += strspn(s, "/");
		if (s != path && !g->shortened)
			fsu_message("removing the slashes at the start of paths; --absolute-names "
				    "keeps them");
		g->shortened |= s != path;
	}
	fputs("# file: ", stdout);
	/* these would end or change its line */
	fsu_put_escaped(*s ? s : ".", "\\\n\r");
	putchar('\n');
}

static void put_attribute(struct ukfs *u, struct getfattr *g, const char *path, const char *name,
			  bool *shown)
{
	char *value = NULL;
	ssize_t n = 0;

	if (g->dump || g->only_values) {
		n = get_value(u, g, path, name, &value);
		if (n < 0) {
			if (errno == ENODATA)
				fsu_message("%s: %s: No such attribute", fsu_name(path),
					    fsu_name(name));
			else
				fsu_perror(errno, path);
			g->code = FSU_FAILED;
			free(value);
			return;
		}
	}
	put_header(g, path, shown);
	if (g->only_values) {
		fwrite(value, 1, n, stdout);
	} else {
		fsu_put_escaped(name, "\\=\n\r");
		if (g->dump) {
			putchar('=');
			put_value(value, n, g->how);
		}
		putchar('\n');
	}
	free(value);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_matching(struct ukfs *u, struct getfattr *g, const char *path, bool *shown)
{
	char *list = fsu_malloc(65536), **names = NULL;
	ssize_t size = g->links ? ukfs_llistxattr(u, path, list, 65536) :
				  ukfs_listxattr(u, path, list, 65536);
	size_t n = 0;

	if (size < 0 && errno != EOPNOTSUPP)
		get_failed(g, errno, path);
	for (char *s = list; size > 0 && s < list + size; s += strlen(s) + 1) {
		if (!g->all && regexec(&g->match, s, 0, NULL, 0))
			continue;
		names = fsu_realloc(names, (n + 1) * sizeof(*names));
		names[n++] = s;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		put_attribute(u, g, path, names[i], shown);
	free(names);
	free(list);
}

static int get_entry(struct ukfs *u, const struct fsu_entry *e, void *arg)
{
	struct getfattr *g = arg;
	bool shown = false;

	if (e->visit == FSU_POST)
		return 0;
	if (e->visit == FSU_ERROR) {
		get_failed(g, e->err, e->path);
		return 0;
	}
	if (g->name)
		put_attribute(u, g, e->path, g->name, &shown);
	else
		put_matching(u, g, e->path, &shown);
	if (shown)
		putchar('\n');
	return e->visit == FSU_PRE && !g->recursive ? FSU_WALK_SKIP : 0;
}

static bool parse_get(struct getfattr *g, const char **match, const struct fsu_line *line)
{
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		switch (line->options[i].key) {
		case 'd': g->dump = true; break;
		case 'e':
			g->how = *arg;
			g->dump = true;
			if (strcmp(arg, "text") && strcmp(arg, "hex") && strcmp(arg, "base64"))
				return !fsu_usage("-e must be text, hex or base64, not '%s'",
						  fsu_name(arg));
			break;
		case 'h': g->links = true; g->follow = FSU_FOLLOW_NONE; break;
		case 'L': g->follow = FSU_FOLLOW_ALL; break;
		case 'm': *match = arg; break;
		case 'n': g->name = arg; g->dump = true; break;
		case 'P': g->follow = FSU_FOLLOW_NONE; break;
		case 'R': g->recursive = true; break;
		case KEY_ABSOLUTE: g->absolute = true; break;
		case KEY_ONLY_VALUES: g->only_values = true; break;
		}
	}
	if (!line->noperands)
		return !fsu_usage("the path of a file in the image is missing");
	return true;
}

int fsu_getfattr_run(struct fsu_line *line)
{
	struct getfattr g = { .follow = FSU_FOLLOW_START };
	const char *match = "^user\\.";
	struct ukfs *u;

	if (!parse_get(&g, &match, line))
		return FSU_USAGE;
	g.all = strcmp(match, "-") == 0;
	if (!g.all && regcomp(&g.match, match, REG_EXTENDED | REG_NOSUB))
		return fsu_usage("-m needs a regular expression, not '%s'", fsu_name(match));
	u = fsu_mount(line);
	if (!u)
		g.code = FSU_FAILED;
	for (int i = 0; u && i < line->noperands && !fsu_interrupted(); i++)
		fsu_walk_types(u, line->operands[i], g.follow, get_entry, &g);
	if (!g.all)
		regfree(&g.match);
	return g.code;
}

/* ---- setfattr ---------------------------------------------------------------------------- */

static int set_attribute(struct ukfs *u, bool links, const char *path, const char *name,
			 const char *text)
{
	char *value = fsu_malloc(strlen(text));
	size_t size = 0;
	int res = -1;

	errno = EINVAL;
	if (decode(text, value, &size))
		res = links ? ukfs_lsetxattr(u, path, name, value, size, 0) :
			      ukfs_setxattr(u, path, name, value, size, 0);
	free(value);
	if (!res)
		return FSU_OK;
	fsu_perror(errno, path);
	return FSU_FAILED;
}

static int remove_attribute(struct ukfs *u, bool links, const char *path, const char *name)
{
	if ((links ? ukfs_lremovexattr(u, path, name) : ukfs_removexattr(u, path, name)) == 0)
		return FSU_OK;
	if (errno == ENODATA)
		fsu_message("%s: %s: No such attribute", fsu_name(path), fsu_name(name));
	else
		fsu_perror(errno, path);
	return FSU_FAILED;
}

/* Take escapes out of a path or name of a dump, in place. */
static void unescape(char *s)
{
	size_t size;

	if (*s != '"') {
		decode_text(s, s, &size);
		s[size] = '\0';
	}
}

/* One line of a dump; `path` is the file that the lines are about. */
static int restore_line(struct ukfs *u, bool links, char *line, char **path)
{
	static const char header[] = "# file: ";
	char *equals = strchr(line, '=');
	const char *value = equals ? equals + 1 : "";

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, header, sizeof(header) - 1) == 0) {
		free(*path);
		*path = fsu_strdup(line + sizeof(header) - 1);
		unescape(*path);
		return FSU_OK;
	}
	if (!*line || *line == '#')
		return FSU_OK;
	if (!*path) {
		fsu_message("--restore: a line '# file: PATH' is missing before '%s'",
			    fsu_name(line));
		return FSU_FAILED;
	}
	if (equals)
		*equals = '\0';
	unescape(line);
	return set_attribute(u, links, *path, line, value);
}

static int restore(struct ukfs *u, bool links, FILE *in)
{
	char *line = NULL, *path = NULL;
	size_t size = 0;
	int code = FSU_OK;

	while (!fsu_interrupted() && getline(&line, &size, in) > 0)
		if (restore_line(u, links, line, &path))
			code = FSU_FAILED;
	free(line);
	free(path);
	return code;
}

int fsu_setfattr_run(struct fsu_line *line)
{
	const char *name = NULL, *value = "", *removed = NULL, *dump = NULL;
	int code = FSU_OK;
	bool links = false;
	FILE *in = stdin;
	struct ukfs *u;

	for (int i = 0; i < line->noptions; i++) {
		switch (line->options[i].key) {
		case 'h': links = true; break;
		case 'n': name = line->options[i].arg; break;
		case 'v': value = line->options[i].arg; break;
		case 'x': removed = line->options[i].arg; break;
		case KEY_RESTORE: dump = line->options[i].arg; break;
		}
	}
	if (!!name + !!removed + !!dump != 1)
		return fsu_usage("one of -n NAME, -x NAME and --restore=FILE is needed");
	if (!dump == !line->noperands)
		return fsu_usage(dump ? "--restore takes paths from the file alone" :
					"the path of a file in the image is missing");
	if (dump && strcmp(dump, "-") && !(in = fopen(dump, "re"))) {
		fsu_perror_verb(errno, "read", dump);
		return FSU_FAILED;
	}
	u = fsu_mount(line);
	if (!u)
		code = FSU_FAILED;
	else if (dump)
		code = restore(u, links, in);
	for (int i = 0; u && i < line->noperands && !fsu_interrupted(); i++) {
		const char *path = line->operands[i];

		if (name ? set_attribute(u, links, path, name, value) :
			   remove_attribute(u, links, path, removed))
			code = FSU_FAILED;
	}
	if (in != stdin)
		fclose(in);
	return code;
}
