/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host architecture s390x; doc/hosts.md says what a file like this has. */
#ifndef _ASM_RUMP_HOST_H
#define _ASM_RUMP_HOST_H

#define RUMP_STAT_H	<s390/include/uapi/asm/stat.h>
#define RUMP_FCNTL_H	<asm-generic/fcntl.h>
#define RUMP_STATFS_H	<s390/include/uapi/asm/statfs.h>

#define RUMP_ATOMICS_ORDER

#endif
