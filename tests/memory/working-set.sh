#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The page cache keeps to the working set, and what cannot be given back gets more than that.
# run-as: user
# each: 6.12
# each-full: 6.1
. "$RUMP_TEST_LIB/common.sh"

need_tools ext4
mkimg ext4 disk.img 1G
RUMP_MEMLIMIT=768M RUMP_KERNEL=$1 run "$RUMP_BUILD/tests/bin/workingset" disk.img
fsck_clean ext4 disk.img
