#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each method of reading and writing an image (in the calling thread, io_uring, mapped) gives the
# same tree and a clean file system.
# each: sync,ext4 async,xfs mmap,btrfs mmap,vfat
# each-full: async,ext4 mmap,ext4 sync,xfs mmap,xfs async,btrfs
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"

method=${1%,*} type=${1#*,}
need_tools "$type"
mkdir tree
if holds_everything "$type"; then
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include/linux" tree/linux
else
	"$LIB/fattree" "$KERNEL_TREE/include/linux" tree/linux
fi
head -c 30000001 /dev/urandom >tree/random
mkimg "$type" disk.img 512M
run fsu_put --method="$method" disk.img tree /tree
fsck_clean "$type" disk.img
run fsu_get --method="$method" disk.img /tree back
# shellcheck disable=SC2046
"$LIB/cmptree" $(cannot_hold "$type") $(as_root || echo --ignore=owner,root,mode) tree back ||
	fail "the tree that came back differs"
