// SPDX-License-Identifier: GPL-2.0-or-later
/* libseccomp is not packaged for musl: the tests' programs are run with --no-confine. */
#include <errno.h>

#include "../../../libhost/confine.h"

int confine_calls(unsigned int groups, char *why, size_t len)
{
	(void)groups;
	return confine_fail(-ENOSYS, why, len, "this build has no filter of system calls");
}
