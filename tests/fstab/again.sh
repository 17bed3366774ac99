#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# When umount(8) has returned, through its helper, the image can be mounted again at once: by this
# and by the host's kernel, a hundred times.
# run-as: root
# each: real
# timeout: 300
# needs: mount umount mkfs.ext4 e2fsck fusermount3 setpriv
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/fstab/namespace.bash"

rounds=100
[ -z "$QUICK" ] || rounds=5
for ((i = 0; i < rounds; i++)); do
	run mount -t rump.ext4 disk.img mnt
	echo "$i" >mnt/round
	run umount mnt
	image_free || fail "round $i: the image is in use after umount"
done
equal "calls of the helper" "$rounds" "$(grep -c '^0 umount.fuse.rump ' calls)"
fsck_clean ext4 disk.img
equal "the last round" "$((rounds - 1))" "$(fsu_cat disk.img /round)"
