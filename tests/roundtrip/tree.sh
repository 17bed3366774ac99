#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real tree (the kernel's Documentation and include) goes into an image and comes back the same;
# the format's checker is content, and the host's own kernel sees the same tree.
# each: ext4 vfat
# each-full: btrfs ext2 ext3 xfs exfat
# timeout: 300
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"

need_tools "$1"
mkdir tree
if holds_everything "$1"; then
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE"/{Documentation,include} tree/
else
	"$LIB/fattree" "$KERNEL_TREE/Documentation" tree/Documentation
	"$LIB/fattree" "$KERNEL_TREE/include" tree/include
fi
mkimg "$1" disk.img 1G
roundtrip "$1" disk.img tree
