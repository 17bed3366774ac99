#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# rsync -aHAXS --checksum copies a tree of everything odd onto a mount and back from it; a second
# run finds nothing to do.
# each: xfs
# each-full: ext4 btrfs
# needs: rsync
# timeout: 900
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/roundtrip.sh"
. "$LIB/programs.sh"

# Times to the nanosecond: what differs within a second is not the same.
options=(-aHAXS --checksum --numeric-ids --modify-window=-1)
# XFS shows root its ACLs as trusted attributes too, and rsync removes them, on a kernel mount as
# well.
! as_root || options+=(--filter="-x trusted.SGI_ACL_*")
copy() { run rsync "${options[@]}" "$@"; }
same() {
	# shellcheck disable=SC2046
	"$LIB/cmptree" $(cannot_own) "$1" "$2" || fail "$2 differs from $1"
	[ -z "$(rsync "${options[@]}" -in "$1/" "$2/")" ] ||
		fail "rsync finds differences of $2"
}

odd_tree tree
new_image "$1" 1G
mount_image "$1"
copy tree/ mnt/top/tree
same tree mnt/top/tree
unmount_image "$1"
mount_image "$1"
same tree mnt/top/tree
copy mnt/top/tree/ back
same tree back
unmount_and_compare "$1"
