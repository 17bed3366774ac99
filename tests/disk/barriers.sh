#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Writing commands end with the image on the medium: the last thing that happens to it after a write
# is a flush; where there is a journal, its last block is written through (FUA); reading commands
# neither write nor flush.
# each: ext4 xfs btrfs vfat
# run-as: user
# needs: strace
. "$RUMP_TEST_LIB/common.sh"

need_tools "$1"
mkimg "$1" disk.img 512M
strace -f true 2>/dev/null || skip "strace may not trace here"
calls=fsync,fdatasync,sync_file_range,pwrite64,pwritev,pwritev2,write
printf 'data\n' >data
run strace -f -y -o trace -e trace=$calls fsu_put --method=sync disk.img data /data
grep 'disk\.img' trace >image || fail "no write to the image was seen"
# calls that were interrupted in the trace are two lines; their beginnings are enough
last_write=$(grep -nE 'p?write' image | tail -n 1 | cut -d: -f1)
last_flush=$(grep -nE 'f(data)?sync\(' image | tail -n 1 | cut -d: -f1)
[ "${last_flush:-0}" -gt "$last_write" ] ||
	{ tail -n 5 image; fail "no flush after the last write"; }
[ "$1" = vfat ] || grep -q 'pwritev2(.*RWF_DSYNC' image || fail "no write is a FUA write"
run strace -f -y -o trace -e trace=$calls fsu_cat --method=sync disk.img /data
! grep 'disk\.img' trace || fail "reading wrote to the image, or flushed it"
