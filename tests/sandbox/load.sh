#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In the sandbox a file system works as outside of it, by every method: data, flushes, holes,
# discard, names, new threads, the release of the image.
# each: sync,ext4 async,xfs mmap,btrfs async,vfat
# each-full: async,ext4 mmap,ext4 sync,xfs mmap,xfs sync,btrfs async,btrfs sync,vfat mmap,vfat
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

method=${1%,*} type=${1#*,}
need_tools "$type"
mkimg "$type" disk.img 512M
option=discard
[ "$type" != btrfs ] || option=discard=sync
chmod 600 disk.img	# started by root, the program becomes "nobody", who could not open it
rounds=${QUICK:+5}
run "$RUMP_BUILD/tests/bin/boxed" -m "$method" -o "$option" -l 256000000 disk.img \
	load "${rounds:-40}"
# what the host refuses shows in the kernel's log
! grep -E '^<[0-4]>' run.log || fail "the kernel complained"
fsck_clean "$type" disk.img
# the image is unlocked
run fsu_ls disk.img /
