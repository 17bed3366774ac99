/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The write log: what an image was told, in order.  writelog.py reads it.
 *
 * A request is a record when it begins (with its data) and one more when the host has completed it,
 * because a flush covers exactly those writes that were complete when it began.  A position in the
 * log is a number of bytes, so the size of the log file is the present moment.
 */
#ifndef POWERCUT_WRITELOG_H
#define POWERCUT_WRITELOG_H

#include <stdint.h>

#define WRITELOG_MAGIC 0x5752474cu	/* "LGRW" in the file */

enum { WRITELOG_WRITE = 1, WRITELOG_ZERO, WRITELOG_FLUSH, WRITELOG_DONE };

#define WRITELOG_FUA 1		/* a write which is on the medium when it is done */

struct writelog_record {
	uint32_t magic;
	uint16_t op, flags;
	uint64_t seq;		/* of the request; DONE has that of the request that is done */
	uint64_t offset;
	uint64_t len;		/* DONE: what the host did of it, 0 for failure;
				   flush: 1 is success */
};				/* the data of a WRITE follows */

#endif
