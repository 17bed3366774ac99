/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of glibc's headers that libukfs and fsu use and musl's headers lack, or have elsewhere. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_TYPE
#include <linux/stat.h>
#endif
#ifndef SEEK_DATA
#define SEEK_DATA 3
#define SEEK_HOLE 4
#endif
#ifndef __O_TMPFILE
#define __O_TMPFILE 020000000
#endif
#define strerrordesc_np strerror
#define strerrorname_np(err) ((err) ? NULL : "0")	/* it has none */
