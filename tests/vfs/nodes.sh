#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rump_vfs_*: nodes and their names, open files and directories, attributes and who may do what;
# rump_sys_* with O_DIRECT; the image is clean afterwards.
# each: ext4,nodes xfs,openfiles btrfs,attributes vfat,nodes vfat,attributes xfs,direct
# each-full: ext4,direct btrfs,direct vfat,direct f2fs,direct ext4,openfiles ext4,attributes xfs,nodes xfs,attributes btrfs,nodes btrfs,openfiles vfat,openfiles
. "$RUMP_TEST_LIB/common.sh"

type=${1%,*}
need_tools "$type"
mkimg "$type" disk.img 320M
run "$RUMP_BUILD/tests/bin/${1#*,}" "$type" disk.img
fsck_clean "$type" disk.img
