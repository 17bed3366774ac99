#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two snapshots of an image that nobody may write, at once: each has what was written to it, read
# back from its temporary file (the memory is too small to keep it), readers see the image as it
# was, a writer is kept out; in the end the image is the same and nothing is left.
# each: ext4 btrfs
# each-full: xfs vfat
# timeout: 300
# weight: 2
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkimg "$1" disk.img 600M
mkdir -p tree/folder tmp
head -c 20000000 /dev/urandom >tree/random
echo kept >tree/kept
put_tree disk.img tree
chmod 444 disk.img
before=$(sum disk.img)
stamp=$(stat -c '%Y %Z' disk.img)

export RUMP_TMPDIR=$PWD/tmp RUMP_MEMLIMIT=96M
mkfifo hold1 hold2
pids=
for i in 1 2; do
	"$RUMP_BUILD/tests/bin/rewrite" disk.img $i <hold$i >said$i 2>&1 &
	pids+=" $!"
done
exec 3>hold1 4>hold2
for i in 1 2; do
	wait_until grep -q . said$i
	equal "snapshot $i" written "$(cat said$i)"
done
equal "temporary files with a name" "" "$(ls -A tmp)"
fsu_cat disk.img /tree/random | cmp - tree/random
fsu_ls disk.img / >list
! grep -qxE 'big|new' list || fail "a reader sees what was written to a snapshot"
chmod 644 disk.img
! fsu_mkdir disk.img /x 2>err.log || fail "a writer was let in"
grep -q 'in use' err.log || fail "$(cat err.log)"
exec 3>&- 4>&-
for pid in $pids; do
	wait "$pid" || fail "exit code $?: $(tail -n 1 said1 said2)"
done

[ "$(sum disk.img)" = "$before" ] || fail "the image was changed"
run fsu_rm -o snapshot disk.img /tree/random
run fsu_put -o snapshot disk.img tree /other
[ "$(sum disk.img)" = "$before" ] || fail "the image was changed by a command"
equal "the image's time of modification" "${stamp% *}" "$(stat -c %Y disk.img)"
equal "left in the temporary folder" "" "$(ls -A tmp)"
fsck_clean "$1" disk.img
