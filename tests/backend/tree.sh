#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# On the POSIX back end, on glibc and on musl, a tree goes into an image and comes back the same, by
# each method; the format's checker is content, and the host's own kernel sees the same tree.
# each: glibc,btrfs musl,ext4
# each-full: musl,vfat glibc,ext4 glibc,xfs glibc,vfat musl,xfs musl,btrfs
# run-as: self
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/backend.sh"
. "$LIB/roundtrip.sh"

libc=${1%,*} type=${1#*,}
need_tools "$type"
use_posix "$libc" "$type"
mkdir tree
if holds_everything "$type"; then
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include/linux" tree/linux
else
	"$LIB/fattree" "$KERNEL_TREE/include/linux/mfd" tree/linux
fi
head -c 30000001 /dev/urandom >tree/random
mkimg "$type" disk.img 512M
is_posix disk.img
roundtrip "$type" disk.img tree

run fsu_put --method=async disk.img tree /queued
run fsu_get --method=async disk.img /queued queued
# shellcheck disable=SC2046
"$LIB/cmptree" $(cannot_hold "$type") back queued || fail "method async made another tree"
fsck_clean "$type" disk.img
