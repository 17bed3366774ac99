#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# uid= and gid= show a file system's owners as others, and store what those make as the former;
# nothing in the image changes by it.  Drivers without owners take the options themselves.
# each: ext4 vfat
# each-full: xfs btrfs
# run-as: root
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/mounted.sh"

type=$1
need_tools "$type"
need_fuse
mkdir tree
mkimg "$type" disk.img 512M
owners() { stat -c '%n %u:%g' "$1"/* | sed 's|.*/||' | sort; }

if [ "$type" = vfat ]; then
	echo text >tree/file
	run fsu_put disk.img tree/file /file
	serve vfat disk.img -o uid=1234,gid=77
	equal "a driver without owners" "file 1234:77" "$(owners mnt)"
	unserve
	exit
fi

echo text >tree/mine
echo text >tree/root
echo text >tree/other
echo text >tree/theirs
chown 501:20 tree tree/mine
chown 1234:77 tree/theirs
chown 2001:3001 tree/other
run fsu_put disk.img tree/. /
serve "$type" disk.img
equal "without a map" "mine 501:20
other 2001:3001
root 0:0
theirs 1234:77" "$(owners mnt | grep -v lost+found)"
equal "the root directory" 501:20 "$(stat -c %u:%g mnt)"
unserve

serve "$type" disk.img -o uid=1234,gid=77
equal "the root directory's owner and 1234 have changed places" "mine 1234:77
other 2001:3001
root 0:0
theirs 501:20" "$(owners mnt | grep -v lost+found)"
setpriv --reuid=1234 --regid=77 --clear-groups sh -c 'echo new >mnt/new && echo more >>mnt/mine' ||
	fail "the mapped owner cannot write"
! setpriv --reuid=501 --regid=20 --clear-groups sh -c 'echo no >>mnt/mine' 2>/dev/null ||
	fail "the owner as stored has rights that were mapped away"
command -v setfacl >/dev/null && run setfacl -m u:1234:rw mnt/other
chown 1234:0 mnt/root
unserve
serve "$type" disk.img -o ro
equal "as stored" "mine 501:20
new 501:20
other 2001:3001
root 501:0
theirs 1234:77" "$(owners mnt | grep -v lost+found)"
getfacl -cn mnt/other 2>/dev/null | grep -qx 'user:501:rw-' ||
	fail "an ACL was not mapped: $(getfacl -cn mnt/other)"
unserve

serve "$type" disk.img -o uid=501:5000:1,uid=2001:6001:10,gid=3000:7000:5
equal "ranges" "mine 5000:20
new 5000:20
other 6001:7001
root 5000:0
theirs 1234:77" "$(owners mnt | grep -v lost+found)"
unserve

for bad in uid=x uid=-1 uid=1:2:0 uid=1:2:4294967295 uid=1:5,uid=1:6 uid=4294967295; do
	refuses "cannot map owners" "rump_$type" -o "$bad" disk.img mnt
done
fsck_clean "$type" disk.img
