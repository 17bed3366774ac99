#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A node of rump_vfs_* stays its file through rename and unlink; the image is clean afterwards.
. "$RUMP_TEST_LIB/common.sh"

need_tools ext4
mkimg ext4 disk.img 32M
run "$RUMP_BUILD/tests/bin/nodes" disk.img
fsck_clean ext4 disk.img
