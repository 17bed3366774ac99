#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A full file system refuses the same calls on a mount server's mount as on the host kernel's, loses
# nothing that it took, and gives its space back.
# each: ext4
# each-full: xfs btrfs
# run-as: root
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

need_tools "$1"
can_host_mount "$1" || skip "the host's kernel does not mount $1 here"
[ -e /dev/fuse ] || skip "no /dev/fuse"

for kernel in host rump; do
	mkimg "$1" $kernel.img "$(small_size "$1")"
	mount_with $kernel "$1" $kernel.img $kernel
	suite $kernel full.$kernel -s -k full/
	unmount $kernel
	fsck_clean "$1" $kernel.img
done
passes full.host
same full.host full.rump
