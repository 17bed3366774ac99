#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# While an image is filled nothing waits for the medium; before it gets its name it is there.
# each: ext4 xfs btrfs vfat
# run-as: user
# needs: strace
. "$(dirname "$0")/common.bash"
need_tools "$1"
strace -f true 2>/dev/null || skip "strace may not trace here"
make_tree tree
run strace -f -y -o trace -e trace=fsync,fdatasync,pwrite64,pwritev,pwritev2,write,rename \
	makefs -Z --ignore=all -t "$1" disk.img tree
grep 'disk\.img' trace >image || fail "no write to the image was seen"
# the programs that makefs runs flush by fsync, as it does at the end itself, the kernel side by
# fdatasync
equal "flushes between the last program and the end" 1 \
	"$(awk '/ fsync\(/ { before = n; n = 0 } / fdatasync\(/ { n++ }
		END { print before + 0 }' image)"
last_write=$(grep -nE 'p?write(v2?|64)?\(' image | tail -n 1 | cut -d: -f1)
last_flush=$(grep -nE 'fsync\(' image | tail -n 1 | cut -d: -f1)
name=$(grep -nE 'rename\(' image | tail -n 1 | cut -d: -f1)
if [ "${last_flush:-0}" -le "$last_write" ] || [ "${name:-0}" -le "$last_flush" ]; then
	tail -n 5 image
	fail "the image got its name before it was flushed"
fi
