/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUMPUSER_RING_H
#define RUMPUSER_RING_H

#include <liburing.h>

#define RING_DEPTH 128	/* requests; the completion queue has twice as many places */

/* A restricted ring for an image, a prepared one where there is one.  0 or an errno value. */
int ring_open(struct io_uring *ring, int image);

#endif
