// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the monitor believes of the server's reports.  The server has read the image, which may have
 * taken it over: there are two reports, in this order, and the first names a type that there is.
 */
#include <string.h>

#include <rump/rumpuser.h>
#include <rump/ukfs.h>

#include "mount.h"

/* The type becomes a part of the mount's options. */
static bool type_is_good(const struct mount_options *o, const char *type)
{
	if (o->type)
		return !strcmp(type, o->type);
	rumpuser_set_kernel(o->kernel);
	for (const char *const *t = ukfs_types(); *t; t++)
		if (!strcmp(type, *t))
			return true;
	return false;
}

enum report_kind report_read(const struct mount_options *o, int channel, bool first,
			     struct report *report)
{
	if (channel_read(channel, report))
		return REPORT_NONE;
	if (first)
		return type_is_good(o, report->type) ? REPORT_MOUNTED : REPORT_WRONG;
	return report->type[0] ? REPORT_WRONG : REPORT_USABLE;
}
