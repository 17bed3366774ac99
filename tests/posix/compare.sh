#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What programs see on a mount server's mount is what they see on the host kernel's mount of an
# equal image: for root, for an ordinary user, with 20,000 entries in a directory.  Then both are
# unmounted, and the checker is content.
# each: ext4
# each-full: xfs btrfs
# run-as: root
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

need_tools "$1"
can_host_mount "$1" || skip "the host's kernel does not mount $1 here"
[ -e /dev/fuse ] || skip "no /dev/fuse"

entries=${QUICK:+2000}
for kernel in host rump; do
	mkimg "$1" $kernel.img 1G
	mount_with $kernel "$1" $kernel.img $kernel
	mkdir $kernel/root $kernel/user
	chmod 777 $kernel/user
	suite $kernel/root root.$kernel -n "${entries:-20000}"
	suite_as_user $kernel/user user.$kernel
	equal "what is left in $kernel" "" "$(find $kernel/root $kernel/user -mindepth 1)"
	unmount $kernel
	fsck_clean "$1" $kernel.img
done
passes root.host
passes user.host
same root.host root.rump
same user.host user.rump
