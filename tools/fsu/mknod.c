// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fsu_mknod and fsu_mkfifo: make device nodes and fifos.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fsu.h"

#define MODE_OPTION { 'm', "mode", FSU_ARG, "MODE", "permissions, octal or as for chmod" }

const struct fsu_option fsu_mknod_options[] = { MODE_OPTION, FSU_OPTIONS_END };
const struct fsu_option fsu_mkfifo_options[] = { MODE_OPTION, FSU_OPTIONS_END };

/* The permissions asked for, or what the umask leaves of 0666; false after a message. */
static bool take_mode(const struct fsu_line *line, mode_t *mode)
{
	mode_t mask = fsu_umask();

	*mode = 0666 & ~mask;
	for (int i = 0; i < line->noptions; i++) {
		const char *arg = line->options[i].arg;

		if (!fsu_change_mode(arg, 0666, mask, mode))
			return !fsu_usage("-m needs a mode such as 644, not '%s'", fsu_name(arg));
		if (*mode & ~0777)
			return !fsu_usage("-m takes permissions only, up to 777, not '%s'",
					  fsu_name(arg));
	}
	return true;
}

int fsu_mkfifo_run(struct fsu_line *line)
{
	int code = FSU_OK;
	struct ukfs *u;
	mode_t mode;

	if (!take_mode(line, &mode))
		return FSU_USAGE;
	if (!line->noperands)
		return fsu_usage("the path of a fifo in the image is missing");
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	for (int i = 0; i < line->noperands && !fsu_interrupted(); i++) {
		if (ukfs_mkfifo(u, line->operands[i], mode)) {
			fsu_perror_verb(errno, "make fifo", line->operands[i]);
			code = FSU_FAILED;
		}
	}
	return code;
}

/* What NAME TYPE [MAJOR MINOR] ask for; false after a message. */
static bool take_node(const struct fsu_line *line, mode_t *mode, dev_t *dev)
{
	const char *type = line->noperands > 1 ? line->operands[1] : "";
	uint64_t major, minor;

	*dev = 0;
	if (strlen(type) != 1 || !strchr("bcup", *type))
		return !fsu_usage("a name and a type are needed: b, c, u or p");
	*mode |= *type == 'p' ? S_IFIFO : *type == 'b' ? S_IFBLK : S_IFCHR;
	if (*type == 'p' && line->noperands == 2)
		return true;
	if (*type == 'p')
		return !fsu_usage("a fifo has no device numbers");
	if (line->noperands != 4)
		return !fsu_usage("a device needs its major and its minor number");
	if (!fsu_parse_number(line->operands[2], &major) || major >= 1 << 12)
		return !fsu_usage("the major number must be 0 to 4095, not '%s'",
				  fsu_name(line->operands[2]));
	if (!fsu_parse_number(line->operands[3], &minor) || minor >= 1 << 20)
		return !fsu_usage("the minor number must be 0 to 1048575, not '%s'",
				  fsu_name(line->operands[3]));
	*dev = makedev(major, minor);
	return true;
}

int fsu_mknod_run(struct fsu_line *line)
{
	struct ukfs *u;
	mode_t mode;
	dev_t dev;

	if (!take_mode(line, &mode) || !take_node(line, &mode, &dev))
		return FSU_USAGE;
	u = fsu_mount(line);
	if (!u)
		return FSU_FAILED;
	if (ukfs_mknod(u, line->operands[0], mode, dev) == 0)
		return FSU_OK;
	fsu_perror_verb(errno, "make node", line->operands[0]);
	return FSU_FAILED;
}
