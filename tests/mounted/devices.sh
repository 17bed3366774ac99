#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# File systems over several images: btrfs with device=, xfs with logdev= (and a realtime part with
# rtdev=, which the host here may not know), ext4 with journal_path=.  What is written through a
# mount and through fsu is there for the host's kernel.
# each: btrfs xfs ext4
# each-full: xfs-realtime
# run-as: root
# needs: losetup
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/mounted.sh"

type=${1%-*}
need_tools "$type"
need_fuse
mkdir host
truncate -s 300M one.img two.img three.img
options=

# on_loops COMMAND: with $one and $two as devices of the images
on_loops() {
	local one two three
	one=$(losetup --show -f one.img) && two=$(losetup --show -f two.img) &&
		three=$(losetup --show -f three.img) || fail "no loop devices"
	eval "$1" >loops.log 2>&1 ||
		{ losetup -d "$one" "$two" "$three"; fail "$1: $(cat loops.log)"; }
	sync "$one" "$two" "$three"
	losetup -d "$one" "$two" "$three"
}

case $type in
btrfs)
	run mkfs.btrfs -q -f -m raid1 -d raid0 one.img two.img three.img
	options=device=two.img,device=three.img
	on_host='mount -t btrfs -o ro,device=$two,device=$three $one host'
	;;
xfs)
	truncate -s 80M two.img
	options=logdev=two.img
	on_host='mount -t xfs -o ro,logdev=$two $one host'
	if [ "$1" = xfs-realtime ]; then
		options+=,rtdev=three.img
		run mkfs.xfs -q -f -l logdev=two.img,size=64m -r rtdev=three.img one.img
	else
		run mkfs.xfs -q -f -l logdev=two.img,size=64m one.img
	fi
	;;
ext4)
	truncate -s 32M two.img
	on_loops 'mke2fs -q -O journal_dev $two && mke2fs -q -t ext4 -J device=$two $one'
	options=journal_path=two.img
	on_host='mount -t ext4 -o ro,journal_path=$two $one host'
	;;
esac

mkdir tree
seq 200000 >tree/numbers
for i in {1..200}; do echo "$i" >"tree/file$i"; done
run fsu_put -o "$options" one.img tree /by-fsu
serve "$type" one.img -o "$options"
[ "$1" != xfs-realtime ] || xfs_io -f -R -c 'pwrite -b 1m 0 8m' mnt/realtime >/dev/null ||
	fail "no realtime file"
cp -r tree mnt/by-mount
diff -r tree mnt/by-fsu || fail "what fsu put is not there"
unserve
refuses '.' "rump_$type" -o "${options//two.img/none.img}" one.img mnt
refuses '.' fsu_ls one.img /
[ "$1" = xfs-realtime ] ||
	on_loops "$on_host && diff -r tree host/by-fsu && diff -r tree host/by-mount && umount host"
[ "$type" != btrfs ] || on_loops 'btrfs device scan; btrfs check --readonly $one'
[ "$type" != ext4 ] || on_loops 'e2fsck -fn $one'
[ "$type" != xfs ] || xfs_repair -n -l two.img -r three.img one.img >repair.log 2>&1 ||
	fail "xfs_repair: $(cat repair.log)"
