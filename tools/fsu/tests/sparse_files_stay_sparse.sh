#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A comb of small data in a large file takes no more room in the image than it has data, as seen by
# a later mount, and get leaves the holes again; also where the image's driver cannot say where
# holes are.
. "$(dirname "$0")/common.bash"
mkdir "$dir/t"
truncate -s 4M "$dir/t/comb"
for k in $(seq 0 31); do
	head -c 4096 /dev/urandom |
		dd of="$dir/t/comb" bs=4096 seek=$((k * 32)) conv=notrunc status=none
done
data=$(stat -c %b "$dir/t/comb")

# few WHAT BLOCKS: no more than the data and some metadata
few() { [ "$2" -le $((data + 64)) ] || fail "$1: $data blocks became $2"; }

back() {
	# random data in a small squashfs can look like HFS+, whose magic is two bytes, to who must
	# guess
	fsu get -t "$1" "$2" /t/comb "$dir/back" || fail "$1: get"
	cmp "$dir/t/comb" "$dir/back" || fail "$1: other content"
	few "$1, copied back" "$(stat -c %b "$dir/back")"
	rm -f "$dir/back"
}

tested=0
for type in ext2 ext4 xfs btrfs; do
	command -v "mkfs.$type" >/dev/null || continue
	tested=$((tested + 1))
	make_image $type "$dir/img" >/dev/null 2>&1 || fail "cannot make $type"
	fsu put "$dir/img" "$dir/t" / || fail "$type: put"
	few "$type" "$(fsu stat -c %b "$dir/img" /t/comb)"
	back $type "$dir/img"
	rm "$dir/img"
done
if command -v mksquashfs >/dev/null; then
	tested=$((tested + 1))
	mksquashfs "$dir/t" "$dir/img" -b 4096 -keep-as-directory -quiet -no-progress >/dev/null
	back squashfs "$dir/img"
fi
[ $tested -gt 0 ] || skip "needs mkfs.ext4, mkfs.xfs, mkfs.btrfs or mksquashfs"
finish
