#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The NetBSD way, -o rump: where the administrator has linked mount.TYPE to mount.rump, a mount with
# the option rump is served by rump, one without it by the host's kernel as ever.
# run-as: root
# each: fake real
# needs: mount umount mkfs.ext4 losetup findmnt
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/fstab/namespace.bash"

can_host_mount ext4 || skip "the host's kernel cannot mount ext4 here"
rc=0
mount -t ext4 -o rump disk.img mnt 2>/dev/null || rc=$?
equal "-o rump without the link" 32 "$rc"

cp bin/mount.rump bin/mount.ext4
helper mount.ext4
run mount -t ext4 -o ro,rump disk.img mnt
equal "type" fuse.rump.ext4 "$(mounted)"
run umount mnt
run mount -t ext4 -o ro,noload disk.img mnt
equal "type without the option" ext4 "$(mounted)"
findmnt -rnM "$PWD/mnt" -O ro,norecovery >/dev/null ||
	findmnt -rnM "$PWD/mnt" -O ro,noload >/dev/null ||
	fail "the options are lost: $(findmnt -rnM "$PWD/mnt" -o OPTIONS)"
run umount mnt
equal "loop devices" "" "$(losetup -j disk.img)"

echo "$PWD/disk.img $PWD/mnt ext4 ro,noauto,user,loop 0 0" >fstab
run as_user mount "$PWD/mnt"
equal "type of a user's mount without the option" ext4 "$(mounted)"
run as_user umount "$PWD/mnt"
equal "loop devices of a user's mount" "" "$(losetup -j disk.img)"
