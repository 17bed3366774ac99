#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that knows nothing of images, rsync, fills one and reads it back: the content is what
# fsu_get shows, the checker is content, and reading changes nothing.
# each: ext4 vfat
# each-full: xfs btrfs
# needs: rsync
. "$RUMP_TEST_LIB/common.sh"
. "$RUMP_TOP/tests/exec/exec.bash"
type=$1
need_tools "$type"
keep=-aH
[ "$type" != vfat ] || keep=-rt

cp -r "$RUMP_TOP/doc" "$RUMP_TOP/tools" .
mkdir -p tree/sub
mv doc tools tree/sub
head -c 5000000 /dev/urandom >tree/random
[ "$type" = vfat ] || { ln tree/random tree/hard; ln -s random tree/soft; }

mkimg "$type" disk.img 320M
# a new file system belongs to root
expect 0 '' fsu_exec -t "$type" disk.img -rw -- rsync "$keep" --modify-window=2 tree/ /mnt/
fsck_clean "$type" disk.img
run fsu_get disk.img / seen
rm -rf seen/lost+found
diff -r --no-dereference tree seen || fail "fsu_get shows something else"

before=$(sum disk.img)
expect 0 '' fsu_exec disk.img -- rsync "$keep" --exclude=lost+found /mnt/ back/
diff -r --no-dereference tree back || fail "what rsync read back is different"
[ "$type" = vfat ] ||
	equal "links of a file read back" 2 "$(stat -c %h back/random)"
# nothing to transfer: times, modes and sizes have arrived
fsu_exec disk.img -r -- rsync "$keep" -ni --modify-window=2 tree/ /mnt/ >again
equal "what rsync would do again" "" "$(grep -v '^\.d' again || true)"
equal "the image after reading" "$before" "$(sum disk.img)"
