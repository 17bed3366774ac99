#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a file system discards becomes a hole in the image: the host has the space again.
# each: ext4 xfs btrfs vfat
# run-as: user
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkimg "$1" disk.img 512M
head -c 200M /dev/urandom >big
run fsu_put disk.img big /big
full=$(du -m disk.img | cut -f1)
[ "$full" -ge 190 ] || fail "the file was not written: the image takes $full MiB"
option=discard
[ "$1" != btrfs ] || option=discard=sync
run fsu_rm -o "$option" disk.img /big
left=$(du -m disk.img | cut -f1)
[ "$left" -le $((full - 150)) ] || fail "the image takes $left MiB of $full after the file is gone"
fsck_clean "$1" disk.img
