#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An image of a tree with every odd thing (names of any bytes, paths beyond PATH_MAX, holes, hard
# links, devices, attributes, ACLs), or with what the type can hold of such a tree, holds that tree;
# the format's checker and the host's kernel agree.
# each: ext4 xfs btrfs vfat
# each-full: bfs exfat ext2 ext3 f2fs hfs msdos
# timeout: 300
# run-as: root-first
. "$(dirname "$0")/common.bash"
need_tools "$1"
case $1 in
bfs | hfs | msdos)
	"$LIB/plaintree" tree --without "$(table "$1" lacks | tr '\n' ',')" --names \
		"$(table "$1" names)" \
		--time "$(table "$1" time)" ;;
exfat | vfat)
	mkdir odd
	"$LIB/oddtree" odd/odd names deep links special xattrs times modes
	make_tree odd/plain
	"$LIB/fattree" odd tree ;;
*)
	mkdir tree
	"$LIB/oddtree" tree/odd names deep links special xattrs times modes
	make_tree tree/plain ;;
esac
run makefs -Z -t "$1" --ignore=owners,modes image tree
same_tree "$1" image tree
