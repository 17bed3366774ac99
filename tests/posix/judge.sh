#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The suite as a judge: on two mounts by the host's kernel it says the same, twice on each; on a
# file system that only looks alike (fuse2fs) it finds differences.
# each: ext4 xfs btrfs
# tier: full
# run-as: root
# needs: fuse2fs
# timeout: 600
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

need_tools "$1"
can_host_mount "$1" || skip "the host's kernel does not mount $1 here"

for n in 1 2; do
	mkimg "$1" $n.img 512M
	mount_with host "$1" $n.img $n
	suite $n first.$n
	passes first.$n
	suite $n second.$n
	unmount $n
done
run cmp first.1 first.2
run cmp first.1 second.1
run cmp first.2 second.2
[ "$1" = ext4 ] && [ -e /dev/fuse ] || exit 0

mkdir other
run fuse2fs -o fakeroot,allow_other 1.img other
mounted+=("$PWD/other")
suite other root.other -k rename/
umount other
(same <(grep '^rename/' first.1) root.other) >said && fail "no difference was found on fuse2fs"
grep -q 'rename/' said || fail "the difference is not shown"
