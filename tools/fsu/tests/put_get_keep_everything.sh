#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A tree with everything odd in it goes into an image with put and comes back with get, and a copy
# made inside of the image with ecp does as well: all of it is as before, the image's check is
# clean.  Arguments: types to use; RUMP_TEST_QUICK=1: a directory of 2,000 instead of 100,000
# entries.
# timeout: 300
# each: ext4 btrfs
# each-full: xfs
# run-as: root-first
# shellcheck disable=SC2086  # options and operands are lists of words
. "$(dirname "$0")/common.bash"
need python3 mkfs.ext4 e2fsck
count=100000
[ -z "${RUMP_TEST_QUICK:-}" ] || count=2000
root='' owners=''
[ "$(id -u)" = 0 ] || { root=no-root; owners=no-owners; }
python3 "$(dirname "$0")/tree.py" make "$dir/tree" $count $root || exit 1
# shellcheck disable=SC2048  # types are words
for type in ${*:-ext4 xfs btrfs}; do
	command -v "mkfs.$type" >/dev/null || { echo "$type: no mkfs.$type, left out"; continue; }
	img=$dir/$type.img
	case $type in
	ext4) truncate -s 1G "$img"; mkfs.ext4 -q -F -I 256 -N 300000 "$img" ;;
	*) make_image $type "$img" 1G ;;
	esac || { fail "cannot make $type"; continue; }
	fsu put "$img" "$dir/tree" / || fail "$type: put"
	check_image $type "$img"
	before=$(sha256sum <"$img")
	fsu get "$img" /tree "$dir/back" || fail "$type: get"
	[ "$before" = "$(sha256sum <"$img")" ] || fail "$type: get changed the image"
	# put has read the source since: its times of access are newer than those copied
	python3 "$(dirname "$0")/tree.py" compare "$dir/tree" "$dir/back" no-atime $owners ||
		fail "$type: the trees differ"
	rm -rf "$dir/back"
	fsu rm -r "$img" /tree/large || fail "$type: rm"
	fsu ecp -a "$img" :/tree :/copy || fail "$type: ecp inside"
	check_image $type "$img"
	fsu get "$img" /tree/. "$dir/one" && fsu get "$img" /copy/. "$dir/two" ||
		fail "$type: get after ecp"
	python3 "$(dirname "$0")/tree.py" compare "$dir/one" "$dir/two" no-atime ||
		fail "$type: ecp's copy differs"
	fsu rm -r "$img" /tree /copy || fail "$type: rm of all"
	check_image $type "$img"
	rm -rf "$dir/one" "$dir/two" "$img"
done
finish
