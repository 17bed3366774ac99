#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An image of a tree with every odd thing (names of any bytes, paths beyond PATH_MAX, holes, hard links,
# devices, attributes, ACLs) holds that tree; the format's checker and the host's kernel agree.
# each: ext2 ext3 ext4 xfs btrfs vfat exfat
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"
mkdir odd
"$LIB/oddtree" odd/odd names deep links special xattrs times modes
make_tree odd/plain
if holds_everything "$1"; then
	mv odd tree
	run makefs -Z -t "$1" image tree
else
	"$LIB/fattree" odd tree
	run makefs -Z -t "$1" --ignore=owners,modes image tree
fi
same_tree "$1" image tree
