#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A mount server with -o snapshot: an image that nobody may write is mounted for writing and keeps
# every byte; the next mount begins with the image again.
# each: ext4 btrfs
# each-full: xfs vfat
# run-as: root
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
[ -w /dev/fuse ] || skip "no permission for /dev/fuse"
mkimg "$1" disk.img 320M
mkdir -p tree mnt tmp
echo kept >tree/kept
put_tree disk.img tree
chmod 444 disk.img
before=$(sum disk.img)
head -c 50000000 /dev/urandom >big
export RUMP_TMPDIR=$PWD/tmp
trap 'rump_umount mnt 2>/dev/null || true' EXIT

for round in 1 2; do
	run rump_fs -o snapshot disk.img mnt
	equal "what the image has, round $round" tree "$(ls -I lost+found mnt)"
	run cp big mnt/big
	run mkdir mnt/folder
	run mv mnt/tree/kept mnt/folder/moved
	sync -f mnt/big
	cmp big mnt/big || fail "the file differs"
	equal "the file that was moved" kept "$(cat mnt/folder/moved)"
	equal "temporary files with a name" "" "$(ls -A tmp)"
	run rump_umount mnt
	[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"
done
fsck_clean "$1" disk.img
