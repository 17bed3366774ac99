/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known.c: the monitor of a mount is found by the mount's device. */
#ifndef RUMP_MOUNT_KNOWN_H
#define RUMP_MOUNT_KNOWN_H

#include <sys/types.h>

/* The inode of its directory in sysfs, which no later device of that number has; 0: none. */
ino_t known_device(dev_t dev);
/* The calling process is the monitor of the mount, as long as it lives; 0, or -1: that failed. */
int known_as(dev_t dev);
/* Its process id; 0: there is none in this network namespace, or it is not root's or `owner's. */
pid_t known_monitor(dev_t dev, uid_t owner);

#endif
