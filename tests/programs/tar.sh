#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tar unpacks an archive on a mount, with owners, ACLs, attributes and holes where the file system
# has them, and packs the same tree from it.
# each: ext4 vfat
# each-full: xfs btrfs
# needs: tar
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"
. "$LIB/programs.sh"

mkdir tree back
cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include" tree/include
if holds_everything "$1"; then
	odd_tree tree/odd
	options=(--acls --xattrs --xattrs-include='*' --sparse --numeric-owner)
	extract=(-p)
else
	"$LIB/fattree" tree fattree
	rm -rf tree
	mv fattree tree
	options=()
	extract=(--no-same-owner --no-same-permissions)
fi
run tar -cf one.tar "${options[@]}" -C tree .
new_image "$1" 1G
mount_image "$1"
mkdir mnt/top/tree
run tar -xf one.tar "${options[@]}" "${extract[@]}" -C mnt/top/tree
unmount_image "$1"
mount_image "$1" ro
run tar -cf two.tar "${options[@]}" -C mnt/top/tree .
unmount_and_compare "$1"
