#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A line of fstab with the option user: the ordinary user mounts and unmounts, the helpers and the
# server run with that user's rights, another user may not unmount, root may.
# run-as: root
# each: fake real
# needs: mount umount mkfs.ext4 fusermount3 setpriv findmnt
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/fstab/namespace.bash"

uid=$(id -u "$USER_NAME")
slow=
[ "$1" = real ] || slow=,fake-delay=1
echo "$PWD/disk.img $PWD/mnt rump.ext4 rw,noauto,user,nofail,_netdev,x-foo=1$slow 0 0" >fstab

owner() { findmnt -rnM "$PWD/mnt" -o OPTIONS | tr , '\n' | sed -n 's/^user_id=//p'; }
gone() {
	equal "left on mnt after: $*" "" "$(mounted)"
	image_free || fail "the image is in use after: $*"
}

for target in mnt disk.img; do
	run as_user mount "$PWD/$target"
	equal "type" fuse.rump.ext4 "$(mounted)"
	equal "who mounted" "$uid" "$(owner)"
	grep -q "^$uid mount.rump " calls || fail "who ran the helper: $(cat calls)"
	findmnt -rnM "$PWD/mnt" -O nosuid,nodev,noexec >/dev/null ||
		fail "user mounts are not nosuid,nodev,noexec"
	run as_user umount "$PWD/mnt"
	gone "umount by the user"
	grep -q "^$uid umount.fuse.rump " calls || fail "who ran the umount helper: $(cat calls)"
done

run as_user mount "$PWD/mnt"
rc=0
setpriv --reuid 65534 --regid 65534 --clear-groups umount "$PWD/mnt" 2>err || rc=$?
[ "$rc" != 0 ] || fail "another user can unmount it"
rc=0
setpriv --reuid 65534 --regid 65534 --clear-groups "$RUMP_BUILD/bin/rump_umount" "$PWD/mnt" \
	2>err || rc=$?
equal "rump_umount by another user" 1 "$rc"
grep -q "mounted by user $uid ($USER_NAME)" err || fail "it says: $(cat err)"
run umount "$PWD/mnt"
gone "umount by root"

run as_user mount "$PWD/mnt"
run "$RUMP_BUILD/bin/rump_umount" "$PWD/mnt"
gone "rump_umount by root"

# not in fstab: mounted by the user with the server itself
: >fstab
opt=rw$slow
run as_user "$PWD/bin/rump_ext4" -o "$opt" disk.img mnt
run as_user umount "$PWD/mnt"
gone "umount by the user without fstab"
run as_user "$PWD/bin/rump_ext4" -o "$opt" disk.img mnt
run as_user "$RUMP_BUILD/bin/rump_umount" mnt
gone "rump_umount by the user"
