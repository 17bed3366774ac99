#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Quotas that an ext4 image carries hold on a mount server's mount as on the host kernel's.
# run-as: root
# timeout: 300
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/posix/posix.sh"

need_tools ext4
can_host_mount ext4 || skip "the host's kernel does not mount ext4 here"
[ -e /dev/fuse ] || skip "no /dev/fuse"

mkimg ext4 host.img 256M -O quota
mkdir host
mount -t ext4 -o loop host.img host 2>said || skip "the host's kernel mounts no ext4 with quotas"
mounted+=("$PWD/host")
"$SUITE" -Q host || skip "the host's kernel has no quotas"
unmount host
cp --sparse=always host.img rump.img
for kernel in host rump; do
	mount_with $kernel ext4 $kernel.img $kernel
	suite $kernel quota.$kernel -q -k full/quota
	unmount $kernel
	fsck_clean ext4 $kernel.img
done
passes quota.host
same quota.host quota.rump
