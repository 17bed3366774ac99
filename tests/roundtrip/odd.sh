#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A tree of every odd thing (names of any bytes, paths beyond PATH_MAX, holes, hard links, devices,
# attributes, ACLs, modes, times) goes into an image and comes back the same.
# each: btrfs vfat
# each-full: ext4 xfs ext2 ext3 exfat
# timeout: 300
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"

need_tools "$1"
"$LIB/oddtree" odd
if holds_everything "$1"; then
	mv odd tree
else
	"$LIB/fattree" odd tree
fi
mkimg "$1" disk.img 1G
roundtrip "$1" disk.img tree
