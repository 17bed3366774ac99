// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_cat: files of the image to standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

#define CHUNK (1 << 20)

const struct fsu_option fsu_cat_options[] = {
	{ 'A', "show-all", FSU_NOARG, NULL, "-vET" },
	{ 'b', "number-nonblank", FSU_NOARG, NULL, "number lines that are not empty" },
	{ 'e', NULL, FSU_NOARG, NULL, "-vE" },
	{ 'E', "show-ends", FSU_NOARG, NULL, "$ at the end of each line" },
	{ 'n', "number", FSU_NOARG, NULL, "number all lines" },
	{ 's', "squeeze-blank", FSU_NOARG, NULL, "one empty line for several" },
	{ 't', NULL, FSU_NOARG, NULL, "-vT" },
	{ 'T', "show-tabs", FSU_NOARG, NULL, "tabs as ^I" },
	{ 'u', NULL, FSU_NOARG, NULL, "ignored: output is never held back" },
	{ 'v', "show-nonprinting", FSU_NOARG, NULL, "control characters as ^X, others as M-X" },
	FSU_OPTIONS_END
};

/* How lines are shown, and where in them the output is, which goes on from file to file. */
struct style {
	bool any, number, nonblank, ends, tabs, squeeze, visible;
	bool inside;		/* not at the begin of a line */
	bool after_cr;		/* a \r was held back: it is shown as ^M where a line ends */
	int blank;		/* empty lines in a row */
	unsigned long line;
};

/* All of it to standard output, or the errno. */
static int write_all(const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		buf += n;
		len -= n;
	}
	return 0;
}

/* FSU_OK, FSU_FAILED, or -1 where no further output makes sense. */
static int cat_file(struct ukfs *u, const char *path, char *buf)
{
	int fd = ukfs_open(u, path, O_RDONLY | O_NONBLOCK), code = FSU_OK, err;
	struct stat st;
	off_t off = 0;
	ssize_t n;

	fflush(stdout);
	if (fd < 0 || ukfs_fstat(u, fd, &st)) {
		fsu_perror(errno, path);
		code = FSU_FAILED;
	} else if (!S_ISREG(st.st_mode)) {
		fsu_message("%s: %s", fsu_name(path), S_ISDIR(st.st_mode) ? strerror(EISDIR) :
			    "not a regular file");
		code = FSU_FAILED;
	}
	while (code == FSU_OK && (n = ukfs_pread(u, fd, buf, CHUNK, off)) != 0) {
		if (n < 0) {
			fsu_perror(errno, path);
			code = FSU_FAILED;
			break;
		}
		err = write_all(buf, n);
		if (err) {
			fsu_message("cannot write to standard output: %s", strerror(err));
			code = -1;
		}
		off += n;
	}
	if (fd >= 0)
		ukfs_close(u, fd);
	return code;
}

static void show_char(const struct style *s, int c)
{
	if (c == '\t' ? s->tabs : s->visible) {
		if (c >= 128)
			fputs("M-", stdout);
		c &= 127;
		if (c < 32 || c == 127)
			putchar_unlocked('^');
		c ^= c < 32 || c == 127 ? 64 : 0;
	}
	putchar_unlocked(c);
}

static void show(struct style *s, int c)
{
	bool blank = c == '\n' && !s->inside && !s->after_cr;

	s->blank = blank ? s->blank + 1 : 0;
	if (s->squeeze && s->blank > 1)
		return;
	if (!s->inside && !s->after_cr && s->number && !(blank && s->nonblank))
		printf("%6lu\t", ++s->line);
	if (s->after_cr)
		fputs(c == '\n' ? "^M" : "\r", stdout);
	s->after_cr = c == '\r' && s->ends && !s->visible;
	s->inside = c != '\n';
	if (c == '\n') {
		fputs(s->ends ? "$\n" : "\n", stdout);
	} else if (!s->after_cr) {
		show_char(s, c);
	}
}

static int show_file(struct ukfs *u, const char *path, struct style *s)
{
	FILE *f = fsu_fopen(u, path);
	int c, err = f ? 0 : errno;

	errno = 0;
	while (f && !ferror(stdout) && (c = getc_unlocked(f)) != EOF)
		show(s, c);
	if (f && ferror(f))
		err = errno;
	fsu_fclose(f);
	if (err) {
		fflush(stdout);
		fsu_perror(err, path);
	}
	return err ? FSU_FAILED : FSU_OK;
}

static void set_style(struct style *s, int key)
{
	s->any |= key != 'u';
	s->visible |= strchr("Aetv", key) != NULL;
	s->ends |= strchr("AeE", key) != NULL;
	s->tabs |= strchr("AtT", key) != NULL;
	s->number |= strchr("bn", key) != NULL;
	s->nonblank |= key == 'b';
	s->squeeze |= key == 's';
}

int fsu_cat_run(struct fsu_line *line)
{
	struct style style = { 0 };
	int code = FSU_OK;
	struct ukfs *u;
	char *buf;

	for (int i = 0; i < line->noptions; i++)
		set_style(&style, line->options[i].key);
	if (!line->noperands)
		return fsu_usage("the path of a file in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	buf = fsu_malloc(CHUNK);
	for (int i = 0; i < line->noperands; i++) {
		const char *path = line->operands[i];
		int ret = style.any || strcmp(path, "-") == 0 ? show_file(u, path, &style) :
			  cat_file(u, path, buf);

		if (ret)
			code = FSU_FAILED;
		if (ret < 0)
			break;
	}
	if (style.after_cr)
		putchar('\r');
	free(buf);
	return code;
}
