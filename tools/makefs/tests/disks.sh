#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -p makes a disk that sfdisk, the checkers and the commands of fsu accept.
# each: ext4 vfat
# each-full: xfs
# needs: sfdisk
. "$(dirname "$0")/common.bash"
need_tools "$1"
make_tree tree
for table in gpt mbr; do
	run makefs -Z -p $table -t "$1" --ignore=all disk tree
	run sfdisk -V disk
	equal "$table: its label" "${table/mbr/dos}" \
		"$(sfdisk -J disk | sed -n 's/.*"label": *"\(.*\)".*/\1/p')"
	start=$(sfdisk -J disk | sed -n 's/.*"start": *\([0-9]*\).*/\1/p')
	size=$(sfdisk -J disk | sed -n 's/.*"size": *\([0-9]*\).*/\1/p')
	dd if=disk of=part bs=1M iflag=skip_bytes,count_bytes skip=$((start * 512)) \
		count=$((size * 512)) conv=sparse status=none
	fsck_clean "$1" part
	equal "$table: the large file" "$(sum tree/large)" "$(fsu_cat disk /large | cksum)"
	cmp <(fsu_ls -R disk /) <(fsu_ls -R part /) || fail "$table: the disk shows something else"
done
