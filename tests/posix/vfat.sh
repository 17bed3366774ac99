#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On vfat, whose kernel driver a host need not have: all that POSIX or Linux leave no choice in, and
# that a file system without owners, links and fine times can do.
# run-as: root
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

need_tools vfat
[ -e /dev/fuse ] || skip "no /dev/fuse"

mkimg vfat rump.img 512M
mount_with rump vfat rump.img rump
mkdir rump/work
suite rump/work root.rump -t vfat
unmount rump
fsck_clean vfat rump.img
passes root.rump
