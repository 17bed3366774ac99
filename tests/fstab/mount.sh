#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# mount -t rump.ext4 and mount -t rump by root, also through fstab, remount, umount: when umount
# returns, the server has ended and the image is free.
# run-as: root
# each: fake real
# needs: mount umount mkfs.ext4 fusermount3 setpriv findmnt
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/fstab/namespace.bash"

slow=
[ "$1" = real ] || slow=,fake-delay=1

cycle() {
	equal "type on mnt after: $*" fuse.rump.ext4 "$(mounted)"
	! image_free 2>/dev/null || fail "the image is not locked: $*"
	"$@" || fail "exit code $?: $*"
	equal "left on mnt after: $*" "" "$(mounted)"
	image_free || fail "the image is in use after: $*"
}

run mount -t rump.ext4 -o "ro$slow" disk.img mnt
cycle umount mnt
run mount -t rump.ext4 -o "rw$slow" disk.img mnt
cycle umount "$PWD/mnt"
run mount -t rump.ext4 -o "rw,x-systemd.automount,user,nofail,comment=x$slow" disk.img "$PWD/mnt"
cycle umount "$PWD/mnt"
run mount -t rump.ext4 -o "rw$slow" disk.img mnt
cycle "$RUMP_BUILD/bin/rump_umount" mnt
equal "left in utab" "" "$(cat /run/mount/utab)"

if [ "$1" = real ]; then
	run mount -t rump disk.img mnt
	cycle umount mnt
fi

echo "$PWD/disk.img $PWD/mnt rump.ext4 ro,nofail,_netdev,x-foo.bar=1$slow 0 0" >fstab
run mount -a
run mount -a
equal "mounts of the image" 1 "$(grep -c "$PWD/mnt " /proc/self/mountinfo)"
findmnt -rnM "$PWD/mnt" -O ro >/dev/null || fail "ro in fstab does not mount read-only"
grep -q "OPTS=.*_netdev" /run/mount/utab || fail "utab has lost _netdev: $(cat /run/mount/utab)"
cycle umount disk.img
run mount mnt
cycle umount mnt
: >fstab

run mount -t rump.ext4 disk.img mnt
run mount -o remount,ro mnt
findmnt -rnM "$PWD/mnt" -O ro >/dev/null || fail "remount,ro"
cycle umount mnt

# failures are mount(8)'s and umount(8)'s failures
rc=0
mount -t rump.nosuchfs disk.img mnt 2>err || rc=$?
equal "exit code of an unknown type" 32 "$rc"
grep -q 'rump_nosuchfs' err || fail "the sentence does not name the server: $(cat err)"
run mount -t rump.ext4 disk.img mnt
exec 5<mnt
rc=0
umount mnt 2>err || rc=$?
exec 5<&-
equal "exit code of umount of a busy mount" 32 "$rc"
grep -q 'is busy' err || fail "umount of a busy mount says: $(cat err)"
cycle umount mnt
