#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An image that is full stops put with one sentence and exit code 1; it stays clean, and no file in
# it is cut off.  The same for fsu_write.
# timeout: 300
# each: ext4 btrfs
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need python3 mkfs.ext4 e2fsck
mkdir "$dir/tree"
for i in $(seq 1 60); do head -c 700000 /dev/urandom >"$dir/tree/f$i"; done
# shellcheck disable=SC2048  # types are words
for type in ${*:-ext4 btrfs}; do
	command -v "mkfs.$type" >/dev/null || continue
	img=$dir/$type.img
	size=24M
	[ $type != btrfs ] || size=120M
	[ $type != xfs ] || size=320M
	make_image $type "$img" $size || exit 1
	[ $size = 24M ] || for i in $(seq 1 400); do ln -f "$dir/tree/f1" "$dir/tree/f1" \
		2>/dev/null; cp "$dir/tree/f1" "$dir/tree/g$i"; done
	expect 1 'No space left on device' fsu put "$img" "$dir/tree" /
	[ "$(grep -c 'No space' "$dir/err")" = 1 ] ||
		fail "$type: more than one sentence: $(cat "$dir/err")"
	check_image $type "$img"
	fsu get "$img" /tree "$dir/back" || fail "$type: get"
	n=0
	for f in "$dir"/back/*; do
		[ -f "$f" ] || continue
		n=$((n + 1))
		cmp -s "$f" "$dir/tree/${f##*/}" || fail "$type: ${f##*/} is cut off"
	done
	echo "$type: $n complete files in the full image"
	head -c 400M /dev/zero >"$dir/zero"
	expect 1 'No space left on device' fsu write "$img" /zero <"$dir/zero"
	check_image $type "$img"
	rm -rf "$dir/back" "$img" "$dir"/tree/g*
done
finish
