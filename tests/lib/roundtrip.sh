# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Put a tree into an image, get it back, compare; then the checker, then the host's own mount.

# Whether the format keeps all that a Unix file has.
holds_everything() { case $1 in vfat | exfat) return 1 ;; esac; }

# What the format cannot hold, as arguments of cmptree.
cannot_hold() {
	case $1 in
	vfat) echo --ignore=mode,owner,xattr,links,holes,root --granularity=2000000000 ;;
	exfat) echo --ignore=mode,owner,xattr,links,holes,root --granularity=10000000 ;;
	*) echo --ignore=root ;;
	esac
}

# An ordinary user cannot give files to others, and does not see trusted attributes.
cannot_own() { as_root || echo --ignore=owner,root,trusted; }

# roundtrip TYPE IMAGE TREE
roundtrip() {
	local lost
	lost=$(cannot_hold "$1")
	put_tree "$2" "$3"
	fsck_clean "$1" "$2"
	get_tree "$2" back
	if as_root || ! holds_everything "$1"; then
		# shellcheck disable=SC2086
		"$LIB/cmptree" $lost "$3" back || fail "the tree that came back differs"
	else
		# shellcheck disable=SC2046
		"$LIB/cmptree" $(cannot_own) "$3" back || fail "the tree that came back differs"
	fi
	fsck_clean "$1" "$2"
	if can_host_mount "$1"; then
		# shellcheck disable=SC2086
		host_mounted "$1" "$2" "$LIB/cmptree" $lost "$3" host-mount/tree ||
			fail "the host's kernel sees another tree"
	fi
}
