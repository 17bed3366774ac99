#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# overlay over two images: a tree in a squashfs image below, what is changed in an image of the type
# above.  What was put, written and removed is there on the next mount; the image below keeps every
# byte, and the one above too where the command only reads; the host's kernel shows the same.
# each: overlay
# needs: mksquashfs mkfs.ext4
# run-as: root-first
. "$RUMP_TEST_LIB/common.sh"
. "$LIB/matrix.sh"

options=lowerdir=below.img,upperdir=above.img//upper,workdir=above.img//work
ignored=root,holes,xattr
as_root || ignored+=,owner

# same FOLDER: what the driver shows is that
same() {
	local before
	before=$(sum above.img)
	rm -rf back
	run fsu_get -t overlay -o "$options" - / back
	"$LIB/cmptree" --granularity=1000000000 --ignore="$ignored" "$1" back >differs ||
		fail "another tree: $(head -n 20 differs)"
	equal "the image above after reading" "$before" "$(sum above.img)"
	equal "the image below" "$below" "$(sum below.img)"
}

# on_host FOLDER: ./host-mount has the image above; below it the other
on_host() {
	local dev rc=0
	mkdir -p below both
	dev=$(losetup --find --show --read-only below.img)
	mount -t squashfs -o ro "$dev" below
	mount -t overlay -o ro,lowerdir=host-mount/upper:below none both || rc=1
	[ "$rc" != 0 ] || "$LIB/cmptree" --granularity=1000000000 --ignore="$ignored" "$1" \
		both || rc=1
	! mountpoint -q both || umount both
	umount below
	losetup -d "$dev"
	return "$rc"
}

"$LIB/plaintree" tree --without xattr,special --time 1000000000 --size 300000
run mksquashfs tree below.img -quiet -no-progress -noappend
mkimg ext4 above.img 32M
run fsu_mkdir above.img /upper /work
below=$(sum below.img)
same tree
cp -a tree both.tree
"$LIB/plaintree" both.tree/new --without xattr,special --time 1000000000 --size 20000
run fsu_put -t overlay -o "$options" - both.tree/new /new
run fsu_rm -t overlay -o "$options" -r - /s13 /many
rm -r both.tree/s13 both.tree/many
head -c 5000 /dev/urandom >both.tree/s300000
run fsu_write -t overlay -o "$options" - /s300000 <both.tree/s300000
ignored+=,time
same both.tree
equal "what was removed is a mark above" "character special file" \
	"$(fsu_stat -c %F above.img /upper/s13)"
! fsu_stat above.img /upper/s70000 >/dev/null 2>&1 || fail "a file that was not changed is above"
fsck_clean ext4 above.img
judge=e2fsck
if can_host_mount ext4 && can_host_mount squashfs && can_host_mount overlay; then
	host_mounted ext4 above.img on_host both.tree || fail "the host's kernel shows another tree"
	judge+=", the host's kernel"
fi
refuses 'above.img: an option before reads it only' fsu_ls -t overlay \
	-o \
	rw,lowerdir=above.img//upper:below.img,upperdir=above.img//upper,workdir=above.img//work - /
refuses 'none.img: No such file' fsu_ls -t overlay -o lowerdir=none.img - /
matrix_row overlay rw "mksquashfs, mkfs.ext4" "put, write, rm, get" "$judge" "" \
	"squashfs below, ext4 above: options name the folders of images"
