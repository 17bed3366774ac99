#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With SOURCE_DATE_EPOCH the same tree makes the same bytes, also from a copy that was made in
# another order and whose files are newer; another time makes others.
# each: ext4 btrfs squashfs vfat
# each-full: cramfs erofs exfat ext2 ext3 f2fs hfs iso9660 jffs2 minix msdos nilfs2 ntfs3 reiserfs romfs udf xfs
# run-as: self
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"

mkdir one two
make_tree tree
for f in deep large sparse many; do cp -a tree/$f one; done
for f in many sparse deep large; do cp -a tree/$f two; done
rm one/large two/large
ln "one/deep/second name" one/large
ln "two/deep/second name" two/large
rm two/many/*7 && cp -a tree/many/*7 two/many	# other places in the directory
touch -d 2022-01-01 two/many/*9	# later than the epoch
touch -d 2021-12-31 one/many/*9
chmod 755 one two
for d in one/many two/many one/deep two/deep one two; do touch -d 2021-02-03 $d; done

# the short names that vfat makes of many that begin alike are the uptime's
[ "$1" != vfat ] || rm -r one/many two/many

make_image() { run env SOURCE_DATE_EPOCH="$1" makefs -Z -t "$2" --ignore=all "$4" "$3"; }
make_image 1620000000 "$1" one first
sleep 1.1
make_image 1620000000 "$1" two second
cmp first second || fail "$1: the images differ"
make_image 1630000000 "$1" one third
[ "$(table "$1" time)" = 0 ] || ! cmp -s first third || fail "$1: the time is not in the image"
case $1 in
ext?)	# the kernel side stamped it: its clock stood at that date from the start
	equal "$1: changed" 1620000000 "$(fsu_stat first -c %Z /)"
esac
run fsu_ls -t "$1" first /
