/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that have nothing to do here, one a line. */
#ifndef RUMPKERN_NAMES_H
#define RUMPKERN_NAMES_H

#define NOTHING(name, ...) void name(__VA_ARGS__) { }
#define CONSTANT(type, name, value, ...) type name(__VA_ARGS__) { return value; }

/* Some are declared in headers that only their callers can include. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

#endif
