# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For formats that only their own tools write: the image shows the tree it was made of.

# made_tree: the source tree ./src, of some size and with the odd things that read-only formats hold
# and that their tools can write: mkfs.erofs 1.5 fails on names of 255 bytes, mksquashfs 4.5 writes
# the hard links of a symbolic link as two.
made_tree() {
	mkdir src
	"$LIB/oddtree" src/odd names links special modes
	rm "src/odd/links/a/symlink too" src/odd/names/nnn*
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/include/linux" src/linux
	cp -r --preserve=mode,timestamps,links "$KERNEL_TREE/Documentation/filesystems" src/doc
	head -c 3000001 /dev/urandom >src/random
	truncate -s 2M src/zeros
}

# shows IMAGE TREE [CMPTREE-OPTION...]: all of the image equals TREE, and was not written to
shows() {
	local image=$1 tree=$2 before
	shift 2
	before=$(sum "$image")
	run fsu_get "$image" / back
	as_root || set -- "$@" --ignore=owner,root,trusted
	"$LIB/cmptree" "$@" "$tree" back || fail "the image shows another tree"
	[ "$(sum "$image")" = "$before" ] || fail "reading changed the image"
	chmod -R u+rwX back
	rm -rf back
}
