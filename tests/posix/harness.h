/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the main program needs of the harness, and the checks do not. */
#ifndef POSIX_HARNESS_H
#define POSIX_HARNESS_H

#include "suite.h"

struct tally {
	long checks, failed;
};
extern struct tally *tally;

void harness_init(void);
void run_part(const char *theme, const struct part *part, const char *dir);

#endif
