#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A mount by rump_TYPE: what programs copy in is there, by content and attributes, on this mount and
# the next; umount, or fusermount3 -u by an ordinary user, ends the server, and the image is clean.
# What only its own tools write shows the tree that it was made of.
# each: ext4 vfat squashfs
# each-full: btrfs xfs exfat iso9660 erofs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"
. "$LIB/mounted.sh"

type=$1
need_tools "$type"
need_fuse
# what the format does not keep, and what an ordinary user cannot give away
# shellcheck disable=SC2054  # the commas are cmptree's
case $type in
iso9660) loss=(--ignore=links,xattr,holes,root --granularity=1000000000) ;;
squashfs | erofs) loss=(--ignore=xattr,holes,root --granularity=1000000000) ;;
*) read -ra loss <<<"$(cannot_hold "$type")" ;;
esac
# shellcheck disable=SC2054
as_root || loss+=(--ignore=owner,trusted)

# shows TREE DIR: programs see the same there, and it has the same attributes
shows() {
	diff -r --no-dereference -x special -x "fifo*" "$1" "$2" >differs 2>&1 ||
		{ cat differs; fail "diff -r"; }
	"$LIB/cmptree" "${loss[@]}" "$1" "$2" || fail "another tree is shown"
}

read_only() {
	local before
	before=$(sum disk.img)
	serve "$type" disk.img
	shows tree mnt
	! touch mnt/new 2>/dev/null || fail "a read-only file system could be written to"
	unserve
	equal "the image after reading" "$before" "$(sum disk.img)"
}

read_write() {
	local options=rw
	mkdir empty
	mkimg "$type" disk.img 512M
	run fsu_put disk.img empty /tree
	case $type in
	vfat | exfat) options=uid=$(id -u),gid=$(id -g) ;;
	esac
	serve "$type" disk.img -o "$options"
	grep -q " - fuse.rump.$type $PWD/disk.img " /proc/self/mountinfo ||
		fail "not in mountinfo: $(grep "$PWD" /proc/self/mountinfo)"
	cp -a tree/. mnt/tree/
	shows tree mnt/tree
	rm -r mnt/tree/inner
	mv mnt/tree/outer mnt/tree/moved
	unserve
	fsck_clean "$type" disk.img
	rm -r tree/inner
	mv tree/outer tree/moved
	serve "$type" disk.img -o "ro,$options"
	shows tree mnt/tree
	unserve
	fsck_clean "$type" disk.img
}

small_tree() {
	mkdir tree
	"$LIB/oddtree" tree/odd "$@"
	mkdir -p tree/inner/a/b tree/outer/a/b
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include/linux" tree/inner/a/linux
	head -c 5000001 /dev/urandom | tee tree/inner/a/b/random >tree/outer/a/b/random
}

case $type in
ext4 | xfs | btrfs)
	small_tree names links special xattrs modes times
	read_write
	;;
vfat | exfat)
	small_tree names modes times
	mv tree odd
	"$LIB/fattree" odd tree
	read_write
	;;
*)
	small_tree modes
	case $type in
	iso9660) run genisoimage -quiet -R -o disk.img tree ;;
	squashfs) run mksquashfs tree disk.img -quiet -no-progress ;;
	erofs) run mkfs.erofs disk.img tree ;;
	esac
	read_only
	;;
esac
