#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Images of very different trees are large enough at once, and not much larger: what is free in the end is
# at most 5 % of what is used, and some fixed room.
# each: ext2 ext3 ext4 xfs btrfs vfat exfat
# run-as: self
# timeout: 300
. "$(dirname "$0")/common.bash"
need_tools "$1"

# what a format sets aside and does not count as used: room for metadata, its smallest size
case $1 in
xfs) fixed=$((48 << 20)) smallest=$((300 << 20)) ;;
btrfs) fixed=$((24 << 20)) smallest=$((128 << 20)) ;;
exfat) fixed=$((2 << 20)) smallest=$((4 << 20)) ;;
ext[34]) fixed=$((2 << 20)) smallest=$((9 << 20)) ;;
*) fixed=$((2 << 20)) smallest=$((1 << 20)) ;;
esac

# made WHAT [OPTION...]: sets size, used and free
made() {
	local what=$1
	shift
	run makefs -Z -t "$type" --ignore=owners,modes,names,links,devices "$@" image "$what"
	size=$(stat -c %s image)
	read -r _ _ used free _ < <(fsu_df -B1 image | tail -1)
	fsck_clean "$type" image
	echo "$what $*: $size bytes, $used used, $free free"
}

type=$1
mkdir empty one small
head -c 40M /dev/zero | tr '\0' 'x' >one/file
mkdir small/many
for ((i = 0; i < 1500; i++)); do echo "$i" >"small/many/$i"; done
cp -r "$KERNEL_TREE/fs/ext4" "$KERNEL_TREE/fs/xfs" small
chmod -R u+rwX small
for tree in empty one small; do
	made "$tree"
	[ "$size" -le "$smallest" ] || [ "$free" -le $((used / 20 + fixed)) ] ||
		fail "$tree: $free bytes are free of $size"
done
case $type in
ext*)
	made one -b 20%
	[ "$free" -ge $((size / 6)) ] || fail "-b 20%: only $free of $size bytes are free"
	made small -f 5000
	inodes=$(fsu_df -i image | tail -1 | awk '{ print $4 }')
	[ "$inodes" -ge 5000 ] || fail "-f 5000: only $inodes inodes are free"
	;;
esac
